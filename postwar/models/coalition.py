"""What do several uncertain pledges add up to?

Each contributor delivers its whole pledge with some probability, or nothing. With probability ``u`` a key enabling partner
supports the mission and the chances are ``probs_with``, otherwise ``probs_without``; given that, contributors decide
independently.

Assumed: all-or-nothing delivery; independence given the partner's choice.

Sources: elementary probability; on coalitions Wolford (2015), The Politics of Military Coalitions. A course construction with
invented pledges.

Not: an estimate for any government. Partial delivery, caveats and rules of engagement matter as much as numbers.
"""

from typing import NamedTuple

import numpy as np

from postwar.models.parameters import Parameter, formula, require
from postwar.models.rounding import at_most

_CHANCES = {"unit": "probability", "ndim": 1}

PARAMETERS = {
    "pledges": Parameter(
        "pledge of each contributor", "s_i", 0, 30, (8, 7, 4, 3, 2), 1, "thousand persons", "[0, inf)", ndim=1
    ),
    "probs": Parameter("chance of full delivery", "q_i", 0, 1, (0.8, 0.8, 0.6, 0.5, 0.5), 0.05, **_CHANCES),
    "probs_with": Parameter(
        "chance of delivery with the partner", "q_i^w", 0, 1, (0.8, 0.8, 0.6, 0.5, 0.5), 0.05, **_CHANCES
    ),
    "probs_without": Parameter(
        "chance of delivery without the partner", "q_i^o", 0, 1, (0.5, 0.5, 0.3, 0.2, 0.2), 0.05, **_CHANCES
    ),
    "u": Parameter("chance that the partner supports the mission", "u", 0, 1, 0.6, 0.05, "probability"),
    "target": Parameter("force aimed at", r"\tau", 0, 30, 15.0, 0.5, "thousand persons", "[0, inf)"),
}
_PLEDGES = PARAMETERS["pledges"].default
_WITH = PARAMETERS["probs_with"].default
_WITHOUT = PARAMETERS["probs_without"].default


class Distribution(NamedTuple):
    """Every total that can come together, in rising order, and its probability."""

    totals: np.ndarray
    probabilities: np.ndarray


@formula(PARAMETERS)
def distribution(pledges=_PLEDGES, probs=_WITH):
    """Exact distribution of the total delivered (thousand persons)."""
    _check_lengths(pledges, probs=probs)
    totals, chances = np.zeros(1), np.ones(1)
    for pledge, prob in zip(pledges, probs, strict=True):
        outcomes = np.concatenate([totals, totals + pledge])
        weights = np.concatenate([chances * (1 - prob), chances * prob])
        # sums that differ only by rounding are one total
        totals, place = np.unique(np.round(outcomes, 9), return_inverse=True)
        chances = np.bincount(place, weights)
    return Distribution(totals, chances)


@formula(PARAMETERS)
def distribution_backstop(pledges=_PLEDGES, probs_with=_WITH, probs_without=_WITHOUT, u=0.6):
    """Exact distribution of the total delivered when all depend on the enabling partner."""
    _check_lengths(pledges, probs_with=probs_with, probs_without=probs_without)
    totals, supported = distribution(pledges, probs_with)
    return Distribution(totals, u * supported + (1 - u) * distribution(pledges, probs_without).probabilities)


@formula(PARAMETERS)
def mean_total(pledges=_PLEDGES, probs=_WITH):
    """Expected total (thousand persons)."""
    _check_lengths(pledges, probs=probs)
    return pledges @ probs


@formula(PARAMETERS)
def sd_total(pledges=_PLEDGES, probs=_WITH):
    """Standard deviation of the total (thousand persons)."""
    _check_lengths(pledges, probs=probs)
    return np.sqrt(pledges**2 @ (probs * (1 - probs)))


@formula(PARAMETERS)
def p_at_least(pledges=_PLEDGES, probs=_WITH, target=15.0):
    """Probability that the total reaches ``target``."""
    totals, chances = distribution(pledges, probs)
    return np.minimum(1, at_most(np.expand_dims(target, -1), totals) @ chances)


@formula(PARAMETERS)
def p_at_least_backstop(pledges=_PLEDGES, probs_with=_WITH, probs_without=_WITHOUT, u=0.6, target=15.0):
    """Probability that the total reaches ``target`` when all depend on the enabling partner."""
    _check_lengths(pledges, probs_with=probs_with, probs_without=probs_without)
    return u * p_at_least(pledges, probs_with, target) + (1 - u) * p_at_least(pledges, probs_without, target)


@formula(PARAMETERS)
def mean_total_backstop(pledges=_PLEDGES, probs_with=_WITH, probs_without=_WITHOUT, u=0.6):
    """Expected total when all depend on the enabling partner (thousand persons)."""
    _check_lengths(pledges, probs_with=probs_with, probs_without=probs_without)
    return u * (pledges @ probs_with) + (1 - u) * (pledges @ probs_without)


@formula(PARAMETERS)
def sd_total_backstop(pledges=_PLEDGES, probs_with=_WITH, probs_without=_WITHOUT, u=0.6):
    """Standard deviation of the total when all depend on the enabling partner (thousand persons)."""
    _check_lengths(pledges, probs_with=probs_with, probs_without=probs_without)
    within = u * sd_total(pledges, probs_with) ** 2 + (1 - u) * sd_total(pledges, probs_without) ** 2
    between = u * (1 - u) * (pledges @ probs_with - pledges @ probs_without) ** 2
    return np.sqrt(within + between)


def _check_lengths(pledges, **chances):
    require(len(pledges) > 0, "pledges must have at least one contributor, got none")
    for name, probs in chances.items():
        require(
            len(probs) == len(pledges),
            f"{name} must have one chance for each of the {len(pledges)} pledges, got {len(probs)}",
        )
