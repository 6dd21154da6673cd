"""Who pays for a common good when everybody benefits from all contributions?

Each member splits its resources between a pure public good, such as common security, and its own use:
``U_i = alpha ln(G) + (1 - alpha) ln(w_i - g_i)``. Members contribute voluntarily, at the same time, each taking the others'
total as given.

Assumed: security is wholly shared (a partly private benefit would mean less free-riding); equal tastes.

Sources: Olson and Zeckhauser (1966), "An Economic Theory of Alliances", Review of Economics and Statistics 48(3): 266-279;
Bergstrom, Blume and Varian (1986), not checked against the original. Tests disagree: Plümper and Neumayer (2015), Conflict
Management and Peace Science 32(3): 247-268, find free-riding by smaller allies, but not more so the smaller they are.

Not: a moral finding. Fairness needs a criterion that the model does not supply, and spending is not capability.
"""

import numpy as np

from postwar.models.parameters import Parameter, formula, require

PARAMETERS = {
    "incomes": Parameter(
        "resources of each member", "w_i", 1, 200, (60.0, 55.0, 50.0), 1, "income units", "(0, inf)", ndim=1
    ),
    "alpha": Parameter("taste for the common good", r"\alpha", 0.05, 0.95, 0.4, 0.05, "", "(0, 1)"),
    "income": Parameter("resources of one member", "w", 1, 200, 60.0, 1, "income units", "(0, inf)"),
    "others": Parameter("what the others contribute", "G_{-i}", 0, 200, 15.0, 1, "income units", "[0, inf)"),
}
_INCOMES = PARAMETERS["incomes"].default


@formula(PARAMETERS)
def best_reply(income=60.0, others=15.0, alpha=0.4):
    """A member's best contribution when the others give ``others`` in total (income units)."""
    return np.maximum(0, alpha * income - (1 - alpha) * others)


@formula(PARAMETERS)
def nash_contributions(incomes=_INCOMES, alpha=0.4):
    """Equilibrium contribution of each member (income units)."""
    return np.maximum(0, incomes - (1 - alpha) / alpha * G_nash(incomes, alpha))


@formula(PARAMETERS)
def G_nash(incomes=_INCOMES, alpha=0.4):
    """Total contributed in equilibrium (income units)."""
    _check_members(incomes)
    ratio = (1 - alpha) / alpha
    richest = np.sort(incomes)[::-1]
    totals = richest.cumsum() / (1 + ratio * np.arange(1, len(richest) + 1))
    # the contributors are the k richest, for the largest k whose poorest member still gives
    contributors = np.flatnonzero(ratio * totals < richest)[-1]
    return totals[contributors]


@formula(PARAMETERS)
def G_opt(incomes=_INCOMES, alpha=0.4):
    """Total that would be efficient (income units)."""
    _check_members(incomes)
    return alpha * incomes.sum()


@formula(PARAMETERS)
def provision_ratio(incomes=_INCOMES, alpha=0.4):
    """Equilibrium total as a share of the efficient one, in (0, 1]."""
    return G_nash(incomes, alpha) / G_opt(incomes, alpha)


@formula(PARAMETERS)
def burden_rates(incomes=_INCOMES, alpha=0.4):
    """Share of its own resources that each member gives in equilibrium."""
    return nash_contributions(incomes, alpha) / incomes


def _check_members(incomes):
    require(len(incomes) > 0, "incomes must have at least one member, got none")
