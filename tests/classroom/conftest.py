"""A class folder made by the command, and archives as the four platforms name them."""

import re
import shutil
import subprocess
import sys

import nbformat
import pytest
from archives import ROSTER, SLUG

from postwar.classroom.folder import ClassFolder


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
def blank(made):
    """The class's release of the first assignment, as bytes by name."""
    return {path.name: path.read_bytes() for path in (made / "exercises" / SLUG).glob("*.ipynb")}


@pytest.fixture(scope="session")
def solved(made):
    """The same with every answer right and an essay written."""
    found = {}
    for path in (made / "exercises" / SLUG).glob("*.ipynb"):
        source = nbformat.read(made / "solutions" / SLUG / path.name, as_version=4)
        answers = {cell.id: re.sub(r"(?m)^[ \t]*### (BEGIN|END) SOLUTION\n?", "", cell.source) for cell in source.cells}
        copy = nbformat.read(path, as_version=4)
        for cell in copy.cells:
            about = cell.metadata.get("nbgrader", {})
            if about.get("solution"):
                cell.source = answers[cell.id] if cell.cell_type == "code" else "An essay.\n\nWith a reason."
        found[path.name] = nbformat.writes(copy).encode()
    return found
