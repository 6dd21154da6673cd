"""What explorers say is true: every sentence in every kind of state, every number in it one that the picture shows."""

import math
import re

import numpy as np
import pytest
from easel import taking_notes

from postwar import explore
from postwar.explorers import words
from postwar.explorers.controls import Slider

NAMES = sorted(dir(explore))
RANDOM = 200

#: The right answer to each question, found by hand.
RIGHT = {
    "bargaining_range": "moves",
    "peace_duration": "more",
    "selection": "yes",
    "rotation": "less",
    "force_ratio": "tasks",
    "alliance_dilemma": "less-more",
    "risk_ladder": "eighteenth",
    "aid_or_boots": "aid",
    "deterrence_balance": "several",
    "tripwire": "schelling",
    "quiet": "depends",
    "voting_power": "more-less",
    "winset": "nothing",
    "burden_sharing": "same",
    "shifting_power": "more",
    "guarantees": "shock",
    "monitoring": "0.91",
    "costly_signals": "15",
    "cheap_talk": "3",
    "counting_allies": "three",
    "weights": "closest",
    "information": "fifteen",
    "decision_rules": "three",
}
#: States that chance would hardly find, so that every sentence is tried.
RARE = {
    "bargaining_range": [
        {"cA": 0.0, "cB": 0.0},
        {"private": True, "p": 1.0},
        {"private": True, "cA": 0.5, "hi": 0.3},
        {"private": True, "p": 0.95},
    ],
    "force_ratio": [{"ruler": "tasks", "tasks": (0, 0, 0, 0)}, {"ruler": "tasks", "force": 5000.0}],
    "pledges": [{"pledges": (1.0,) * 5, "u": 0.5, "target": 9.0}, {"target": 0.0}],
    "alliance_dilemma": [{"a0": 0.0}, {"L": 20.0, "K": 200.0}, {"m": 0.0}],
    "risk_ladder": [{"rho": 0.0}, {"W": 30.0}, {"rho": 0.4}, {"compare": "next", "rho": 0.4}, {"compare": "next"}],
    "tripwire": [{"n": 0.0}, {"q1": 0.0, "n": 20.0}, {"q1": 0.25, "n": 2.0}, {"q1": 0.25, "n": 5.0}],
    "quiet": [{"motivated": 1.0, "d": 0.0}],
    "voting_power": [
        {"quota": 60},
        {"weights": (2.0, 1.0, 1.0, 0.0, 0.0, 0.0), "quota": 2},
        {"weights": (3.0,) * 6},
        {"weights": (4.0, 4.0, 4.0, 4.0, 2.0, 2.0), "quota": 11},
        {"quota": 4, "weights": (1.0, 1.0, 1.0, 1.0, 1.0, 0.0)},
        {"weights": (2.0, 2.0, 2.0, 2.0, 1.0, 1.0), "quota": 10},
        {"weights": (2.0, 1.0, 1.0, 0.0, 0.0, 0.0), "quota": 3},
        {"weights": (5.0, 5.0, 5.0, 5.0, 5.0, 3.0), "quota": 15},
        {"weights": (9.0, 1.0, 1.0, 1.0, 1.0, 1.0), "quota": 8},
    ],
    "winset": [
        {"in_a": False, "in_b": False, "in_c": False},
        {"in_a": False, "in_b": False, "in_c": False, "in_d": True},
        {"in_b": False, "in_c": False},
    ],
    "burden_sharing": [
        {"incomes": (60.0, 0.0, 0.0, 0.0, 0.0)},
        {"incomes": (100.0, 90.0, 10.0, 0.0, 0.0)},
        {"incomes": (40.0, 0.0, 0.0, 0.0, 35.0)},
    ],
    "shifting_power": [{"g": 0.3}, {"g": 0.6}, {"p2": 1.0, "p1": 0.0}],
    "guarantees": [{"shock": 1.0}, {"shock": 0.0}, {"third": True, "tokens": ((80.0, 40.0, 20.0),) * 3}],
    "monitoring": [{"m": 0.0}, {"m": 0.1, "delta": 0.85}],
    "costly_signals": [{"k": 10.0, "fH": 45.0}, {"a": 20.0}, {"bH": 0.95}],
    "cheap_talk": [{"b": 0.4}],
    "counting_allies": [
        {"firm": 2, "r": 1.0},
        {"t": 0.5, "f": 0.5},
        {"firm": 0, "r": 0.4},
        {"firm": 3, "r": 0.0},
        {"firm": 1, "r": 0.2},
    ],
    "weights": [
        {f"drop_{name}": True for name in "ABCD"},
        {f"drop_{name}": True for name in "ABD"},
        {"method": "topsis"},
        {"matrix": ((60, 40, 50, 50, 12), (60, 40, 50, 50, 12), (20, 70, 80, 30, 30), (10, 90, 90, 10, 40))},
    ],
    "information": [{"worth": True, "payoffs": ((50.0,) * 3, (0.0,) * 3, (-10.0,) * 3)}, {"worth": True}],
    "decision_rules": [
        {"rule": "hurwicz", "optimism": 0.0},
        {"rule": "hurwicz", "optimism": 1.0},
        {"rule": "regret"},
        {"rule": "regret", "add": True},
        {"compare": True},
    ],
}
FORMATS = (".0f", ".1f", ".2f", ".3f", ".4f", ".3g", "g", ",.0f", ",.1f", ",.2f", ".0%", ".1%")


