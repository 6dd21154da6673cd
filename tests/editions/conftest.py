"""Assignments that can be drawn, read once for all tests."""

import sys
from functools import cache
from pathlib import Path

import pytest

from postwar.editions.edition import Source
from postwar.paths import SOLUTIONS

sys.path.insert(0, str(Path(__file__).parents[1] / "assignments"))

#: Assignments with numbers or questions that vary.
DRAWN = sorted(path.name.removesuffix(".editions.toml") for path in SOLUTIONS.glob("*.editions.toml"))


@cache
def read_source(slug):
    return Source(slug, SOLUTIONS)


@pytest.fixture
def source(request):
    return read_source(request.param)


def pytest_terminal_summary(terminalreporter):
    """Show the ranges of the keys that were drawn."""
    reports = terminalreporter.getreports("passed")
    tables = [text for report in reports for key, text in report.user_properties if key == "editions"]
    if tables:
        terminalreporter.section("drawn editions")
        terminalreporter.write_line("\n\n".join(sorted(tables)))
