"""Everybody who has a folder appears once in the result of ``postwar grade``, with what was put right or is wrong."""

import json
import os
import shutil
import subprocess
import sys
import zipfile

import course
import nbformat
import pytest
from nbgrader.api import Gradebook

pytestmark = pytest.mark.xdist_group("grading")


def _rename(old, new):
    def change(folder):
        target = folder / new
        target.parent.mkdir(parents=True, exist_ok=True)
        (folder / old).rename(target)

    return change


def _older_beside(folder):
    shutil.copy(folder / "report.ipynb", folder / "report (2).ipynb")
    (folder / "report.ipynb").write_text("{}", encoding="utf-8")
    os.utime(folder / "report.ipynb", (1, 1))


def _two_alike(folder):
    for name in ("one", "two"):
        (folder / name).mkdir()
        shutil.copy(folder / "report.ipynb", folder / name)
        os.utime(folder / name / "report.ipynb", (1, 1))
    (folder / "report.ipynb").unlink()


def _packed(folder):
    with zipfile.ZipFile(folder / "all.zip", "w") as archive:
        for name in ("analysis", "report"):
            archive.write(folder / f"{name}.ipynb", f"{name}.ipynb")
            (folder / f"{name}.ipynb").unlink()


def _litter(folder):
    for name in ("__MACOSX/._report.ipynb", ".ipynb_checkpoints/report-checkpoint.ipynb", "._analysis.ipynb"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(b"\0\5\26\7")


def _empty(folder):
    for path in folder.iterdir():
        path.unlink()


def _saved_in(encoding):
    def change(folder):
        path = folder / "report.ipynb"
        path.write_text(path.read_text(encoding="utf-8"), encoding=encoding)

    return change


def _in_cp1252(folder):
    (folder / "report.ipynb").write_bytes('{"cells": ["é"]}'.encode("cp1252"))


def _half_a_character(folder):
    path = folder / "report.ipynb"
    nb = nbformat.read(path, as_version=4)
    nb.cells.append(nbformat.v4.new_markdown_cell("half here, whole 😀 there"))
    path.write_text(json.dumps(nb).replace("half", "\\ud83d"), encoding="utf-8")


def _other_lesson(folder):
    for path in folder.glob("*.ipynb"):
        nb = nbformat.read(path, as_version=4)
        for index, cell in enumerate(nb.cells):
            if "nbgrader" in cell.metadata:
                cell.metadata.nbgrader.grade_id = f"elsewhere-{index}"
        nbformat.write(nb, path)


#: What was done to a right hand-in: the change, what the table says, and whether all points are earned.
HAND_INS = {
    "numbered": (_rename("report.ipynb", "report (1).ipynb"), "report (1).ipynb taken for report.ipynb", True),
    "dashed": (_rename("report.ipynb", "report-1.ipynb"), "report-1.ipynb taken for report.ipynb", True),
    "copied": (_rename("report.ipynb", "report - Copy.ipynb"), "report - Copy.ipynb taken for report.ipynb", True),
    "nested": (_rename("report.ipynb", "deep/report.ipynb"), "deep/report.ipynb taken for report.ipynb", True),
    "doubled": (_older_beside, "the newest of 2; left out: report.ipynb", True),
    "lacking": (lambda folder: (folder / "report.ipynb").unlink(), "handed in no report.ipynb, which counts 0", False),
    "unclear": (_two_alike, "which of one/report.ipynb, two/report.ipynb is report.ipynb?", False),
    "packed": (_packed, "it holds all.zip: unpack it there", False),
    "empty": (_empty, "holds none of the assignment's notebooks", False),
    "elsewhere": (_other_lesson, "is a notebook of another assignment", False),
    "misplaced": (lambda folder: folder.rename(f"{folder} (1)"), "there is no folder ps1, but “ps1 (1)”", False),
    "marked": (_saved_in("utf-8-sig"), "report.ipynb” was not saved in plain UTF-8 and was read all the same", True),
    "wide": (_saved_in("utf-16"), "report.ipynb” was not saved in plain UTF-8 and was read all the same", True),
    "old-code-page": (_in_cp1252, "report.ipynb” is not a notebook: invalid JSON", False),
    "halved": (_half_a_character, "report.ipynb” held halves of characters; � stands for them", True),
    "littered": (_litter, "graded, nothing to report", True),
}


def test_nobody_vanishes(tmp_path):
    folder = tmp_path / "course"
    course.generate(folder)
    course.submit(folder, "right", course.with_answers())
    for name, (change, _, _) in HAND_INS.items():
        course.submit(folder, name, course.with_answers())
        change(folder / "submitted" / name / course.ASSIGNMENT)
    command = [sys.executable, "-m", "postwar", "grade", course.ASSIGNMENT, "--jobs=2", "--feedback"]
    environment = os.environ | {"COLUMNS": "300"}
    done = subprocess.run(command, check=False, cwd=folder, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    lines = done.stderr.splitlines()
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}", "fixture") as gradebook:
        scores = {each.student_id: each.score for each in gradebook.assignment_submissions(course.ASSIGNMENT)}
    for name, (_, said, full) in HAND_INS.items():
        about = [line for line in lines if name in line.split("│")[0].replace(",", " ").split()]
        assert [said in line for line in about] == [True], (name, done.stderr)
        assert (scores.get(name) == scores["right"]) == full, (name, scores)
    assert 0 < scores["lacking"] < scores["right"]
    refused = folder / "feedback" / "elsewhere" / course.ASSIGNMENT / "not-graded.html"
    assert "is a notebook of another assignment" in refused.read_text(encoding="utf-8")
    page = folder / "feedback" / "lacking" / course.ASSIGNMENT / "report.html"
    assert "You handed in no report.ipynb" in page.read_text(encoding="utf-8")


@pytest.mark.skipif(not os.environ.get("POSTWAR_LONG"), reason="waits for time limits; POSTWAR_LONG=1 runs it")
def test_a_page_that_takes_for_ever_is_its_student_s_alone(tmp_path):
    """The time allowed is short here, so that the test is; the notebook would keep a helper busy for many minutes."""
    folder = course.generate(tmp_path / "course")
    for name in ("first", "second", "slow"):
        course.submit(folder, name, course.with_answers())
    subprocess.run([sys.executable, "-m", "postwar", "grade", course.ASSIGNMENT], check=True, cwd=folder)
    path = folder / "autograded" / "slow" / course.ASSIGNMENT / "report.ipynb"
    nb = nbformat.read(path, as_version=4)
    nb.cells.append(nbformat.v4.new_markdown_cell(r"\begin{a}" * 200_000))
    nbformat.write(nb, path)
    code = (
        "import sys; from nbgrader.apps.generatefeedbackapp import GenerateFeedbackApp; from rich.console import Console;"
        "from postwar.grading.feedback import write_feedback\n"
        "if __name__ == '__main__':\n app = GenerateFeedbackApp(); app.initialize([]); app.coursedir.assignment_id = sys.argv[1];"
        " sys.exit(write_feedback(app, Console(), jobs=1, seconds=20))\n"
    )
    (tmp_path / "pages.py").write_text(code, encoding="utf-8")
    command = [sys.executable, str(tmp_path / "pages.py"), course.ASSIGNMENT]
    done = subprocess.run(command, check=False, cwd=folder, capture_output=True, text=True, timeout=300)
    assert done.returncode == 1, done.stderr
    assert "written for 2 of 3" in done.stdout, done.stdout
    assert "none for slow" in done.stdout, done.stdout
    assert not (folder / "feedback" / "slow" / course.ASSIGNMENT).exists()
