"""What is the cheapest mix of aid and troops that reaches a given deterrent effect?

Aid ``a`` (billions a year) adds ``alpha a`` and troops ``b`` (thousand) add ``beta b``. Aid has a constant unit cost; troops
cost ``cb`` a thousand plus a political and escalation penalty that rises with the square of their number. A second curve
says how domestic support falls with each tenfold rise in casualties.

Assumed: effects simply add up. If aid and presence strengthen each other, or troops signal what aid cannot, the result
fails. Standard constrained minimisation; a course construction.

Sources of the support curve: Mueller (1973), War, Presidents and Public Opinion; its often-quoted slope of about 15 points
could not be checked. Critics: Larson (1996), RAND MR-726; Sidman and Norpoth (2012), where prospects of victory matter more.

Not: a finding that aid or boots are better. The dispute is about ``beta``, ``gamma`` and additivity.
"""

from typing import NamedTuple

import numpy as np

from postwar.models.parameters import Parameter, formula, require

PARAMETERS = {
    "alpha": Parameter("effect of a billion of aid", r"\alpha", 0.1, 10, 2.0, 0.1, "effect units", "(0, inf)"),
    "beta": Parameter("effect of a thousand troops", r"\beta", 0.1, 10, 5.0, 0.1, "effect units", "(0, inf)"),
    "ca": Parameter("unit cost of aid", "c_a", 0, 10, 1.0, 0.1, "cost units per billion", "[0, inf)"),
    "cb": Parameter("unit cost of troops", "c_b", 0, 10, 1.5, 0.1, "cost units per thousand", "[0, inf)"),
    "gamma": Parameter("penalty on troops", r"\gamma", 0, 2, 0.25, 0.05, "cost units per thousand squared", "[0, inf)"),
    "target": Parameter("required deterrent effect", r"\bar D", 0, 100, 30.0, 1, "effect units", "[0, inf)"),
    "S0": Parameter("support at the reference casualties", "S_0", 0, 100, 65.0, 1, "per cent", "[0, 100]"),
    "m": Parameter("fall per tenfold rise", "m", 0, 30, 15.0, 1, "percentage points", "[0, inf)"),
    "C0": Parameter("reference casualties", "C_0", 1, 1000, 100.0, 10, "deaths", "[1, inf)"),
    "C": Parameter("cumulative casualties", "C", 100, 100_000, 1000.0, 100, "deaths", "[1, inf)"),
}


class Mix(NamedTuple):
    """Aid in billions a year and troops in thousands."""

    aid: float
    troops: float


class MixCost(NamedTuple):
    """What the cheapest mix costs (cost units): aid, troops, and the penalty on troops."""

    aid: float
    troops: float
    penalty: float


@formula(PARAMETERS)
def mix(alpha=2.0, beta=5.0, ca=1.0, cb=1.5, gamma=0.25, target=30.0):
    """Cheapest aid and troops that reach ``target``; equal costs per effect go to aid."""
    # troops are added until their rising marginal cost per effect meets that of aid; dividing 0 by 0 is the tie
    saving = beta * ca / alpha - cb
    troops = np.clip(np.where(saving > 0, saving / gamma, 0), 0, target / beta)
    return Mix(np.maximum(0, target - beta * troops) / alpha, troops)


@formula(PARAMETERS)
def cost_parts(alpha=2.0, beta=5.0, ca=1.0, cb=1.5, gamma=0.25, target=30.0):
    """What the cheapest mix costs, item by item (cost units)."""
    aid, troops = mix(alpha, beta, ca, cb, gamma, target)
    return MixCost(ca * aid, cb * troops, gamma / 2 * troops**2)


@formula(PARAMETERS)
def total_cost(alpha=2.0, beta=5.0, ca=1.0, cb=1.5, gamma=0.25, target=30.0):
    """Lowest cost of reaching ``target`` (cost units)."""
    return sum(cost_parts(alpha, beta, ca, cb, gamma, target))


@formula(PARAMETERS)
def shadow_price(alpha=2.0, beta=5.0, ca=1.0, cb=1.5, gamma=0.25, target=30.0):
    """Cost of one more unit of effect (cost units per effect unit): the cheaper of the two instruments at the margin."""
    troops = np.asarray(mix(alpha, beta, ca, cb, gamma, target).troops)
    return np.minimum(ca / alpha, (cb + gamma * troops) / beta)


@formula(PARAMETERS)
def support(S0=65.0, m=15.0, C0=100.0, C=1000.0):
    """Percentage who support a mission after ``C`` deaths. Not clipped: below zero the curve is out of its range."""
    require(
        C >= C0,
        "C must be at least C0 (the curve starts at the reference casualties), got C={C} and C0={C0}",
        C=C,
        C0=C0,
    )
    return S0 - m * np.log10(C / C0)
