"""A stop at any moment leaves whole submissions only, and the next run grades the rest and nothing twice."""

import fcntl
import os
import random
import re
import signal
import sqlite3
import subprocess
import sys
import time

import compare
import course
import pytest

pytestmark = pytest.mark.xdist_group("grading")

STUDENTS = 6


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """Ungraded submissions, and their grading without any interruption."""
    fresh = course.generate(tmp_path_factory.mktemp("kill") / "fresh")
    for index in range(STUDENTS):
        cast = list(course.CAST)[index % 3]
        course.submit(fresh, f"s{index}", course.CAST[cast]())
    whole = course.copy(fresh, fresh.parent / "whole")
    start = time.monotonic()
    subprocess.run(_command(), cwd=whole, check=True, capture_output=True)
    return fresh, whole, time.monotonic() - start


def _command():
    return [sys.executable, "-m", "postwar", "grade", course.ASSIGNMENT, "--jobs=2"]


def _stamps(folder):
    """When each finished submission was put in place."""
    return {
        path.parent.name: path.stat().st_mtime_ns for path in (folder / "autograded").glob(f"*/{course.ASSIGNMENT}")
    }


def _rows(folder):
    """The rows of each student in the gradebook."""
    found = {}
    for row in compare.gradebook(folder)["grades"]:
        found.setdefault(row[1], []).append(row[2:])
    return found


def check_stopped(folder, whole):
    with sqlite3.connect(folder / "gradebook.db") as db:
        assert db.execute("pragma integrity_check").fetchone() == ("ok",)
    complete = _rows(whole)
    for student, rows in _rows(folder).items():
        assert rows == complete[student], f"{student} is half recorded"
    for student in _stamps(folder):
        assert student in _rows(folder), f"{student} has a folder and no grades"


def stop(folder, after, signum):
    """Start grading, send *signum* after so many seconds, and wait for everything to end."""
    with subprocess.Popen(_command(), cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        time.sleep(after)
        process.send_signal(signum)
        process.wait(60)


def test_stopped_at_random_moments(prepared, tmp_path, request):
    fresh, whole, seconds = prepared
    times = int(os.environ.get("POSTWAR_KILLS", "2"))
    generator = random.Random(7)
    for attempt in range(times):
        folder = course.copy(fresh, tmp_path / f"kill-{attempt}")
        # Late moments: the first half of such a short run is start-up.
        stop(folder, seconds * generator.uniform(0.4, 1.0), (signal.SIGKILL, signal.SIGINT)[attempt % 2])
        check_stopped(folder, whole)
        before = _stamps(folder)
        subprocess.run(_command(), cwd=folder, check=True, capture_output=True)
        assert compare.differences(whole, folder) == []
        after = _stamps(folder)
        assert len(after) == STUDENTS
        assert {student: after[student] for student in before} == before, "a submission was graded twice"


def test_a_stop_between_any_two_steps_of_the_record(prepared, tmp_path):
    """The same at exact places: the process ends itself before the n-th row or rows that it writes to the gradebook."""
    fresh, whole, _ = prepared
    ends = (
        "import os, sys\nfrom sqlalchemy import event\nfrom sqlalchemy.engine import Engine\n"
        "from postwar.grading.start import main\nleft, me = int(sys.argv.pop(1)), os.getpid()\n"
        "@event.listens_for(Engine, 'before_cursor_execute')\n"
        "def count(connection, cursor, statement, *_):\n    global left\n"
        "    left -= os.getpid() == me and statement.startswith(('INSERT', 'UPDATE'))\n"
        "    if left == 0:\n        os.kill(me, 9)\n"
        "main(sys.argv[1:])\n"
    )
    for number in (1, 5, 20):
        folder = course.copy(fresh, tmp_path / f"step-{number}")
        command = [sys.executable, "-c", ends, str(number), course.ASSIGNMENT, "--jobs=2"]
        process = subprocess.run(command, cwd=folder, capture_output=True, check=False)
        assert process.returncode == -signal.SIGKILL
        check_stopped(folder, whole)


@pytest.mark.parametrize("moment", [0.1, 0.35, 0.6] if os.environ.get("POSTWAR_LONG") else [0.35])
def test_ctrl_c_says_that_nothing_is_lost(prepared, tmp_path, moment):
    """While the command, its fork server and its submissions are about to start or at work."""
    fresh, _, seconds = prepared
    folder = course.copy(fresh, tmp_path / "interrupted")
    with subprocess.Popen(
        _command(), cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        time.sleep(seconds * moment)
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does
        text = process.communicate(timeout=60)[1]
    assert process.returncode == 130 or "graded" in text
    assert "Traceback" not in text
    if process.returncode == 130:
        assert "the same command grades the rest" in text


def test_a_second_run_waits_its_turn_and_a_third_grades_nothing_again(prepared, tmp_path):
    """While another holds the folder the command says so, at once, and touches nothing; when all is graded, it says that."""
    _, whole, _ = prepared
    folder = course.copy(whole, tmp_path / "held")
    before = _stamps(folder), _rows(folder)
    with (folder / "autograded" / ".lock").open("w") as held:
        fcntl.lockf(held, fcntl.LOCK_EX)
        done = subprocess.run(
            [*_command(), "--force"], cwd=folder, capture_output=True, text=True, check=False, timeout=300
        )
    assert done.returncode == 1 and "Another postwar grade is running" in done.stderr + done.stdout
    assert (_stamps(folder), _rows(folder)) == before
    done = subprocess.run(_command(), cwd=folder, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0 and re.search(rf"graded before +│ {STUDENTS}\b", done.stderr), done.stderr
    assert (_stamps(folder), _rows(folder)) == before
