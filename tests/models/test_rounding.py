"""Comparisons forgive rounding and nothing else."""

import math

import numpy as np

from postwar.models import rounding


def test_a_difference_within_rounding_is_a_tie():
    assert rounding.at_most(0.1 + 0.2, 0.3)
    assert rounding.at_most(1e12 + 1, 1e12)
    assert not rounding.at_most(1 + 1e-8, 1)
    assert not rounding.below(0.3, 0.1 + 0.2)
    assert rounding.below(0, 1e-8)


def test_infinity_is_larger_than_any_number():
    with np.errstate(invalid="ignore"):
        assert not rounding.at_most(np.float64(math.inf), 1)
        assert rounding.at_most(1, np.float64(math.inf))
        assert not rounding.at_most(np.float64(math.nan), 1)


def test_whole_numbers_survive_rounding():
    assert rounding.ceil(0.9 / 0.3) == 3
    assert rounding.ceil(3.001) == 4
    assert rounding.best([0.3, 0.1 + 0.2, 0.2]) == 0
