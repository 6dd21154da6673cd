"""When can two sides keep a peace going by themselves, if violations are only sometimes seen?

Each period pays ``R`` under mutual restraint, ``T`` to a side that violates unseen, and ``P`` after breakdown. A violation is
detected with probability ``m``; detection ends cooperation for good, otherwise it continues. Restraint is sustainable when
the gain from one violation is at most the discounted loss from being caught.

Assumed: ``T > R > P``; constant payoffs; grim punishment; no false alarms. Standard trigger logic, derived for this course.

Source of the mechanism: Fortna (2003), "Scraps of Paper? Agreements and the Durability of Peace", International
Organization 57(2): 337-372.

Not: a design for a mission. A side that plans a large war later is not stopped by monitoring of small violations.
"""

from postwar.models.parameters import Parameter, formula, require
from postwar.models.rounding import at_most

_UTILITY = {"unit": "utility units per period", "valid": "(-inf, inf)"}

PARAMETERS = {
    "T": Parameter("payoff of an undetected violation", "T", 0, 10, 5.0, 0.5, **_UTILITY),
    "R": Parameter("payoff of mutual restraint", "R", 0, 10, 3.0, 0.5, **_UTILITY),
    "P": Parameter("payoff of breakdown", "P", 0, 10, 1.0, 0.5, **_UTILITY),
    "m": Parameter("chance that a violation is detected", "m", 0, 1, 0.5, 0.05, "probability"),
    "delta": Parameter("discount factor", r"\delta", 0.05, 0.99, 0.9, 0.01, "per period", "(0, 1)"),
}


@formula(PARAMETERS)
def delta_crit(T=5.0, R=3.0, P=1.0, m=0.5):
    """Patience (discount factor) from which restraint is sustainable; 1, which no side has, when ``m = 0``."""
    _check_order(T, R, P)
    return (T - R) / ((T - R) + m * (R - P))


@formula(PARAMETERS)
def m_crit(T=5.0, R=3.0, P=1.0, delta=0.9):
    """Chance of detection from which restraint is sustainable, raw: above 1 monitoring alone cannot do it."""
    _check_order(T, R, P)
    return (T - R) * (1 - delta) / (delta * (R - P))


@formula(PARAMETERS)
def sustainable(T=5.0, R=3.0, P=1.0, m=0.5, delta=0.9):
    """Whether restraint is sustainable; indifference counts as restraint."""
    _check_order(T, R, P)
    return at_most(T - R, delta * m * (R - P) / (1 - delta))


def _check_order(T, R, P):
    require((T > R) & (R > P), "T > R > P must hold, got T={T}, R={R} and P={P}", T=T, R=R, P=P)
