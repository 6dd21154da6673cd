"""Does a small foreign presence deter because it promises more, or because it fights?

A presence of ``n`` thousand works through two channels: it raises the chance that its senders intervene, which saturates
(*tripwire*), and it shifts the local balance of forces, which does not (*denial*). ``Rf`` arrives if guarantors fight.

Assumed: the curve of credibility is a supposition, not data; the balance follows a contest success function (Tullock 1980
and Skaperdas 1996, not checked against the originals); no provocation, no fait accompli before ``Rf`` arrives.

Sources: Schelling (1966), Arms and Influence; Reiter and Poast (2021), "The Truth About Tripwires", Texas National
Security Review 4(3): 33-53; Blankenship and Lin-Greenberg (2022), "Trivial Tripwires?", Security Studies; Musgrave and Ward
(2023), Foreign Policy Analysis 19(4); Frederick et al. (2020), RAND RR-2533. The model is a course construction.

Not: a force requirement. ``n_min`` says what the chosen curves imply, not how many troops anybody needs.
"""

from typing import NamedTuple

import numpy as np
from scipy.optimize import brentq

from postwar.models.parameters import Parameter, formula
from postwar.models.rounding import at_most

_FORCE = {"unit": "thousand-equivalents"}

PARAMETERS = {
    "n": Parameter("foreign troops", "n", 0, 100, 10.0, 1, "thousand", "[0, inf)"),
    "A": Parameter("Challenger's strength", "A", 10, 300, 100.0, 5, **_FORCE, valid="(0, inf)"),
    "D0": Parameter("Host's strength", "D_0", 0, 300, 80.0, 5, **_FORCE, valid="[0, inf)"),
    "e": Parameter("effectiveness of foreign troops", "e", 0, 3, 1.0, 0.1, "1 is as local troops", "[0, inf)"),
    "m": Parameter("decisiveness of the balance", "m", 0.5, 3, 2.0, 0.1, "", "(0, inf)"),
    "Rf": Parameter("reinforcements if guarantors fight", "R_f", 0, 200, 60.0, 5, **_FORCE, valid="[0, inf)"),
    "q0": Parameter("credibility with no presence", "q_0", 0, 1, 0.2, 0.05, "probability"),
    "q1": Parameter("credibility with unlimited presence", "q_1", 0, 1, 0.8, 0.05, "probability"),
    "kappa": Parameter("troops for 63 % of the gain in credibility", r"\kappa", 1, 50, 5.0, 1, "thousand", "(0, inf)"),
    "V": Parameter("value of success", "V", 0, 200, 100.0, 5, "utility units", "[0, inf)"),
    "K": Parameter("extra cost if guarantors fight", "K", 0, 100, 40.0, 5, "utility units", "[0, inf)"),
    "C": Parameter("cost of fighting", "C", 0, 100, 20.0, 5, "utility units", "[0, inf)"),
    "SQ": Parameter("payoff of the status quo", "SQ", -50, 100, 0.0, 5, "utility units", "(-inf, inf)"),
    "n_max": Parameter("largest presence considered", "n_{max}", 10, 500, 200.0, 10, "thousand", "(0, inf)"),
}

#: Two readings of the literature, same code: one parameter carries most of the disagreement.
PRESETS = {"Schelling-type": {"q1": 0.8, "kappa": 5.0}, "Reiter–Poast-type": {"q1": 0.25, "kappa": 5.0}}


class Channels(NamedTuple):
    """Fall in the utility of attack by channel (utility units); the interaction is what the two do not add up to."""

    credibility: float
    denial: float
    interaction: float


@formula(PARAMETERS)
def credibility(n, q0=0.2, q1=0.8, kappa=5.0):
    """Probability that guarantors intervene, given a presence of ``n`` thousand."""
    return q0 + (q1 - q0) * -np.expm1(-n / kappa)


@formula(PARAMETERS)
def p_success(n, A=100.0, D0=80.0, e=1.0, m=2.0):
    """Probability that an attack succeeds against the Host and the presence alone."""
    return 1 / (1 + ((D0 + e * n) / A) ** m)


