"""Why would two sides who both lose from fighting fail to find, or fail to keep, a ceasefire?

Two sides, A and B, divide a prize of size 1. War is a costly lottery: A wins everything with probability ``p``, and the
sides pay ``cA`` and ``cB`` in units of the prize. Any split that leaves both at least as well off as war lies in the
*bargaining range*. In the version with private costs A makes one take-it-or-leave-it demand and knows only that B's cost
is uniform between ``lo`` and ``hi``; a side that is indifferent accepts.

Assumed: the prize is divisible, the sides are risk-neutral (except in ``ra_range``), both know the same ``p``.

Source: Fearon, J. D. (1995), "Rationalist Explanations for War", International Organization 49(3): 379-414. The solution
for uniform costs is derived for this course.

Not: a forecast, a fairness score, or a statement about the law or justice of any division. The range says that a deal
exists, not that it is found or kept.
"""

import numpy as np

from postwar.models.parameters import Interval, Parameter, formula, require

PARAMETERS = {
    "p": Parameter("chance that A prevails in war", "p", 0, 1, 0.5, 0.01, "probability"),
    "cA": Parameter("A's cost of war", "c_A", 0, 1, 0.10, 0.01, "share of the prize", "[0, inf)"),
    "cB": Parameter("B's cost of war", "c_B", 0, 1, 0.15, 0.01, "share of the prize", "[0, inf)"),
    "a": Parameter("curvature of A's utility", r"\alpha", 0.1, 1, 1.0, 0.05, "1 is risk-neutral", "(0, 1]"),
    "b": Parameter("curvature of B's utility", r"\beta", 0.1, 1, 1.0, 0.05, "1 is risk-neutral", "(0, 1]"),
    "lo": Parameter("lowest cost that A thinks B may have", r"\ell", 0, 1, 0.0, 0.01, "share of the prize", "[0, inf)"),
    "hi": Parameter("highest cost that A thinks B may have", "h", 0.05, 1, 0.4, 0.01, "share of the prize", "(0, inf)"),
    "x": Parameter("A's demand", "x", 0, 1, 0.65, 0.01, "share of the prize"),
}


@formula(PARAMETERS)
def bargaining_range(p=0.5, cA=0.10, cB=0.15):
    """Splits that both sides accept: A's share from ``low`` to ``high``, clipped to [0, 1]."""
    return Interval(np.maximum(0, p - cA), np.minimum(1, p + cB))


@formula(PARAMETERS)
def range_width(p=0.5, cA=0.10, cB=0.15):
    """Width of the bargaining range: ``cA + cB`` unless an end of [0, 1] binds."""
    low, high = bargaining_range(p, cA, cB)
    return high - low


@formula(PARAMETERS)
def ra_range(p=0.5, cA=0.10, cB=0.15, a=1.0, b=1.0):
    """Bargaining range of risk-averse sides with utilities ``x**a`` and ``y**b``; war is still worth p - cA, 1 - p - cB."""
    return Interval(np.maximum(0, p - cA) ** (1 / a), 1 - np.maximum(0, 1 - p - cB) ** (1 / b))


@formula(PARAMETERS)
def demand_war_prob(x=0.65, p=0.5, lo=0.0, hi=0.4):
    """Chance that B rejects the demand ``x`` and war follows: the share of B's possible costs below ``x - p``."""
    _check_belief(lo, hi)
    return np.clip((x - p - lo) / (hi - lo), 0, 1)


@formula(PARAMETERS)
def demand_payoff(x=0.65, p=0.5, cA=0.10, lo=0.0, hi=0.4):
    """A's expected payoff from the demand ``x``, as a share of the prize."""
    war = demand_war_prob(x, p, lo, hi)
    return x * (1 - war) + (p - cA) * war


@formula(PARAMETERS)
def tioli_demand(p=0.5, cA=0.10, lo=0.0, hi=0.4):
    """A's best take-it-or-leave-it demand, as a share of the prize, in [0, 1]."""
    _check_belief(lo, hi)
    return np.minimum(1, np.maximum(p + lo, p + (hi - cA) / 2))


@formula(PARAMETERS)
def tioli_war_prob(p=0.5, cA=0.10, lo=0.0, hi=0.4):
    """Chance of war when A makes its best demand; it does not depend on ``p`` unless the demand is capped at 1."""
    return demand_war_prob(tioli_demand(p, cA, lo, hi), p, lo, hi)


@formula(PARAMETERS)
def tioli_payoff(p=0.5, cA=0.10, lo=0.0, hi=0.4):
    """A's expected payoff from its best demand, as a share of the prize."""
    return demand_payoff(tioli_demand(p, cA, lo, hi), p, cA, lo, hi)


def _check_belief(lo, hi):
    require(
        lo < hi,
        "lo must be less than hi (the bounds of A's belief about B's cost), got lo={lo} and hi={hi}",
        lo=lo,
        hi=hi,
    )
