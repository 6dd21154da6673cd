"""Drive explorers as a student would, over the whole range of their controls."""

import asyncio
import itertools
import math

import ipywidgets as widgets
import numpy as np
import pytest

from postwar.explorers.controls import Slider


@pytest.fixture(autouse=True)
def no_event_loop():
    """Playwright's loop runs on in this thread once a browser test was here; an explorer would take it for a kernel's."""
    loop = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    yield
    asyncio._set_running_loop(loop)


def _levels(control):
    """Ends and middle of a slider, the choices of a menu, both states of a check-box; a table of numbers stays as it is."""
    widget = control.widget
    if isinstance(widget, widgets.Checkbox):
        return [False, True]
    if isinstance(widget, widgets.Dropdown):
        return [value for _, value in widget.options]
    if isinstance(widget, Slider):
        middle = widget.min + round((widget.max - widget.min) / 2 / widget.step) * widget.step
        return [widget.min, type(widget.value)(middle), widget.max]
    return [control.value]


def _states(explorer, corners):
    levels = {name: _levels(control) for name, control in explorer.controls.items()}
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
