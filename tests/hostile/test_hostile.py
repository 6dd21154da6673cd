"""Every hostile submission earns at most what an honest grader would give, harms nobody, and is reported."""

import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "grading"))
import arena
import compare
import corpus
import course
import plain
from arena import Run

from postwar import paths

pytestmark = [pytest.mark.xdist_group("grading"), pytest.mark.usefixtures("sandboxed")]


@pytest.fixture(scope="session")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hostile")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield Run(folder, listener)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.parametrize("hostile", corpus.CORPUS, ids=lambda hostile: hostile.name)
def test_it_earns_no_more_than_an_honest_grader_would_give(run, hostile):
    total = run.total(hostile.name)
    assert total is None or total <= hostile.honest, f"{total} of {hostile.honest}"


@pytest.mark.parametrize("hostile", corpus.CORPUS, ids=lambda hostile: hostile.name)
def test_the_instructor_is_told(run, hostile):
    graded = (run.course / "autograded" / hostile.name).exists()
    patterns = hostile.told.split("|")
    told = run.told(hostile.name)
    named = any(pattern != "graded" and re.search(pattern, told) for pattern in patterns)
    assert named or ("graded" in patterns and graded), told or "nothing was said"
    assert graded or told, "neither graded nor reported"
    page = run.course / "feedback" / hostile.name / course.ASSIGNMENT / "not-graded.html"
    assert page.exists() != graded, "the student is told too"


@pytest.mark.parametrize("hostile", corpus.CORPUS, ids=lambda hostile: hostile.name)
def test_its_marks_are_those_on_record(run, hostile):
    """Where the moment decides whether a limit is met, there may be no marks; never others."""
    row = plain.recorded()[hostile.name]
    measured = plain.as_row(hostile, "postwar", run.total(hostile.name), [])
    assert (
        "" in (row["postwar_points"], measured["postwar_points"]) or row["postwar_points"] == measured["postwar_points"]
    )


def test_at_least_forty_kinds():
    assert len({hostile.name for hostile in corpus.CORPUS}) >= 40


@pytest.mark.parametrize("student", arena.HONEST)
def test_classmates_get_what_they_earned(run, student):
    assert run.total(student) == corpus.FULL


def test_classmates_notebooks_are_those_of_a_run_without(run, tmp_path):
    alone = course.generate(tmp_path / "alone")
    course.submit(alone, arena.HONEST[0], course.with_answers())
    subprocess.run(
        [sys.executable, "-m", "postwar", "grade", course.ASSIGNMENT], cwd=alone, check=True, capture_output=True
    )
    expected = compare.files(alone, f"autograded/{arena.HONEST[0]}")
    assert expected
    for student in arena.HONEST:
        assert compare.files(run.course, f"autograded/{student}") == expected


def test_folders_and_gradebook_are_untouched(run):
    assert run.fingerprint() == run.before
    assert list(run.course.rglob("*planted*")) == []
    assert not (run.course / "exploded").exists()
    grades = compare.gradebook(run.course)["grades"]
    assert all(manual is None for *_, manual, _, _, _ in grades)


def test_nothing_was_stolen(run):
    assert run.connections == 0
    assert {hostile.name: stolen for hostile in corpus.CORPUS if (stolen := run.stolen(hostile.name))} == {}


def test_nothing_is_left_running(run):
    assert run.left() == []


def test_nothing_dangerous_is_in_the_graded_folders(run):
    for path in (run.course / "autograded").rglob("*"):
        assert not path.is_symlink()
        assert path.is_file() or path.is_dir()


def test_the_run_ends_well_and_in_time(run):
    assert run.process.returncode == 0, run.process.stderr[-3000:]
    assert "Traceback" not in run.process.stderr
    assert "Warning: " not in run.process.stderr  # what libraries tell each other
    assert "\x1b" not in run.process.stderr + run.log  # no escape codes, which a terminal would obey
    # Three at a time; each at most a cell's limit, the wait for an interrupt, and its own work.
    assert run.seconds < 15 * len(corpus.CORPUS)


@pytest.mark.parametrize("settings, runs", [("plain nbgrader", set(corpus.SCRIPTS)), ("this course", set())])
def test_scripts_in_an_output_do_not_run_on_the_feedback_page(run, settings, runs, tmp_path, page):
    student = "script-in-output"
    shutil.copy(run.course / "gradebook.db", tmp_path)
    shutil.copytree(run.course / "autograded" / student, tmp_path / "autograded" / student)
    if settings == "this course":
        shutil.copy(paths.COURSE / "nbgrader_config.py", tmp_path)
    course.nbgrader(tmp_path, "generate_feedback", course.ASSIGNMENT)
    (path,) = (tmp_path / "feedback" / student / course.ASSIGNMENT).glob("analysis.html")
    page.goto(path.as_uri())
    page.wait_for_timeout(500)
    # Here the allow-list takes the scripts out; on plain nbgrader's page they stand and run.
    assert ("<script>(window.ran" in page.content()) == (settings == "plain nbgrader")
    assert set(page.evaluate("window.ran ?? []")) == runs
