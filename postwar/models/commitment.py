"""Why may a side fight now although both would gain from a deal, when power is shifting and the later deal cannot be believed?

The rising side A would win a war with probability ``p1`` now and ``p2`` from the next period on; war is decisive. From the next
period A makes take-it-or-leave-it demands, so the declining side B is then held to its war value; today the most it can be
offered is the whole flow of benefits, 1 a period. War costs B ``cB``: once (``"lump"``, Fearon's form) or every period (``"flow"``).

Assumed: infinite horizon, common discount factor, complete information, no transfers beyond today's flow. The condition also
takes B's later war value to be at least zero (see ``later_war_value``); below that A could not push B so far down, and the
condition overstates the temptation to fight. That a guarantee of credibility ``g`` lowers ``p2`` by ``g * reduction`` is a
course extension.

Sources: Fearon (1995), International Organization 49(3): 379-414, section on preventive war (pages not checked); Powell (2006),
"War as a Commitment Problem", International Organization 60; Walter (1997), "The Critical Barrier to Civil War Settlement",
International Organization 51(3): 335-364. The inequality is derived again for this course.

Not: a justification of preventive war, nor a statement of which side is rising. Both readings use the same algebra.
"""

import numpy as np

from postwar.models.parameters import Parameter, formula
from postwar.models.rounding import at_most, below

PARAMETERS = {
    "p1": Parameter("rising side's chance to win now", "p_1", 0, 1, 0.30, 0.01, "probability"),
    "p2": Parameter("rising side's chance to win later", "p_2", 0, 1, 0.55, 0.01, "probability"),
    "cB": Parameter("declining side's cost of war", "c_B", 0, 3, 0.3, 0.1, "periods' benefits", "[0, inf)"),
    "delta": Parameter("discount factor", r"\delta", 0.05, 0.99, 0.9, 0.01, "per period"),
    "mode": Parameter("whether war costs once or every period", "", None, None, "flow", None, choices=("flow", "lump")),
    "reduction": Parameter("fall in p2 under a fully credible guarantee", "", 0, 1, 0.4, 0.05, "probability"),
    "g": Parameter("credibility of the guarantee", "g", 0, 1, 0.0, 0.01, "probability"),
}


@formula(PARAMETERS)
def war_margin(p1=0.30, p2=0.55, cB=0.3, delta=0.9, mode="flow"):
    """Gain of the declining side from fighting now, scaled by ``1 - delta``: above 0 it fights."""
    return delta * p2 - p1 - _cost(cB, delta, mode)


@formula(PARAMETERS)
def preventive_war(p1=0.30, p2=0.55, cB=0.3, delta=0.9, mode="flow"):
    """Whether the declining side fights now; indifference keeps the peace."""
    return below(0, war_margin(p1, p2, cB, delta, mode))


@formula(PARAMETERS)
def p2_crit(p1=0.30, cB=0.3, delta=0.9, mode="flow"):
    """Later chance to win above which the declining side fights now, raw: above 1 no shift is large enough.

    ``None`` when the later periods do not count (``delta = 0``).
    """
    return (p1 + _cost(cB, delta, mode)) / np.where(delta > 0, delta, np.nan)


@formula(PARAMETERS)
def guarded_margin(p1=0.30, p2=0.55, cB=0.3, delta=0.9, mode="flow", reduction=0.4, g=0.0):
    """``war_margin`` when a guarantee of credibility ``g`` lowers ``p2`` by ``g * reduction`` (to 0 at the lowest)."""
    return war_margin(p1, np.maximum(0, p2 - g * reduction), cB, delta, mode)


@formula(PARAMETERS)
def g_min(p1=0.30, p2=0.55, cB=0.3, delta=0.9, mode="flow", reduction=0.4):
    """Credibility a guarantee needs to keep the peace: 0 if none is needed, ``None`` if full credibility is not enough."""
    gain = np.asarray(war_margin(p1, p2, cB, delta, mode))
    needed = gain / (delta * reduction)
    return np.where(at_most(gain, 0), 0.0, np.where(at_most(needed, 1), np.minimum(1, needed), np.nan))


@formula(PARAMETERS)
def later_war_value(p2=0.55, cB=0.3, delta=0.9, mode="flow"):
    """What war later is worth to the declining side per period, scaled by ``1 - delta``; the model assumes at least 0."""
    return 1 - p2 - (cB * (1 - delta) if mode == "lump" else cB)


def _cost(cB, delta, mode):
    return cB * (1 - delta) ** (2 if mode == "lump" else 1)
