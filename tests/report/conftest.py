"""Made-up classes, each written once."""

import os
import shutil
import sysconfig

import made_up
import pytest

from postwar.classroom.folder import ClassFolder

# nbgrader looks for alembic on the PATH.
os.environ["PATH"] = os.pathsep.join([sysconfig.get_path("scripts"), os.environ.get("PATH", "")])


@pytest.fixture(scope="session")
def five(tmp_path_factory):
    """A class of 300 with six editions and five things wrong."""
    return made_up.make(tmp_path_factory.mktemp("five") / "class", 1, defects=made_up.FIVE)


@pytest.fixture(scope="session")
def small(tmp_path_factory):
    """Nine students, one edition, two assignments."""
    return made_up.make(tmp_path_factory.mktemp("small") / "class", 3, students=9, editions=1, slugs=made_up.SLUGS[:2])


@pytest.fixture(scope="session")
def sixty(tmp_path_factory):
    """A class of 60 in one assignment, with two editions."""
    return made_up.make(tmp_path_factory.mktemp("sixty") / "class", 4, students=60, editions=2, slugs=made_up.SLUGS[:1])


@pytest.fixture
def changed(sixty, tmp_path):
    """The class of 60, for a test that changes it."""
    shutil.copytree(sixty.root, tmp_path / "class")
    return ClassFolder(tmp_path / "class")
