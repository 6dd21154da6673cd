"""What a class chose is counted from the graded copies."""

import re
import time

import nbformat
import pandas as pd
import pytest

from postwar import cli
from postwar.assignments.choices import choices
from postwar.paths import EXERCISES, SOLUTIONS
from postwar.quiz import answered

SLUG = "01-planning-peace"


def blank(slug=SLUG, name="quiz"):
    """A copy with no answers and with its tests whole, as in a graded copy."""
    notebook, tests = (nbformat.read(place / slug / f"{name}.ipynb", as_version=4) for place in (EXERCISES, SOLUTIONS))
    whole = {cell.id: cell for cell in tests.cells}
    notebook.cells = [
        whole[cell.id] if cell.metadata.get("nbgrader", {}).get("locked") else cell for cell in notebook.cells
    ]
    return notebook


@pytest.fixture
def graded(tmp_path, monkeypatch):
    """A class of four: each answers every ordinary question alike, the last one nothing; one copy has a broken cell."""
    for student, letter in {"ada": "a", "ben": "a", "cleo": "c", "dan": ""}.items():
        notebook = blank()
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
    quiz = table[(table["notebook"] == "quiz") & (table["kind"] == "one")]
    source = (SOLUTIONS / SLUG / "quiz.ipynb").read_text(encoding="utf-8")
    assert quiz["item"].nunique() == len(re.findall(r"mark_choice\(", source))
    assert (quiz.groupby("item")["best"].sum() == 1).all()
    assert quiz["explanation"].str.len().min() > 10
    first, *others = quiz["item"].unique()
    assert list(quiz.loc[quiz["item"] == first, "students"]) == [1, 0, 1, 0], "the broken cell counts for nothing"
    for item in others:
        shown = quiz[quiz["item"] == item]
        assert list(shown["students"]) == [2, 0, 1, 0] and shown["share"].iloc[0] == pytest.approx(2 / 3)


def test_every_part_of_pairs_orders_and_several_is_counted(tmp_path):
    """By hand: two classmates with one slip each, and one who is right."""
    slug, rows = "02-london-and-paris", {"ada": ("cdab", "guess"), "ben": ("dcab", "sure"), "cleo": ("cdba", "sure")}
    for student, (order, sure) in rows.items():
        notebook = blank(slug)
        for cell in notebook.cells:
            if "schemes-by-units" in cell.id and "ask(" in cell.source:
                cell.source = cell.source.replace("# YOUR ANSWER HERE", f'answer="{order}",')
            elif 'confidence=""' in cell.source and "ask(" in cell.source:
                cell.source = cell.source.replace('confidence=""', f'confidence="{sure}"').replace(
                    "# YOUR ANSWER HERE", 'answer="a",'
                )
            elif "missing-pieces" in cell.id and "ask(" in cell.source and student != "cleo":
                cell.source = cell.source.replace("# YOUR ANSWER HERE", 'answer="a",')
            elif "task-and-ruler" in cell.id and "ask(" in cell.source:
                cell.source = cell.source.replace("# YOUR ANSWER HERE", 'answer="ab-",')
        folder = tmp_path / "autograded" / student / slug
        folder.mkdir(parents=True)
        nbformat.write(notebook, folder / "quiz.ipynb")
    table = choices(slug, tmp_path)
    order = table[table["item"] == "schemes-by-units"]
    places = order[order["students"] > 0].groupby("part", sort=False)
    counted = {part: dict(zip(rows["wording"], rows["students"], strict=True)) for part, rows in places}
    assert list(counted.values()) == [
        {"third": 2, "fourth": 1},
        {"third": 1, "fourth": 2},
        {"first": 2, "second": 1},
        {"first": 1, "second": 2},
    ]
    assert order.loc[order["best"], "students"].tolist() == [2, 2, 2, 2]
    several = table[table["item"] == "missing-pieces"]
    assert (several.groupby("part")["students"].sum() == 2).all()
    assert several.loc[several["wording"] == "applies", "students"].sum() == 2
    pairs = table[table["item"] == "task-and-ruler"]
    assert pairs.groupby("part", sort=False)["students"].sum().tolist() == [3, 3, 0], "what is left open says nothing"
    sure = table[table["kind"] == "sure"].groupby("item")
    assert all(dict(zip(rows["wording"], rows["students"], strict=True)) == {"guess": 1, "sure": 2} for _, rows in sure)


