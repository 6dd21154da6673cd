"""Fixtures of the tests of editions."""

import sys
from pathlib import Path

import pytest
from drawable import read_source

sys.path[:0] = [str(Path(__file__).parents[1] / folder) for folder in ("assignments", "grading")]


@pytest.fixture
def source(request):
    return read_source(request.param)
