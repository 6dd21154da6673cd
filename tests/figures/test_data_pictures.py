"""Pictures of tables: what is drawn is what the table says, and the sentence says it too."""

import re

import numpy as np
import pytest
from bs4 import BeautifulSoup
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.path import Path as MplPath

from postwar import load
from postwar.course import LESSONS
from postwar.figures import (
    aid,
    defence_spending,
    deterrence,
    geography,
    kyiv,
    london_and_paris,
    looking_ahead,
    mission_density,
    mixed_signals,
    nato,
    planning_peace,
    polls,
    positions,
    timeline,
    washington,
)

PICTURES = {
    "allies_in_year": defence_spending.allies_in_year,
    "allies_in_2014": lambda: defence_spending.allies_in_year(2014),
    "allies_over_time": defence_spending.allies_over_time,
    "two_allies": lambda: defence_spending.allies_over_time("EST", "USA"),
    **{f"aid_by_month_{kind}": lambda kind=kind: aid.aid_by_month(kind) for kind in aid.KINDS},
    **{f"aid_by_donor_{kind}": lambda kind=kind: aid.aid_by_donor(kind) for kind in aid.KINDS},
    "five_donors": lambda: aid.aid_by_donor(donors=5),
    "ground_troops": positions.ground_troops,
    "timeline": timeline.timeline,
    "story": timeline.story,
    **{f"timeline_of_{item.number}": lambda item=item: timeline.of_lesson(item.slug) for item in LESSONS},
    "who_offered_what": geography.who_offered_what,
    "to_scale": geography.to_scale,
    "early_timeline": lambda: timeline.timeline("1994", "2024-12-31"),
    "one_week": lambda: timeline.timeline("2026-01-05", "2026-01-11"),
    **{f"density_{measure}": lambda measure=measure: mission_density.mission_densities(measure)
       for measure in mission_density.MEASURES},
    "line_densities": mission_density.line_densities,
    **{f"polls_{iso3}": lambda iso3=iso3: polls.polls_by_wording(iso3) for iso3 in ("USA", "GBR", "FRA", "DEU", "POL")},
    "terms_of_peace": lambda: polls.polls_by_wording("UKR", ["terms of peace"]),
    "troops_after_a_deal": polls.troops_after_a_deal,
    "ceasefire_scenarios": polls.ceasefire_scenarios,
    "ceasefire_survival": lambda: planning_peace.ceasefire_survival(load("interstate_ceasefires")),
    "ceasefire_selection": lambda: planning_peace.ceasefire_selection(load("interstate_ceasefires")),
    "force_proposals": lambda: london_and_paris.force_proposals(load("force_proposals")),
    "us_troops_abroad": washington.us_troops_abroad,
    "presence_sizes": lambda: deterrence.presence_sizes(load("missions"), load("force_proposals")),
    "dispute_rates": lambda: deterrence.dispute_rates(load("dispute_rates")),
    "spending_by_size": lambda: nato.spending_by_size(load("nato_defence"), year=2014),
    "promises": lambda: kyiv.promises(load("security_guarantees")),
    "reliability": lambda: kyiv.reliability(load("alliance_reliability")),
    "signals_from_washington": lambda: mixed_signals.signals_from_washington(load("us_signals")),
    "ledger": lambda: looking_ahead.ledger(load("claims")),
}  # fmt: skip


@pytest.fixture(scope="module")
def drawn():
    return {name: draw() for name, draw in PICTURES.items()}


@pytest.mark.parametrize("name", PICTURES)
def test_picture_is_readable(name, drawn):
    """It has one plain sentence as text alternative, equally long columns of numbers, and nothing leaves the canvas."""
    picture = drawn[name]
    assert re.fullmatch(r"[A-Z0-9].*[.]", picture.sentence)
    assert "nan" not in picture.sentence.lower().split()
    lengths = {len(column) for column in picture.numbers.values()}
    assert len(lengths) == 1 and lengths.pop() > 0
    page = BeautifulSoup(picture.html(), "html.parser")
    assert page.svg["aria-label"] == picture.sentence
    assert len(picture.html()) < (110_000 if name == "who_offered_what" else 80_000)  # a map has thousands of points
    canvas = picture.figure.bbox
    renderer = FigureCanvasAgg(picture.figure).get_renderer()
    for ax in picture.figure.axes:
        box = ax.get_tightbbox(renderer)
        assert box.x0 >= canvas.x0 - 2 and box.x1 <= canvas.x1 + 2, (box, canvas)
        assert box.y0 >= canvas.y0 - 2 and box.y1 <= canvas.y1 + 2, (box, canvas)


