"""Relations between tables, facts and prose that were once broken: each holds for every row of its kind."""

import re

import nbformat
import numpy as np
import pytest
from lesson_sources import MARKER

from postwar import data, load
from postwar.figures import deterrence, kyiv, mixed_signals
from postwar.paths import LESSONS
from postwar.quiz.questions import collect

AMERICAN = re.compile(r"\b(US|United States|Congress|Pentagon|Vance|Trump|Witkoff|Hegseth)\b")
UNSURE_OF_THE_DAY = re.compile(
    r"inferred|approximate|day is not known|(days?|date) not (shown|in)|exact (day|date|.* day)|\bearly \w+ 20\d\d",
    re.I,
)
#: Words by which a sentence leaves a report to whoever made it.
HEDGES = re.compile(
    r"report|press|accord|account|outlet|said|says|put\b|puts\b|wrote|write|estimate|figure of|count|known|source|claim|"
    r"described|holds|held|announced|argue|recalled|called|preprint|survey|analyst|columnist|expert|asked|found|find|"
    r"summary|blog|number in the press|plans foresee|asks|wants",
    re.I,
)


def test_a_text_or_act_of_washington_is_american():
    signed_by_others = {
        key
        for ids, provider in load("security_guarantees")[["fact_ids", "provider"]].dropna().itertuples(index=False)
        for key in ids.split(";")
        if "USA" not in provider
    }
    texts = load("us_signals").query("form == 'text'")
    assert not set(texts["fact_id"]) & signed_by_others
    for row in texts.itertuples():
        assert AMERICAN.match(data.facts()[row.fact_id]["actor"]), row.fact_id


def test_a_code_for_a_state_counts_its_contrary_remarks():
    signals = load("us_signals").query("subject == 'ground troops' and direction > 0")
    position = load("positions").set_index("id").loc["P010"]
    assert set(signals["fact_id"]) <= set(position["fact_ids"].split(";"))
    assert len(signals) == 2 and "two remarks" in position["stance"]
    assert "two statements" in load("claims").set_index("id").loc["CLM01", "reason"]


def test_a_day_is_stated_only_where_it_is_known():
    for key, row in data.facts().items():
        if row["date_precision"] == "day":
            assert not UNSURE_OF_THE_DAY.search(row["notes"] or ""), key
        assert len(row["date"]) == {"day": 10, "month": 7, "year": 4}[row["date_precision"]], key


@pytest.mark.parametrize("table", ["opinion_polls", "us_signals"])
def test_a_row_is_no_more_exact_than_its_fact(table):
    for row in load(table).dropna(subset="fact_id").itertuples():
        assert len(row.date) <= len(data.facts()[row.fact_id]["date"]), row.fact_id


def test_the_conflict_over_aid_quotes_the_table_and_the_facts():
    aid = load("ukraine_aid")
    aid["other"] = aid["total"] - aid["military"]
    europe = aid[aid["donor_group"] == "Europe"]
    yearly = europe.groupby(europe["month"].dt.year)[["military", "other"]].sum()
    rise = 100 * (yearly.loc[2025] / yearly.loc[2022:2024].mean() - 1)
    every = aid.groupby(aid["month"].dt.year)["military"].sum()
    values = load("conflicts").set_index("id").loc["C20", "values"]
    assert f"62 billion euros (EXP009) or {yearly.loc[2022:2024, 'military'].sum():.1f} (ukraine_aid)" in values
    assert f"67 per cent (US020) or {rise['military']:.0f} (ukraine_aid)" in values
    assert f"59 per cent (US020) or {rise['other']:.0f};" in values
    assert f"13 per cent down (US020) or {100 * (1 - every[2025] / every.loc[2022:2024].mean()):.0f}" in values
    lower = 100 * (1 - yearly.loc[2022:2024, "military"].sum() / 62)
    for name in ("ukraine_aid", "ukraine_aid_donors", "ukraine_aid_monthly"):
        assert f"{lower:.0f} per cent less" in data.resources()[name]["caveats"][0]


def test_what_moscow_said_is_told_as_it_changed():
    claim = load("claims").set_index("id").loc["CLM31"]
    assert "T036" in claim["fact_ids"].split(";") and "same" not in claim["reason"]


def test_pictures_say_what_they_leave_out():
    texts = load("security_guarantees")
    picture = kyiv.promises(texts)
    assert f"{len(picture.numbers['text'])} of {len(texts)} texts" in picture.sentence
    standing = texts[texts.beneficiary.eq("UKR") & texts.status.eq("in force")]
    (said,) = re.findall(r"Legally binding, by the table: (.*?)\.", picture.sentence)
    counted = {answer: int(count) for answer, count in (one.rsplit(" ", 1) for one in said.split(", "))}
    assert sum(counted.values()) == len(standing), "each text in force is said to be binding, or not, or not stated"
    assert counted["not stated"] == standing.legally_binding.isna().sum()


def test_the_published_rates_are_all_shown():
    table = load("alliance_reliability")
    rates = table[table.measure.str.startswith("share")]
    picture = kyiv.reliability(table)
    assert sorted(picture.numbers["per cent honoured"]) == sorted(rates.value)
    assert "from 22 to 75 per cent" in picture.sentence
    for value in rates.value[rates.category.ne("all commitments")]:
        assert f" {value:g}" in picture.sentence


def test_battlegroups_are_as_small_as_they_were():
    missions = load("missions")
    groups = missions[missions.mission.str.contains("battlegroup")].strength
    small = int((groups < 1000).sum())
    sentence = deterrence.presence_sizes(missions, load("force_proposals")).sentence
    assert small == 3 and f"{small} of them fewer than 1,000" in sentence
    low, high = map(
        int, re.search(r"some (\d+) to ([\d,]+)", collect()["deterrence-battlegroups"].stem.replace(",", "")).groups()
    )
    assert low <= groups.min() < low + 100 and high - 100 < groups.max() <= high


def test_no_mark_of_a_signal_covers_another():
    figure = mixed_signals.signals_from_washington(load("us_signals")).figure
    ax = figure.axes[0]
    figure.canvas.draw() if figure.canvas else None
    points, sizes = [], []
    for line in ax.lines:
        xy = ax.transData.transform(np.column_stack([line.get_xdata(orig=False), line.get_ydata(orig=False)]))
        points += xy.tolist()
        sizes += [line.get_markersize() * figure.dpi / 72] * len(xy)
    points = np.array(points, dtype=float)
    apart = np.abs(points[:, None] - points[None]).max(axis=2)[np.triu_indices(len(points), 1)]
    assert apart.min() >= 0.9 * max(sizes)


def sentences_with_ids():
    for path in sorted(LESSONS.glob("0*.ipynb")):
        for cell in nbformat.read(path, as_version=4)["cells"]:
            if cell["cell_type"] == "markdown":
                for paragraph in cell["source"].split("\n"):
                    for sentence in re.split(r"(?<=[.?!:;])(?:<!--[^>]*-->)*\s+(?=[A-Z“*])", paragraph):
                        for marker in MARKER.finditer(sentence):
                            for key in re.findall(r"[A-Z]+\d+", marker[1]):
                                yield path.stem, paragraph, key


def test_a_lone_report_is_told_as_one():
    bare = {
        (lesson, key)
        for lesson, text, key in sentences_with_ids()
        if key in data.facts()
        and data.facts()[key]["corroboration"] == "single"
        and data.facts()[key]["kind"] in ("reported", "claim", "estimate")
        and data.facts()[key]["confidence"] != "high"
        and not HEDGES.search(MARKER.sub("", text))
    }
    assert not bare
