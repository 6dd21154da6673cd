"""How should one update on several allies' signals when they may share their noise?

(a) *Firm or soft*: the coalition is resolute with prior ``prior``; each ally looks firm with probability ``t`` if it is and ``f``
if not. With probability ``r`` all signals are echoes of one source, otherwise they are independent. (b) *On a scale*: resolve
is normal with mean ``mu0`` and standard deviation ``tau``; every signal adds noise of standard deviation ``sigma``, with
correlation ``rho`` between any two.

Assumed: known likelihoods and noise. With known noise, how far apart signals lie does not matter, only their mean.

Sources: Bayes' rule; Shaked and Tong (1992), Annals of Statistics 20(1): 614-618; Clemen and Winkler (1985), Operations
Research 33: 427-442, not checked against the original (the formula was checked by matrix algebra). The echo mixture is a
course construction.

Not: a count of allies "on board". Receivers differ in their priors, and public disagreement may be staged or about tactics.
"""

from typing import NamedTuple

import numpy as np
from scipy.special import ndtr

from postwar.models.parameters import Parameter, formula, require

PARAMETERS = {
    "prior": Parameter("prior probability of resolve", r"\pi", 0, 1, 0.4, 0.05, "probability"),
    "t": Parameter("chance of a firm signal if resolute", "t", 0, 1, 0.8, 0.05, "probability"),
    "f": Parameter("chance of a firm signal if not", "f", 0, 1, 0.4, 0.05, "probability"),
    "firm": Parameter("firm signals", "k", 0, 30, 3, 1, "signals", "[0, inf)", integer=True),
    "n": Parameter("signals seen", "n", 1, 30, 3, 1, "signals", "[1, inf)", integer=True),
    "r": Parameter("chance that all signals copy one source", "r", 0, 1, 0.5, 0.05, "probability"),
    "mu0": Parameter("prior mean of resolve", r"\mu_0", 0, 100, 50.0, 1, "resolve scale", "(-inf, inf)"),
    "tau": Parameter("prior standard deviation of resolve", r"\tau", 1, 50, 20.0, 1, "resolve scale", "(0, inf)"),
    "sigma": Parameter("standard deviation of the noise", r"\sigma", 1, 50, 15.0, 1, "resolve scale", "(0, inf)"),
    "rho": Parameter("correlation of any two signals' noise", r"\rho", 0, 1, 0.4, 0.05),
    "signals": Parameter("signals", "s_i", 0, 100, (75.0, 70.0, 35.0), 1, "resolve scale", "(-inf, inf)", ndim=1),
    "threshold": Parameter("level of resolve in question", "", 0, 100, 55.0, 1, "resolve scale", "(-inf, inf)"),
    "sd1": Parameter("noise of the first signal", r"\sigma_1", 0.1, 10, 1.0, 0.1, "standard deviation", "(0, inf)"),
    "sd2": Parameter("noise of the second signal", r"\sigma_2", 0.1, 10, 2.0, 0.1, "standard deviation", "(0, inf)"),
    "pattern": Parameter(
        "signals in the order seen", "x_i", None, None, (1, 1, 1), None, "1 firm, 0 soft", integer=True, ndim=1
    ),
}
_SIGNALS = PARAMETERS["signals"].default


class Normal(NamedTuple):
    """A normal belief about resolve."""

    mean: float
    variance: float


class Weights(NamedTuple):
    """Weights of two signals; they sum to 1, and one may be negative."""

    first: float
    second: float


@formula(PARAMETERS)
def posterior_indep(prior=0.4, t=0.8, f=0.4, firm=3, n=3):
    """Probability of resolve after ``firm`` of ``n`` independent signals; ``None`` if they could not have happened."""
    return posterior_echo(prior, t, f, firm, n, 0.0)


@formula(PARAMETERS)
def posterior_echo(prior=0.4, t=0.8, f=0.4, firm=3, n=3, r=0.5):
    """Probability of resolve after ``firm`` of ``n`` signals that are all echoes of one source with chance ``r``.

    ``None`` if the signals could not have happened, such as a mixed pattern when ``r = 1``.
    """
    require(firm <= n, "firm must not exceed n (signals seen), got firm={firm} and n={n}", firm=firm, n=n)
    resolute, irresolute = prior * _likelihood(t, firm, n, r), (1 - prior) * _likelihood(f, firm, n, r)
    return resolute / (resolute + irresolute)


@formula(PARAMETERS)
def posterior_path(prior=0.4, t=0.8, f=0.4, pattern=(1, 1, 1), r=0.0):
    """Probability of resolve before the first and after each signal of the pattern: one value more than signals."""
    firm, seen = np.cumsum(pattern), np.arange(1, len(pattern) + 1)
    return np.concatenate([[prior], np.atleast_1d(posterior_echo(prior, t, f, firm, seen, r)) if len(pattern) else []])


@formula(PARAMETERS)
def n_eff(n=3, rho=0.4):
    """Number of independent signals that ``n`` correlated ones are worth."""
    return n / (1 + (n - 1) * rho)


@formula(PARAMETERS)
def gauss_posterior(mu0=50.0, tau=20.0, sigma=15.0, rho=0.4, signals=_SIGNALS):
    """Belief about resolve after the signals; its variance does not depend on how far apart they are."""
    require(len(signals) > 0, "signals must have at least one signal, got none")
    prior_precision, data_precision = 1 / tau**2, n_eff(len(signals), rho) / sigma**2
    variance = 1 / (prior_precision + data_precision)
    return Normal(variance * (mu0 * prior_precision + data_precision * signals.mean()), variance)


@formula(PARAMETERS)
def gauss_path(mu0=50.0, tau=20.0, sigma=15.0, rho=0.4, signals=_SIGNALS):
    """Beliefs before the first and after each signal: a list of means and variances."""
    after = [gauss_posterior(mu0, tau, sigma, rho, signals[:seen]) for seen in range(1, len(signals) + 1)]
    return [Normal(float(mu0), float(tau**2)), *after]


@formula(PARAMETERS)
def p_above(mu0=50.0, tau=20.0, sigma=15.0, rho=0.4, signals=_SIGNALS, threshold=55.0):
    """Probability, after the signals, that resolve lies above ``threshold``."""
    mean, variance = gauss_posterior(mu0, tau, sigma, rho, signals)
    return ndtr((mean - threshold) / np.sqrt(variance))


@formula(PARAMETERS)
def blue_weights(sd1=1.0, sd2=2.0, rho=0.4):
    """Best weights of two signals of unequal noise: they minimise the variance of the weighted mean.

    ``None`` for each when the signals are copies (``rho = 1``, ``sd1 = sd2``) and any weights will do.
    """
    spread = sd1**2 + sd2**2 - 2 * rho * sd1 * sd2
    first = (sd2**2 - rho * sd1 * sd2) / np.where(spread > 0, spread, np.nan)
    return Weights(first, 1 - first)


def _likelihood(x, firm, n, r):
    echo = np.where(firm == n, x, 0) + np.where(firm == 0, 1 - x, 0)
    return r * echo + (1 - r) * x**firm * (1 - x) ** (n - firm)
