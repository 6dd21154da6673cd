"""A filled sheet of any kind goes in whole or not at all."""

import os
import subprocess
import sys
import textwrap

import pytest
from samples import AID, KINDS, MADE_UP, SOURCE, add, copy_of_record, row, sheet

from postwar.paths import DATA
from postwar.record import build, rules, sheets, tables

LONG = os.environ.get("POSTWAR_LONG") == "1"
TAKEN = [
    "facts",
    "events",
    "positions",
    "signals",
    "polls",
    "aid",
    "conflicts",
    "missions",
    "strengths",
    "forces",
    "proposals",
    "guarantees",
]


@pytest.fixture
def data(tmp_path, monkeypatch):
    copy = copy_of_record(tmp_path)
    monkeypatch.setattr(tables, "checkout", lambda: copy)
    monkeypatch.setattr(build, "rest", lambda data: None)
    return copy


@pytest.fixture
def quick(monkeypatch):
    """Leave the validation of the whole package to the tests that are about it."""
    monkeypatch.setattr(build, "validate", lambda folder: None)


def content(data):
    return {path.name: path.read_bytes() for path in data.iterdir()}


def test_a_build_of_unchanged_rows_changes_nothing(data):
    before = content(data)
    build.tables_of(data)
    assert [name for name, found in before.items() if (data / name).read_bytes() != found] == []


def test_every_kind_goes_in_from_one_workbook(data, tmp_path):
    lengths = {kind: len(tables.read(data, KINDS[kind])) for kind in TAKEN}
    assert add(sheet(tmp_path / "new.xlsx", **{kind: [row(kind)] for kind in TAKEN})) == 0
    for kind in TAKEN:
        assert len(tables.read(data, KINDS[kind])) == lengths[kind] + 1, kind
        assert tables.resource(data, KINDS[kind])["rows"] == lengths[kind] + 1
    build.validate(data)


@pytest.mark.parametrize("kind", TAKEN if LONG else ("facts", "polls", "aid", "guarantees"))
def test_every_kind_goes_in_from_csv_and_is_known_the_next_time(data, tmp_path, quick, capsys, kind):
    older = tables.read(data, KINDS[kind])
    path = sheet(tmp_path / "new.csv", **{kind: [row(kind)]})
    assert add(path) == 0, capsys.readouterr().err
    rows = tables.read(data, KINDS[kind])
    keys = [tuple(found[name] for name in tables.key(data, KINDS[kind])) for found in older]
    (new,) = [found for found in rows if tuple(found[name] for name in tables.key(data, KINDS[kind])) not in keys]
    assert {name: new[name] for name in row(kind)} == row(kind)
    derived = sheets.DERIVED.get(KINDS[kind], set())
    assert [strip(found, derived) for found in rows if found != new] == [strip(found, derived) for found in older]
    new = strip(new, derived)

    sheet(path, **{kind: [new]})
    capsys.readouterr()
    assert add(path) == 1 and "in the record already and is the same" in capsys.readouterr().err
    last = {"facts": "notes", "events": "notes", "positions": "notes", "signals": "signal", "polls": "pollster"}
    last |= dict.fromkeys(("missions", "strengths", "forces", "guarantees"), "note") | {"proposals": "wording"}
    changed = new | ({"military": "0.5", "total": "1"} if kind == "aid" else {last[kind]: "corrected"})
    sheet(path, **{kind: [changed]})
    assert add(path) == 1 and "--correct" in capsys.readouterr().err
    assert add(path, correct=True) == 0
    rows = [strip(found, derived) for found in tables.read(data, KINDS[kind])]
    assert changed in rows and new not in rows


def strip(cells, names):
    return {name: cell for name, cell in cells.items() if name not in names}


def test_a_correction_leaves_empty_cells_as_they_were(data, tmp_path, quick):
    (before,) = [found for found in tables.read(data, "facts") if found["id"] == "UK002"]
    path = sheet(tmp_path / "new.csv", facts=[{"id": "UK002", "flag": "retracted", "notes": "-"}])
    assert add(path, correct=True) == 0
    (after,) = [found for found in tables.read(data, "facts") if found["id"] == "UK002"]
    assert before["notes"] and after == before | {"flag": "retracted", "notes": ""}


