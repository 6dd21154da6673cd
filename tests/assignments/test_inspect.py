"""``postwar doctor PATH`` names each kind of damage and says how to mend it."""

import copy

import nbformat
import pytest
from machinery import Assignment, cast

from postwar.copies import inspect

SLUG = "01-planning-peace"


@pytest.fixture(scope="module")
def assignment():
    return Assignment(SLUG)


@pytest.fixture(scope="module")
def members(assignment):
    return {member.name: member.notebooks for member in cast(assignment)}


def findings(notebooks, tmp_path, folder=SLUG):
    home = tmp_path / folder
    home.mkdir(exist_ok=True)
    for name, notebook in notebooks.items():
        nbformat.write(notebook, home / f"{name}.ipynb")
    return inspect.inspect(home)


def test_nothing_to_mend_in_a_complete_copy(members, tmp_path, capsys):
    assert findings(members["solved"], tmp_path) == []
    assert inspect.report(tmp_path / SLUG) == 0
    assert "is complete" in capsys.readouterr().out


def test_every_blank_is_found(assignment, members, tmp_path, capsys):
    found = findings(members["blank"], tmp_path)
    assert {finding.cell for finding in found} == {answer.id for answer in assignment.answers} | set(assignment.essays)
    assert {finding.what for finding in found} == {
        "no option is chosen",
        "the answer is still blank",
        "the text is still to be written",
    }
    assert inspect.report(tmp_path / SLUG) == 1
    assert "No option is chosen." in capsys.readouterr().out


def test_a_text_for_extra_credit_may_stay_blank(tmp_path):
    last = Assignment("08-looking-ahead")
    blank = next(member for member in cast(last) if member.name == "blank")
    cells = {finding.cell for finding in findings(blank.notebooks, tmp_path, folder=last.slug)}
    assert "policy-brief" in cells and "two-colleagues" not in cells


@pytest.mark.parametrize(
    ("damage", "cells", "what"),
    [
        ("deleted-test", ["force-purpose"], "the cell is missing"),
        ("deleted-both", ["force-purpose-answer", "force-purpose"], "the cell is missing"),
        ("duplicated-test", ["force-purpose"], "the cell is there 2 times"),
        ("retyped-test", ["force-purpose"], "the cell was turned into a markdown cell"),
        ("retyped-answer", ["force-purpose-answer"], "the cell was turned into a markdown cell"),
    ],
)
def test_damage_is_found_where_it_is(members, tmp_path, damage, cells, what):
    notebooks = {**members["solved"], **members[damage]}
    found = findings(notebooks, tmp_path)
    assert [(finding.cell, finding.what) for finding in found] == [(cell, what) for cell in cells]
    assert all(finding.repair for finding in found)


@pytest.mark.parametrize("damage", ["renamed-test", "old-release"])
def test_cells_of_another_release_are_found(members, tmp_path, damage):
    found = findings({**members["solved"], **members[damage]}, tmp_path)
    assert {"the cell is missing"} < {finding.what for finding in found}
    assert any("older release" in finding.what for finding in found)


def test_leftovers_and_errors_of_an_answer_are_found(assignment, members, tmp_path):
    notebooks = copy.deepcopy(members["solved"])
    cells = {cell.id: cell for cell in notebooks["problems"].cells}
    cells["range-answer"].source += "\n# YOUR ANSWER HERE"
    cells["demand-answer"].source = "demand = = 3"
    found = {finding.cell: finding.what for finding in findings(notebooks, tmp_path)}
    assert found["range-answer"] == "the line # YOUR ANSWER HERE is left"
    assert found["demand-answer"].startswith("Python cannot read line 1")
    assert len(found) == 2


def test_missing_and_unreadable_notebooks_are_found(members, tmp_path):
    found = findings({"quiz": members["solved"]["quiz"]}, tmp_path)
    assert [(finding.notebook, finding.what) for finding in found] == [("problems.ipynb", "the notebook is missing")]
    (tmp_path / SLUG / "problems.ipynb").write_text("{", encoding="utf-8")
    (found,) = inspect.inspect(tmp_path / SLUG)
    assert found.what.startswith("the notebook problems.ipynb cannot be read")


def test_a_folder_of_any_name_is_known_by_its_cells(members, tmp_path):
    findings(members["solved"], tmp_path, folder="my copy")
    assert inspect.assignment_of(tmp_path / "my copy" / "quiz.ipynb") == SLUG


def test_paths_that_are_no_assignment_are_refused(tmp_path, capsys):
    with pytest.raises(FileNotFoundError, match="There is nothing at"):
        inspect.assignment_of(tmp_path / "nowhere")
    with pytest.raises(ValueError, match="is no assignment of this course"):
        inspect.assignment_of(tmp_path)
    assert inspect.report(tmp_path) == 1
    assert "no assignment" in " ".join(capsys.readouterr().out.split())


def _cells(notebook):
    return {cell.id: cell for cell in notebook.cells}


def test_a_name_that_is_still_none_is_found(assignment, members, tmp_path):
    notebooks = copy.deepcopy(members["blank"])
    for cell in notebooks["problems"].cells:
        cell.source = cell.source.replace("# YOUR ANSWER HERE", "# thinking\nhalf = 1")
    found = findings(notebooks, tmp_path)
    assert any("still None" in finding.what for finding in found)


@pytest.mark.parametrize(
    ("source", "repair"),
    [
        ("x = “text”", "curly quotes"),
        ("x = ‘a’", "curly quotes"),
        ("<<<<<<< HEAD\nx = 1\n=======\nx = 2\n>>>>>>> theirs", "Two versions were merged"),
        ("x = " + "-" * 5000 + "1", "anew"),
        ("x = " + "(" * 5000, "line"),
        ("x = 1\0", ""),
    ],
    ids=["double", "single", "conflict", "nested", "brackets", "null"],
)
def test_what_python_cannot_read_is_named(members, tmp_path, source, repair):
    notebooks = copy.deepcopy(members["solved"])
    _cells(notebooks["problems"])["demand-answer"].source = source
    (found,) = findings(notebooks, tmp_path)
    assert found.cell == "demand-answer"
    assert repair in found.repair


@pytest.mark.parametrize("name", ["quiz (1)", "quiz-1", "quiz - Copy", "Copy of quiz", "QUIZ", "deeper/quiz"])
def test_a_misnamed_notebook_is_looked_into_and_named(members, tmp_path, name):
    findings({"problems": members["solved"]["problems"]}, tmp_path)
    file = tmp_path / SLUG / f"{name}.ipynb"
    file.parent.mkdir(exist_ok=True)
    nbformat.write(members["solved"]["quiz"], file)
    (found,) = inspect.inspect(tmp_path / SLUG)
    assert found.what == f"{name}.ipynb taken for quiz.ipynb"


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"null", b"\xff\xfe", b"[" * 100_000, b'{"cells": 3, "nbformat": 4}', b'{"nbformat": "x"}'],
    ids=["empty", "list", "null", "no-text", "deep", "cells-a-number", "format-a-text"],
)
def test_damaged_files_are_survived(members, tmp_path, content):
    findings(members["solved"], tmp_path)
    (tmp_path / SLUG / "quiz.ipynb").write_bytes(content)
    (found,) = inspect.inspect(tmp_path / SLUG)
    assert found.notebook == "quiz.ipynb" and found.what
    assert inspect.report(tmp_path / SLUG) == 1
    assert inspect.assignment_of(tmp_path / SLUG / "problems.ipynb") == SLUG
