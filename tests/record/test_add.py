"""A filled sheet goes in whole or not at all."""

import shutil
from argparse import Namespace

import pytest

from postwar.paths import COURSE, DATA
from postwar.record import build, intake, tables

EVENT = (
    "id,date,actor,theme,topic,label,fact,kind,source_title,publisher,url,source_type,corroboration,confidence\n"
    ",{date},UK,timeline,uk_planning,A test,{fact},statement,A page,A paper,{url},news_outlet,single,medium\n"
)
GOOD = {
    "date": "2026-08-05",
    "fact": "A sentence that nobody said before and for this test alone.",
    "url": "https://example.org/a",
}


@pytest.fixture
def copy(tmp_path, monkeypatch):
    shutil.copytree(DATA, tmp_path / "data")
    for name in ("README.md", "INSTRUCTORS.md"):
        shutil.copy(COURSE / name, tmp_path / name)
    monkeypatch.setattr(tables, "checkout", lambda: tmp_path / "data")
    monkeypatch.setattr(build, "rest", lambda data: None)
    return tmp_path


def add(folder, text):
    path = folder / "events.csv"
    path.write_text(text, encoding="utf-8")
    return intake.main(Namespace(file=path, kind=None, correct=False, dry_run=False))


def test_a_build_of_unchanged_rows_changes_nothing(copy):
    before = {path.name: path.read_bytes() for path in (copy / "data").iterdir() if path.suffix == ".csv"}
    build.tables_of(copy / "data")
    changed = [name for name, content in before.items() if (copy / "data" / name).read_bytes() != content]
    assert changed == []


def test_an_event_gets_an_id_and_a_valid_package(copy):
    old = [row["id"] for row in tables.read(copy / "data", "timeline")]
    assert add(copy, EVENT.format(**GOOD)) == 0
    new = tables.read(copy / "data", "timeline")
    assert [row["id"] for row in new[:-1]] == old and new[-1]["id"] not in old
    build.validate(copy / "data")


@pytest.mark.parametrize(
    ("cell", "value", "says"),
    [("url", "", "cell K2 (url)"), ("date", "5/8/2026", "cell B2 (date)"), ("url", "a book", "no address")],
)
def test_a_faulty_cell_is_named_and_nothing_is_written(copy, capsys, cell, value, says):
    before = (copy / "data" / "timeline.csv").read_bytes()
    assert add(copy, EVENT.format(**{**GOOD, cell: value})) == 1
    assert says in capsys.readouterr().err
    assert (copy / "data" / "timeline.csv").read_bytes() == before
