"""What a model's symbols mean: one table per model for controls, defaults, messages and documentation."""

import functools
import inspect
import math
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np


class Interval(NamedTuple):
    """Two ends of a range."""

    low: float
    high: float


@dataclass(frozen=True)
class Parameter:
    """One symbol of a model.

    ``low``, ``high`` and ``step`` are for a slider and may be narrower than ``valid``, the interval on which the model is
    defined, in the usual notation: ``"[0, 1]"``, ``"(0, inf)"``. ``ndim`` is 1 for a list and 2 for a table, whose
    every entry must be valid; with ``None`` a number or an array of any shape will do.
    """

    label: str
    symbol: str
    low: float | None
    high: float | None
    default: Any
    step: float | None
    unit: str = ""
    valid: str = "[0, 1]"
    integer: bool = False
    ndim: int | None = None
    choices: tuple[str, ...] = ()

    @property
    def range(self):
        """The valid range in words."""
        if self.choices:
            return "one of " + ", ".join(repr(choice) for choice in self.choices)
        low, high, above, below = _ends(self.valid)
        if math.isinf(low) and math.isinf(high):
            words = "finite"
        elif math.isinf(high):
            words = f"greater than {low:g}" if above else f"{low:g} or more"
        elif math.isinf(low):
            words = f"less than {high:g}" if below else f"{high:g} or less"
        elif above or below:
            words = (
                f"{'greater than' if above else 'at least'} {low:g} and {'less than' if below else 'at most'} {high:g}"
            )
        else:
            words = f"between {low:g} and {high:g}"
        return f"a whole number, {words}" if self.integer else words

    def read(self, name, value):
        """Return ``value`` as a numpy number or array, or raise ``ValueError`` saying what ``name`` must be."""
        if self.choices:
            if value not in self.choices:
                raise ValueError(f"{name} ({self.label}) must be {self.range}, got {value!r}")
            return value
        try:
            given = np.asarray(value)
        except ValueError:  # rows of unequal length
            given = np.asarray(None)
        if given.dtype.kind not in "biuf" and given.size:
            raise ValueError(f"{name} ({self.label}) must be numeric, {self.range}, got {value!r}")
        if self.ndim is not None and given.ndim != self.ndim:
            shape = {1: "a list of numbers", 2: "a table: a list of rows of equal length"}[self.ndim]
            raise ValueError(f"{name} ({self.label}) must be {shape}, got {value!r}")
        numbers = given.astype(float)
        low, high, above, below = _ends(self.valid)
        good = (numbers > low if above else numbers >= low) & (numbers < high if below else numbers <= high)
        if self.integer:
            good &= numbers == np.floor(numbers)
        if not np.all(good):
            raise ValueError(f"{name} ({self.label}) must be {self.range}, got {numbers[~good].flat[0]:g}")
        return (numbers.astype(np.int64) if self.integer else numbers)[()]


@functools.cache
def _ends(interval):
    low, high = (float(end) for end in interval[1:-1].split(","))
    return low, high, interval[0] == "(", interval[-1] == ")"


def formula(parameters):
    """Make a function of numpy numbers a checked formula.

    Arguments are read through their ``Parameter``; a scalar result comes back as a plain Python number, or ``None`` where
    the formula is undefined (``nan``). The docstring gets the parameters' meaning, unit and range.
    """

    def decorate(function):
        signature = inspect.signature(function)

        @functools.wraps(function)
        def call(*args, **kwargs):
            bound = signature.bind(*args, **kwargs)
            bound.apply_defaults()
            for name, value in bound.arguments.items():
                bound.arguments[name] = parameters[name].read(name, value)
            with np.errstate(divide="ignore", invalid="ignore", over="ignore", under="ignore"):
                return _plain(function(*bound.args, **bound.kwargs))

        lines = [f"    {name}: {_describe(parameters[name])}" for name in signature.parameters]
        call.__doc__ = "\n".join([inspect.cleandoc(function.__doc__), "", "Parameters:", *lines])
        return call

    return decorate


def require(condition, message, **values):
    """Raise ``ValueError`` with ``message`` unless ``condition`` holds (for arrays: everywhere).

    ``{name}`` in the message stands for one of ``values``, taken from an array where the condition first fails.
    """
    condition = np.asarray(condition)
    if condition.all():
        return
    first = np.argmin(condition)
    at = {name: np.broadcast_to(value, condition.shape).flat[first] for name, value in values.items()}
    raise ValueError(message.format(**at))


def _describe(parameter):
    unit = f" ({parameter.unit})" if parameter.unit else ""
    return f"{parameter.label}{unit}; {parameter.range}"


def _plain(result):
    if isinstance(result, tuple) and hasattr(result, "_fields"):
        return type(result)(*(_plain(part) for part in result))
    if isinstance(result, np.generic) or (isinstance(result, np.ndarray) and result.ndim == 0):
        result = result.item()
    return None if isinstance(result, float) and math.isnan(result) else result
