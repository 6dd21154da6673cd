"""Which file stands for which notebook: additions are taken off, the newest wins, what is unclear is named."""

from pathlib import PurePosixPath as P

import pytest

from postwar.copies import names

WANTED = ["quiz", "problems"]


@pytest.mark.parametrize(
    "name",
    [
        "quiz.ipynb", "Quiz.ipynb", "QUIZ.IPYNB", "quiz (1).ipynb", "quiz(2).ipynb", "quiz-1.ipynb", "quiz_1.ipynb", "quiz 2.ipynb",
        "quiz - Copy.ipynb", "quiz - Copy (2).ipynb", "quiz - Kopie.ipynb", "quiz copy.ipynb", "quiz copy 2.ipynb", "Copy of quiz.ipynb",
        "quiz-Copy1.ipynb", "quiz_final.ipynb", "quiz final v2.ipynb", "quiz (1) (1).ipynb", " quiz .ipynb", "quiz.ipynb.ipynb", "quiz.ipynb.txt",
        "quiz.ipynb.json", "ｑｕｉｚ.ipynb", "s001_quiz.ipynb", "quiz-s001.ipynb", "01-planning-peace-quiz.ipynb", "a/b/quiz.ipynb",
    ],
)  # fmt: skip
def test_an_addition_is_taken_off(name):
    found = names.match([P(name)], WANTED)
    assert found.files == {"quiz": P(name)}
    assert bool(found.notes) == (name != "quiz.ipynb")
    assert found.missing == ["problems"]


@pytest.mark.parametrize(
    "name", ["essay.ipynb", "quiz.py", "quizzes.ipynb", "quiz-problems.ipynb", "quiz.ipynb.zip", "1.ipynb"]
)
def test_what_stands_for_nothing_is_said(name):
    found = names.match([P(name)], WANTED)
    assert not found.files and found.extra == [P(name)]


@pytest.mark.parametrize(
    "name",
    [
        "__MACOSX/._quiz.ipynb",
        "._quiz.ipynb",
        ".ipynb_checkpoints/quiz-checkpoint.ipynb",
        ".DS_Store",
        "a/desktop.ini",
        "Thumbs.db",
    ],
)
def test_litter_is_no_hand_in(name):
    found = names.match([P(name), P("quiz.ipynb")], WANTED)
    assert found.files == {"quiz": P("quiz.ipynb")} and not found.extra and not found.notes


def test_the_newest_of_several_is_taken_and_said():
    found = names.match([P("quiz.ipynb"), P("quiz (2).ipynb"), P("quiz (1).ipynb")], WANTED)
    assert found.files["quiz"] == P("quiz (2).ipynb")
    assert "left out: quiz (1).ipynb, quiz.ipynb" in found.notes["quiz"]


def test_times_decide_before_numbers():
    times = {P("quiz.ipynb"): 2.0, P("quiz (1).ipynb"): 1.0}
    assert names.match(list(times), WANTED, times).files["quiz"] == P("quiz.ipynb")


def test_two_folders_without_times_are_ambiguous():
    found = names.match([P("a/quiz.ipynb"), P("b/quiz.ipynb")], WANTED)
    assert not found.files and found.ambiguous == {"quiz": [P("a/quiz.ipynb"), P("b/quiz.ipynb")]}


def test_unicode_forms_are_one():
    found = names.match([P("u\u0308bung.ipynb")], ["übung"])
    assert "übung" in found.files
