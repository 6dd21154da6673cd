import json
import re
import shutil
import time

import frictionless
import numpy as np
import pandas as pd
import pytest
from lesson_sources import FACT_ID

from postwar import course, data, load
from postwar.paths import DATA

TABLES = sorted(data.resources())


def validate(folder):
    return frictionless.Package(str(folder / "datapackage.json")).validate()


def test_package_is_valid():
    report = validate(DATA)
    assert report.valid, report.flatten(["name", "type", "note"])


@pytest.mark.parametrize(
    ("table", "old", "new", "error"),
    [
        ("nato_members", "2023", "2022", "hash-count"),
        ("nato_defence", "NATO_DEFEXP_2024_06", "NATO_DEFEXP_9999", "foreign-key"),
        ("claims", "CLM02", "CLM01", "primary-key"),
        ("facts", ",high,", ",certain,", "constraint-error"),
        ("interstate_ceasefires", "1948-05-15", "15 May 1948", "type-error"),
    ],
)
def test_damaged_table_is_caught(tmp_path, table, old, new, error):
    shutil.copytree(DATA, tmp_path / "data")
    path = tmp_path / "data" / f"{table}.csv"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    assert error in {row[0] for row in validate(tmp_path / "data").flatten(["type"])}


def test_descriptor_lists_the_files_that_are_there():
    assert {f"{name}.csv" for name in TABLES} == {path.name for path in DATA.glob("*.csv")}


@pytest.mark.parametrize("name", TABLES)
def test_table_is_described(name):
    resource = data.resources()[name]
    assert len(resource["title"]) <= 45
    assert re.fullmatch(r"\d{4}(–\d{4})?", resource["years"])
    assert resource["description"] and resource["howMade"]
    assert resource["sources"] and all(source["title"] and source["publisher"] for source in resource["sources"])
    rows_name_theirs = {"source_id", "fact_id", "fact_ids", "url"} & {
        field["name"] for field in resource["schema"]["fields"]
    }
    for source in resource["sources"]:
        assert rows_name_theirs or "path" in source or name in ("sources", "fact_index"), (
            f"nobody can find {source['title']}"
        )
    assert resource["licenses"] and all(licence["name"] and licence["title"] for licence in resource["licenses"])
    assert all(field["description"] for field in resource["schema"]["fields"])
    columns = {field["name"]: field for field in resource["schema"]["fields"]}
    if not {"unit", "measure"} & set(columns):
        assert all("unit" in field for field in columns.values() if field["type"] == "number")


@pytest.mark.parametrize("name", TABLES)
def test_load_gives_the_types_of_the_schema(name):
    frame = load(name)
    resource = data.resources()[name]
    assert len(frame) == resource["rows"]
    kinds = {"string": "O", "number": "f", "integer": "i", "year": "i", "boolean": "b", "date": "M", "yearmonth": "M"}
    for field in resource["schema"]["fields"]:
        column = frame[field["name"]]
        assert column.dtype.kind == kinds[field["type"]], field["name"]
        if field.get("constraints", {}).get("required"):
            assert column.notna().all(), field["name"]
            assert isinstance(column.dtype, np.dtype), f"{field['name']} is complete and needs no nullable type"


def test_frame_is_a_copy():
    frame = load("claims")
    frame.loc[:, "verdict"] = "true"
    assert "true" not in set(load("claims")["verdict"])


def test_loading_takes_milliseconds():
    for name in TABLES:
        load(name)
    start = time.perf_counter()
    for _ in range(20):
        load("nato_defence")
    assert (time.perf_counter() - start) / 20 < 0.02


def test_unknown_table_suggests_the_near_ones():
    with pytest.raises(ValueError, match=r"'nato_defense'.*nato_defence.*load\(\)"):
        load("nato_defense")


def test_catalogue():
    catalogue = load()
    assert list(catalogue.index) == list(data.resources())
    assert list(catalogue.columns) == ["title", "rows", "years", "sources"]
    assert catalogue.loc["nato_defence", "sources"] == "NATO"
    assert catalogue[["title", "sources"]].map(len).max().max() <= 50, "pandas would cut it"


def split(column):
    return {part for cell in column.dropna() for part in cell.split(";")}


@pytest.mark.parametrize("name", TABLES)
def test_ids_lead_somewhere(name):
    frame = load(name)
    for column, known in {
        "fact_id": set(data.facts()),
        "fact_ids": set(data.facts()),
        "source_id": set(load("sources")["source_id"]),
        "outcome_source_id": set(load("sources")["source_id"]),
        "reference": set(data.references()),
    }.items():
        if column in frame:
            assert split(frame[column]) <= known
    for column in frame.select_dtypes(object).columns:
        named = {key for text in frame[column].dropna() for key in FACT_ID.findall(text)}
        assert named <= set(data.facts()), column


