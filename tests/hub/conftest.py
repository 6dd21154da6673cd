"""The hub of ``deploy/``: set up on a machine of its own by the commands of its README, and used in a real browser."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "browser"))

from machine import PASSWORD, SLUG, STUDENTS, Machine, typed  # noqa: E402

from postwar import paths  # noqa: E402


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Keep all tests of the hub on one worker, beside those of the browser."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.xdist_group("hub"))


@pytest.fixture(scope="session")
def hub():
    """The running hub as a `Machine`, with a class of three students and the accounts instructor and assistant."""
    base = Path(tempfile.mkdtemp(prefix="postwar-hub-"))
    machine = None
    try:
        machine = Machine(base)
        _set_up(machine)
        (start,) = typed("start")
        machine.start_hub(start)
        yield machine
    finally:
        if machine:
            machine.close()
            if folder := os.environ.get("POSTWAR_SCREENSHOTS"):
                shutil.copy(machine.log, folder)
        shutil.rmtree(base, ignore_errors=True)


def _set_up(machine):
    """Type what README.md says. Libraries are brought along instead of being fetched, and the class has one assignment."""
    source = machine.path("/srv/course")
    source.mkdir(mode=0o700)
    for name in ("postwar", "lessons", "exercises", "solutions", "data", "keys", "deploy"):
        shutil.copytree(
            paths.COURSE / name, source / name, ignore=shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
        )
    for name in ("pyproject.toml", "README.md", "LICENSE", "LICENSE-CONTENT", "nbgrader_config.py"):
        shutil.copy(paths.COURSE / name, source)
    for command in typed("in the repository"):
        words = command.replace("pip ", f"{sys.executable} -m pip ", 1)
        subprocess.run(words, shell=True, cwd=source, check=True, capture_output=True)
    roster = "id,first_name\n" + "".join(f"{name},{name.capitalize()}\n" for name in STUDENTS)
    (source / "students.csv").write_text(roster, encoding="utf-8")
    for command in typed("as root"):
        machine.run("root", command, timeout=600)
        if "-m venv" in command:
            machine.bring_libraries()
    for name in (*STUDENTS, "instructor", "assistant"):
        machine.run("root", f"useradd --create-home --shell /bin/bash {name} && echo '{name}:{PASSWORD}' | chpasswd")
        machine.path(f"/home/{name}").chmod(0o755)  # as Debian leaves it
    for command in typed("as grader"):
        machine.run("grader", command, timeout=600)
        if "--target keys" in command:
            machine.run("grader", f"cd keys/postwar_keys/solutions && ls -d */ | grep -v {SLUG} | xargs rm -r")
