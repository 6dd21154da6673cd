"""Measurements. They run one at a time (``pytest -n 0 tests/benchmarks``) and print their figures."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "browser"))

from harness import jupyter, open_notebook, page  # noqa: E402

__all__ = ["jupyter", "open_notebook", "page"]


@pytest.fixture
def report(capsys):
    """``report("text")`` prints a line past pytest's capture, so that the figures stand in the log of a passing run."""

    def say(text):
        with capsys.disabled():
            print(f"\n{text}", end="")

    return say
