"""Options and fixtures for all tests."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "browser"))

from harness import browser  # noqa: E402

__all__ = ["browser"]  # one for a worker: two of Playwright's cannot run side by side


def pytest_addoption(parser):
    parser.addoption("--vectors", metavar="FILE", help="check the models against FILE instead of tests/vectors.csv")