def test_a_new_prime_minister_is_one_row(data, tmp_path, quick):
    cells = {"id": "GBR-PM-3", "iso3": "GBR", "office": "prime minister", "holder": "Made up", "from": "2026-08-01"}
    assert add(sheet(tmp_path / "new.csv", governments=[cells | {"fact_ids": "T067"}])) == 0
    terms = {found["id"]: found["until"] for found in tables.read(data, "governments")}
    assert terms["GBR-PM-1"] == "2026-08-01" and terms["GBR-PM-3"] == "" and terms["HUN-PM-1"] == ""
    valid = {found["id"]: found["valid_until"] for found in tables.read(data, "positions")}
    assert valid["P002"] == "2026-08-01", "a position ends with the government that held it"


@pytest.mark.parametrize("kind", TAKEN)
def test_only_a_known_row_can_be_corrected(data, tmp_path, quick, capsys, kind):
    before = content(data)
    assert add(sheet(tmp_path / "new.csv", **{kind: [row(kind)]}), correct=True) == 1
    said = capsys.readouterr().err
    assert ("no such row to correct" in said or "says which row it corrects" in said) and content(data) == before


@pytest.mark.parametrize(
    ("kind", "column", "value", "says"),
    [
        ("facts", "url", "", "is empty, but required"),
        ("facts", "url", "a book", "is no address"),
        ("facts", "publisher", "", "is empty, but required"),
        ("facts", "source_title", "", "is empty, but required"),
        ("facts", "date", "5/8/2026", "is no date"),
        ("facts", "date", "2999-01-01", "lies in the future"),
        ("facts", "confidence", "certain", "is not one of high, medium, low"),
        ("facts", "value", "322", "stands neither in the sentence"),
        ("facts", "value", "a lot", "is not a number"),
        ("facts", "id", "new", "is no id"),
        ("events", "url", "", "is empty, but required"),
        ("events", "label", "", "is empty, but required"),
        ("events", "date", "2026-13", "is no date"),
        ("positions", "fact_ids", "", "is empty, but required"),
        ("positions", "fact_ids", "T067;XX999", "there is no fact 'XX999'"),
        ("positions", "strength", "3", "is not a whole number from -2 to 2"),
        ("positions", "iso3", "", "three-letter code"),
        ("signals", "fact_id", "", "is empty, but required"),
        ("signals", "direction", "2", "is not -1, 0 or 1"),
        ("signals", "headline", "Another", "is not that of US014"),
        ("polls", "fact_id", "XX999", "there is no fact 'XX999'"),
        ("polls", "fact_id", "", "is empty, but required"),
        ("polls", "support", "61", "does not stand in US001"),
        ("missions", "source_id", "", "names neither a source nor a fact"),
        ("missions", "outcome_source_id", "XX", "there is no source 'XX'"),
        ("missions", "start_date", "August 2026", "is no date"),
        ("missions", "troops_per_1000_inhabitants", "2.5", "is not strength over"),
        ("strengths", "as_of", "June 1996", "is no date"),
        ("strengths", "source_id", "XX", "there is no source 'XX'"),
        ("forces", "fact_id", "", "names neither a source nor a fact"),
        ("forces", "persons", "many", "is not a whole number"),
        ("proposals", "fact_id", "XX999", "there is no fact 'XX999'"),
        ("proposals", "scope", "half", "is not one of"),
        ("guarantees", "provider", "London", "is not written as the heading asks"),
        ("guarantees", "status", "promised", "is not one of"),
        ("guarantees", "obligation_class", "help", "is not one of"),
        ("strengths", "quality", "Press", "is not one of"),
        ("forces", "iso3", "UK", "is not written as the heading asks"),
        ("aid", "total", "9", "is not the sum"),
        ("aid", "month", "May 2026", "is not a month such as"),
        ("aid", "military", "-1", "is below zero"),
        ("aid", "donor_code", "XYZ", "no donor 'XYZ'"),
        ("aid", "donor", "Austria", "is called 'Australia' so far"),
    ],
)
@pytest.mark.parametrize("form", ["csv", "xlsx"] if LONG else ["xlsx"])
def test_a_faulty_cell_is_named_with_its_rule_and_nothing_is_written(
    data, tmp_path, quick, capsys, form, kind, column, value, says
):
    before = content(data)
    rows = [row(kind) | ({column: ""} if column not in row(kind) else {}), row(kind, **{column: value})]
    if kind not in ("facts", "events", "proposals"):  # their key must not stand there twice
        rows = rows[1:]
    path = sheet(tmp_path / f"new.{form}", **{kind: rows})
    assert add(path) == 1
    letter = chr(65 + list(rows[0]).index(column))
    place = f"{path.name}, sheet {kind}" if form == "xlsx" else path.name
    said = capsys.readouterr().err
    assert (
        f"{place}, cell {letter}{1 + len(rows)} ({column}): " in said and says in said and "Nothing was written" in said
    )
    assert content(data) == before


