"""Outlines of states from a small topology of squares: shared borders stay shared, Crimea is joined, nothing spans the map."""

import json

import pandas as pd
import pytest

from postwar.data import load
from postwar.record import derive, outlines

NUMBERS = {code: number for number, code in outlines._STATES.items()}


def topology(arcs, countries):
    """A TopoJSON file in steps of a hundredth of a degree."""
    coded = []
    for arc in arcs:
        x = y = 0
        steps = []
        for east, north in arc:
            at = round(east * 100), round(north * 100)
            steps.append([at[0] - x, at[1] - y])
            x, y = at
        coded.append(steps)
    geometries = [
        {"type": "MultiPolygon", "arcs": [[ring] for ring in rings], "properties": {"name": name}}
        | ({"id": NUMBERS[name]} if name in NUMBERS and name != "XKX" else {})
        for name, rings in countries.items()
    ]
    transform = {"scale": [0.01, 0.01], "translate": [0, 0]}
    return {
        "type": "Topology",
        "transform": transform,
        "arcs": coded,
        "objects": {"countries": {"geometries": geometries}},
    }


@pytest.fixture
def file(tmp_path):
    arcs = [
        [(34, 46), (34.3, 46.04), (35, 46)],  # 0: the isthmus, with a point that twelve kilometres do away with
        [(35, 46), (35, 48), (31, 48), (31, 46), (34, 46)],  # 1: the rest of Ukraine
        [(34, 46), (34, 44.8), (35, 44.8), (35, 46)],  # 2: the coast of Crimea
        [(40, 50), (50, 50), (50, 60), (40, 60), (40, 50)],  # 3: Russia
        [(178, 71), (-178, 71), (-178, 72), (178, 72), (178, 71)],  # 4: an island across the antimeridian
        [(33, 35.2), (34, 35.2)],  # 5: the line through Cyprus
        [(34, 35.2), (34, 34.6), (33, 34.6), (33, 35.2)],
        [(33, 35.2), (33, 35.7), (34, 35.7), (34, 35.2)],
        [(10, 40), (10.3, 40), (10.3, 40.3), (10, 40.3), (10, 40)],  # 8: an island too small to show
        [(12, 44), (14, 44), (14, 46), (12, 46), (12, 44)],
    ]
    countries = {"Kosovo": [[9]]} | {code: [[9]] for code in NUMBERS if code != "XKX"}
    countries |= {
        "UKR": [[0, 1]],
        "RUS": [[3], [4], [~0, 2][::-1]],
        "CYP": [[5, 6]],
        "N. Cyprus": [[~5, 7][::-1]],
        "ITA": [[9], [8]],
    }
    path = tmp_path / "countries-50m.json"
    path.write_text(json.dumps(topology(arcs, countries)), encoding="utf-8")
    return path


def corners(table, iso3):
    (outline,) = table.loc[table["iso3"] == iso3, "outline"]
    return {tuple(map(float, point.split(","))) for point in outline.split()}


def test_crimea_is_ukraines_and_the_island_is_whole(file):
    table = outlines.boundaries(file)
    assert corners(table, "UKR") == {(34, 46), (35, 46), (35, 48), (31, 48), (31, 46), (35, 44.8), (34, 44.8)}
    assert corners(table, "CYP") == {(33, 35.2), (34, 35.2), (34, 34.6), (33, 34.6), (34, 35.7), (33, 35.7)}


def test_what_lies_across_the_antimeridian_or_is_small_is_left_out(file):
    table = outlines.boundaries(file)
    assert corners(table, "RUS") == {(40, 50), (50, 50), (50, 60), (40, 60)}
    assert corners(table, "ITA") == {(12, 44), (14, 44), (14, 46), (12, 46)}
    assert table["iso3"].nunique() == load("boundaries")["iso3"].nunique()


def test_another_file_is_refused_with_a_word(tmp_path):
    path = tmp_path / "other.json"
    path.write_text("{}")
    with pytest.raises(ValueError, match="countries-50m"):
        outlines.boundaries(path)


def test_no_outline_of_the_course_spans_the_map():
    wide = load("boundaries")["outline"].map(lambda text: [float(point.split(",")[0]) for point in text.split()])
    spans = wide.map(max) - wide.map(min)
    assert spans.max() < 95 and wide.map(min).min() > -25, "a band from the antimeridian"


def test_us_troops_are_the_hosts_and_flags_of_the_table(tmp_path, capsys):
    ours = load("us_troops_abroad")
    file = ours.rename(columns={"iso3": "iso3c", "host": "countryname", "active_duty": "troops_ad"})[
        ["countryname", "year", "iso3c", "troops_ad"]
    ]
    elsewhere = pd.DataFrame({"countryname": ["Aden"], "year": [1951], "iso3c": [None], "troops_ad": [0]})
    path = tmp_path / "troopdata-rebuild-country-year.csv"
    pd.concat([elsewhere, file]).to_csv(path, index=False)
    assert derive.main(["us_troops_abroad", str(path), "--check"]) == 0, capsys.readouterr().out
    file.assign(troops_ad=file["troops_ad"] + 1).to_csv(path, index=False)
    assert derive.main(["us_troops_abroad", str(path), "--check"]) == 1
