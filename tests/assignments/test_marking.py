"""The checks of ``postwar.quiz.marking``: what they accept, what they say, and what they never count."""

import logging
import sys
import warnings

import numpy as np
import pandas as pd
import pytest
from nbgrader.utils import get_partial_grade

from postwar.quiz import marking
from postwar.quiz.marking import Mistake

HINT = "Think again about the cost."


def mark(value, expected=0.43, **more):
    more = {"within": 0.005, "name": "low", "hint": HINT} | more
    return marking.mark_number(value, expected, **more)


class EqualToEverything:
    def __eq__(self, other):
        return True

    __hash__ = None


class EqualFloat(float):
    def __eq__(self, other):
        return True

    __hash__ = None


class EqualText(str):
    def __eq__(self, other):
        return True

    def __str__(self):
        return self

    __hash__ = None


RIGHT = [0.43, 0.4251, np.float64(0.43), np.float32(0.43), np.array(0.43), np.array([0.43]), pd.Series([0.43]), [0.43]]


@pytest.mark.parametrize("value", RIGHT, ids=repr)
def test_a_right_number_counts_in_any_honest_form(value, capsys):
    assert mark(value) == 1
    assert capsys.readouterr().out == f"Right: `low` is correct.\n`low` was read as {float(np.ravel(value)[0]):.10g}.\n"


@pytest.mark.parametrize("value", [43, 43.2, np.int64(43)], ids=repr)
def test_per_cent_counts_where_the_task_allows_it(value, capsys):
    assert mark(value, or_percent=True) == 1
    assert capsys.readouterr().out.endswith(f"`low` was read as {float(value):g} per cent.\n")
    assert mark(value) == 0
    assert capsys.readouterr().out.endswith(f"`low` was read as {float(value):g}.\n")


WRONG_KIND = [
    (None, "no value yet"),
    ("0.43", "without quotation marks"),
    (True, "True or False"),
    ([0.43, 0.75], "holds 2"),
    ([[1], [1, 2]], "should be one number"),
    (0.43 + 0j, "should be one number"),
    (float("nan"), "is nan"),
    (np.inf, "is inf"),
    (10**400, "should be one number"),
    (EqualToEverything(), "should be one number"),
    (pd.DataFrame({"a": [1, 2]}), "holds 2"),
]


@pytest.mark.parametrize(("value", "says"), WRONG_KIND, ids=lambda x: str(x)[:20])
def test_an_answer_of_the_wrong_kind_is_named(value, says, capsys):
    with pytest.raises(Mistake, match=says):
        marking.expect_number(value, "low")
    assert mark(value) == 0
    assert says in capsys.readouterr().out


def test_a_number_that_claims_to_equal_everything_earns_nothing():
    assert mark(EqualFloat(0.9)) == 0


def test_a_text_that_claims_to_equal_everything_earns_nothing(capsys):
    assert marking.mark_choice(EqualText("a"), best="b", a="Because a.", b="Because b.") == 0
    assert "Because a." in capsys.readouterr().out


def test_bounds_are_named():
    with pytest.raises(Mistake, match="between 0 and 100, but it is -3"):
        marking.expect_number(-3, "low", low=0, high=100)
    with pytest.raises(Mistake, match="at least 0"):
        marking.expect_number(-3, "years", low=0)
    assert marking.expect_number(3, "years", low=0) is None


def test_a_typical_slip_gets_its_own_sentence_and_others_the_hint(capsys):
    slips = {"That takes off B's cost.": 0.35}
    assert mark(0.351, slips=slips) == 0
    assert "B's cost" in capsys.readouterr().out
    assert mark(0.99, slips=slips) == 0
    said = capsys.readouterr().out
    assert HINT in said and "0.43" not in said


def test_points_are_numbers_that_nbgrader_counts():
    for points in (
        mark(0.43, points=3),
        mark(0.1),
        marking.mark_numbers([1, 9], [1, 2], within=0, name="x", hint=HINT),
    ):
        assert type(points) in (int, float)
        assert get_partial_grade({"data": {"text/plain": repr(points)}}, 3) == points


def test_each_of_several_numbers_earns_its_share(capsys):
    more = {"within": 0.01, "name": "survival", "points": 3, "hint": ["first", "second", "third"]}
    assert marking.mark_numbers((0.83, 0.67, 0.44), [0.83, 0.67, 0.44], **more) == 3
    assert marking.mark_numbers(np.array([0.83, 0.5, 0.44]), [0.83, 0.67, 0.44], **more) == 2
    assert "second" in capsys.readouterr().out
    assert marking.mark_numbers([83, 67, 44], [0.83, 0.67, 0.44], or_percent=True, **more) == 3


@pytest.mark.parametrize(
    ("value", "says"),
    [(0.5, "a single float"), ([1], "holds 1"), ({1, 2}, "is a set"), (None, "no value yet"), ([1, "2"], "is text")],
)
def test_a_list_of_the_wrong_shape_is_named(value, says):
    with pytest.raises(Mistake, match=says):
        marking.expect_numbers(value, "survival", length=2)