def test_one_faulty_row_keeps_the_good_ones_out(data, tmp_path, quick):
    before = content(data)
    path = sheet(tmp_path / "new.xlsx", facts=[row("facts")], aid=[row("aid")], events=[row("events", url="")])
    assert add(path) == 1 and content(data) == before


@pytest.mark.parametrize(
    ("kind", "cells", "says"),
    [
        ("facts", {"fact": None}, "reads like UK001 of 2025-10"),
        ("facts", {"unit": "million GBP (more than)"}, "where UK001 of 2025-10 has 100"),
        ("positions", {}, "P001 of 2026-02-25 (United Kingdom (Starmer government)) has 2"),
        (
            "polls",
            {"pollster": "Chicago Council and Ipsos", "about": "troops after a deal"},
            "with other words (US001)",
        ),
        ("aid", {"month": "2026-07"}, "no row for 2026-05; it stays a gap"),
    ],
)
def test_what_an_older_row_says_otherwise_is_shown(data, tmp_path, quick, capsys, kind, cells, says):
    if cells.get("fact", "") is None:
        first = tables.read(data, "facts")[0]
        cells = {"fact": first["fact"].replace("Mansion House", "Guildhall"), "actor": first["actor"], "value": "100"}
    before = content(data)
    assert add(sheet(tmp_path / "new.csv", **{kind: [row(kind, **cells)]}), dry_run=True) == 0
    assert f"Look: {kind}.csv, cell" in (said := capsys.readouterr().out) or "Look: aid: " in said
    assert says in said and content(data) == before


def test_a_month_of_aid_moves_the_sums(data, tmp_path, quick):
    def other():
        return sum(
            float(found["total"]) for found in tables.read(data, "ukraine_aid") if found["donor_group"] == "Other"
        )

    before, donors = other(), {found["donor_code"]: found for found in tables.read(data, "ukraine_aid_donors")}
    assert add(sheet(tmp_path / "new.csv", aid=[row("aid"), row("aid", month="2026-07")])) == 0
    months = {found["month"] for found in tables.read(data, "ukraine_aid")}
    assert {"2026-05", "2026-07"} <= months and "2026-06" not in months, "a month without data is a gap, not a zero"
    assert other() == pytest.approx(before + 1.5)
    (donor,) = [found for found in tables.read(data, "ukraine_aid_donors") if found["donor_code"] == AID["donor_code"]]
    assert float(donor["total"]) == pytest.approx(float(donors["AUS"]["total"]) + 1.5)
    assert float(donor["pct_gdp"]) == pytest.approx(100 * float(donor["total"]) / float(donor["gdp_eur_bn"]), abs=1e-4)


def test_years_and_checksums_follow(data, tmp_path, quick, monkeypatch):
    monkeypatch.setattr("postwar.record.rules.today", lambda: __import__("datetime").date(2028, 1, 1))
    assert add(sheet(tmp_path / "new.csv", events=[row("events", date="2027-03-01")])) == 0
    resource = tables.resource(data, "timeline")
    written = (data / "timeline.csv").read_bytes()
    assert resource["years"].endswith("–2027") and resource["bytes"] == len(written)
    assert resource["hash"] == "sha256:" + __import__("hashlib").sha256(written).hexdigest()


def test_what_frictionless_finds_is_written_nowhere(data, tmp_path, monkeypatch):
    before = content(data)
    monkeypatch.setattr(build, "validate", lambda folder: (_ for _ in ()).throw(ValueError("not valid")))
    with pytest.raises(ValueError, match="not valid"):
        add(sheet(tmp_path / "new.csv", facts=[row("facts")]))
    assert content(data) == before and not list(tmp_path.glob(".record-*"))


@pytest.mark.parametrize("at", [1, 2, 3, 4])
def test_a_computer_that_stops_leaves_all_or_nothing(data, tmp_path, at):
    """The process dies without a word at the given step of the move; the next command finds the old or the new record."""
    before = content(data)
    path = sheet(tmp_path / "new.csv", aid=[row("aid")])
    killed = textwrap.dedent(
        f"""
        import os, sys
        from pathlib import Path
        sys.path.insert(0, {os.path.dirname(__file__)!r})
        from postwar.record import build, tables
        from samples import add
        tables.checkout = lambda: Path({str(data)!r})
        build.rest = build.validate = lambda data: None
        step, replace, rename = [0], os.replace, Path.rename
        def counted(move):
            def moved(*paths):
                step[0] += 1
                if step[0] == {at}:
                    os._exit(9)
                return move(*paths)
            return moved
        os.replace, Path.rename = counted(replace), counted(rename)
        add(Path({str(path)!r}))
        """
    )
    done = subprocess.run([sys.executable, "-c", killed], check=False, capture_output=True, text=True)
    assert done.returncode == 9, done.stderr
    tables.recover(data)
    new = "2026-05" in {found["month"] for found in tables.read(data, "ukraine_aid_monthly")}
    assert new == (at > 1)
    if not new:
        assert content(data) == before
    else:
        after = content(data)
        build.tables_of(data)
        assert content(data) == after, "all that follows came in together with the rows"