def _levels(control):
    widget = control.widget
    if isinstance(widget, Slider):
        middle = widget.min + round((widget.max - widget.min) / 2 / widget.step) * widget.step
        return [type(widget.value)(value) for value in (widget.min, middle, widget.max)]
    if hasattr(widget, "options"):
        return [value for _, value in widget.options]
    return [False, True] if isinstance(widget.value, bool) else [control.value]


def _drawn(control, chance):
    """A random value of a control, on its own steps."""
    widget = control.widget
    if isinstance(widget, Slider):
        value = widget.min + chance.integers(round((widget.max - widget.min) / widget.step) + 1) * widget.step
        return type(widget.value)(round(value, 10))
    if hasattr(widget, "inputs"):
        box = widget.inputs[0]

        def number():
            return float(round(box.min + box.step * chance.integers(round((box.max - box.min) / box.step) + 1), 10))

        rows = tuple(tuple(number() for _ in line) for line in widget.value)
        return rows[0] if len(rows) == 1 else rows
    return _levels(control)[chance.integers(len(_levels(control)))]


def _few_states(explorer, name):
    """Start, presets and rare states."""
    start = explorer.values
    yield from (start | preset for preset in explorer.presets.values())
    yield from (start | state for state in RARE.get(name, ()))


def _many_states(explorer, name):
    """Both ends of each input, corners, and random states."""
    start, chance = explorer.values, np.random.default_rng(len(name))
    levels = {key: _levels(control) for key, control in explorer.controls.items()}
    yield from (start | {key: value} for key, values in levels.items() for value in values)
    for _ in range(16):
        yield start | {key: values[-chance.integers(2)] for key, values in levels.items() if len(values) > 1}
    for place in range(RANDOM):
        drawn = {key: _drawn(control, chance) for key, control in explorer.controls.items()}
        # half of them keep the tables of numbers, whose random values hardly ever make an interesting picture
        tables = [key for key, control in explorer.controls.items() if hasattr(control.widget, "inputs")]
        yield start | {key: value for key, value in drawn.items() if place % 2 or key not in tables}


def _flat(values):
    for value in values:
        if isinstance(value, list | tuple | np.ndarray):
            yield from _flat(value)
        elif isinstance(value, int | float | np.number) and not isinstance(value, bool):
            yield float(value)


class Shown:
    """What a reader can see of a state: its inputs, the picture's table, its sentence and the texts in it."""

    def __init__(self, picture, inputs, texts=None):
        self.numbers = [*_flat(inputs.values()), *_flat(picture.numbers.values())]
        if texts is None:
            axes = picture.figure.axes
            texts = [text.get_text() for ax in axes for text in (*ax.texts, ax.title, ax.xaxis.label)]
        table = [str(value) for column in picture.numbers.values() for value in column if isinstance(value, str)]
        chosen = [str(value) for value in inputs.values()]
        self.text = " ".join([picture.sentence, *texts, *table, *chosen])

    def has(self, value):
        if isinstance(value, bool | np.bool_):
            return True
        if isinstance(value, str):
            return not value or re.search(rf"\b{re.escape(value)}\b", self.text)
        if any(math.isclose(value, number, rel_tol=1e-9, abs_tol=1e-9) for number in self.numbers):
            return True
        tokens = {words.shown(value, spec) for spec in FORMATS}
        return any(re.search(rf"(?<![\d.,]){re.escape(token)}(?![\d%])", self.text) for token in tokens)


@pytest.fixture(params=NAMES)
def name(request):
    return request.param


def _all_sentences(spoken):
    """Each list of sentences with its key."""
    return {"reading": spoken.reading, "why": spoken.why}


