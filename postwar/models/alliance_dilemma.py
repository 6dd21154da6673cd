"""How firmly should a Patron commit, when it fears both abandoning its ally and being drawn in?

The Patron picks a commitment ``s`` between 0 and 1, read as the known probability that it intervenes. Commitment deters
attack, but raises the chance ``m s^2`` of a separate unwanted incident. If attack comes, the Patron pays ``K`` when it
intervenes and ``L`` when it stands aside.

Assumed: the adversary knows ``s``; all losses are on one scale; moral hazard is a pure cost.

Sources of the idea: Snyder, G. H. (1984), "The Security Dilemma in Alliance Politics", World Politics 36(4): 461-495; compare
Benson, Meirowitz and Ramsay (2014), Journal of Conflict Resolution 58(2): 307-335, where a bolder ally can itself deter. The
quadratic model is a course construction in their spirit.

Not: advice on how much to commit. One number for commitment hides the difference between aid, treaty and troops.
"""

from typing import NamedTuple

import numpy as np

from postwar.models.parameters import Parameter, formula
from postwar.models.rounding import at_most

PARAMETERS = {
    "s": Parameter("commitment", "s", 0, 1, 0.5, 0.01, "chance of intervening"),
    "a0": Parameter("chance of attack with no commitment", "a_0", 0, 1, 0.30, 0.05, "probability"),
    "delta": Parameter("deterrent effect of full commitment", r"\delta", 0, 1, 0.6, 0.05),
    "L": Parameter("loss if the Patron stands aside", "L", 0, 200, 100.0, 5, "utility units", "[0, inf)"),
    "K": Parameter("cost of intervening", "K", 0, 200, 60.0, 5, "utility units", "[0, inf)"),
    "m": Parameter("strength of the incident channel", "m", 0, 1, 0.3, 0.05),
    "E": Parameter("cost of an incident", "E", 0, 200, 80.0, 5, "utility units", "[0, inf)"),
}


class CostParts(NamedTuple):
    """Parts of the Patron's expected cost: attacks left alone, attacks met, and unwanted incidents."""

    abandonment: float
    intervention: float
    entrapment: float


@formula(PARAMETERS)
def cost_parts(s, a0=0.30, delta=0.6, L=100.0, K=60.0, m=0.3, E=80.0):
    """What the expected cost at commitment ``s`` is made of (utility units); the parts add up to ``expected_cost``."""
    attack = a0 * (1 - delta * s)
    return CostParts(attack * (1 - s) * L, attack * s * K, m * s**2 * E)


@formula(PARAMETERS)
def expected_cost(s, a0=0.30, delta=0.6, L=100.0, K=60.0, m=0.3, E=80.0):
    """The Patron's expected cost ``C(s)`` (utility units)."""
    return sum(cost_parts(s, a0, delta, L, K, m, E))


@formula(PARAMETERS)
def s_star(a0=0.30, delta=0.6, L=100.0, K=60.0, m=0.3, E=80.0):
    """Commitment with the lowest expected cost; a tie goes to 0."""
    slope, curvature = a0 * (K - L - delta * L), m * E - a0 * delta * (K - L)
    interior = np.clip(-slope / (2 * curvature), 0, 1)
    # C(1) - C(0) = slope + curvature decides when the curve is not convex
    corner = np.where(at_most(0, slope + curvature), 0.0, 1.0)
    return np.where(curvature > 0, interior, corner)


@formula(PARAMETERS)
def cost_star(a0=0.30, delta=0.6, L=100.0, K=60.0, m=0.3, E=80.0):
    """Expected cost at the best commitment (utility units)."""
    return expected_cost(s_star(a0, delta, L, K, m, E), a0, delta, L, K, m, E)
