"""Outlines of states for maps, from Natural Earth's countries as the npm package world-atlas gives them (TopoJSON, 1:50 million)."""

import json
import math
from pathlib import Path

import pandas as pd

#: ISO 3166 numbers of the states on the map, and what the table calls them. Kosovo has no number there.
_STATES = {
    "008": "ALB", "012": "DZA", "040": "AUT", "051": "ARM", "056": "BEL", "070": "BIH", "100": "BGR", "112": "BLR",
    "191": "HRV", "196": "CYP", "203": "CZE", "208": "DNK", "233": "EST", "246": "FIN", "250": "FRA", "268": "GEO",
    "276": "DEU", "300": "GRC", "348": "HUN", "352": "ISL", "372": "IRL", "380": "ITA", "428": "LVA", "440": "LTU",
    "442": "LUX", "498": "MDA", "499": "MNE", "504": "MAR", "528": "NLD", "578": "NOR", "616": "POL", "620": "PRT",
    "642": "ROU", "643": "RUS", "688": "SRB", "703": "SVK", "705": "SVN", "724": "ESP", "752": "SWE", "756": "CHE",
    "760": "SYR", "788": "TUN", "792": "TUR", "804": "UKR", "807": "MKD", "826": "GBR", "Kosovo": "XKX",
}  # fmt: skip
#: Degrees: west, south, east, north of what a map of Europe can show.
_WINDOW = (-30.0, 30.0, 110.0, 74.0)
_TOLERANCE = 12 / 111.2  # twelve kilometres, in degrees of latitude
_SHRINK = math.cos(math.radians(50))  # a degree of longitude over one of latitude, in the middle of the map
_LEAST = 0.2  # square degrees: smaller outlines are islands that a map of a continent does not show
_CRIMEA = (34.2, 45.2)  # a point on the peninsula, as longitude and latitude
_HALF = 180.0


def boundaries(path: Path) -> pd.DataFrame:
    """The table of outlines from ``countries-50m.json``: columns ``iso3``, ``ring``, ``outline``; raises ValueError for another file.

    Every arc is thinned once (Douglas and Peucker 1973), so that states keep the borders that they share. Crimea, which Natural
    Earth's default draws as Russian, is joined to Ukraine, and Northern Cyprus to Cyprus, along the arc that each pair shares.
    """
    topology = json.loads(Path(path).read_text(encoding="utf-8"))
    if topology.get("type") != "Topology" or "countries" not in topology.get("objects", {}):
        raise ValueError(f"{path} is not the file of countries of world-atlas (countries-50m.json).")
    arcs = [_thinned(arc) for arc in _decoded(topology)]
    rings = {}
    for country in topology["objects"]["countries"]["geometries"]:
        name = country["properties"]["name"]
        parts = [country["arcs"]] if country["type"] == "Polygon" else country.get("arcs", [])
        rings[_STATES.get(country.get("id"), _STATES.get(name, name))] = [part[0] for part in parts]
    (crimea,) = [ring for ring in rings["RUS"] if _holds(_points(ring, arcs), _CRIMEA)]
    rings["RUS"].remove(crimea)
    rings["UKR"] = _with(rings["UKR"], crimea)
    rings["CYP"] = _with(rings["CYP"], rings["N. Cyprus"][0])
    rows = []
    for iso3 in sorted(_STATES.values()):
        outlines = [outline for ring in rings[iso3] for outline in _visible(_points(ring, arcs))]
        outlines.sort(key=len, reverse=True)
        rows += [
            (iso3, number, " ".join(f"{x:g},{y:g}" for x, y in outline)) for number, outline in enumerate(outlines, 1)
        ]
    return pd.DataFrame(rows, columns=["iso3", "ring", "outline"])


def _decoded(topology):
    """The arcs in degrees; the file holds steps from point to point, in units of its transform."""
    (wide, high), (west, south) = topology["transform"]["scale"], topology["transform"]["translate"]
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for east, north in arc:
            x, y = x + east, y + north
            points.append((x * wide + west, y * high + south))
        yield points


def _thinned(arc):
    from shapely import LineString

    line = LineString([(x * _SHRINK, y) for x, y in arc]).simplify(_TOLERANCE, preserve_topology=False)
    return [(round(x / _SHRINK, 1), round(y, 1)) for x, y in line.coords]


def _points(ring, arcs):
    """The points of a ring of arcs; a number below zero means the arc backwards (``~number``)."""
    points = []
    for number in ring:
        points += arcs[number] if number >= 0 else arcs[~number][::-1]
    return [point for point, before in zip(points, [None, *points[:-1]], strict=True) if point != before]


def _with(state, piece):
    """The rings of a state with a piece joined to the ring that has an arc in common with it."""
    for ring in state:
        shared = [number for number in ring if ~number in piece]
        if len(shared) == 1:
            at, there = ring.index(shared[0]), piece.index(~shared[0])
            around = piece[there + 1 :] + piece[:there]
            return [ring[:at] + around + ring[at + 1 :], *(other for other in state if other is not ring)]
    raise ValueError("The piece has no border in common with the state.")


def _holds(points, place):
    from shapely import Point, Polygon

    return len(points) > 3 and Polygon(points).contains(Point(place))


def _visible(points):
    """What of an outline a map of Europe shows: closed lists of points."""
    from shapely import Polygon, box

    if len(points) < 4:
        return []
    longitudes = [x for x, _ in points]
    if max(longitudes) - min(longitudes) > _HALF:  # it crosses the antimeridian: its far side lies beyond the map
        points = [(x + 2 * _HALF if x < 0 else x, y) for x, y in points]
    seen = Polygon(points).buffer(0).intersection(box(*_WINDOW))
    return [list(part.exterior.coords) for part in getattr(seen, "geoms", [seen]) if part.area >= _LEAST]