@pytest.mark.parametrize("name", PICTURES)
def test_picture_stays_the_same(name, drawn):
    """The same table gives the same bytes, so that exported pages change only when the data do."""
    assert PICTURES[name]().svg() == drawn[name].svg()


def test_newest_edition_wins():
    shares = defence_spending.latest_shares()
    assert not shares.duplicated(["iso3", "year"]).any()
    assert set(shares.query("year == 2024")["edition"]) == {"2025-08"}
    assert set(shares.query("year == 2025")["edition"]) == {"2025-08", "2026-annual-report"}
    assert len(shares.query("year == 2025")) == 31


def test_allies_are_ordered_and_counted():
    picture = defence_spending.allies_in_year(2014)
    spending = picture.numbers["pct_gdp"]
    assert spending == sorted(spending, reverse=True)
    dots = picture.figure.axes[0].lines[0].get_xdata()
    assert sorted(dots) == sorted(spending)
    reached = sum(share >= 2 for share in spending)
    assert f"{reached} of {len(spending)} allies" in picture.sentence
    assert "estimates" not in picture.sentence
    assert "estimates" in defence_spending.allies_in_year(2025).sentence


def test_lines_of_allies_follow_the_table():
    picture = defence_spending.allies_over_time("POL")
    table = defence_spending.latest_shares().query("iso3 == 'POL'")
    line = picture.figure.axes[0].lines[0]
    assert np.allclose(line.get_ydata(), table["pct_gdp"])
    assert list(line.get_xdata()) == list(table["year"])


def test_stack_of_aid_ends_at_the_sum():
    picture = aid.aid_by_month("total")
    tops = [collection.get_paths()[0].vertices[:, 1].max() for collection in picture.figure.axes[0].collections]
    by_month = load("ukraine_aid").groupby("month")["total"].sum()
    assert tops[-1] == pytest.approx(by_month.max())
    europe = load("ukraine_aid").query("donor_group == 'Europe'")["total"].sum()
    assert f"Europe allocated {europe:.0f}" in picture.sentence


def test_donors_are_ordered_twice():
    picture = aid.aid_by_donor()
    euros, effort = picture.figure.axes
    donors = load("ukraine_aid_donors")
    donors["effort"] = donors["total"] / donors["gdp_eur_bn"]
    for ax, column in ((euros, "total"), (effort, "effort")):
        assert ax.get_yticklabels()[-1].get_text() == donors.set_index("donor")[column].idxmax()
    assert len(picture.numbers["donor"]) == len(donors)


def test_positions_take_the_latest_row():
    rows = positions.latest_positions().set_index("actor")
    every = load("positions").query("issue == 'own_ground_troops_after_ceasefire' and actor_type == 'state'")
    assert not rows["iso3"].duplicated().any() and set(rows["iso3"]) == set(every["iso3"])
    for state, row in rows.iterrows():
        known = every[(every["iso3"] == row["iso3"]) & ~every["stance"].str.startswith("Not established")]
        assert row["as_of"] == known["as_of"].max(), state
    assert {"Hungary", "Slovakia"} <= set(rows.index)
    picture = positions.ground_troops()
    assert f"Of {len(rows)} states" in picture.sentence
    assert "the codes are judgements" in picture.sentence


@pytest.mark.parametrize(
    ("key", "lane"),
    [
        ("T044", "London, Paris, coalition"),
        ("T046", "Washington"),
        ("T051", "Moscow"),
        ("T040", "Kyiv"),
        ("T049", "NATO, EU, others"),
        ("T018", "Moscow"),
    ],
)
def test_event_stands_in_the_lane_of_its_actor(key, lane):
    assert timeline.events().set_index("id").loc[key, "lane"] == lane


def test_every_event_is_drawn():
    rows = load("timeline")
    picture = timeline.timeline("1994")
    drawn = [text.get_text() for text in picture.figure.axes[0].texts]
    assert sorted(rows["label"]) == sorted(picture.numbers["event"])
    for label in rows["label"]:
        assert sum(label in words for words in drawn) >= 1
    assert not any(key in words for key in rows["id"] for words in drawn), "words, not ids"


def test_a_lesson_shows_the_events_that_it_cites():
    assert {"T034", "T046", "T051"} <= set(timeline.of_lesson("03-washington").numbers["source"])
    assert "T065" not in timeline.of_lesson("03-washington").numbers["source"]