def test_every_source_is_used():
    columns = [
        load(name).get(column) for name in TABLES for column in ("source_id", "outcome_source_id") if name != "sources"
    ]
    used = set().union(*(split(column) for column in columns if column is not None))
    behind_derivations = {"COW_INTER_V4", "UN_PKO_LIST_2024", "COW_NMC6", "WB_LANDAREA", "KIEL_UST_R29"}
    assert set(load("sources")["source_id"]) == used | behind_derivations


def test_record_ends_with_its_latest_row_and_every_lesson_says_so():
    dates = pd.concat([load("facts"), load("timeline")])["date"]
    assert str(data.record_ends()) == max(f"{date}-01-01"[:10] for date in dates)
    for item in course.LESSONS:
        assert data.spell_date(data.record_ends()) in course.header(item.slug).text
    for page in ("README.md", "INSTRUCTORS.md"):
        text = (DATA.parent / page).read_text(encoding="utf-8")
        assert f"{data.spell_date(data.record_ends())}<!--record_ends-->" in text


def test_rows_with_figures_rest_on_something():
    for name in ("forces", "force_proposals", "lines_of_contact"):
        frame = load(name)
        assert (frame["source_id"].notna() ^ frame["fact_id"].notna()).all(), name
    rules = load("rotation_rules")
    assert (rules["reference"].notna() ^ rules["fact_id"].notna()).all()


def numbers_of(key):
    row = data.facts()[key]
    text = " ".join(str(part) for part in (row["fact"], row["notes"] or "", row["value"], row["value_2"]))
    return {float(number.replace(",", "")) for number in re.findall(r"\d+(?:,\d{3})*(?:\.\d+)?", text)}


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("opinion_polls", ["support", "oppose", "undecided", "sample"]),
        ("force_proposals", ["low", "high"]),
        ("ceasefire_survey", ["accept", "reject"]),
        ("lines_of_contact", ["km"]),
        ("forces", ["persons"]),
    ],
)
def test_figures_typed_from_facts_stand_in_them(name, columns):
    for _, row in load(name).dropna(subset="fact_id").iterrows():
        figures = {float(row[column]) for column in columns if pd.notna(row[column])}
        assert figures <= numbers_of(row["fact_id"]), (row["fact_id"], figures)


def test_ledger_counts():
    """Every claim of the article has one verdict, and every verdict rests on facts."""
    claims = load("claims")
    assert list(claims["id"]) == [f"CLM{number:02}" for number in range(1, len(claims) + 1)]
    assert claims["fact_ids"].notna().all()


def test_spells_end_when_they_say():
    spells = load("interstate_ceasefires")
    assert ((spells["stop_date"] - spells["ceasefire_date"]).dt.days == spells["peace_days"]).all()
    assert (spells["censor_reason"].isna() == spells["resumed"]).all()
    assert (spells["next_war"].notna() == spells["resumed"]).all()
    assert (spells["pk_first_start"].notna() == spells["pk_any"]).all()


def test_densities_are_strength_over_host():
    missions = load("missions")
    per_thousand = missions["strength"].astype(float) / missions["host_population_thousand"]
    known = missions["troops_per_1000_inhabitants"].notna()
    assert np.allclose(per_thousand[known], missions["troops_per_1000_inhabitants"][known], atol=1e-3)


def test_aid_adds_up_the_same_by_month_and_by_donor():
    by_month = load("ukraine_aid").groupby("donor_group")["total"].sum()
    for other in ("ukraine_aid_monthly", "ukraine_aid_donors"):
        assert np.allclose(load(other).groupby("donor_group")["total"].sum().sort_index(), by_month, atol=1e-4)
    kinds = load("ukraine_aid")[["military", "financial", "humanitarian"]].sum(axis=1)
    assert np.allclose(kinds, load("ukraine_aid")["total"], atol=1e-4)


def test_rotation_units_follow_from_tour_and_dwell():
    rules = load("rotation_rules").dropna(subset=["tour_months", "dwell_months"])
    assert (rules["units_per_deployed"] == 1 + rules["dwell_months"] / rules["tour_months"]).all()


def test_signals_carry_the_headline_and_date_of_their_fact():
    for row in load("us_signals").itertuples():
        fact = data.facts()[row.fact_id]
        assert (row.headline, row.date) == (fact["source_title"], fact["date"])
        assert row.direction in (-1, 0, 1)


def test_positions_are_coded_within_the_scale():
    positions = load("positions")
    assert positions["strength"].between(-2, 2).all()
    assert not positions.duplicated(["actor", "issue", "as_of"]).any()


def test_descriptor_is_plain_json_without_addresses_of_machines():
    text = (DATA / "datapackage.json").read_text(encoding="utf-8")
    assert json.loads(text)["name"] == "securing-the-peace"
    assert not re.search(r"/(work|opt|tmp|home)/", text)
