"""Fresh sets for a learner: never the same numbers, marked by ``postwar mark``, and counted by the stated rule."""

import datetime
import json
import textwrap

import nbformat
import pytest
from machinery import SOLUTION, STUB

from postwar import cli, paths, selfstudy
from postwar.editions import given, practice

SLUG = "04-deterrence"
DAY = datetime.date(2027, 3, 1)


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "working_copy", lambda: tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def solve(folder, but=()):
    """Write the reference solution into a set; cells named in ``but`` stay blank."""
    _, solutions = practice.solutions_of(folder)
    for name, notebook in solutions.items():
        right = {c.id: SOLUTION.search(c.source) for c in notebook.cells if c.cell_type == "code"}
        copy = nbformat.read(folder / f"{name}.ipynb", as_version=4)
        for cell in copy.cells:
            if STUB in cell.source and cell.cell_type == "code" and cell.id not in but:
                indent, code = right[cell.id].groups()
                cell.source = cell.source.replace(f"{indent}{STUB}", textwrap.indent(textwrap.dedent(code), indent))
        nbformat.write(copy, folder / f"{name}.ipynb")


def shown(folder):
    """The given numbers of a set by cell, and the drawn questions."""
    notebooks = [nbformat.read(path, as_version=4) for path in sorted(folder.glob("*.ipynb"))]
    cells = [cell for notebook in notebooks for cell in notebook.cells]
    return {cell.id: cell.source for cell in cells if given.is_given(cell)}


@pytest.mark.parametrize("objective", ["LO4.2", "LO4.3", "LO4.5"])
def test_ten_sets_on_one_objective_never_show_the_same_numbers(home, objective):
    sets = [shown(practice.write(SLUG, objective, home)) for _ in range(10)]
    written = {c.id: c.source for c in nbformat.read(paths.EXERCISES / SLUG / "problems.ipynb", as_version=4).cells}
    for cell in {name for each in sets for name in each}:
        numbers = [each[cell] for each in sets if cell in each]
        assert len(set(numbers)) == len(numbers) and written[cell] not in numbers, cell
    assert all(sets), "a set has tasks with numbers"


def test_a_set_holds_what_the_objective_needs_and_no_essay(home):
    cells = {
        c.id for p in practice.write(SLUG, "LO4.3", home).glob("*.ipynb") for c in nbformat.read(p, as_version=4).cells
    }
    assert {"channels-given", "readings-given", "readings-answer", "doubling-a-tripwire"} <= cells
    assert not {"attack-given", "essay", "channel-pairing"} & cells
    everything = {
        c.id for p in practice.write(SLUG, None, home).glob("*.ipynb") for c in nbformat.read(p, as_version=4).cells
    }
    assert {"attack-given", "threshold-answer", "channel-pairing"} <= everything and "essay" not in everything


def test_no_set_carries_a_key(home):
    for path in practice.write(SLUG, None, home).glob("*.ipynb"):
        text = path.read_text(encoding="utf-8")
        assert "HIDDEN" not in text and "mark_number" not in text and "BEGIN SOLUTION" not in text


def test_a_set_is_marked_by_nbgrader_and_counted(home, capsys):
    folder = practice.write(SLUG, "LO4.2", home)
    solve(folder, but=["roads-answer"])
    assert selfstudy.mark(folder, open_page=False) == 0
    said = " ".join(capsys.readouterr().out.replace("│", " ").split())
    assert "denial needed 0 of 1" in said and "attack value 1 of 1" in said and practice.RULE in said
    marks = json.loads((folder / "marks.json").read_text(encoding="utf-8"))["objectives"]
    assert marks["LO4.2"][0] < marks["LO4.2"][1]
    (standing,) = practice.standings(home)
    assert (standing.objective, standing.in_a_row, standing.mastered) == ("LO4.2", 0, False)
    assert (home / "feedback" / folder.name / "problems.html").exists()


class Score:
    def __init__(self, item, points):
        self.item, self.points, self.maximum = item, points, 1


def test_two_right_in_a_row_master_an_objective_and_intervals_grow(home):
    def marked(points, day):
        folder = practice.write(SLUG, "LO4.3", home)
        practice.record(
            folder, [Score("presence-success", 1), Score("presence-belief", points)], DAY + datetime.timedelta(day)
        )
        (standing,) = practice.standings(home)
        return standing.in_a_row, standing.mastered, (standing.due - DAY).days

    assert marked(1, 0) == (1, False, 1)
    assert marked(0, 1) == (0, False, 1)
    assert marked(1, 1) == (1, False, 2)
    assert marked(1, 2) == (2, True, 5)
    assert marked(1, 5) == (3, True, 12)


def test_a_set_of_another_release_is_not_marked_by_wrong_keys(home):
    folder = practice.write(SLUG, "LO4.3", home)
    path = folder / "problems.ipynb"
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if given.is_given(cell):
            cell.source = cell.source.replace("0", "9")
    nbformat.write(notebook, path)
    with pytest.raises(ValueError, match="another release of the course"):
        practice.solutions_of(folder)


def test_the_command_says_what_it_wrote_and_what_to_repeat(home, capsys):
    assert cli.main(["practice"]) == 0
    assert "Nothing is practised yet" in capsys.readouterr().out
    assert cli.main(["practice", SLUG, "--objective", "LO4.2"]) == 0
    assert "postwar mark practice/04-deterrence-1" in capsys.readouterr().out
    practice.record(home / "practice" / "04-deterrence-1", [Score("attack-value", 1)])
    assert cli.main(["practice"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "--objective LO4.2" in said and "two fresh sets in a row" in said


@pytest.mark.parametrize(
    ("arguments", "says"),
    [(["09-more"], "no lesson"), ([SLUG, "--objective", "LO5.1"], "has no objective")],
)
def test_what_cannot_be_practised_is_said(home, capsys, arguments, says):
    assert cli.main(["practice", *arguments]) == 1
    assert says in capsys.readouterr().out