def _inside(point, outline):
    return MplPath(geography._points(outline)).contains_point(point)


@pytest.mark.parametrize("place", [(34.1, 44.95), (33.5, 45.3), (34.2, 45.6)])
def test_crimea_is_drawn_as_ukraine(place):
    """Simferopol, Yevpatoria's hinterland and Dzhankoi."""
    owners = {row.iso3 for row in load("boundaries").itertuples() if _inside(place, row.outline)}
    assert owners == {"UKR"}


def test_the_map_says_how_ukraine_is_drawn_and_shows_every_state():
    picture = geography.who_offered_what()
    words = " ".join(text.get_text() for text in picture.figure.axes[0].texts)
    assert "internationally recognised borders" in words and "Crimea included" in words and "No front line" in words
    states = positions.latest_positions()
    assert sorted(picture.numbers["state"]) == sorted(states["actor"])
    shown = set(load("boundaries")["iso3"])
    for row in states.itertuples():
        assert row.iso3 in words if row.iso3 in shown else row.actor in words
        assert row.actor in picture.sentence


def test_outlines_close_and_neighbours_share_their_border():
    rows = load("boundaries")
    points = {iso3: set() for iso3 in rows["iso3"]}
    for row in rows.itertuples():
        outline = row.outline.split()
        assert outline[0] == outline[-1] and len(outline) >= 4
        points[row.iso3] |= set(outline)
    for one, other in (("UKR", "POL"), ("UKR", "RUS"), ("FRA", "ESP"), ("NOR", "SWE")):
        assert len(points[one] & points[other]) > 3


def test_squares_are_drawn_to_scale():
    picture = geography.to_scale()
    squares = [patch for patch in picture.figure.axes[1].patches]
    soldiers = [
        n for n, unit in zip(picture.numbers["number"], picture.numbers["unit"], strict=True) if unit == "soldiers"
    ]
    assert np.allclose([patch.get_width() * patch.get_height() for patch in squares], soldiers)
    assert {72_510, 77_000, 15_000, 200_000} <= set(soldiers)
    lengths = [line.get_xdata()[1] for line in picture.figure.axes[0].lines]
    assert lengths == picture.numbers["number"][: len(lengths)]


def test_density_of_a_size_for_ukraine():
    rows = mission_density.host_densities(sizes=[41_049]).set_index("case")
    assert rows.loc["Ukraine, 41,049", "density"] == pytest.approx(1.0)  # 41,049 thousand inhabitants in 2022
    rows = mission_density.host_densities("per thousand square kilometres", [5_794]).set_index("case")
    assert rows.loc["Ukraine, 5,794", "density"] == pytest.approx(10.0)  # 579,400 square kilometres
    assert rows["density"].is_monotonic_increasing


def test_line_density_is_soldiers_over_kilometres():
    numbers = mission_density.line_densities().table().set_index("case")
    assert numbers.loc["UNIFIL in Lebanon", "low"] == 87.5
    assert numbers.loc["Ukraine, 30,000", "low"] == pytest.approx(30_000 / 1_300)


def test_polls_say_what_was_not_seen():
    picture = polls.troops_after_a_deal()
    texts = [text.get_text() for text in picture.figure.axes[0].texts]
    assert texts.count("against: not seen") == 3
    assert "United Kingdom and France only" in picture.sentence


def test_scenarios_leave_the_unknown_empty():
    picture = polls.ceasefire_scenarios()
    texts = [text.get_text() for text in picture.figure.axes[0].texts]
    assert {"accept: not found", "reject: not found"} <= set(texts)
    assert "adds 29 points" in picture.sentence


@pytest.mark.parametrize(
    ("draw", "hint"),
    [
        (lambda: defence_spending.allies_in_year(1999), "2014 to 2025"),
        (lambda: defence_spending.allies_over_time("XYZ"), "XYZ"),
        (lambda: aid.aid_by_month("moral"), "military, financial"),
        (lambda: aid.aid_by_donor("moral"), "military, financial"),
        (lambda: timeline.timeline("1980", "1981"), "1994"),
        (lambda: mission_density.mission_densities("per tank"), "per thousand inhabitants"),
        (lambda: polls.polls_by_wording("ATA"), "opinion_polls"),
    ],
)
def test_wrong_request_says_what_there_is(draw, hint):
    with pytest.raises(ValueError, match=hint):
        draw()
