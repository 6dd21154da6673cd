"""Comparisons that do not depend on the last bit of a float: 0.6 * 20 is 12, and a tie is a tie."""

import numpy as np

EPSILON = 1e-9


def at_most(x, y):
    """Whether ``x <= y``, where a difference within rounding counts as equal."""
    return (x <= y) | (x - y <= EPSILON * np.maximum(1, np.minimum(np.abs(x), np.abs(y))))


def below(x, y):
    """Whether ``x < y`` by more than rounding."""
    return ~np.asarray(at_most(y, x))


def ceil(x):
    """Smallest whole number that is at least ``x``, up to rounding."""
    return np.ceil(x - EPSILON * np.maximum(1, np.abs(x))).astype(np.int64)


def best(values):
    """Index of the largest value; a tie goes to the lowest index."""
    values = np.asarray(values)
    return int(np.argmax(at_most(values.max(), values)))
