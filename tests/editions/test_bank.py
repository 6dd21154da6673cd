"""Questions of a bank from elsewhere: refused by name where they would be more than a question."""

import pytest

from postwar.editions import quiz
from postwar.quiz.draw import Stream

ITEM = """
[[items]]
id = "{id}"
objective = "LO1.1"
stem = "{stem}"
[items.best]
text = "{text}"
explanation = "{explanation}"
[[items.wrong]]
text = "No"
explanation = "It is not."
misconception = "no"
"""
GOOD = {"id": "a-question", "stem": "Is it so?", "text": "Yes", "explanation": "It is."}


def bank(tmp_path, numbers="", **changes):
    path = tmp_path / "01-example.quiz.toml"
    path.write_text(ITEM.format(**GOOD | changes) + numbers, encoding="utf-8")
    return path


def test_a_question_is_read(tmp_path):
    assert [item.id for item in quiz.read(bank(tmp_path))] == ["a-question"]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"explanation": "So. ### LIVE OBJECTS"}, "a text with ###"),
        ({"explanation": "So. ### END HIDDEN TESTS"}, "a text with ###"),
        ({"stem": "So? ### BEGIN SOLUTION"}, "a text with ###"),
        ({"text": r"Yes\nimport os"}, "of several lines"),
        ({"text": r"Yes\u2028import os"}, "of several lines"),
        ({"stem": r"So\u202e?"}, r"a text with U\+202E"),
        ({"id": "<img src=q onerror=q>"}, "an id is lower-case words"),
        ({"id": "../../gradebook"}, "an id is lower-case words"),
        (
            {"stem": "{x}", "numbers": '[items.given]\nx = "### LIVE OBJECTS"\n[items.vary]\nx = ["a", "b"]\n'},
            "with ###",
        ),
        ({"stem": "{open('/etc/passwd')}", "numbers": "[items.given]\nx = 1\n[items.vary]\nx = [2, 3]\n"}, "open"),
    ],
)
def test_a_question_that_would_be_more_is_refused(tmp_path, changes, says):
    with pytest.raises((ValueError, NameError), match=says):
        quiz.read(bank(tmp_path, **changes))


def test_numbers_that_are_drawn_make_no_marks_either(tmp_path):
    numbers = '[items.given]\nx = "a"\n[items.vary]\nx = ["#", "b"]\n'
    [item] = quiz.read(bank(tmp_path, numbers, text="{x * 3} LIVE OBJECTS"))
    drawn = [item.filled(Stream(b"key", str(n)))[0].options[0].text for n in range(9)]
    hostile = next(text for text in drawn if "###" in text)
    with pytest.raises(ValueError, match="with ###"):
        quiz._argument(hostile, "a")
