"""Fixtures of the tests of editions."""

import sys
from pathlib import Path

import pytest
from drawable import read_source

sys.path.insert(0, str(Path(__file__).parents[1] / "assignments"))


@pytest.fixture
def source(request):
    return read_source(request.param)
