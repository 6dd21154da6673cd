"""When does a Challenger prefer the status quo to an attack?

The Challenger succeeds with probability ``pa`` if guarantors stay out and ``pi <= pa`` if they intervene, which also costs it
``K``. It thinks they intervene with probability ``q``. Fighting costs ``C``, and a punishment of size ``S`` follows with
probability ``s`` whatever the result. It is deterred when its expected utility of attack is at most its status quo ``SQ``:
denial lowers ``pa``, punishment raises ``s S``, credibility raises ``q``, and assurance raises ``SQ``.

Assumed: a single, risk-neutral, consistent chooser. With noise ``tau`` the choice is logistic.

Sources: Huth (1999), "Deterrence and International Conflict", Annual Review of Political Science 2: 25-48; Quackenbush (2011),
"Deterrence theory: where do we stand?", Review of International Studies 37; Zagare and Kilgour (2000), Perfect Deterrence, for
the threshold (notation not checked). Huth and Russett (1984) and McKelvey and Palfrey (1995) not checked against the originals.

Not: a reading of any leader's mind. Reading off "the" critical ``q`` for a real case is false precision; provocation is
left out.
"""

import numpy as np
from scipy.special import expit

from postwar.models.parameters import Parameter, formula, require
from postwar.models.rounding import at_most

_UTILITY = {"unit": "utility units", "valid": "(-inf, inf)"}

PARAMETERS = {
    "V": Parameter("value of success", "V", 0, 200, 100.0, 5, "utility units", "[0, inf)"),
    "SQ": Parameter("payoff of the status quo", "SQ", -50, 100, 5.0, 1, **_UTILITY),
    "C": Parameter("cost of fighting", "C", 0, 100, 25.0, 1, "utility units", "[0, inf)"),
    "pa": Parameter("chance of success without intervention", "p_a", 0, 1, 0.6, 0.01, "probability"),
    "pi": Parameter("chance of success with intervention", "p_i", 0, 1, 0.3, 0.01, "probability"),
    "K": Parameter("extra cost if guarantors fight", "K", 0, 100, 30.0, 1, "utility units", "[0, inf)"),
    "q": Parameter("perceived chance of intervention", "q", 0, 1, 0.3, 0.01, "probability"),
    "s": Parameter("chance of punishment", "s", 0, 1, 0.5, 0.05, "probability"),
    "S": Parameter("size of punishment", "S", 0, 100, 10.0, 1, "utility units", "[0, inf)"),
    "tau": Parameter("noise in the choice", r"\tau", 1, 50, 10.0, 1, "utility units", "(0, inf)"),
    "cDC": Parameter("Challenger's payoff if the Defender concedes", "c_{DC}", -100, 100, 100.0, 5, **_UTILITY),
    "cSQ": Parameter("Challenger's payoff of the status quo", "c_{SQ}", -100, 100, 40.0, 5, **_UTILITY),
    "cDD": Parameter("Challenger's payoff of conflict", "c_{DD}", -100, 100, -60.0, 5, **_UTILITY),
}


@formula(PARAMETERS)
def eu_attack(V=100.0, SQ=5.0, C=25.0, pa=0.6, pi=0.3, K=30.0, q=0.3, s=0.5, S=10.0):
    """The Challenger's expected utility of attack (utility units); ``SQ`` does not enter."""
    _check_chances(pa, pi)
    return q * (pi * V - K) + (1 - q) * pa * V - C - s * S


@formula(PARAMETERS)
def margin(V=100.0, SQ=5.0, C=25.0, pa=0.6, pi=0.3, K=30.0, q=0.3, s=0.5, S=10.0):
    """By how much the status quo beats an attack (utility units): deterred at 0 or more."""
    return SQ - eu_attack(V, SQ, C, pa, pi, K, q, s, S)


@formula(PARAMETERS)
def deterred(V=100.0, SQ=5.0, C=25.0, pa=0.6, pi=0.3, K=30.0, q=0.3, s=0.5, S=10.0):
    """Whether the Challenger prefers the status quo; indifference counts as deterred."""
    return at_most(eu_attack(V, SQ, C, pa, pi, K, q, s, S), SQ)


@formula(PARAMETERS)
def q_crit(V=100.0, SQ=5.0, C=25.0, pa=0.6, pi=0.3, K=30.0, s=0.5, S=10.0):
    """Chance of intervention that makes the Challenger indifferent, raw: below 0 or above 1 when no chance does.

    ``None`` when intervention changes nothing for it.
    """
    _check_chances(pa, pi)
    weight = (pa - pi) * V + K
    return (pa * V - C - s * S - SQ) / np.where(weight > 0, weight, np.nan)


@formula(PARAMETERS)
def q_class(V=100.0, SQ=5.0, C=25.0, pa=0.6, pi=0.3, K=30.0, s=0.5, S=10.0):
    """``"always"`` deterred, ``"conditional"`` on credibility, or ``"never"`` by credibility alone."""
    _check_chances(pa, pi)
    gain, weight = pa * V - C - s * S - SQ, (pa - pi) * V + K
    return np.where(at_most(gain, 0), "always", np.where(at_most(gain, weight), "conditional", "never"))


@formula(PARAMETERS)
def pa_crit(V=100.0, SQ=5.0, C=25.0, pi=0.3, K=30.0, q=0.3, s=0.5, S=10.0):
    """Chance of success without intervention that makes the Challenger indifferent, raw: it may lie outside [0, 1].

    ``None`` when success without intervention is irrelevant (``q = 1`` or ``V = 0``).
    """
    weight = (1 - q) * V
    return (SQ + C + s * S - q * (pi * V - K)) / np.where(weight > 0, weight, np.nan)


@formula(PARAMETERS)
def p_attack_logit(V=100.0, SQ=5.0, C=25.0, pa=0.6, pi=0.3, K=30.0, q=0.3, s=0.5, S=10.0, tau=10.0):
    """Probability of attack when the choice is noisy: one half at indifference."""
    return expit(-margin(V, SQ, C, pa, pi, K, q, s, S) / tau)


@formula(PARAMETERS)
def zk_threshold(cDC, cSQ, cDD):
    """Zagare and Kilgour's threshold: the Challenger is deterred if the Defender's credibility is at least this."""
    require(
        (cDC > cSQ) & (cSQ > cDD),
        "cDC > cSQ > cDD must hold, got cDC={cDC}, cSQ={cSQ} and cDD={cDD}",
        cDC=cDC,
        cSQ=cSQ,
        cDD=cDD,
    )
    return (cDC - cSQ) / (cDC - cDD)


def _check_chances(pa, pi):
    require(
        pi <= pa,
        "pi must not exceed pa (intervention cannot help the Challenger), got pi={pi} and pa={pa}",
        pi=pi,
        pa=pa,
    )