@formula(PARAMETERS)
def p_success_reinforced(n, A=100.0, D0=80.0, e=1.0, m=2.0, Rf=60.0):
    """Probability that an attack succeeds when reinforcements arrive."""
    return p_success(n, A, D0 + Rf, e, m)


@formula(PARAMETERS)
def eu_attack(n, A=100.0, D0=80.0, e=1.0, m=2.0, Rf=60.0, q0=0.2, q1=0.8, kappa=5.0, V=100.0, K=40.0, C=20.0):
    """The Challenger's expected utility of attack (utility units)."""
    return _eu(n, n, A, D0, e, m, Rf, q0, q1, kappa, V, K, C)


@formula(PARAMETERS)
def drop_credibility_only(
    n, A=100.0, D0=80.0, e=1.0, m=2.0, Rf=60.0, q0=0.2, q1=0.8, kappa=5.0, V=100.0, K=40.0, C=20.0
):
    """Fall in the utility of attack if the presence only raised credibility (utility units)."""
    rest = (A, D0, e, m, Rf, q0, q1, kappa, V, K, C)
    return _eu(0.0, 0.0, *rest) - _eu(n, 0.0, *rest)


@formula(PARAMETERS)
def drop_denial_only(n, A=100.0, D0=80.0, e=1.0, m=2.0, Rf=60.0, q0=0.2, q1=0.8, kappa=5.0, V=100.0, K=40.0, C=20.0):
    """Fall in the utility of attack if the presence only shifted the balance (utility units)."""
    rest = (A, D0, e, m, Rf, q0, q1, kappa, V, K, C)
    return _eu(0.0, 0.0, *rest) - _eu(0.0, n, *rest)


@formula(PARAMETERS)
def channels(n, A=100.0, D0=80.0, e=1.0, m=2.0, Rf=60.0, q0=0.2, q1=0.8, kappa=5.0, V=100.0, K=40.0, C=20.0):
    """Fall in the utility of attack, split into the two channels and their interaction (utility units)."""
    rest = (A, D0, e, m, Rf, q0, q1, kappa, V, K, C)
    nothing = _eu(0.0, 0.0, *rest)
    by_credibility, by_denial = nothing - _eu(n, 0.0, *rest), nothing - _eu(0.0, n, *rest)
    return Channels(by_credibility, by_denial, nothing - _eu(n, n, *rest) - by_credibility - by_denial)


@formula(PARAMETERS)
def n_min(
    A=100.0,
    D0=80.0,
    e=1.0,
    m=2.0,
    Rf=60.0,
    q0=0.2,
    q1=0.8,
    kappa=5.0,
    V=100.0,
    K=40.0,
    C=20.0,
    SQ=0.0,
    n_max=200.0,
):
    """Smallest presence (thousand) at which attack is no better than ``SQ``: 0 if already deterred, ``None`` if none.

    Where presence lowers credibility (``q1 < q0``) the curve can turn, so the first crossing is sought upwards from 0.
    """
    rest = (A, D0, e, m, Rf, q0, q1, kappa, V, K, C)

    def gain(n):
        return _eu(n, n, *rest) - SQ

    # credibility changes on the scale of kappa, the balance on that of n_max
    grid = np.union1d(np.linspace(0, n_max, 2001), np.linspace(0, min(10 * kappa, n_max), 501))
    stopped = np.flatnonzero(at_most(gain(grid), 0))
    if not stopped.size:
        return None
    first = stopped[0]
    # a tie within rounding has no change of sign to bracket
    if first == 0 or gain(grid[first]) >= 0:
        return grid[first]
    return brentq(gain, grid[first - 1], grid[first], xtol=1e-12)


def _eu(n_credibility, n_balance, A, D0, e, m, Rf, q0, q1, kappa, V, K, C):
    q = credibility.__wrapped__(n_credibility, q0, q1, kappa)
    alone = p_success.__wrapped__(n_balance, A, D0, e, m)
    reinforced = p_success.__wrapped__(n_balance, A, D0 + Rf, e, m)
    return q * (reinforced * V - K) + (1 - q) * alone * V - C
