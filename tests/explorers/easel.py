"""An easel that takes notes: drawing functions run on it in a millisecond, and what they would write is kept."""

from contextlib import contextmanager
from unittest.mock import patch

from postwar.figures import (
    deterrence,
    kyiv,
    london_and_paris,
    looking_ahead,
    mixed_signals,
    nato,
    planning_peace,
    style,
    washington,
)

_MODULES = (planning_peace, london_and_paris, washington, deterrence, nato, kyiv, mixed_signals, looking_ahead)


class Notes:
    """Stands for a figure, an axis or anything that hangs on one; keeps the words of every call."""

    def __init__(self, kept):
        self._kept = kept

    def __getattr__(self, name):
        return self

    def __call__(self, *arguments, **keywords):
        self._keep([*arguments, *keywords.values()])
        return self

    def _keep(self, values):
        for value in values:
            if isinstance(value, str) and not value.startswith("#"):  # colours
                self._kept.append(value)
            elif isinstance(value, list | tuple):
                self._keep(value)

    def bar(self, places, *arguments, **keywords):
        self._keep(keywords.values())
        return [self for _ in places] if hasattr(places, "__len__") else [self]

    barh = bar

    def get_xlim(self):
        return (0.0, 1.0)

    def __getitem__(self, place):
        return self

    def __iter__(self):
        return iter(())

    def _self(self, *_):
        return self

    __add__ = __radd__ = __truediv__ = __mul__ = _self


@contextmanager
def taking_notes():
    """Within it, pictures are not drawn; yields the list of the texts of the last one."""
    kept = []

    def canvas(rows=1, cols=1, **layout):
        kept.clear()
        notes = Notes(kept)
        if rows * cols == 1:
            return notes, notes
        line = [notes] * cols
        return notes, (line if rows == 1 else [notes] * rows if cols == 1 else [line] * rows)

    patches = [patch.object(module, "canvas", canvas) for module in _MODULES]
    with patch.object(style, "canvas", canvas):
        for one in patches:
            one.start()
        try:
            yield kept
        finally:
            for one in patches:
                one.stop()
