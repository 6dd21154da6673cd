"""Drive explorers as a student would, over the whole range of their controls."""

import itertools
import math

import ipywidgets as widgets
import numpy as np
import pytest


def _levels(source):
    """Ends and middle of a slider, the choices of a menu, both states of a check-box; a table of numbers stays as it is."""
    if isinstance(source, widgets.Checkbox):
        return [False, True]
    if isinstance(source, widgets.Dropdown):
        return [value for _, value in source.options]
    if hasattr(source, "min"):
        middle = source.min + round((source.max - source.min) / 2 / source.step) * source.step
        return [source.min, type(source.value)(middle), source.max]
    return [source.value]


def _states(explorer, corners):
    levels = {name: _levels(control.source) for name, control in explorer.controls.items()}
    for name, values in levels.items():  # one at a time from the start
        yield from ({name: value} for value in values)
    moving = {name: (values[0], values[-1]) for name, values in levels.items() if len(values) > 1}
    every = list(itertools.product(*moving.values()))
    chosen = np.random.default_rng(2026).permutation(len(every))[:corners]
    yield from (dict(zip(moving, every[index], strict=True)) for index in sorted(chosen))


@pytest.fixture
def sweep():
    """``sweep(explorer)`` yields ``(values, picture)`` over ends, middle and corners of all controls.

    Every picture must have a sentence, finite numbers, and draw; a failing callback raises here.
    """

    def run(explorer, corners=48):
        explorer.prediction.value = explorer.prediction.value or "committed"
        defaults = explorer.values
        for state in _states(explorer, corners):
            picture = explorer.set(**(defaults | state))
            assert len(picture.sentence) > 20, f"no sentence at {state}"
            for column, numbers in picture.numbers.items():
                for number in numbers:
                    if isinstance(number, float | np.floating):
                        assert math.isfinite(number), f"{column} is {number} at {state}"
            yield explorer.values, picture
        explorer.press("Start again")
        assert picture.svg().startswith("<svg")

    return run
