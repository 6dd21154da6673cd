"""A class folder made by the command, and archives as the four platforms name them."""

import shutil
import subprocess
import sys

import nbformat
import pytest
from archives import SLUG

from postwar import paths
from postwar.classroom.folder import ClassFolder

ROSTER = """First name,Surname,Email address,ID number,Username
Ada,Ärger,s001@uni.example,1001,s001
Bo,de la Cruz,s002@uni.example,1002,s002
Cem,Öz,s003@uni.example,1003,s003
Di,O'Neil,s004@uni.example,1004,s004
Ed,Nox,s005@uni.example,1005,s005
"""


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    """A class folder with five students, as `postwar class new` makes it."""
    home = tmp_path_factory.mktemp("class")
    (home / "roster.csv").write_text(ROSTER, encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "postwar",
        "class",
        "new",
        "peace",
        "--roster",
        "roster.csv",
        "--timezone",
        "Europe/Berlin",
    ]
    subprocess.run(command, cwd=home, check=True, capture_output=True)
    return home / "peace"


@pytest.fixture
def folder(made, tmp_path):
    """A copy of it, to be changed."""
    shutil.copytree(made, tmp_path / "peace")
    return ClassFolder(tmp_path / "peace")


@pytest.fixture(scope="session")
def blank():
    """The released notebooks of the first assignment, as bytes by name."""
    return {path.name: path.read_bytes() for path in (paths.EXERCISES / SLUG).glob("*.ipynb")}


@pytest.fixture(scope="session")
def solved():
    """The same with every answer right and an essay written."""
    sys.path.insert(0, str(paths.COURSE / "tests" / "assignments"))
    try:
        from machinery import Assignment
    finally:
        sys.path.pop(0)
    assignment = Assignment(SLUG)
    notebooks = assignment.fill(assignment.right())
    return {f"{name}.ipynb": nbformat.writes(notebook).encode() for name, notebook in notebooks.items()}
