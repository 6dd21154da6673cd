"""How large a force can be kept in place for years, not only sent once?

A unit is away for a tour, then at home for a dwell (leave, other tasks, training). Units overlap at each handover, so a
new one must start every ``tour - handover`` months, while each unit can start only once every ``tour + dwell`` months.

Assumed: steady state; interchangeable units; fixed tours; evenly staggered rotations; no attrition, no reserves called up.

Sources: an accounting identity of force planning. RAND, "Considering a Cadre Augmented Army" (8 months away with 24 at home needs
four units per deployed one); UK Harmony Guidelines (24 months between unit tours: Iraq Inquiry Report, section 16.1);
Davis et al. (2005), "Stretched Thin", RAND MG-362.

Beware "1:3": as deploy-to-dwell it means four units in total, as the "rule of three" it means three. State months.

Not: a physical limit (a surge can eat dwell for a while: see ``dwell_achieved``), nor how large a force is needed.
"""

from typing import NamedTuple

import numpy as np

from postwar.models.parameters import Parameter, formula, require
from postwar.models.rounding import ceil

PARAMETERS = {
    "tour": Parameter("length of a tour, handover included", "T", 3, 12, 6.0, 1, "months", "(0, inf)"),
    "dwell": Parameter("time at home between tours", "W", 0, 48, 24.0, 1, "months", "[0, inf)"),
    "handover": Parameter("overlap of two units", "h", 0, 2, 0.0, 0.5, "months", "[0, inf)"),
    "pool": Parameter("personnel in deployable units", "N", 0, 200_000, 60_000.0, 1000, "persons", "[0, inf)"),
    "availability": Parameter("share trained, fit and equipped", "a", 0, 1, 0.8, 0.05),
    "committed": Parameter("share tied to other missions", "c", 0, 1, 0.25, 0.05),
    "deployed": Parameter("force kept in place", "D", 1000, 100_000, 7200.0, 100, "persons", "(0, inf)"),
    "pool_eff": Parameter("available personnel", r"N_{eff}", 0, 200_000, 36_000.0, 1000, "persons", "[0, inf)"),
    "slots": Parameter("units kept in place at once", "m", 1, 6, 1, 1, "units", "[1, inf)", integer=True),
    "months": Parameter("length of the timeline", "", 12, 120, 60.0, 6, "months", "(0, inf)"),
}


class Tour(NamedTuple):
    """One tour on the timeline, in months: ``unit`` fills ``slot`` from ``start`` to ``end``."""

    slot: int
    unit: int
    start: float
    end: float


@formula(PARAMETERS)
def rotation_ratio(tour=6.0, dwell=24.0, handover=0.0):
    """Units needed in total for each unit in place."""
    _check_handover(tour, handover)
    return (tour + dwell) / (tour - handover)


@formula(PARAMETERS)
def sustainable_force(pool=60_000.0, availability=0.8, committed=0.25, tour=6.0, dwell=24.0, handover=0.0):
    """Persons who can be kept in place without end."""
    return pool * availability * (1 - committed) / rotation_ratio(tour, dwell, handover)


@formula(PARAMETERS)
def required_pool(deployed=7200.0, availability=0.8, committed=0.25, tour=6.0, dwell=24.0, handover=0.0):
    """Personnel needed to keep ``deployed`` persons in place; ``None`` when nobody is available."""
    free = availability * (1 - committed)
    return deployed * rotation_ratio(tour, dwell, handover) / np.where(free > 0, free, np.nan)


@formula(PARAMETERS)
def units_needed(slots=1, tour=6.0, dwell=24.0, handover=0.0):
    """Whole units needed to keep ``slots`` units in place when their rotations are evenly staggered."""
    return ceil(slots * rotation_ratio(tour, dwell, handover))


@formula(PARAMETERS)
def units_needed_unstaggered(slots=1, tour=6.0, dwell=24.0, handover=0.0):
    """Whole units needed when every slot has its own closed cycle of units; never fewer than ``units_needed``."""
    return slots * ceil(rotation_ratio(tour, dwell, handover))


@formula(PARAMETERS)
def dwell_achieved(pool_eff=36_000.0, deployed=7200.0, tour=6.0, handover=0.0):
    """Months at home that the available personnel get; below zero the force cannot be kept in place at all."""
    _check_handover(tour, handover)
    return pool_eff / deployed * (tour - handover) - tour


@formula(PARAMETERS)
def timeline(slots=1, tour=6.0, dwell=24.0, handover=0.0, months=60.0):
    """Tours that start within ``months``, in order, with ``units_needed`` units taking turns."""
    units = units_needed(slots, tour, dwell, handover)
    interval = (tour - handover) / slots
    starts = np.arange(0, months, interval)
    return [Tour(i % int(slots), i % units, float(start), float(start + tour)) for i, start in enumerate(starts)]


def _check_handover(tour, handover):
    require(
        handover < tour,
        "handover must be shorter than tour, got handover={handover} and tour={tour} months",
        handover=handover,
        tour=tour,
    )
