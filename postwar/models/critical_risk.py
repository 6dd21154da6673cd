"""How much risk of disaster is worth running, and how do small risks add up?

An actor can concede (payoff ``Q``) or stand firm, which gives ``W`` if the other side yields and disaster ``X`` with some
risk. Standing firm pays up to the *critical risk*. Each step of a confrontation carries an independent risk ``rho`` of loss
of control; over years incidents follow a Poisson process.

Assumed: ``W > Q > X``; independent steps; a known ``rho``.

Sources (pages not checked against the originals): Ellsberg (1959/1968); Snyder and Diesing (1977); Powell (1990), Nuclear
Deterrence Theory; Schelling (1960) on the threat that leaves something to chance. Also Powell (2015), "Nuclear
Brinkmanship, Limited War, and Military Power", International Organization.

Not: a probability of nuclear use. Payoffs of catastrophe have no agreed unit, and the other side runs the risk too.
"""

import numpy as np

from postwar.models.parameters import Parameter, formula, require
from postwar.models.rounding import EPSILON

PARAMETERS = {
    "W": Parameter("payoff if the other side yields", "W", 0, 100, 100.0, 5, "utility units", "(-inf, inf)"),
    "Q": Parameter("payoff of conceding", "Q", -50, 99, 40.0, 5, "utility units", "(-inf, inf)"),
    "X": Parameter("payoff of disaster", "X", -1000, -1, -100.0, 10, "utility units", "(-inf, inf)"),
    "rho": Parameter("risk of loss of control", r"\rho", 0, 0.5, 0.05, 0.01, "per step"),
    "n": Parameter("steps", "n", 0, 50, 10, 1, "steps", "[0, inf)", integer=True),
    "rate": Parameter("incident rate", r"\mu", 0, 1, 0.02, 0.01, "per year", "[0, inf)"),
    "years": Parameter("exposure", "T", 0, 30, 10.0, 1, "years", "[0, inf)"),
}


@formula(PARAMETERS)
def critical_risk(W=100.0, Q=40.0, X=-100.0):
    """Largest risk of disaster at which standing firm is no worse than conceding; 0 or less when ``Q >= W``: never."""
    require(Q > X, "Q must be greater than X (conceding is better than disaster), got Q={Q} and X={X}", Q=Q, X=X)
    require(W > X, "W must be greater than X (winning is better than disaster), got W={W} and X={X}", W=W, X=X)
    return (W - Q) / (W - X)


@formula(PARAMETERS)
def cumulative_risk(rho=0.05, n=10):
    """Probability of losing control at least once in ``n`` steps."""
    return 1 - (1 - rho) ** n


@formula(PARAMETERS)
def max_rounds(W=100.0, Q=40.0, X=-100.0, rho=0.05):
    """Most steps whose *total* risk, decided in advance, stays within the critical risk; ``None`` (no limit) at ``rho = 0``.

    A player who decides step by step compares only the next risk, ``rho``, with the critical risk: do not mix the two.
    """
    bearable = np.asarray(critical_risk(W, Q, X))
    steps = np.floor(np.log1p(-np.maximum(0, bearable)) / np.log1p(-rho) + EPSILON)
    # without risk there is no limit, unless standing firm never pays
    most = np.where(rho > 0, steps, np.where(bearable >= 0, np.nan, 0))
    return int(most) if most.ndim == 0 and np.isfinite(most) else most


@formula(PARAMETERS)
def poisson_risk(rate=0.02, years=10.0):
    """Probability of at least one incident in so many years."""
    return -np.expm1(-rate * years)
