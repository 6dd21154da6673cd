"""The shared panel: predict first, every step drawn, errors seen."""

import asyncio
import os

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from matplotlib.text import Text

from postwar import explorers
from postwar.explorers.panel import Explorer, choice, numbers, slider, switch
from postwar.explorers.words import WordsError, parse
from postwar.figures.picture import Picture
from postwar.figures.style import canvas
from postwar.models.parameters import Parameter

SHARE = Parameter("share at risk", r"\lambda_h", 0, 1, 0.5, 0.1, "per year")


def _draw(share, table, mode="plain", ready=False):
    if share > 0.9:
        raise ValueError("share is too high")
    figure, ax = canvas()
    ax.plot([0, 1], [0, share])
    sentence = f"The share is {share:.1f}, the sum {sum(table):.0f}."
    return Picture(figure, sentence, {"share": [share]}, {"sum": sum(table)})


WORDS = {
    "question": "Up or down?",
    "options": [
        {"key": "up", "text": "It goes up", "right": "after.share > start.share"},
        {"key": "down", "text": "It goes down", "right": "after.share < start.share"},
    ],
    "presets": {"low": "Low"},
    "verdict": [{"say": "From {start.share:.1f} to {after.share:.1f}."}],
    "reading": [{"when": "share > 0.3", "say": "Much: {share:.1f} of {sum:g}."}, {"say": "Little: {share:.1f}."}],
}


@pytest.fixture
def explorer():
    return Explorer(
        "example",
        words=parse(WORDS),
        draw=_draw,
        controls=[
            slider("share", SHARE),
            numbers("table", (1.0, 2.0), columns=("first", "second"), low=0, high=9),
            choice("mode", "Mode", {"plain": "Plain", "fancy": "Fancy"}),
            switch("ready", "Ready"),
        ],
        asked={"after": {"share": 0.2}},
        presets={"low": {"share": 0.1}},
    )


@pytest.fixture(autouse=True)
def shell():
    """What is displayed is captured only where a shell runs."""
    yield InteractiveShell.instance()
    InteractiveShell.clear_instance()


def _disabled(explorer):
    table = explorer.controls["table"].widget.inputs
    return [explorer.controls[name].widget.disabled for name in ("share", "mode", "ready")] + [
        box.disabled for box in table
    ]


def test_controls_are_locked_until_a_prediction_is_committed(explorer):
    assert all(_disabled(explorer))
    explorer.prediction.value = "up"
    assert not any(_disabled(explorer))


def test_each_change_draws_once_and_a_preset_returns_the_rest(explorer):
    explorer.prediction.value = "up"
    assert explorer.set(share=0.3, table=(4, 5)).sentence == "The share is 0.3, the sum 9."
    assert explorer.press("Low").sentence == "The share is 0.1, the sum 3."
    assert explorer.press("Start again").sentence == "The share is 0.5, the sum 3."


def test_a_number_box_of_a_table_redraws(explorer):
    explorer.prediction.value = "up"
    explorer.controls["table"].widget.inputs[0].value = 7
    assert explorer.picture.sentence == "The share is 0.5, the sum 9."


def test_in_a_kernel_the_sentence_is_spoken_after_the_last_of_several_steps(explorer):
    said = []
    explorer._status.observe(lambda change: said.append(change["new"]), "text")

    async def hold_a_key():
        for share in (0.2, 0.3, 0.4):
            explorer.set(share=share)
        assert not said
        await asyncio.sleep(0.3)

    asyncio.run(hold_a_key())
    assert said == ["The share is 0.4, the sum 3."]


def test_a_failing_callback_shows_a_message_and_raises_in_tests(explorer):
    with capture_output() as shown:
        explorer._ipython_display_()
    explorer.prediction.value = "up"
    with pytest.raises(ValueError, match="share is too high"):
        explorer.set(share=1.0)
    explorer.controls["share"].widget.value = 0.95  # as the slider does it: the message stands in place of the picture
    assert isinstance(explorer.error, ValueError)
    assert "could not be drawn: share is too high" in explorer._status.text
    explorer.press("Start again")
    assert explorer.error is None
    assert len(shown.outputs) == 5


