"""The `Prediction` control that explorers put before their sliders."""

import pytest

from postwar.quiz import Prediction

OPTIONS = {"wider": "It gets wider", "moves": "It moves"}


def test_a_prediction_starts_empty_and_tells_when_it_is_made():
    prediction = Prediction("What will it do?", OPTIONS, call="explore.x")
    heard = []
    prediction.observe(lambda change: heard.append(change["new"]), names="value")
    assert prediction.value == ""
    prediction.value = "moves"
    assert heard == ["moves"]


def test_a_prediction_made_before_is_kept():
    assert Prediction("What?", OPTIONS, "wider", call="explore.x").value == "wider"
    assert Prediction("What?", None, "it moves, I think", call="explore.x").value == "it moves, I think"


def test_a_prediction_that_is_not_on_offer_is_refused():
    with pytest.raises(ValueError, match="prediction='up' is not on offer; choose one of 'wider', 'moves'"):
        Prediction("What?", OPTIONS, "up", call="explore.x")
