"""How long does a peace last, and what does a lower hazard buy?

Every peace has one clock, from ceasefire to renewed war. The hazard is the rate at which a peace that still holds breaks
down; ``k`` says whether it falls (below 1), stays (1) or rises (above 1) with time, and a covariate such as an outside
presence multiplies it by ``HR``. The second half estimates the same things from data, with lifelines.

Assumed: a Weibull baseline; proportional hazards; peaces still intact at the end are censored, and censoring says
nothing about risk.

Sources: Fortna, V. P. (2004), "Does Peacekeeping Keep Peace?", International Studies Quarterly 48: 269-292; Fortna (2003),
"Scraps of Paper?", International Organization 57(2): 337-372, on interstate ceasefires; Werner and Yuen (2005), "Making and
Keeping Peace", International Organization 59. Methods: Kaplan and Meier (1958); Cox (1972).

Not: a forecast for any ceasefire. A hazard ratio of 0.5 is not "half as many wars": risk over a fixed horizon falls by
less. Presence is not assigned at random (see ``selection``). Most published magnitudes come from civil wars and UN missions.
"""

import warnings
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.special import gamma

from postwar.models.parameters import Parameter, formula, require

_SPELLS = {"valid": "(0, inf)", "ndim": 1}
_EVENTS = {"integer": True, "ndim": 1}

PARAMETERS = {
    "lam": Parameter("characteristic rate", r"\lambda", 0.01, 1, 0.12, 0.01, "per year", "(0, inf)"),
    "k": Parameter("shape of the hazard", "k", 0.3, 3, 0.6, 0.05, "below 1 falling, above 1 rising", "(0, inf)"),
    "HR": Parameter("hazard ratio of the covariate", r"\theta", 0.05, 3, 0.5, 0.05, "1 is no effect", "(0, inf)"),
    "t": Parameter("time since the ceasefire", "t", 0, 30, 5.0, 0.5, "years", "[0, inf)"),
    "s": Parameter("time already survived", "s", 0, 30, 5.0, 0.5, "years", "[0, inf)"),
    "durations": Parameter("length of each spell of peace", "T_i", None, None, None, None, "one time unit", **_SPELLS),
    "events": Parameter("whether each peace failed", "d_i", None, None, None, None, "1 failed, 0 censored", **_EVENTS),
    "durations0": Parameter("spells of group 0", "T_{0i}", None, None, None, None, "one time unit", **_SPELLS),
    "events0": Parameter("failures in group 0", "d_{0i}", None, None, None, None, "1 failed, 0 censored", **_EVENTS),
    "durations1": Parameter("spells of group 1", "T_{1i}", None, None, None, None, "one time unit", **_SPELLS),
    "events1": Parameter("failures in group 1", "d_{1i}", None, None, None, None, "1 failed, 0 censored", **_EVENTS),
    "at": Parameter("times at which to read the curve", "t", None, None, None, None, "as durations", "[0, inf)"),
    "confidence": Parameter("confidence level of the band", r"1-\alpha", 0.5, 0.99, 0.95, 0.01, "", "(0, 1)"),
}


class Spells(NamedTuple):
    """Spells of peace: their lengths, and 1 where the peace failed or 0 where it was still intact when last seen."""

    durations: tuple[float, ...]
    events: tuple[int, ...]


#: SYN-16, invented teaching data in months; must carry the label "synthetic" wherever it is shown.
SYN16_WITHOUT = Spells((3, 7, 11, 16, 24, 40, 60, 96), (1, 1, 1, 1, 1, 1, 0, 1))
SYN16_WITH = Spells((9, 20, 33, 52, 75, 108, 120, 120), (1, 1, 0, 1, 0, 1, 0, 0))


@dataclass(frozen=True)
class SurvivalCurve:
    """A Kaplan-Meier step curve: values hold from each time until the next.

    ``times`` starts at 0; ``low`` and ``high`` bound the pointwise confidence band; ``at_risk`` counts the spells under
    observation just before each time and ``failed`` those that failed at it; ``median`` is infinite when the curve stays above one half.
    """

    times: np.ndarray
    survival: np.ndarray
    low: np.ndarray
    high: np.ndarray
    at_risk: np.ndarray
    failed: np.ndarray
    median: float


@formula(PARAMETERS)
def survival(lam=0.12, k=0.6, HR=0.5, t=5.0):
    """Probability that a peace lasts longer than ``t`` years."""
    return np.exp(-HR * (lam * t) ** k)


@formula(PARAMETERS)
def hazard(lam=0.12, k=0.6, HR=0.5, t=5.0):
    """Rate per year at which a peace that has lasted ``t`` years breaks down; infinite at 0 when ``k < 1``."""
    return HR * k * lam * (lam * t) ** (k - 1)


@formula(PARAMETERS)
def median(lam=0.12, k=0.6, HR=0.5):
    """Years after which half of such peaces have failed."""
    return (np.log(2) / HR) ** (1 / k) / lam


@formula(PARAMETERS)
def mean(lam=0.12, k=0.6, HR=0.5):
    """Expected duration in years."""
    return gamma(1 + 1 / k) / (lam * HR ** (1 / k))


@formula(PARAMETERS)
def cond_survival(lam=0.12, k=0.6, HR=0.5, s=5.0, t=10.0):
    """Probability that a peace outlasts ``t`` years, given that it has outlasted ``s``; 1 for ``t <= s``."""
    return np.exp(-HR * ((lam * np.maximum(s, t)) ** k - (lam * s) ** k))