def test_a_first_picture_that_fails_stops_the_cell():
    with pytest.raises(ValueError, match="share is too high"):
        Explorer(
            "example",
            words=parse(WORDS),
            draw=lambda share: _draw(share, ()),
            controls=[slider("share", SHARE, value=1.0)],
        )


def test_explanation_waits_for_a_prediction_and_a_move_and_sets_both_side_by_side(explorer):
    assert explorer._why.disabled
    explorer.prediction.value = "up"
    assert explorer._why.disabled
    explorer.set(share=0.2)
    assert not explorer._why.disabled
    explorer._why.click()
    assert "You predicted:</strong> It goes up" in explorer._reading.value
    assert "not right.</strong> From 0.5 to 0.2." in explorer._reading.value
    assert "Little: 0.2." in explorer._reading.value


def test_the_explanation_follows_the_controls(explorer):
    explorer.prediction.value = "down"
    explorer.set(share=0.2)
    explorer._why.click()
    assert "was right" in explorer._reading.value
    explorer.controls["share"].widget.value = 0.6
    assert "Much: 0.6 of 3." in explorer._reading.value and "Little" not in explorer._reading.value


def test_words_that_name_what_is_not_there_stop_at_once():
    words = parse(WORDS | {"reading": [{"say": "So {much:.1f}."}]})
    with pytest.raises(WordsError, match="the words of example use much, which this explorer does not have; there are"):
        Explorer(
            "example",
            words=words,
            draw=lambda share: _draw(share, ()),
            controls=[slider("share", SHARE)],
            asked={"after": {"share": 0.2}},
        )


def test_numbers_are_shown_as_a_table_and_follow_the_controls(explorer):
    explorer.prediction.value = "up"
    explorer._numbers.click()
    explorer.set(share=0.4)
    assert "<td>0.4</td>" in explorer._table.value


def test_inputs_of_the_second_rank_wait_and_those_that_do_nothing_are_away():
    explorer = Explorer(
        "example",
        words=parse(WORDS),
        draw=_draw,
        controls=[
            slider("share", SHARE),
            switch("ready", "Ready"),
            numbers("table", (1.0,), columns=("one",), low=0, high=9, acts=lambda now: now["ready"]),
            choice("mode", "Mode", {"plain": "Plain"}, more=True),
        ],
        asked={"after": {"share": 0.2}},
        presets={"low": {"share": 0.1}},
    )

    def shown():
        return [name for name, control in explorer.controls.items() if control.widget.layout.display != "none"]

    assert shown() == ["share", "ready"]
    explorer.set(ready=True)
    assert shown() == ["share", "ready", "table"]
    explorer._more.expanded = True
    assert shown() == ["share", "ready", "table", "mode"]
    explorer._more.expanded = False
    assert shown() == ["share", "ready", "table"]


def test_labels_read_as_words_with_greek_and_subscripts(explorer):
    widget = explorer.controls["share"].widget
    assert widget.label == "<span>Share at risk (<i>λ<sub>h</sub></i>; per year)</span>"


def test_exports_get_the_picture_and_say_how_to_move_the_controls(explorer):
    with capture_output() as shown:
        explorer._ipython_display_()
    plain, _, _, picture, _ = (output.data for output in shown.outputs)
    assert "Predict first:</em> Up or down? (Run this cell in JupyterLab" in plain["text/html"]
    assert "<svg" in picture["text/html"] and 'aria-label="The share is 0.5' in picture["text/html"]


def _reaching_out(figure):
    figure.draw_without_rendering()
    width, height = figure.bbox.size
    texts = [text for text in figure.findobj(Text) if text.get_visible() and text.get_text().strip()]
    boxes = [(text.get_text(), text.get_window_extent()) for text in texts]
    return [text for text, box in boxes if min(box.x0, box.y0, width - box.x1, height - box.y1) < -1]


@pytest.mark.parametrize("name", dir(explorers))
def test_no_label_is_cut_off(name):
    explorer = getattr(explorers, name)()
    for preset in list(explorer.presets)[: None if os.environ.get("POSTWAR_LONG") else 1]:
        explorer.press(preset)
        assert not _reaching_out(explorer.picture.figure), preset