def test_a_table_is_checked_by_its_keys(capsys):
    expected = {"hard": 0.4, "easy": 0.6}
    more = {"within": 0.01, "name": "share", "hint": HINT, "points": 2}
    assert marking.mark_numbers(pd.Series({"easy": 0.6, "hard": 0.4}), expected, **more) == 2
    assert marking.mark_numbers({"hard": 0.4, "easy": 0.1}, expected, **more) == 1
    assert "share['easy']" in capsys.readouterr().out
    with pytest.raises(Mistake, match="lacks easy"):
        marking.expect_numbers({"hard": 0.4}, "share", keys=list(expected))
    with pytest.raises(Mistake, match="more than it should: other"):
        marking.expect_numbers(expected | {"other": 1}, "share", keys=list(expected))
    with pytest.raises(Mistake, match="a dictionary with the keys hard, easy"):
        marking.expect_numbers([0.4, 0.6], "share", keys=list(expected))


def noisy_double(x):
    print("out")
    print("err", file=sys.stderr)
    warnings.warn("noise", stacklevel=1)
    logging.getLogger("noise").error("noise")
    return 2 * x


CASES = [({"x": 1}, 2), ({"x": 3}, 6)]


def test_a_noisy_function_leaves_nothing_in_the_grade_cell(capfd):
    marking.expect_function(noisy_double, "double", x=2)
    assert marking.mark_function(noisy_double, CASES, within=0, name="double", hint=HINT) == 1
    out, err = capfd.readouterr()
    assert err == ""
    assert out == "Right: `double` gives the correct values for 2 different inputs.\n"


def test_a_function_s_failures_are_named(capsys):
    def marked(function):
        points = marking.mark_function(function, CASES, within=0, name="double", hint=HINT)
        assert points == 0
        return capsys.readouterr().out

    assert "ZeroDivisionError" in marked(lambda x: x / 0)
    assert "SystemExit" in marked(lambda x: sys.exit())
    assert "`double(x=3)` is not right yet" in marked(lambda x: 2)
    assert "no value yet" in marked(lambda x: None)
    assert "should be a function, but it is a int" in marked(6)
    with pytest.raises(Mistake, match="returns nothing"):
        marking.expect_function(lambda x: None, "double", x=1)
    with pytest.raises(Mistake, match="was the name used again"):
        marking.expect_function(6, "double", x=1)


@pytest.mark.parametrize("answer", ["", None, 2, " "])
def test_no_choice_is_said_to_be_none(answer):
    with pytest.raises(Mistake, match="No option is chosen yet"):
        marking.expect_choice(answer)


def test_a_choice_is_explained_alone(capsys):
    why = {"a": "Because a.", "b": "Because b."}
    assert marking.mark_choice("b", best="b", **why) == 1
    assert capsys.readouterr().out == "Right: you chose b. Because b.\n"
    assert marking.mark_choice(" A ", best="b", points=2, **why) == 0
    assert capsys.readouterr().out == "Not quite: you chose a. Because a.\n"
    assert marking.mark_choice("e", best="b", **why) == 0
    assert "choose one of a, b" in capsys.readouterr().out
    with pytest.raises(ValueError, match="needs an explanation"):
        marking.mark_choice("a", best="c", **why)


def test_a_mistake_is_shown_without_the_lines_of_the_test():
    from IPython.core.interactiveshell import InteractiveShell

    shell, shown = InteractiveShell.instance(), []
    shell._showtraceback = lambda etype, evalue, stb: shown.extend(stb)
    shell.run_cell("from postwar.quiz import marking\nmarking.expect_number(None, 'low')  # 0.43")
    assert shown == ["`low` has no value yet: write your answer in the cell above and run it again."]


def test_a_right_value_that_is_rounded_too_far_is_told_so_whatever_marks_it(capsys):
    asked = {"within": 0.0005, "name": "x", "hint": "Think."}
    for answer in (0.43, 0.4, 43):
        assert marking.mark_number(answer, 0.4256 if answer != 0.4 else 0.4056, or_percent=True, **asked) == 0
        assert "rounded too far" in capsys.readouterr().out
    assert marking.mark_number(0.013, 0.013208, **asked | {"within": 0.0001}) == 0
    assert "rounded too far" in capsys.readouterr().out
    assert marking.mark_numbers([0.5, 0.43], [0.5, 0.4256], points=2, **asked) == 1
    assert "rounded too far" in capsys.readouterr().out
    assert marking.mark_numbers({"a": 0.43}, {"a": 0.4256}, **asked) == 0
    assert "rounded too far" in capsys.readouterr().out
    assert marking.mark_function(lambda t: round(t, 2), [({"t": 0.4256}, 0.4256)], **asked) == 0
    assert "rounded too far" in capsys.readouterr().out
    assert marking.mark_function(lambda t: 7, [({"t": 0.4256}, 0.4256)], **asked) == 0
    assert "Think." in capsys.readouterr().out
