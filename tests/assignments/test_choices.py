"""What a class chose is counted from the graded copies."""

import re
import time

import nbformat
import pandas as pd
import pytest

from postwar import cli
from postwar.assignments.choices import choices
from postwar.paths import EXERCISES, SOLUTIONS

SLUG = "01-planning-peace"


@pytest.fixture
def graded(tmp_path, monkeypatch):
    """A class of four: each answers every question alike, the last one nothing; one copy has a broken cell."""
    for student, letter in {"ada": "a", "ben": "a", "cleo": "c", "dan": ""}.items():
        notebook = nbformat.read(EXERCISES / SLUG / "quiz.ipynb", as_version=4)
        for cell in notebook.cells:
            if letter and "ask(" in cell.source:
                cell.source = cell.source.replace("# YOUR ANSWER HERE", f'answer="{letter}",')
        if student == "ben":
            next(cell for cell in notebook.cells if "ask(" in cell.source).source = "q1 = ask("
        folder = tmp_path / "autograded" / student / SLUG
        folder.mkdir(parents=True)
        nbformat.write(notebook, folder / "quiz.ipynb")
        nbformat.write(nbformat.read(EXERCISES / SLUG / "problems.ipynb", as_version=4), folder / "problems.ipynb")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_every_option_is_counted_and_explained(graded):
    table = choices(SLUG, graded)
    quiz = table[table["notebook"] == "quiz"]
    source = (SOLUTIONS / SLUG / "quiz.ipynb").read_text(encoding="utf-8")
    assert quiz["item"].nunique() == len(re.findall(r"mark_choice\(", source))
    assert (quiz.groupby("item")["best"].sum() == 1).all()
    assert quiz["explanation"].str.len().min() > 10
    first, *others = quiz["item"].unique()
    assert list(quiz[quiz["item"] == first]["students"]) == [1, 0, 1, 0], "the broken cell counts for nothing"
    for item in others:
        shown = quiz[quiz["item"] == item].set_index("option")
        assert list(shown["students"]) == [2, 0, 1, 0]
        assert shown["share"]["a"] == pytest.approx(2 / 3)


def test_the_report_names_shares_and_misconceptions(graded, capsys):
    assert cli.main(["choices", SLUG]) == 0
    shown = capsys.readouterr().out
    assert "67%" in shown and "most chosen of the others, a:" in shown


def test_counts_go_to_a_file(graded):
    assert cli.main(["choices", SLUG, "--csv", "counts.csv"]) == 0
    assert len(pd.read_csv(graded / "counts.csv")) == len(choices(SLUG, graded))


def test_nothing_graded_yet_says_what_to_do(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["choices", SLUG]) == 1
    assert f"Run `postwar grade {SLUG}` first" in " ".join(capsys.readouterr().out.split())
    assert cli.main(["choices", "09-more"]) == 1
    assert "There are 01-planning-peace" in " ".join(capsys.readouterr().out.split())


def test_questions_with_one_answer_are_counted_in_every_quiz(graded):
    for path in SOLUTIONS.glob("*/quiz.ipynb"):
        folder = graded / "autograded" / "ada" / path.parent.name
        folder.mkdir(exist_ok=True)
        for source in path.parent.glob("*.ipynb"):
            nbformat.write(nbformat.read(source, as_version=4), folder / source.name)
        table = choices(path.parent.name, graded)
        quiz = table[table["notebook"] == "quiz"]
        ordinary = len(re.findall(r"mark_choice\(", path.read_text(encoding="utf-8")))
        assert quiz["item"].nunique() == ordinary and quiz[quiz["best"]]["students"].sum() >= ordinary


@pytest.mark.parametrize(
    "answer",
    ["-" * 1_000_000 + "1", "(" * 5000, "+".join("1" * 200_000), "[" * 50 + "]" * 50, "'a' 'b'", "\0"],
    ids=["minuses", "brackets", "sum", "lists", "texts", "null"],
)
def test_a_monster_in_one_answer_costs_nobody_else_anything(graded, answer):
    before = choices(SLUG, graded)
    folder = graded / "autograded" / "eve" / SLUG
    folder.mkdir(parents=True)
    notebook = nbformat.read(EXERCISES / SLUG / "quiz.ipynb", as_version=4)
    for cell in notebook.cells:
        cell.source = cell.source.replace("# YOUR ANSWER HERE", f"answer={answer},")
    nbformat.write(notebook, folder / "quiz.ipynb")
    (graded / "autograded" / "dan" / SLUG / "problems.ipynb").write_text("[", encoding="utf-8")
    start = time.process_time()
    pd.testing.assert_frame_equal(choices(SLUG, graded), before)
    assert time.process_time() - start < 30
