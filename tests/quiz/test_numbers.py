"""Practice questions with numbers: drawn anew as often as one likes, each set another, each with one right answer."""

import re
from collections import Counter

import pytest

from postwar import check
from postwar.quiz.questions import collect, parse

NUMBERED = [name for name, question in collect().items() if question.numbers]


def record(**changes):
    options = {
        "a": {"text": "It is {x + y}", "explanation": "{x} + {y} = {x + y}."},
        "b": {"text": "It is {x - y}", "explanation": "That takes {y} away.", "misconception": "minus"},
    }
    question = {"id": "sum-of-two", "objective": "LO1.1", "bloom": "Apply", "stem": "What is {x} + {y}?", "best": "a"}
    numbers = {"given": {"x": 1, "y": 2}, "vary": {"x": [1, 2, 3], "y": [0, 2]}, "where": {"y > 0": "Else they agree."}}
    return question | {"options": options} | numbers | changes


def test_the_lesson_shows_the_given_numbers():
    question = parse(record(), "x.toml")
    assert question.stem == "What is 1 + 2?" and question.options["b"].text == "It is −1"
    assert question.with_set(0) is question


def test_sets_differ_until_none_is_left():
    question = parse(record(), "x.toml")
    stems = [question.with_set(n).stem for n in (1, 2)]
    assert sorted(stems) == ["What is 2 + 2?", "What is 3 + 2?"] and question.with_set(1) == question.with_set(1)
    assert question.with_set(3).stem in stems, "then one comes again"


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"vary": {}}, "both a table given and a table vary"),
        ({"vary": {"z": [1, 2]}}, "z may vary, but has no given value"),
        ({"where": {"y > 5": "No."}}, "break its own rules: y > 5"),
        ({"given": {"x": 1, "y": 0}, "where": {}}, "two options say the same"),
        ({"stem": "\u202edrawkcab"}, r"stem holds U\+202E, which makes it look other than it is"),
        ({"fixed": "A fact."}, "its numbers vary, and fixed says that they do not"),
    ],
)
def test_a_wrong_record_names_itself(changes, says):
    with pytest.raises(ValueError, match=says) as caught:
        parse(record(**changes), "x.toml")
    assert "x.toml: question 'sum-of-two'" in str(caught.value)


@pytest.mark.parametrize(
    "reach",
    [
        "__import__('os').system('touch reached')",
        "open('reached', 'w')",
        "().__class__.__base__.__subclasses__()",
        "(lambda: x.real)()",
        "[__builtins__ for _ in (1,)]",
        "'{0.__class__}'.format(x)",
        "(y := 3)",
        "x.__class__",
        "getattr(x, 'real')",
        "min.__self__.open",
        "9**9**9",
        "(x - 1 + 9)**(x + 9**9)",
        "sum(range(10**13))",
        "_power(2, 3)",
    ],
)
@pytest.mark.parametrize("place", ["text", "where", "compute"])
def test_a_question_from_elsewhere_reaches_nothing(reach, place, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    changes = {
        "text": {"stem": f"What is {{{reach}}}?"},
        "where": {"where": {reach: "It runs."}},
        "compute": {"compute": {"z": reach}},
    }
    with pytest.raises((ValueError, NameError)):
        parse(record(**changes[place]), "x.toml")
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize("name", NUMBERED)
def test_ten_sets_of_every_question_are_new_and_have_one_right_answer(name):
    shown = set()
    for number in ["0", *map(str, range(1, 11))]:
        record = collect()[name].with_set(int(number))
        question = check(name, numbers=number, answer=record.best)
        assert "✓ Right." in question._as_text() and "{" not in question._as_text()
        assert len(set(question.options.values())) == len(question.options)
        assert not re.search(r"\b(nan|inf)\b|\d\.\d{5}|−0(\.0+)?(?![.\d])|−−|\d[eE]-\d", question._as_text()), (
            question._as_text()
        )
        shown.add(question.stem)
    assert len(shown) == 11


def test_no_letter_can_be_learnt():
    """With new numbers the options stand in another order: every letter is right about equally often."""
    letters = Counter(collect()[name].with_set(n).best for name in NUMBERED for n in range(1, 11))
    expected = letters.total() / 4
    assert sum((letters[letter] - expected) ** 2 / expected for letter in "abcd") < 16.3, letters  # p = 0.001


def test_every_question_with_numbers_draws_them_or_says_why_not():
    for question in collect().values():
        texts = (question.stem, *(option.text for option in question.options.values()))
        if any(re.search(r"\d", text) for text in texts):
            assert bool(question.numbers) != bool(question.fixed), (
                f"{question.id}: vary its numbers, or say in `fixed` why not"
            )
    lessons = {name.partition("-")[0] for name in NUMBERED}
    assert lessons == {"planning", "london", "washington", "deterrence", "nato", "kyiv", "signals", "looking"}


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match='write a number, such as numbers="2"'):
        check(NUMBERED[0], numbers="two")
    with pytest.raises(ValueError, match="from 1 to 999"):
        check(NUMBERED[0], numbers="1000")
    with pytest.raises(ValueError, match="has no numbers that could be drawn"):
        check("deterrence-always-class", numbers="1")
