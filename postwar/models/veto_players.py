"""How much room for change is left when every member must agree?

Each member has an ideal point and dislikes distance from it. A change from the status quo needs every veto player to be
strictly better off: the set of such points is the *winset*. The points that no change can improve for all are the *core*.

Assumed: Euclidean preferences, known positions, everybody a veto player.

Sources: Tsebelis (2002), Veto Players (Princeton University Press), ch. 1; Tsebelis (1995), "Decision Making in Political
Systems", British Journal of Political Science 25(3): 289-325.

Not: a judgement. Policy stability is neither good nor bad in itself, and members who abstain or are compensated are not
veto players.
"""

import numpy as np

from postwar.models.parameters import Interval, Parameter, formula, require
from postwar.models.rounding import at_most

_SCALE = {"unit": "policy scale", "valid": "(-inf, inf)"}

PARAMETERS = {
    "ideals": Parameter("ideal points", "x_i", 0, 10, (6.0, 8.0, 9.0), 0.5, **_SCALE),
    "ideal1": Parameter("ideal point of the first player", "x_1", 0, 10, (6.0, 5.0), 0.5, **_SCALE, ndim=1),
    "ideal2": Parameter("ideal point of the second player", "x_2", 0, 10, (8.0, 6.0), 0.5, **_SCALE, ndim=1),
    "sq": Parameter("status quo", "s", 0, 10, 2.0, 0.5, **_SCALE),
    "setter": Parameter("index of the agenda setter", "", 0, 9, 2, 1, "0-based", "[0, inf)", integer=True),
    "points": Parameter("points on the outline", "", 50, 1000, 400, 50, "points", "[3, inf)", integer=True),
}
_IDEALS = PARAMETERS["ideals"].default


@formula(PARAMETERS)
def core(ideals=_IDEALS):
    """Points that no change can improve for all, in one dimension: from the lowest to the highest ideal."""
    _check_line(ideals)
    return Interval(ideals.min(), ideals.max())


@formula(PARAMETERS)
def preferred(ideals=_IDEALS, sq=2.0):
    """Ends of the open interval that each member prefers to the status quo, in one dimension: two arrays."""
    _check_line(ideals, sq)
    mirrored = 2 * ideals - sq
    return Interval(np.minimum(sq, mirrored), np.maximum(sq, mirrored))


@formula(PARAMETERS)
def winset(ideals=_IDEALS, sq=2.0):
    """Open interval of points that all prefer to the status quo, in one dimension; ``None`` if it is empty."""
    _check_line(ideals, sq)
    lows, highs = preferred(ideals, sq)
    low, high = lows.max(), highs.min()
    return None if at_most(high, low) else Interval(low, high)


@formula(PARAMETERS)
def agenda_choice(ideals=_IDEALS, sq=2.0, setter=2):
    """What the agenda setter gets through: the point of the closed winset nearest its ideal, or ``sq`` if it is empty."""
    room = winset(ideals, sq)
    require(setter < len(ideals), f"setter must be an index from 0 to {len(ideals) - 1}, got {setter}")
    return sq if room is None else np.clip(ideals[setter], *room)


@formula(PARAMETERS)
def lens_area(ideal1, ideal2, sq):
    """Area of the winset of two players in the plane: the overlap of two circles through the status quo."""
    return winset_area([ideal1, ideal2], sq)


@formula(PARAMETERS)
def winset_area(ideals, sq):
    """Area of the winset in the plane.

    Every indifference circle passes through the status quo, so seen from there circle i ends at distance
    ``2 d_i cos(angle - direction_i)``: the winset is the smallest of these, and its area has a closed form, arc by arc.
    """
    _check_plane(ideals, sq)
    arms = ideals - sq
    edges = _arc_edges(arms)
    start, end = edges[:-1], edges[1:]
    reach = _reach(arms, (start + end) / 2)
    nearest = arms[reach.argmin(axis=0)]
    radius, direction = np.hypot(*nearest.T), np.arctan2(*nearest.T[::-1])
    areas = radius**2 * (end - start + (np.sin(2 * (end - direction)) - np.sin(2 * (start - direction))) / 2)
    return areas[reach.min(axis=0) > 0].sum()


@formula(PARAMETERS)
def winset_outline(ideals, sq, points=400):
    """Closed outline of the winset in the plane: an array with a row (x, y) per point, without rows if it is empty."""
    _check_plane(ideals, sq)
    arms = ideals - sq
    angles = np.union1d(np.linspace(-np.pi, np.pi, points), _arc_edges(arms))
    distance = 2 * _reach(arms, angles).min(axis=0)
    if not np.any(distance > 1e-9):
        return np.empty((0, 2))
    outline = sq + np.maximum(0, distance)[:, None] * np.column_stack([np.cos(angles), np.sin(angles)])
    return np.vstack([outline, outline[:1]])


def _reach(arms, angles):
    """Half the distance from the status quo to each circle (row) in each direction (column)."""
    return arms @ np.vstack([np.cos(angles), np.sin(angles)])


def _arc_edges(arms):
    """Directions in which the nearest circle can change, or its distance reach zero."""
    first, second = np.triu_indices(len(arms), 1)
    normals = np.vstack([arms, arms[first] - arms[second]])
    across = np.arctan2(normals[:, 0], -normals[:, 1])
    turned = np.concatenate([across, across + np.pi])
    return np.union1d((turned + np.pi) % (2 * np.pi) - np.pi, [-np.pi, np.pi])


def _check_line(ideals, sq=0.0):
    require(ideals.ndim == 1 and len(ideals) > 0, "ideals must be a list of numbers, one per member")
    require(np.ndim(sq) == 0, f"sq must be one number, got {sq}")


def _check_plane(ideals, sq):
    require(
        ideals.ndim == 2 and ideals.shape[1] == 2 and len(ideals) > 0, "ideals must be a list of pairs, one per member"
    )
    require(np.shape(sq) == (2,), f"sq must be a pair of numbers, got {sq}")
