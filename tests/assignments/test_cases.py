"""Hand-ins after the kinds of trouble that people report: the student hears of it beforehand, and no marks are lost in silence.

Each case is a right hand-in with one change. `postwar doctor` is tried on all; ``POSTWAR_LONG=1`` grades them as well.
"""

import copy
import os
import re
import subprocess
import sys
import zipfile
from dataclasses import dataclass

import compare
import nbformat
import pytest
from machinery import SLUGS, Assignment, cast

from postwar.copies import inspect

SLUG = "02-london-and-paris"
OTHER = "01-planning-peace"


@dataclass(frozen=True)
class Case:
    """What was done to the notebooks or the folder, what the doctor says, what the grader is told, and the points lost."""

    change: object
    doctor: str
    noted: str
    lost: float | None = 0  # None: not graded


def _at(nb, name):
    return next(i for i, cell in enumerate(nb.cells) if cell.metadata.get("nbgrader", {}).get("grade_id") == name)


def _stub(notebook, name):
    nb = Assignment(SLUG).release[notebook]
    return nb.cells[_at(nb, name)].source


def _below(notebook, name, make, *, where=1):
    def change(notebooks):
        nb = notebooks[notebook]
        i = _at(nb, name)
        own = make(nb.cells[i].source, id="own-cell")
        nb.cells[i].source = _stub(notebook, name)
        nb.cells.insert(i + where if where is not None else len(nb.cells), own)

    return change


def _source(notebook, name, edit):
    def change(notebooks):
        cell = notebooks[notebook].cells[_at(notebooks[notebook], name)]
        cell.source = edit(cell.source)

    return change


def _split(notebook, name, *, bare):
    def change(notebooks):
        nb = notebooks[notebook]
        i = _at(nb, name)
        first, second = nb.cells[i], copy.deepcopy(nb.cells[i])
        half = first.source.rfind("\n", 0, -1)
        half = half if half > 0 else len(first.source) // 2
        first.source, second.source, second.id = first.source[:half], first.source[half:].lstrip("\n"), "second-half"
        if bare:
            second.metadata = {}
        nb.cells.insert(i + 1, second)

    return change


def _setup(keep):
    def change(notebooks):
        for nb in notebooks.values():
            cell = next(cell for cell in nb.cells if cell.id == "setup")
            nb.cells.remove(cell)
            if keep:
                nb.cells.append(cell)

    return change


def _swap(notebooks):
    notebooks["quiz"], notebooks["problems"] = notebooks["problems"], notebooks["quiz"]


def _other_lesson(notebooks):
    notebooks |= next(member for member in cast(Assignment(OTHER)) if member.name == "solved").notebooks


def _typed(form):
    return _source("quiz", "rotation-units-answer", lambda text: re.sub(r'answer="(\w)"', form, text))


def _rename(old, new):
    def change(folder):
        target = folder / new
        target.parent.mkdir(exist_ok=True)
        (folder / old).rename(target)

    return change


def _zip(folder):
    with zipfile.ZipFile(folder / "all.zip", "w") as archive:
        for path in sorted(folder.glob("*.ipynb")):
            archive.write(path, path.name)
            path.unlink()


def _saved_in(encoding):
    def change(folder):
        (folder / "quiz.ipynb").write_text((folder / "quiz.ipynb").read_text("utf-8"), encoding=encoding)

    return change


def _merged_file(folder):
    lines = (folder / "quiz.ipynb").read_text().split("\n")
    lines[20:20] = ["<<<<<<< HEAD", "=======", ">>>>>>> theirs"]
    (folder / "quiz.ipynb").write_text("\n".join(lines))


_conflict = "<<<<<<< HEAD\n{}\n=======\nunits_now = 3\n>>>>>>> theirs".format
_text, _code = nbformat.v4.new_markdown_cell, nbformat.v4.new_code_cell

