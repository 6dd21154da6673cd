"""Fixtures and the closing report of the tests of editions."""

import sys
from pathlib import Path

import pytest
from drawable import read_source

sys.path.insert(0, str(Path(__file__).parents[1] / "assignments"))


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