def test_every_sentence_is_true_in_every_state(name):
    explorer = getattr(explore, name)()
    unsaid = {(key, place) for key, said in _all_sentences(explorer.words).items() for place in range(len(said))}

    def look(values, texts=None):
        try:
            picture = explorer._draw(**values)
        except ValueError:  # a table of numbers that the picture refuses, in a sentence of its own
            return
        names, seen = explorer._names(picture, values), Shown(picture, values, texts)
        for key, said in _all_sentences(explorer.words).items():
            if said:
                place = next(i for i, (when, _) in enumerate(said) if when is None or when(names))
                unsaid.discard((key, place))
                _is_shown(said[place][1], names, seen, values)

    for values in _few_states(explorer, name):
        look(values)
    with taking_notes() as texts:
        for values in _many_states(explorer, name):
            look(values, texts)
    assert not unsaid, f"never said: {sorted(unsaid)}"


def _is_shown(sentence, names, seen, values):
    text = sentence(names)
    assert not re.search(r"[{}]|\bnan\b|\binf\b|None|True|False|e[+-]\d", text), (text, values)
    for expression, _ in sentence.fields:
        for used in expression.names:
            if used == "different":  # of the letters that the picture shows
                rules = ("maximin", "maximax", "laplace", "regret", "expected")
                assert names[used] == len({names[rule] for rule in rules})
                continue
            assert seen.has(names[used]), f"{used} = {names[used]} is not in the picture of {values}: {text}"


@pytest.mark.parametrize("name", RIGHT)
def test_a_prediction_is_judged_by_making_the_change(name):
    explorer = getattr(explore, name)()
    verdicts = {key: explorer.verdict(key) for key in explorer.options}
    assert [key for key, (right, _) in verdicts.items() if right] == [RIGHT[name]]
    states = {}
    for state, changes in explorer.asked.items():
        values = explorer._defaults | changes
        states[state] = (explorer._draw(**values), values)
    for used in explorer.words.names_of_asked - {"chosen"}:
        state, quantity = used.split(".")
        picture, values = states[state]
        value = explorer._names(picture, values)[quantity]
        assert value == getattr(explorer._asked_about()[state], quantity) or value is None
    for _, text in verdicts.values():
        assert len(text) > 40 and not re.search(r"[{}]|None|nan", text)
    assert explorer.verdicts().keys() == explorer.options.keys()


def test_numbers_of_a_verdict_are_those_of_the_pictures_compared(name):
    explorer = getattr(explore, name)()
    names = explorer._asked_about()
    seen = {}
    for state, changes in explorer.asked.items():
        values = explorer._defaults | changes
        seen[state] = Shown(explorer._draw(**values), values)
    said = [sentence for _, sentence in explorer.words.verdict]
    said += [option.said for option in explorer.words.options if option.said]
    for sentence in said:
        for expression, _ in sentence.fields:
            for used in expression.names:
                state, quantity = used.split(".")
                assert seen[state].has(getattr(names[state], quantity)), used


def test_no_question_is_answered_by_the_picture_that_is_shown_at_the_start(name):
    explorer = getattr(explore, name)()
    judged = [option.right for option in explorer.words.options] + [explorer.words.estimate]
    used = {of.split(".")[0] for right in judged if isinstance(right, words.Expression) for of in right.names}
    # a question without a quantity is about ideas, and no picture answers it
    assert not used or used - {"start", "chosen"}


def test_all_explorers_have_an_answer_in_this_test():
    assert set(RIGHT) | {"pledges"} == set(NAMES)


def test_no_preset_does_nothing_when_pressed_first(name):
    explorer = getattr(explore, name)()
    start = explorer.values
    for text, values in list(explorer.presets.items())[1:]:
        assert start | values != start, text


@pytest.mark.parametrize(
    ("typed", "percent"),
    [("70", 70), ("71.2 %", 71.2), ("0.7", 70), ("0,7", 70), (".7", 70), ("about 70 per cent", 70), ("1%", 1), ("0", 0)]
    + [("half", None), ("170", None), ("-5", None), ("60 to 70", None), ("", None)],
)
def test_a_typed_share_is_understood_or_refused(typed, percent):
    understood = words.percentage(typed)
    assert understood == (percent if percent is None else pytest.approx(percent))


def test_a_typed_prediction_says_how_it_is_understood_and_waits_if_it_is_not():
    explorer = explore.pledges()
    explorer.prediction.value = "a lot"
    assert "no share between" in explorer._understood.value and explorer.controls["u"].widget.disabled
    explorer.prediction.value = "0.7"
    assert "70 per cent" in explorer._understood.value and not explorer.controls["u"].widget.disabled
    assert explorer.verdict("0.27")[0] and not explorer.verdict("71.2")[0]


