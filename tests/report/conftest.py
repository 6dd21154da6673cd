"""Made-up classes, each written once."""

import os
import sysconfig

import made_up
import pytest

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


@pytest.fixture
def changed(tmp_path):
    """A class of 60 in one assignment that a test may change."""
    return made_up.make(tmp_path / "class", 4, students=60, editions=2, slugs=made_up.SLUGS[:1])