#: Changes to the notebooks, then changes to the folder.
CASES = {
    "answer-below": Case(_below("problems", "sustain-answer", _code), "a new cell follows", "a new cell follows"),
    "answer-at-the-end": Case(
        _below("problems", "sustain-answer", _code, where=None), "another cell gives ratio", "another cell gives ratio", 2
    ),
    "essay-below": Case(_below("problems", "essay", _text), "stands in another cell, below", "taken into it"),
    "essay-above": Case(_below("problems", "essay", _text, where=0), "stands in another cell, above", "taken into it"),
    "essay-split": Case(_split("problems", "essay", bare=False), "there 2 times", "taken into it"),
    "essay-split-bare": Case(_split("problems", "essay", bare=True), "stands in another cell, below", "taken into it"),
    "import-moved": Case(_setup(keep=True), "nothing above the first answer gives ask", "was put back there"),
    "import-cut": Case(_setup(keep=False), "nothing above the first answer gives ask", "was put back there"),
    "wrong-lesson": Case(_other_lesson, f"this is .* of {OTHER}", f"is a notebook of {OTHER}", None),
    "swapped": Case(_swap, "this is quiz.ipynb", "holds the questions of", None),
    "typed-capital": Case(_typed(lambda found: f'answer="{found[1].upper()}"'), "", ""),
    "typed-space": Case(_typed(r'answer=" \1"'), "", ""),
    "typed-no-option": Case(_typed(r'answer="\1!"'), "is none of the options", "", 1),
    "typed-curly": Case(_typed(r"answer=“\1”"), "curly quotes", "curly quotes", 1),
    "curly-quotes": Case(_source("problems", "units-answer", "{}\nx = ‘a’".format), "curly quotes", "curly quotes", 3),
    "conflict-cell": Case(_source("problems", "units-answer", _conflict), "merge markers", "merge markers", 3),
    "split-cell": Case(_split("problems", "units-answer", bare=False), "there 2 times", ""),
    "split-cell-bare": Case(_split("problems", "units-answer", bare=True), "", ""),
    "half-filled": Case(
        _source("problems", "units-answer", lambda text: "\n".join(text.split("\n")[:2])), "units_after, units_now are still", "", 2
    ),
    "older-options": Case(
        _source("quiz", "rotation-units-answer", lambda text: text.replace('a="', 'a="Some ')), "not those of the release", "older copy"
    ),
}  # fmt: skip
FOLDERS = {
    "numbered": Case(_rename("quiz.ipynb", "quiz (1).ipynb"), "taken for quiz.ipynb", "taken for quiz.ipynb"),
    "nested": Case(_rename("quiz.ipynb", "deep/quiz.ipynb"), "taken for quiz.ipynb", "taken for quiz.ipynb"),
    "lacking": Case(lambda folder: (folder / "quiz.ipynb").unlink(), "is missing", "handed in no quiz.ipynb", 10),
    "packed": Case(_zip, "in all.zip: unpack it", "it holds all.zip: unpack it there", None),
    "byte-order-mark": Case(_saved_in("utf-8-sig"), "", "was not saved in plain UTF-8"),
    "utf-16": Case(_saved_in("utf-16"), "", "was not saved in plain UTF-8"),
    "conflict-file": Case(_merged_file, "cannot be read", "invalid JSON", None),
    "misplaced": Case(lambda folder: folder.rename(f"{folder} (1)"), "", f"there is no folder {SLUG}, but", None),
    "loose": Case(lambda folder: [path.rename(folder.parent / path.name) for path in folder.glob("*")] and folder.rmdir(),
                  "", f"there is no folder {SLUG}, but", None),
}  # fmt: skip


def _hand_in(name, folder):
    notebooks = next(member for member in cast(Assignment(SLUG)) if member.name == "solved").notebooks
    notebooks = copy.deepcopy(notebooks)
    if name in CASES:
        CASES[name].change(notebooks)
    folder.mkdir(parents=True)
    for stem, nb in notebooks.items():
        (folder / f"{stem}.ipynb").write_text(nbformat.writes(nb), encoding="utf-8")
    if name in FOLDERS:
        FOLDERS[name].change(folder)
    return folder


@pytest.mark.parametrize("name", [*CASES, *FOLDERS])
def test_the_doctor_finds_it(name, tmp_path):
    case = {**CASES, **FOLDERS}[name]
    folder = _hand_in(name, tmp_path / SLUG)
    found = inspect.inspect(folder if folder.exists() else tmp_path)
    told = [f"{each.what}. {each.repair}" for each in found]
    if not case.doctor and name in CASES:
        assert told == []
    assert any(re.search(case.doctor, text) for text in told or [""]), told


@pytest.mark.skipif(not os.environ.get("POSTWAR_LONG"), reason="grades thirty hand-ins; POSTWAR_LONG=1 runs it")
@pytest.mark.filterwarnings("ignore")
def test_the_grader_is_told_and_no_marks_are_lost_in_silence(nbgrader):
    course = nbgrader.course
    for slug in SLUGS[:2]:
        nbgrader("generate_assignment", slug)
    cases = {**CASES, **FOLDERS, "right": Case(None, "", "")}
    for name in cases:
        _hand_in(name, course / "submitted" / name / SLUG)
    (course / "submitted" / "nothing").mkdir()
    command = [sys.executable, "-m", "postwar", "grade", SLUG, "--feedback"]
    done = subprocess.run(command, check=False, cwd=course, capture_output=True, text=True, env=os.environ | {"COLUMNS": "400"})  # fmt: skip
    assert done.returncode == 0, done.stderr
    lines = done.stderr.splitlines()
    fine = next(line for line in lines if line.startswith("graded, nothing to report: ")).partition(": ")[2].split(", ")
    assert "nothing handed in: nothing" in lines
    total = compare.total(course, "right")
    for name, case in cases.items():
        about = [line for line in lines if line.split("│")[0].strip() == name]
        assert len(about) + fine.count(name) == 1, (name, done.stderr)
        assert re.search(case.noted, "".join(about)), (name, about)
        pages = sorted(path.name for path in (course / "feedback" / name / SLUG).glob("*.html"))
        if case.lost is None:
            assert pages == ["not-graded.html"], name
        else:
            assert total - compare.total(course, name) == case.lost, name
            assert pages == ["problems.html", "quiz.html"], name
