"""The tables as others can build on them: a Data Package 2 with codes, keys, flags, and a codebook that a person reads."""

import json
import re

import pandas as pd
import pytest

from postwar import cite, data, load
from postwar.paths import DATA
from postwar.record import build, codebook, derive

PACKAGE = json.loads((DATA / "datapackage.json").read_text(encoding="utf-8"))
TABLES = {resource["name"]: resource for resource in PACKAGE["resources"]}
CODED = [
    (name, field) for name, found in TABLES.items() for field in found["schema"]["fields"] if "categories" in field
]


def test_the_package_says_what_it_is():
    assert PACKAGE["$schema"] == "https://datapackage.org/profiles/2.0/datapackage.json"
    assert re.fullmatch(r"\d+\.\d+\.\d+", PACKAGE["version"]) and pd.Timestamp(PACKAGE["created"])
    assert all({"title", "roles"} <= found.keys() for found in PACKAGE["contributors"])
    assert f"version: {PACKAGE['version']}" in (DATA.parent / "CITATION.cff").read_text(encoding="utf-8")


def test_its_home_is_where_it_is_published(tmp_path, monkeypatch):
    import shutil

    shutil.copytree(DATA, tmp_path / "data")
    monkeypatch.setenv("POSTWAR_SITE", "https://example.org/course/")
    build.tables_of(tmp_path / "data")
    written = json.loads((tmp_path / "data" / "datapackage.json").read_text(encoding="utf-8"))
    assert written["homepage"] == "https://example.org/course/"
    assert written["created"] == PACKAGE["created"], "no row changed"
    assert "https://example.org/course/" in (tmp_path / "data" / "README.md").read_text(encoding="utf-8")


def test_licences_have_standard_names_and_paths():
    standard = {"CC-BY-4.0", "GPL-2.0", "GPL-3.0", "other-at", "other-nc", "other-pd", "notspecified"}
    without_text = {"other-at", "notspecified"}  # nobody has written one
    for licence in [*PACKAGE["licenses"], *(one for found in TABLES.values() for one in found["licenses"])]:
        assert licence["name"] in standard
        assert ("path" in licence) == (licence["name"] not in without_text), licence


@pytest.mark.parametrize("name", [name for name in TABLES if name not in ("facts", "timeline", "fact_index")])
def test_tables_that_name_facts_have_keys_that_lead_to_them(name):
    resource = TABLES[name]
    columns = {field["name"] for field in resource["schema"]["fields"]}
    leads = {key["fields"][0]: key["reference"]["resource"] for key in resource["schema"].get("foreignKeys", [])}
    if "fact_id" in columns:
        assert leads["fact_id"] == "fact_index"
    for column in columns & {"fact_ids", "answered_by"}:  # lists: their links stand in a table with a key
        named = [key for cell in load(name)[column].dropna() for key in dict.fromkeys(cell.split(";"))]
        links = load("fact_links").query("table == @name and column == @column")
        assert sorted(links["fact_id"]) == sorted(named)


def test_the_index_has_every_fact_once():
    assert sorted(load("fact_index")["id"]) == sorted(data.facts())


@pytest.mark.parametrize(("name", "field"), CODED, ids=lambda part: part if isinstance(part, str) else part["name"])
def test_every_code_is_in_the_codebook_and_in_use_or_meant_for_later(name, field):
    codes = [found["value"] for found in field["categories"]]
    assert codes == field["constraints"]["enum"] and all(found["label"] for found in field["categories"])
    assert set(load(name)[field["name"]].dropna()) <= set(codes)


def test_free_text_is_coded_and_aggregates_are_no_states():
    assert ("security_guarantees", "legally_binding") in {(name, field["name"]) for name, field in CODED}
    for name in TABLES:
        for column in [column for column in load(name) if re.fullmatch(r"(host_)?iso3(_[ab])?", column)]:
            assert load(name)[column].dropna().str.fullmatch(r"[A-Z]{3}(;[A-Z]{3})*").all(), (name, column)
    spending = load("nato_defence")
    assert (spending["iso3"].isna() == spending["group"]).all() and not spending["area"].isna().any()


def test_values_known_to_be_wrong_are_flagged():
    troops = load("us_troops_abroad").set_index(["iso3", "year"])["flag"]
    assert (troops.xs(2008, level="year") == "counted_twice").all()
    assert set(troops.loc["IRQ"].loc[2006:2007]) == {"too_high"} and troops["DEU", 2006] == "includes_deployed"
    assert set(troops[troops.index.get_level_values("year").isin([1951, 1952])]) == {"filled_in"}
    named = load("conflicts").set_index("id").loc["C16", "fact_ids"].split(";")
    assert {data.facts()[key]["flag"] for key in named} == {"error_in_source"}
    assert "the page contains an error" in cite("FR001")[0].standing


def test_every_table_says_what_makes_it():
    assert all(found["howMade"] and found["madeBy"] for found in TABLES.values())
    for name in derive.TABLES:
        assert f"postwar.record.derive {name}" in TABLES[name]["madeBy"]


def test_the_script_makes_what_the_table_holds():
    assert derive.differences("missions", derive.missions()) == []


def test_the_script_counts_pairs_of_states(tmp_path):
    """The input is not published with the course; a made-up file of four pairs is counted by hand."""
    years = {"year": [1950, 1950, 1995, 1995], "mid_initiated": [1, 0, 1, 0], "defence_pact_between_them": [0, 0, 0, 1]}
    zeros = dict.fromkeys(
        ("mid_use_of_force", "mid_fatal", "mid_war", "land_contiguous", "target_defence_pact"), [0] * 4
    )
    made = pd.DataFrame(years | zeros | {"target_ally_major": [0] * 4, "challenger_share_cinc": [0.6] * 4})
    made.to_csv(tmp_path / "pairs.csv", index=False)
    counted = derive.dispute_rates(tmp_path / "pairs.csv").set_index("period")
    assert counted["dyad_years"].to_dict() == {"1946-1989": 2, "1990-2010": 1}
    assert counted["disputes_per_1000"].to_dict() == {"1946-1989": 500, "1990-2010": 1000}


def test_the_codebook_is_what_the_descriptor_says():
    written = (DATA / "README.md").read_text(encoding="utf-8")
    assert written == codebook.text(PACKAGE), "run: postwar record build"
    for name, resource in TABLES.items():
        assert f"\n## {name}\n" in written
        assert all(f"| `{field['name']}` |" in written for field in resource["schema"]["fields"])
    assert "To cite the data" in written and len(re.findall("By what", written)) == len(TABLES)


def test_sources_say_when_they_were_seen():
    sources = load("sources")
    own = sources["seen_as"].str.startswith("this course")
    assert (sources["accessed"].isna() == own).all()


def test_questions_and_verdicts_have_a_status_with_a_date():
    for name, date in (("open_questions", "status_date"), ("claims", "verdict_date")):
        rows = load(name)
        assert rows["status"].notna().all() and rows[date].notna().all()
    questions = load("open_questions")
    assert (questions["answered_by"].notna() == (questions["status"] == "answered")).all()
    assert load("claims")["would_change"].str.len().min() > 20


def test_terms_and_positions_do_not_overlap():
    positions = load("positions")
    known = set(load("governments")["id"])
    assert set(positions["government_id"].dropna()) <= known
    ended = positions.dropna(subset="valid_until")
    assert (ended["valid_until"] >= ended["as_of"]).all()
    standing = positions[positions["valid_until"].isna() & (positions["actor_type"] == "state")]
    assert not standing.duplicated(["iso3", "issue"]).any(), "a state has one latest position on an issue"