@formula(PARAMETERS)
def time_ratio(k=0.6, HR=0.5):
    """By how much the hazard ratio multiplies the median, the mean and every other quantile of the duration."""
    return HR ** (-1 / k)


@formula(PARAMETERS)
def kaplan_meier(durations, events, confidence=0.95):
    """Kaplan-Meier curve with its confidence band (log-log transformed Greenwood, as lifelines has it)."""
    fitter = _fit_kaplan_meier(durations, events, alpha=1 - confidence)
    band = fitter.confidence_interval_
    table = fitter.event_table
    return SurvivalCurve(
        times=fitter.survival_function_.index.to_numpy(),
        survival=fitter.survival_function_.iloc[:, 0].to_numpy(),
        low=band.iloc[:, 0].to_numpy(),
        high=band.iloc[:, 1].to_numpy(),
        at_risk=table["at_risk"].to_numpy(),
        failed=table["observed"].to_numpy(),
        median=float(fitter.median_survival_time_),
    )


@formula(PARAMETERS)
def km(durations, events, at):
    """Kaplan-Meier estimate of survival just after each of the times ``at``."""
    return _fit_kaplan_meier(durations, events).survival_function_at_times(np.atleast_1d(at)).to_numpy()


@formula(PARAMETERS)
def km_greenwood_se(durations, events, at):
    """Greenwood's standard error of the Kaplan-Meier estimate at the times ``at``; ``nan`` once the curve is at 0."""
    # lifelines offers the transformed confidence band only, so the plain error is summed from its table of counts
    table = _fit_kaplan_meier(durations, events).event_table
    failed, at_risk = table["observed"].to_numpy(), table["at_risk"].to_numpy()
    spread = np.cumsum(np.where(failed > 0, failed / (at_risk * (at_risk - failed)), 0))
    at = np.atleast_1d(at)
    return km(durations, events, at) * np.sqrt(spread[np.searchsorted(table.index, at, side="right") - 1])


@formula(PARAMETERS)
def logrank_chi2(durations0, events0, durations1, events1):
    """Log-rank statistic for equal survival in two groups: chi-squared with one degree of freedom if they are equal."""
    from lifelines.statistics import logrank_test

    _check_groups(durations0, events0, durations1, events1)
    failures = np.concatenate([durations0[events0 == 1], durations1[events1 == 1]])
    require(
        np.any(failures <= min(durations0.max(), durations1.max())),
        "events0 and events1 have no failure while both groups are under observation: there is nothing to compare",
    )
    return logrank_test(durations0, durations1, events0, events1).test_statistic


@formula(PARAMETERS)
def logrank_p(durations0, events0, durations1, events1):
    """p-value of the log-rank test."""
    from scipy.special import chdtrc

    return chdtrc(1, logrank_chi2(durations0, events0, durations1, events1))


@formula(PARAMETERS)
def cox_beta(durations0, events0, durations1, events1):
    """Log hazard ratio of group 1 against group 0 by Cox's partial likelihood (ties by Efron's method)."""
    import pandas as pd
    from lifelines import CoxPHFitter
    from lifelines.exceptions import ConvergenceWarning

    _check_groups(durations0, events0, durations1, events1)
    for number, failures, others in (
        (0, durations0[events0 == 1], durations1),
        (1, durations1[events1 == 1], durations0),
    ):
        require(
            np.any(failures <= others.max()),
            f"events{number} has no failure while the other group is under observation: "
            "the hazard ratio has no finite estimate",
        )
    spells = pd.DataFrame(
        {
            "duration": np.concatenate([durations0, durations1]),
            "event": np.concatenate([events0, events1]),
            "group": np.repeat([0.0, 1.0], [len(durations0), len(durations1)]),
        }
    )
    # lifelines stops by the change of the likelihood, where the coefficient has half as many digits.
    exact = {"precision": 1e-14, "r_precision": 1e-16}
    with warnings.catch_warnings():
        # lifelines suspects separation wherever a small group is lopsided; the check above is exact
        warnings.simplefilter("ignore", ConvergenceWarning)
        return CoxPHFitter().fit(spells, "duration", "event", fit_options=exact).params_["group"]


@formula(PARAMETERS)
def exp_rate_ratio(durations0, events0, durations1, events1):
    """Failures per unit of time in group 1, divided by those in group 0 (the hazard ratio if hazards are constant)."""
    _check_groups(durations0, events0, durations1, events1)
    require(events0.any(), "events0 has no failure: the rate in group 0 is zero and the ratio has no finite value")
    return (events1.sum() / durations1.sum()) / (events0.sum() / durations0.sum())


def _fit_kaplan_meier(durations, events, alpha=0.05):
    from lifelines import KaplanMeierFitter

    _check_spells("durations", durations, "events", events)
    return KaplanMeierFitter(alpha=alpha).fit(durations, events)


def _check_groups(durations0, events0, durations1, events1):
    _check_spells("durations0", durations0, "events0", events0)
    _check_spells("durations1", durations1, "events1", events1)


def _check_spells(durations_name, durations, events_name, events):
    require(len(durations) > 0, f"{durations_name} must have at least one spell, got none")
    require(
        len(durations) == len(events),
        f"{durations_name} and {events_name} must have the same length, got {len(durations)} and {len(events)}",
    )
