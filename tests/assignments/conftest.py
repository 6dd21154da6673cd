"""Fixtures and the closing report of the assignment tests."""

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
from machinery import Assignment

from postwar.paths import COURSE, SOLUTIONS

sys.path.insert(0, str(Path(__file__).parents[1] / "grading"))


@pytest.fixture(scope="session")
def nbgrader(tmp_path_factory):
    """``nbgrader(*arguments)`` in a throw-away course with the project's settings; ``nbgrader.course`` is its folder."""
    course = tmp_path_factory.mktemp("course")
    shutil.copy(COURSE / "nbgrader_config.py", course)
    shutil.copytree(SOLUTIONS, course / "solutions")
    # nbgrader looks for alembic on the PATH, where it is only in an activated environment.
    path = os.pathsep.join([sysconfig.get_path("scripts"), os.environ.get("PATH", "")])

    def run(*arguments):
        finished = subprocess.run(
            ["nbgrader", *arguments],
            cwd=course,
            env=os.environ | {"PATH": path},
            capture_output=True,
            text=True,
            check=False,
        )
        assert finished.returncode == 0, finished.stderr
        return finished.stderr

    run.course = course
    return run


@pytest.fixture(scope="module")
def assignment(request):
    return Assignment(request.param)


def pytest_terminal_summary(terminalreporter):
    """Say what was proven of each assignment, also on a run spread over processes."""
    reports = terminalreporter.getreports("passed")
    lines = [text for report in reports for key, text in report.user_properties if key == "assignment"]
    if lines:
        terminalreporter.section("assignments")
        terminalreporter.write_line("\n".join(sorted(lines)))
