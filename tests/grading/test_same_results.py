"""``postwar grade`` and warm kernels give what plain ``nbgrader autograde`` gives, row by row and file by file."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import compare
import course
import nbformat
import pytest

pytestmark = pytest.mark.xdist_group("grading")

WARM = """
c.Autograde.autograde_preprocessors = [
    "postwar.grading.provisioner.WarmExecute",
    *(f"nbgrader.preprocessors.{name}" for name in ("IgnorePattern",)),
    "nbconvert.preprocessors.ClearMetadataPreprocessor",
    *(f"nbgrader.preprocessors.{name}" for name in ("LimitOutput", "SaveAutoGrades", "AssignLatePenalties", "CheckCellMetadata")),
]
"""


def grade(folder, *options, assignment=course.ASSIGNMENT, check=True, env=None):
    """Run ``postwar grade``; returns the finished process."""
    command = [sys.executable, "-m", "postwar", "grade", assignment, *options]
    environment = os.environ | {"COLUMNS": "160"} | (env or {})
    return subprocess.run(command, cwd=folder, check=check, capture_output=True, text=True, env=environment)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """A course with its cast, not graded yet, and a copy that plain nbgrader has graded."""
    fresh = course.build(tmp_path_factory.mktemp("prepared") / "fresh")
    plain = course.copy(fresh, fresh.parent / "plain")
    course.nbgrader(plain, "autograde", course.ASSIGNMENT, *compare.PATIENT)
    return fresh, plain


def expected_differences(found):
    """Without what INSTRUCTORS.md lists: the traceback of an error inside a tested function."""
    return [line for line in found if not line.startswith("raises/ps1/analysis.ipynb differs")]


def test_postwar_grade(prepared, tmp_path):
    fresh, plain = prepared
    mine = course.copy(fresh, tmp_path / "mine")
    done = grade(mine, "--jobs=2")
    assert expected_differences(compare.differences(plain, mine)) == []
    assert "9" in done.stderr and "failed" in done.stderr
    assert not (mine / "autograded" / ".in-progress").exists()


def test_an_error_in_a_tested_function_shows_its_message_and_the_students_line(prepared, tmp_path):
    fresh, _ = prepared
    mine = course.copy(fresh, tmp_path / "mine")
    grade(mine, "--student=raises")
    nb = nbformat.read(mine / "autograded" / "raises" / "ps1" / "analysis.ipynb", as_version=4)
    (error,) = next(cell for cell in nb.cells if cell.id == "test-growth").outputs
    text = "\n".join(error.traceback)
    assert error.ename == "TypeError"
    assert "return values['a']" in text
    assert "postwar/grading" not in text


@pytest.mark.skipif(not os.environ.get("POSTWAR_LONG"), reason="nbgrader grades a class again; POSTWAR_LONG=1 runs it")
def test_warm_kernels_under_plain_nbgrader(prepared, tmp_path):
    fresh, plain = prepared
    mine = course.copy(fresh, tmp_path / "mine")
    with (mine / "nbgrader_config.py").open("a") as file:
        file.write(WARM)
    course.nbgrader(mine, "autograde", course.ASSIGNMENT, *compare.PATIENT)
    assert compare.differences(plain, mine) == []


def test_without_a_sandbox(prepared, tmp_path):
    """Where bubblewrap is missing, the results are the same, and the command says what protection is off."""
    fresh, plain = prepared
    mine = course.copy(fresh, tmp_path / "mine")
    path = os.pathsep.join(
        folder for folder in os.environ["PATH"].split(os.pathsep) if not Path(folder, "bwrap").exists()
    )
    done = grade(mine, "--unprotected-as-root", env={"PATH": path})
    assert expected_differences(compare.differences(plain, mine)) == []
    assert "bubblewrap is not installed" in done.stderr


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="for root alone")
def test_as_root_without_a_sandbox_nothing_is_graded_unless_an_option_says_so(prepared, tmp_path):
    fresh, _ = prepared
    mine = course.copy(fresh, tmp_path / "mine")
    command = [sys.executable, "-m", "postwar", "grade", course.ASSIGNMENT]
    done = subprocess.run(command, cwd=mine, env=os.environ | {"PATH": ""}, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "--unprotected-as-root" in done.stderr
    assert not list((mine / "autograded").glob("*"))


def test_a_second_run_grades_nothing_and_force_grades_again(prepared, tmp_path):
    fresh, _ = prepared
    mine = course.copy(fresh, tmp_path / "mine")
    grade(mine, "--student=solved")
    graded = mine / "autograded" / "solved" / "ps1" / "analysis.ipynb"
    first = graded.stat().st_mtime_ns
    grade(mine, "--student=solved")
    assert graded.stat().st_mtime_ns == first
    grade(mine, "--student=solved", "--force")
    assert graded.stat().st_mtime_ns > first


def test_a_newer_submission_is_graded_again(prepared, tmp_path):
    fresh, _ = prepared
    mine = course.copy(fresh, tmp_path / "mine")
    grade(mine, "--student=blank")
    assert compare.total(mine, "blank") == 0
    shutil.rmtree(mine / "submitted" / "blank")
    course.submit(mine, "blank", course.with_answers(), timestamp="2026-01-11 12:00:00 UTC")
    grade(mine, "--student=blank")
    assert compare.total(mine, "blank") == 13


def test_hooks_and_late_penalties_are_nbgraders_own(prepared, tmp_path):
    fresh, _ = prepared
    mine = course.copy(fresh, tmp_path / "mine")
    (mine / "own.py").write_text(
        "from nbgrader.plugins import BasePlugin\n\n\nclass Half(BasePlugin):\n"
        "    def late_submission_penalty(self, student_id, score, total_seconds_late):\n        return score / 2\n\n\n"
        "def hook(assignment, student, notebooks):\n    open('hooked', 'a').write('x')\n"
    )
    with (mine / "nbgrader_config.py").open("a") as file:
        file.write(
            "import own\nc.AssignLatePenalties.plugin_class = 'own.Half'\nc.BaseConverter.post_convert_hook = own.hook\n"
        )
    course.nbgrader(mine, "db", "assignment", "add", course.ASSIGNMENT, "--duedate=2026-01-09 12:00:00 UTC")
    grade(mine, "--student=solved")
    penalties = {row[2]: row[3] for row in compare.gradebook(mine)["notebooks"]}
    assert penalties == {"analysis": 4.5, "report": 2.0}
    assert (mine / "hooked").read_text() == "x"


def test_a_student_whom_the_gradebook_may_not_take_in_is_refused(prepared, tmp_path):
    mine = course.copy(prepared[0], tmp_path / "mine")
    done = grade(mine, "--student=solved", "--Autograde.create_student=False")
    assert "is not in the gradebook" in done.stderr
    assert compare.gradebook(mine)["notebooks"] == []
    course.nbgrader(mine, "db", "student", "add", "solved")
    grade(mine, "--student=solved", "--Autograde.create_student=False")
    assert len(compare.gradebook(mine)["notebooks"]) == 2


def test_feedback_pages_are_nbgraders_own(prepared, tmp_path):
    fresh, _ = prepared
    mine, other = course.copy(fresh, tmp_path / "mine"), tmp_path / "other"
    for student in ("solved", "blank", "noisy"):
        grade(mine, f"--student={student}")
    course.copy(mine, other)
    course.nbgrader(other, "generate_feedback", course.ASSIGNMENT)
    grade(mine, "--student=[sn]o[il]*", "--feedback", "--jobs=2")
    grade(mine, "--student=blank", "--feedback")
    pages = {name: page for name, page in compare.files(other, "feedback").items() if name.endswith(".html")}
    assert len(pages) == 6
    kept = compare.files(mine, "feedback")
    assert {name for name in kept if name not in pages} <= {f"{Path(name).parent}/timestamp.txt" for name in pages}
    assert {name: kept[name] for name in pages} == pages


BUSY = """
import os, time
for _ in range(8):
    if os.fork() == 0:
        os.setsid()
        end = time.monotonic() + 30
        while time.monotonic() < end:
            pass
        os._exit(0)
end = time.monotonic() + 20
while len(os.sched_getaffinity(0)) > 1 and time.monotonic() < end:
    time.sleep(0.1)
before = len(os.sched_getaffinity(0))
try:
    os.sched_setaffinity(0, range(os.cpu_count()))
except OSError:
    pass
print("processors", before, len(os.sched_getaffinity(0)))
"""


@pytest.mark.skipif(
    not hasattr(os, "sched_getaffinity") or len(os.sched_getaffinity(0)) < 2,
    reason="with one processor there is nothing to share out",
)
def test_a_notebook_of_many_busy_processes_has_one_processor_for_good(prepared, tmp_path):
    fresh, _ = prepared
    mine = course.copy(fresh, tmp_path / "mine")
    shutil.rmtree(mine / "submitted")
    course.submit(mine, "busy", course.with_answers(imports=f"{course.ANALYSIS.cells[1].source}\n{BUSY}"))
    grade(mine)
    nb = nbformat.read(mine / "autograded" / "busy" / course.ASSIGNMENT / "analysis.ipynb", as_version=4)
    (said,) = next(cell for cell in nb.cells if cell.id == "imports").outputs
    assert said.text == "processors 1 1\n"
