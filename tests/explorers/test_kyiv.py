"""Lesson 6's explorers do what their scripts say, number for number."""

import re

import pytest

from postwar import explore
from postwar.explorers import kyiv


def quantities(picture):
    return dict(zip(picture.numbers["quantity"], picture.numbers["value"], strict=True))


def test_patience_makes_preventive_war_more_tempting():
    explorer = explore.shifting_power("less")
    assert quantities(explorer.picture)["war margin"] == pytest.approx(0.165)
    assert "+0.165: the Host would rather fight now" in explorer.picture.sentence
    impatient = explorer.set(delta=0.6)
    assert quantities(impatient)["war margin"] == pytest.approx(-0.09)
    assert "−0.090: the Host would rather wait" in impatient.sentence


def test_guarantee_removes_the_temptation_at_its_critical_credibility():
    explorer = explore.shifting_power("less")
    assert quantities(explorer.picture)["credibility needed"] == pytest.approx(0.458, abs=5e-4)
    short, enough = explorer.set(g=0.45), explorer.set(g=0.46)
    assert "credibility of 0.458" in short.sentence and "fights all the same" in short.sentence
    assert "so it waits" in enough.sentence
    assert quantities(short)["war margin with the guarantee"] > 0 > quantities(enough)["war margin with the guarantee"]


def test_exchanging_the_roles_changes_the_story_and_no_number():
    explorer = explore.shifting_power("more")
    challenger, host = explorer.press("Start again"), explorer.press("The Host rises")
    assert challenger.numbers == host.numbers
    assert "the Host would rather fight" in challenger.sentence
    assert "the Challenger would rather fight" in host.sentence


def test_shifting_power_sweep(sweep):
    for values, picture in sweep(explore.shifting_power("more"), corners=24):
        found = quantities(picture)
        margin, guarded, needed = (
            found[key] for key in ("war margin", "war margin with the guarantee", "credibility needed")
        )
        assert guarded <= margin + 1e-12
        assert (margin > 1e-9) == ("would rather fight now" in picture.sentence)
        if needed == "more than 1":
            assert "Not even a fully credible guarantee" in picture.sentence
        else:
            assert 0 <= needed <= 1
            assert (needed == 0) == (margin <= 1e-9)
        if values["g"] and margin > 1e-9 and needed != "more than 1":
            assert ("so it waits" in picture.sentence) == (guarded <= 1e-9)


def test_margin_rises_with_patience_and_falls_with_cost():
    explorer = explore.shifting_power("more")
    rising = [quantities(explorer.set(delta=delta))["war margin"] for delta in (0.05, 0.4, 0.7, 0.99)]
    assert rising == sorted(rising)
    explorer.press("Start again")
    falling = [quantities(explorer.set(cB=cost))["war margin"] for cost in (0.0, 0.5, 1.5, 3.0)]
    assert falling == sorted(falling, reverse=True)


def test_halving_the_shock_beats_a_third_guarantor():
    explorer = explore.guarantees("shock")
    assert explorer.picture.numbers["probability"] == pytest.approx([0.600, 0.200], abs=5e-4)
    third = explorer.press("Add the third")
    assert third.numbers["probability"][0] == pytest.approx(0.660, abs=5e-4)
    assert "0.50, 0.50 and 0.30" in third.sentence and "0.660" in third.sentence
    halved = explorer.press("Halve the shock")
    assert halved.numbers["probability"][0] == pytest.approx(0.675, abs=5e-4)
    assert "probability 0.675" in halved.sentence and "above 0.90" in halved.sentence


def test_the_same_tokens_on_any_term_do_the_same():
    explorer = explore.guarantees("same")
    ways = [
        explorer.press(name).numbers["probability"] for name in ("Easier to act", "Harder to renege", "More at stake")
    ]
    for way in ways:
        assert way == pytest.approx(ways[0])
    assert ways[0][0] == pytest.approx(0.724, abs=5e-4)


def test_guarantees_sweep(sweep):
    explorer = explore.guarantees("shock")
    for values, picture in sweep(explorer):
        tails = picture.numbers["probability"]
        assert len(tails) == (3 if values["third"] else 2)
        assert tails == sorted(tails, reverse=True)
        assert tails[-1] >= 0 and tails[0] <= 1 - values["shock"] + 1e-12
        assert f"probability {tails[0]:.3f}" in picture.sentence
    for tokens in (((0, 0, 80),) * 3, ((80, 80, 0),) * 3):  # nobody would act, everybody would
        chance = explorer.set(tokens=tokens, third=True, shock=0.0).numbers["probability"][0]
        assert chance == pytest.approx(0 if tokens[0][2] else 1, abs=1e-3)
    assert explorer.press("Start again").numbers["probability"] == pytest.approx([0.6, 0.2], abs=5e-4)
    assert explorer.values["tokens"] == kyiv.TOKENS


def test_monitoring_stands_in_for_patience():
    explorer = explore.monitoring("0.91")
    needed = [quantities(explorer.set(m=m))["patience needed"] for m in (1.0, 0.5, 0.1)]
    assert needed == pytest.approx([0.5, 2 / 3, 0.909], abs=5e-4)
    assert "needs a patience of 0.91" in explorer.picture.sentence
    impatient = explorer.press("Little patience")
    assert quantities(impatient)["detection needed"] == pytest.approx(1.5)
    assert "1.50, which is impossible" in impatient.sentence and "cannot last" in impatient.sentence


def test_monitoring_sweep(sweep):
    for values, picture in sweep(explore.monitoring("0.91")):
        patience, detection = picture.numbers["value"]
        assert 0 < patience <= 1 and detection > 0
        holds = "restraint can last" in picture.sentence
        assert holds == (values["delta"] >= patience - 1e-9) == (values["m"] >= detection - 1e-9)
        assert bool(re.search("impossible", picture.sentence)) == (detection > 1)
