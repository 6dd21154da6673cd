"""How likely is a guarantee to be kept, by one guarantor or by several?

A guarantor fulfils if its stake and its cost of reneging together cover its cost of acting, which is normal with mean ``mu``
and standard deviation ``sigma`` when the crisis comes. Several guarantors act independently, except that with probability
``shock`` a common political shock makes all stand aside. Past reliability is updated as a Beta distribution.

Assumed: the threshold rule and the common shock are course constructions.

Sources of base rates: Leeds, Long and Mitchell (2000), Journal of Conflict Resolution 44(5): 686-699 (honoured 74.5 % of the time);
Berkemeier and Fuhrmann (2018), Research & Politics (50 % overall, 66 % before 1945, 22 % in 1945-2003). They differ in period,
coding and unit: to quote one alone is cherry-picking. See also Leeds (2003), International Organization 57(4): 801-827.

Not: an estimate for any guarantor. Rates are conditional on being tested, and untested guarantees are invisible.
"""

import numpy as np
from scipy.special import betaincinv, ndtr

from postwar.models.parameters import Interval, Parameter, formula, require

PARAMETERS = {
    "stake": Parameter("guarantor's stake", "b", 0, 100, 40.0, 5, "utility units", "[0, inf)"),
    "audience": Parameter("cost of reneging", "a", 0, 100, 10.0, 5, "utility units", "[0, inf)"),
    "mu": Parameter("mean cost of acting", r"\mu", 0, 150, 60.0, 5, "utility units", "(-inf, inf)"),
    "sigma": Parameter(
        "standard deviation of the cost of acting", r"\sigma", 1, 60, 20.0, 1, "utility units", "(0, inf)"
    ),
    "qs": Parameter(
        "chance that each guarantor acts, without a shock", "q_i", 0, 1, (0.5, 0.5, 0.3), 0.05, "probability", ndim=1
    ),
    "shock": Parameter("chance that all stand aside", "w", 0, 1, 0.2, 0.05, "probability"),
    "strengths": Parameter(
        "contribution of each guarantor", "F_i", 0, 100, (20.0, 15.0, 60.0), 5, "thousand persons", "[0, inf)", ndim=1
    ),
    "k": Parameter("guarantors who act", "k", 0, 3, 2, 1, "guarantors", "[0, inf)", integer=True),
    "a": Parameter("prior weight of honoured commitments", "a", 0.5, 20, 7.45, 0.05, "commitments", "(0, inf)"),
    "b": Parameter("prior weight of broken commitments", "b", 0.5, 20, 2.55, 0.05, "commitments", "(0, inf)"),
    "honoured": Parameter("commitments honoured", "x", 0, 20, 0, 1, "commitments", "[0, inf)", integer=True),
    "n": Parameter("commitments tested", "n", 0, 20, 0, 1, "commitments", "[0, inf)", integer=True),
}
_QS = PARAMETERS["qs"].default


@formula(PARAMETERS)
def q_guarantor(stake=40.0, audience=10.0, mu=60.0, sigma=20.0):
    """Probability that a guarantor acts."""
    return ndtr((stake + audience - mu) / sigma)


@formula(PARAMETERS)
def number_acting(qs=_QS, shock=0.2):
    """Probabilities that 0, 1, ... all guarantors act."""
    chances = np.ones(1)
    for q in qs:
        chances = np.convolve(chances, [1 - q, q])
    chances = (1 - shock) * chances
    chances[0] += shock
    return chances


@formula(PARAMETERS)
def p_at_least_one(qs=_QS, shock=0.2):
    """Probability that at least one guarantor acts; never above ``1 - shock``."""
    return (1 - shock) * (1 - np.prod(1 - qs))


@formula(PARAMETERS)
def p_at_least_k(qs=_QS, shock=0.2, k=2):
    """Probability that at least ``k`` guarantors act."""
    tails = np.append(np.minimum(1, number_acting(qs, 0.0)[::-1].cumsum()[::-1]), 0)
    return np.where(k == 0, 1, (1 - shock) * tails[np.minimum(k, len(qs) + 1)])


@formula(PARAMETERS)
def expected_strength(qs=_QS, strengths=(20.0, 15.0, 60.0), shock=0.2):
    """Expected total contribution (in the unit of ``strengths``)."""
    require(
        len(qs) == len(strengths), f"strengths must have one entry for each of the {len(qs)} qs, got {len(strengths)}"
    )
    return (1 - shock) * (qs @ strengths)


@formula(PARAMETERS)
def reliability_posterior_mean(a=7.45, b=2.55, honoured=0, n=0):
    """Expected share of commitments honoured, after ``honoured`` out of ``n`` tested."""
    _check_record(honoured, n)
    return (a + honoured) / (a + b + n)


@formula(PARAMETERS)
def reliability_interval90(a=7.45, b=2.55, honoured=0, n=0):
    """5 % and 95 % quantiles of the share of commitments honoured."""
    _check_record(honoured, n)
    return Interval(*(betaincinv(a + honoured, b + n - honoured, level) for level in (0.05, 0.95)))


def _check_record(honoured, n):
    require(
        honoured <= n,
        "honoured must not exceed n (commitments tested), got honoured={honoured} and n={n}",
        honoured=honoured,
        n=n,
    )