def test_keyboard_interrupt_leaves_nothing(data, tmp_path, monkeypatch):
    before = content(data)
    monkeypatch.setattr(build, "validate", lambda folder: (_ for _ in ()).throw(KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        add(sheet(tmp_path / "new.csv", facts=[row("facts")]))
    assert content(data) == before and not list(tmp_path.glob(".record-*"))


def test_a_fact_and_what_rests_on_it_come_in_together(data, tmp_path, quick):
    new = row("facts", id="UK900")
    signal = row("signals", fact_id="UK900")
    assert add(sheet(tmp_path / "new.xlsx", facts=[new], signals=[signal])) == 0
    written = tables.read(data, "us_signals")[-1]
    assert (written["headline"], written["date"]) == (SOURCE["source_title"], new["date"])


@pytest.mark.parametrize("kind", TAKEN)
def test_an_empty_sheet_has_the_columns_that_are_asked(data, tmp_path, kind, capsys):
    from argparse import Namespace

    path = tmp_path / f"{kind}.csv"
    assert sheets.write(Namespace(file=path, kind=None)) == 0
    assert set(row(kind)) <= set(path.read_text(encoding="utf-8").strip().split(","))
    with pytest.raises(ValueError, match="is there already"):
        sheets.write(Namespace(file=path, kind=None))
    with pytest.raises(ValueError, match="no filled row"):
        add(path)


def test_a_workbook_says_what_must_be_filled_and_what_need_not(data, tmp_path):
    from argparse import Namespace

    from openpyxl import load_workbook

    assert sheets.write(Namespace(file=tmp_path / "new.xlsx", kind=None)) == 0
    book = load_workbook(tmp_path / "new.xlsx")
    assert book.sheetnames == list(KINDS)
    for kind in TAKEN:
        for head in book[kind][1]:
            assert head.comment.text
            if head.font.bold:
                assert head.value in row(kind), f"{kind}: a row goes in without {head.value}, so it is not required"
            elif row(kind).keys().isdisjoint({head.value}):
                assert "Required" not in head.comment.text


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("facts.csv", "date,fakt\n2026,a\n", "no column 'fakt' is known"),
        ("facts.csv", "date,date\n2026,a\n", "stands there twice"),
        ("facts.csv", "date\n2026,a\n", "cell B2: 'a' stands under no heading"),
        ("something.csv", "a,b\n1,2\n", "what kind of rows"),
        ("facts.csv", "date\n#REF!\n", "cell A2 .date.: holds #REF!"),
        ("facts.ods", "", "is not read"),
        ("facts.xlsx", "no workbook", "cannot be read as a workbook"),
    ],
)
def test_a_sheet_that_cannot_be_understood_says_why(data, tmp_path, name, text, says):
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=says):
        add(tmp_path / name)


def test_a_workbook_as_spreadsheets_leave_it_goes_in(data, tmp_path, quick, capsys):
    """Days and months that became dates, numbers that became floats, blanks, line breaks, a renamed and an empty page."""
    import datetime

    from openpyxl import load_workbook

    fact = row("facts", date=datetime.datetime(2026, 8, 5), value=321.0, url=f" {SOURCE['url']} ")
    fact["fact"] = fact["fact"].replace(" by ", "\nby  ")
    month = row("facts", date=datetime.datetime(2026, 8, 1), fact=f"{MADE_UP}another matter.", value="", unit="")
    aid = row("aid", month=datetime.datetime(2026, 5, 1), military=0.25)
    guarantee = row("guarantees", provider="GBR ; FRA;", fact_ids="UK001; T067 ;")
    path = sheet(tmp_path / "new.xlsx", facts=[fact, month], aid=[aid], guarantees=[guarantee])
    book = load_workbook(path)
    for cell, shown in (
        (book["facts"]["A2"], "dd\\.mm\\.yy"),
        (book["facts"]["A3"], "mmm\\-yy"),
        (book["aid"]["D2"], "[$-407]mmm yy"),
    ):
        cell.number_format = shown
    book["facts"].title, book["aid"].title = "Facts ", "aid"
    book["guarantees"].cell(150, 3).value = "  "
    book.create_sheet("Sheet1")
    book.save(path)
    assert add(path) == 0, capsys.readouterr().err
    first, second = tables.read(data, "facts")[-2:]
    assert (first["date"], first["date_precision"], first["value"], first["url"]) == (
        "2026-08-05",
        "day",
        "321",
        SOURCE["url"],
    )
    assert (second["date"], second["date_precision"]) == ("2026-08", "month") and "\n" not in first["fact"]
    assert [found["military"] for found in tables.read(data, "ukraine_aid_monthly") if found["month"] == "2026-05"] == [
        "0.25"
    ]
    assert tables.read(data, "security_guarantees")[-1]["fact_ids"] == "UK001;T067"