def test_an_answer_is_the_same_in_every_edition():
    """Other letters and other numbers; what is chosen stays what it says."""
    one = answered.asked(
        f'q = ask("Falls to {7} by?", a="to 3 units", b="to 4.5 units", c="not at all")',
        'mark_choice(q.answer, best="b", a="That forgets 2.", b="Half of 9.", c="It does.")',
    )
    other = answered.asked(
        'q = ask("Falls to 70 by?", c="to 1 units", a="to 2 units", b="not at all", answer="a",)',
        'mark_choice(q.answer, best="a", c="That forgets 4.", a="Half of 4.", b="It does.")',
    )
    assert one.same == other.same
    for mine, theirs in {"a": "c", "b": "a", "c": "b"}.items():
        (left,), (right,) = one.given(mine), other.given(theirs)
        assert left.answer == right.answer and left.right == right.right
    assert len({each.answer for each in one.choices[0]}) == 3


def test_words_that_a_student_has_changed_are_not_the_class_s(graded):
    """The first copy of the pile asks otherwise; the class's rows are those of the others, and its answers are told of."""
    before = choices(SLUG, graded)
    notebook = blank()
    for cell in notebook.cells:
        if "ask(" in cell.source:
            cell.source = re.sub(r'^    "', '    "My own words: ', cell.source, flags=re.MULTILINE)
            cell.source = re.sub(r'^    a="', '    a="Not ', cell.source, flags=re.MULTILINE)
            cell.source = cell.source.replace("# YOUR ANSWER HERE", 'answer="a",')
    (graded / "autograded" / "aaa" / SLUG).mkdir(parents=True)
    nbformat.write(notebook, graded / "autograded" / "aaa" / SLUG / "quiz.ipynb")
    after = choices(SLUG, graded)
    pd.testing.assert_frame_equal(after[after["kind"] == "one"], before[before["kind"] == "one"])
    assert len(after) == len(before) and after.attrs["changed"] >= before["item"].nunique() - 3
    assert cli.main(["choices", SLUG, "--csv", "counts.csv"]) == 0


def test_the_report_names_shares_and_misconceptions(graded, capsys):
    assert cli.main(["choices", SLUG]) == 0
    shown = capsys.readouterr().out
    assert "67%" in shown and "most chosen of the others, “" in shown


def test_counts_go_to_a_file(graded):
    assert cli.main(["choices", SLUG, "--csv", "counts.csv"]) == 0
    assert len(pd.read_csv(graded / "counts.csv")) == len(choices(SLUG, graded))


def test_nothing_graded_yet_says_what_to_do(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["choices", SLUG]) == 1
    assert f"Run `postwar grade {SLUG}` first" in " ".join(capsys.readouterr().out.split())
    assert cli.main(["choices", "09-more"]) == 1
    assert "There are 01-planning-peace" in " ".join(capsys.readouterr().out.split())


def test_questions_of_all_kinds_are_counted_in_every_quiz(graded):
    """Reference solutions as graded copies: every part of every question is right."""
    for path in SOLUTIONS.glob("*/quiz.ipynb"):
        folder = graded / "autograded" / "ada" / path.parent.name
        folder.mkdir(exist_ok=True)
        for source in path.parent.glob("*.ipynb"):
            nbformat.write(nbformat.read(source, as_version=4), folder / source.name)
        if path.parent.name == SLUG:
            continue
        table = choices(path.parent.name, graded)
        quiz = table[table["notebook"] == "quiz"]
        asked = len(re.findall(r"marking\.mark_\w+\(", path.read_text(encoding="utf-8")))
        assert quiz["item"].nunique() == asked and (quiz.loc[quiz["best"], "share"] == 1).all()
        assert (table["best"] == (table["students"] == 1)).all()


@pytest.mark.parametrize(
    "answer",
    ["-" * 1_000_000 + "1", "(" * 5000, "+".join("1" * 200_000), "[" * 50 + "]" * 50, "'a' 'b'", "\0"],
    ids=["minuses", "brackets", "sum", "lists", "texts", "null"],
)
def test_a_monster_in_one_answer_costs_nobody_else_anything(graded, answer):
    before = choices(SLUG, graded)
    folder = graded / "autograded" / "eve" / SLUG
    folder.mkdir(parents=True)
    notebook = blank()
    for cell in notebook.cells:
        cell.source = cell.source.replace("# YOUR ANSWER HERE", f"answer={answer},")
    nbformat.write(notebook, folder / "quiz.ipynb")
    (graded / "autograded" / "dan" / SLUG / "problems.ipynb").write_text("[", encoding="utf-8")
    start = time.process_time()
    after = choices(SLUG, graded)
    ordinary = before["kind"] == "one"  # two letters are an answer where several may apply
    pd.testing.assert_frame_equal(after[ordinary], before[ordinary])
    assert time.process_time() - start < 30
