"""If helpers are sent to the hard cases, what does a raw comparison of outcomes show?

Ceasefires are *hard* (share ``pi``) or *easy*, with constant yearly hazards ``lh`` and ``le``. An outside presence is sent to
a hard case with probability ``eh`` and to an easy one with ``ee``; it multiplies the hazard by ``HR`` in both. The raw
(naive) comparison mixes its effect with the mix of cases; the standardised one compares like with like. The mixture
hazard shows sorting over time: it falls as hard cases drop out although no single case gets safer.

Assumed: two strata with exponential hazards, and no confounder but the kind of case. The two-stratum arithmetic is a
course construction.

Sources of the logic: Fortna (2004), International Studies Quarterly 48: 269-292; Gilligan and Sergenti (2008), "Do UN
Interventions Cause Peace?", Quarterly Journal of Political Science 3(2): 89-122. Falling hazards from heterogeneity: Vaupel
and Yashin (1985), not checked against the original.

Not: a correction for real data, where selection has many dimensions, some of them unmeasured. The bias can run either way.
"""

from typing import NamedTuple

import numpy as np
from scipy.special import expit, logit

from postwar.models.parameters import Parameter, formula, require

PARAMETERS = {
    "pi": Parameter("share of hard cases", r"\pi", 0, 1, 0.5, 0.05),
    "lh": Parameter("hazard of hard cases", r"\lambda_h", 0, 1, 0.30, 0.01, "per year", "[0, inf)"),
    "le": Parameter("hazard of easy cases", r"\lambda_e", 0, 1, 0.05, 0.01, "per year", "[0, inf)"),
    "eh": Parameter("chance of presence in a hard case", "e_h", 0.05, 0.95, 0.8, 0.05, "probability"),
    "ee": Parameter("chance of presence in an easy case", "e_e", 0.05, 0.95, 0.2, 0.05, "probability"),
    "HR": Parameter("true hazard ratio of presence", r"\theta", 0.1, 2, 0.6, 0.05, "1 is no effect", "[0, inf)"),
    "T": Parameter("horizon", "T", 1, 30, 5.0, 1, "years", "[0, inf)"),
    "t": Parameter("time since the ceasefire", "t", 0, 30, 5.0, 0.5, "years", "[0, inf)"),
}


class Risks(NamedTuple):
    """Risk of renewed war within the horizon, with and without presence."""

    present: float
    absent: float


@formula(PARAMETERS)
def naive_risks(pi=0.5, lh=0.30, le=0.05, eh=0.8, ee=0.2, HR=0.6, T=5.0):
    """Observed risk among cases with presence, and among cases without."""
    helped = pi * eh + (1 - pi) * ee
    require(helped > 0, "eh and ee leave no case with presence: raise eh or ee above 0")
    require(helped < 1, "eh and ee leave no case without presence: lower eh or ee below 1")
    present = (pi * eh * _failed(lh * HR, T) + (1 - pi) * ee * _failed(le * HR, T)) / helped
    absent = (pi * (1 - eh) * _failed(lh, T) + (1 - pi) * (1 - ee) * _failed(le, T)) / (1 - helped)
    return Risks(present, absent)


@formula(PARAMETERS)
def naive_rd(pi=0.5, lh=0.30, le=0.05, eh=0.8, ee=0.2, HR=0.6, T=5.0):
    """Raw risk difference, presence minus absence: negative looks protective."""
    present, absent = naive_risks(pi, lh, le, eh, ee, HR, T)
    return present - absent


@formula(PARAMETERS)
def std_rd(pi=0.5, lh=0.30, le=0.05, eh=0.8, ee=0.2, HR=0.6, T=5.0):
    """Risk difference within each kind of case, averaged over the kinds; it does not depend on ``eh`` and ``ee``."""
    return pi * (_failed(lh * HR, T) - _failed(lh, T)) + (1 - pi) * (_failed(le * HR, T) - _failed(le, T))


@formula(PARAMETERS)
def mix_hazard(pi=0.5, lh=0.30, le=0.05, t=5.0):
    """Hazard per year, at time ``t``, of a population of hard and easy cases without presence."""
    # share of hard cases among those still at peace, in log odds so that neither kind underflows at large t
    hard = expit(logit(pi) - (lh - le) * t)
    return le + (lh - le) * hard


def empty_cells(pi=0.5, eh=0.8, ee=0.2):
    """Kinds of case that are never seen with, or never without, presence: there ``std_rd`` extrapolates."""
    pi, eh, ee = (PARAMETERS[name].read(name, value) for name, value in (("pi", pi), ("eh", eh), ("ee", ee)))
    cells = {
        "hard cases with presence": pi * eh,
        "hard cases without presence": pi * (1 - eh),
        "easy cases with presence": (1 - pi) * ee,
        "easy cases without presence": (1 - pi) * (1 - ee),
    }
    return [cell for cell, share in cells.items() if share == 0]


def _failed(rate, horizon):
    return -np.expm1(-rate * horizon)