def test_the_explanation_judges_the_prediction_and_follows_the_controls():
    explorer = explore.aid_or_boots(prediction="both")
    explorer.press("Troops more effective")
    explorer._why.click()
    shown = explorer._reading.value
    assert "You predicted:</strong> Some of both" in shown and "was not right" in shown
    assert "No aid: 4.3 thousand troops" in shown
    explorer.set(beta=2.0)
    assert "No troops" in explorer._reading.value and "4.3" not in explorer._reading.value


GOOD = {
    "question": "?",
    "options": [{"key": "a", "text": "A", "right": True}, {"key": "b", "text": "B", "right": False}],
    "verdict": [{"say": "Because."}],
    "reading": [{"when": "x > 1", "say": "Much: {x:.1f}."}, {"say": "Little: {x:.1f}."}],
}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"question": ""}, r"\[range\], question: is missing"),
        ({"colour": "red"}, r"colour: is not known here"),
        ({"options": []}, "options to choose from, or an `estimate`"),
        ({"reading": [{"when": "x > 1", "say": "Much."}]}, "reading, entry 1: every entry but the last needs a `when`"),
        ({"reading": [{"say": "Much."}, {"say": "Little."}]}, "entry 1: every entry but the last needs a `when`"),
        ({"reading": [{"say": "Much: {x:.1f."}]}, "a brace without its partner"),
        ({"reading": [{"say": "Much: 0.5."}]}, "writes out the number 0…; name the quantity in braces"),
        ({"reading": [{"say": "{open('x')}"}]}, "calls something other than"),
        ({"reading": [{"say": "{x.__class__}"}]}, "write a state and a quantity"),
        ({"reading": [{"say": "{[x for x in y]}"}]}, "holds a ListComp"),
        ({"reading": [{"when": "x >", "say": "a"}, {"say": "b"}]}, "is no calculation"),
        ({"verdict": [{"tell": "a"}]}, "an entry has `say`"),
        ({"reading": [{"say": "<img src=q onerror=q>"}]}, "reading, entry 1: .* more HTML than b, br"),
        ({"verdict": [{"say": "<a href='javascript:q'>q</a>"}]}, "verdict, entry 1: .* more HTML than"),
        ({"reading": [{"say": "<em onclick=q>Much</em>"}]}, "more HTML than"),
        ({"reading": [{"say": "<{x}img src=q onerror=q>"}]}, "more HTML than"),
        ({"options": [{"key": '"><script>', "text": "A", "right": True}]}, "options, entry 1: its `key` is one word"),
        ({"options": [{"key": "a", "text": "A"}]}, "an option has `key`, `text`, `right`"),
    ],
)
def test_a_mistake_in_a_file_of_words_is_named(change, message):
    with pytest.raises(words.WordsError, match=message) as raised:
        words.parse(GOOD | change, "01-example.toml", "range")
    assert str(raised.value).startswith("01-example.toml, [range]")


def test_a_broken_file_and_a_missing_table_are_named(tmp_path, monkeypatch):
    monkeypatch.setattr(words, "FOLDER", tmp_path)
    with pytest.raises(words.WordsError, match=r"has a table \[tripwire\]"):
        words.of("tripwire")
    (tmp_path / "04-deterrence.toml").write_text("[tripwire\n", encoding="utf-8")
    with pytest.raises(words.WordsError, match=r"04-deterrence.toml is not valid TOML"):
        words.of("tripwire")


def test_a_sentence_shows_a_true_minus_and_no_minus_before_zero():
    sentence = words.Sentence("{x:.1f} and {x / 100:.1f} and {max(x, 2):g}")
    assert sentence({"x": -3.0}) == "−3.0 and 0.0 and 2"


def test_a_number_in_a_sentence_is_text_whatever_its_format_fills_it_up_with():
    said = words.Sentence("Much: {x:<<4}img src=q onerror=q>")({"x": 0.5})
    assert said == "Much: 0.5&lt;img src=q onerror=q>"


def test_marks_of_a_sentence_stay():
    said = words.Sentence("<em>Much</em> &lt;b> a < b <i>p</i><sub>A</sub>: {x:.1f}.")({"x": 0.5})
    assert said == "<em>Much</em> &lt;b> a < b <i>p</i><sub>A</sub>: 0.5."


def test_words_that_all_explorers_share_hold_no_script(tmp_path, monkeypatch):
    (tmp_path / "panel.toml").write_text('note = "<img src=q onerror=q>"\n', encoding="utf-8")
    monkeypatch.setattr(words, "FOLDER", tmp_path)
    with pytest.raises(words.WordsError, match="panel.toml, note: .* more HTML than"):
        words.panel.__wrapped__()