@pytest.mark.parametrize(
    ("encoding", "before"), [("utf-8-sig", ""), ("utf-16", ""), ("utf-8", "sep=;\r\n")], ids=["bom", "utf-16", "sep"]
)
def test_csv_files_of_many_countries_are_read(data, tmp_path, encoding, before):
    cells = row("facts", fact=f"{MADE_UP}Zoë said so.", value="", unit="")
    text = before + "".join(";".join(line) + "\r\n" for line in (cells.keys(), cells.values()))
    (tmp_path / "facts.csv").write_bytes(text.encode(encoding))
    (found,) = sheets.read(tmp_path / "facts.csv", data)
    assert found.table == "facts" and {name: found.cells[name] for name in cells} == cells


def test_what_a_cell_needs_is_said(data, tmp_path, quick, capsys):
    def said(page, /, *, correct=False, **cells):
        assert add(sheet(tmp_path / "new.csv", **{page: [cells]}), correct=correct) == 1
        return capsys.readouterr().err

    assert "with a point for decimals" in said("facts", **row("facts", value="321,5"))
    assert "part ids by semicolons" in said("positions", **row("positions", fact_ids="T067, UK001"))
    assert "there is no government 'GBR-PM-9'" in said("positions", **row("positions", government_id="GBR-PM-9"))
    lost = said("facts", correct=True, id="uk008", flag="retracted")
    assert "near it are 'UK008' and" in lost and lost.count("facts.csv, cell") == 1
    assert "is empty; a correction says which row" in said("facts", correct=True, id="", flag="retracted")
    assert "names the facts that answer it" in said("questions", correct=True, id="Q03", status="answered")
    assert add(sheet(tmp_path / "new.csv", facts=[row("facts", topic="uk_kost")]), dry_run=True) == 0
    shown = capsys.readouterr().out
    assert "'uk_kost' is new in this column; near it" in shown and "line 2: will be UK" in shown


def test_a_correction_moves_what_follows_in_its_row(data, tmp_path, quick):
    (mission,) = [found for found in tables.read(data, "missions") if found["mission"] == "UNFICYP"]
    corrected = {
        "missions": [{"mission": "UNFICYP", "strength": "800"}],
        "claims": [{"id": "CLM03", "verdict": "qualifies"}],
        "questions": [{"id": "Q03", "status": "answered", "answered_by": "T067"}],
    }
    assert add(sheet(tmp_path / "new.xlsx", **corrected), correct=True) == 0
    (after,) = [found for found in tables.read(data, "missions") if found["mission"] == "UNFICYP"]
    assert float(after["troops_per_1000_inhabitants"]) == round(800 / float(mission["host_population_thousand"]), 3)
    today = rules.today().isoformat()
    assert {found["verdict_date"] for found in tables.read(data, "claims") if found["id"] == "CLM03"} == {today}
    assert {found["status_date"] for found in tables.read(data, "open_questions") if found["id"] == "Q03"} == {today}


def test_a_government_needs_no_id(data, tmp_path, quick, capsys):
    cells = {"iso3": "GBR", "office": "prime minister", "holder": "Made up", "from": "2026-08-01", "fact_ids": "T067"}
    assert add(sheet(tmp_path / "new.csv", governments=[cells])) == 0
    assert tables.read(data, "governments")[-1]["id"] == "GBR-PM-3"
    assert "the term of Keir Starmer (GBR-PM-1) ends on that day" in capsys.readouterr().out


def test_made_up_rows_are_in_no_table_of_the_course():
    assert not [path.name for path in DATA.glob("*.csv") if MADE_UP in path.read_text(encoding="utf-8")]
