"""From a row to where the course uses it: the way back is complete."""

import json
import re
from urllib.parse import unquote

import pytest

from postwar import data, load
from postwar.citations import MARKER, marked
from postwar.paths import CHECKS, LESSONS
from postwar.record import uses

USES = uses.uses()


def test_every_comment_of_a_lesson_leads_back_to_its_cell():
    named = {(use.file, use.id, key) for use in USES if use.kind == "sentence" for key in use.keys}
    for path in LESSONS.glob("*.ipynb"):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "markdown" and cell["id"] != "sources":
                for marker in MARKER.findall("".join(cell["source"])):
                    for key in [] if marker.strip().startswith("=") else marked(marker.strip()):
                        assert (f"lessons/{path.name}", cell["id"], key) in named


def test_every_source_of_a_question_leads_back_to_it():
    named = {(use.file, key) for use in USES if use.kind == "quiz item" for key in use.keys}
    for path in CHECKS.glob("*.toml"):
        for ids in re.findall(r"^source = \[(.+)\]", path.read_text(encoding="utf-8"), re.MULTILINE):
            for key in re.findall(r'"([A-Z]+\d+)"', ids):
                assert (f"lessons/checks/{path.name}", key) in named


@pytest.mark.parametrize("table", ["claims", "open_questions", "conflicts", "positions"])
def test_every_row_leads_back_from_its_facts(table):
    named = {(use.id, key) for use in USES if use.file == f"data/{table}.csv" for key in use.keys}
    for row in load(table).dropna(subset="fact_ids").itertuples():
        assert {(row.id, key) for key in row.fact_ids.split(";")} <= named


def test_figures_name_what_they_draw():
    assert uses.figures()["aid.aid_by_month"][1] == {"ukraine_aid"}
    assert {"UK008", "FR016"} <= uses.figures()["geography.to_scale"][0], "ids in a figure's code"
    assert "T067" in uses.figures()["timeline.story"][0], "ids in a constant that a figure uses"
    assert "positions" in uses.figures()["geography.who_offered_what"][1], "tables loaded by another module's function"


def test_a_reader_is_led_to_the_sentence():
    page = uses.used("T045")
    links = re.findall(r'href="([\w-]+\.ipynb)(?:#([^"]+))?"', page.html)
    assert "02-london-and-paris.ipynb" in dict(links)
    for notebook, anchor in links:
        cells = json.loads((LESSONS / notebook).read_text(encoding="utf-8"))["cells"]
        text = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
        headings = {heading.strip().replace(" ", "-") for heading in re.findall(r"^#+ +(.+)$", text, re.MULTILINE)}
        assert unquote(anchor) in headings, (notebook, anchor)
    assert "CLM02" in page.text and "Q05" in page.text and "solutions/" not in page.text
    with pytest.raises(ValueError, match="Did you mean"):
        uses.used("T450")


def test_a_row_that_nothing_uses_says_so():
    unused = next(key for key in data.facts() if not uses.of(key))
    assert "Nothing in the course names" in uses.used(unused).text


def test_words_that_state_a_fact_say_what_they_rest_on():
    """Questions, explorers and the planning cell: whatever names a year or an office-holder has a source beside it."""
    holders = {name.split()[-1] for name in load("governments")["holder"].dropna()}
    fact = re.compile(rf"\b(?:19[4-9]\d|20[0-3]\d|{'|'.join(sorted(holders))}|Trump|Macron|Zelensky|Putin)\b")
    for file, place, item in uses.words():
        parts = (
            uses.texts({key: item[key] for key in item if key not in ("given", "vary")})
            if isinstance(item, dict)
            else []
        )
        ids = {key for text in parts for key in re.findall(r"\b[A-Z]+\d{3}\b", text)}
        for text in parts:
            assert not fact.search(text) or ids or item.get("source"), (file, place, text)


def test_every_source_of_words_is_known():
    known = {*data.facts(), *data.references(), *data.resources(), *load("claims")["id"]}
    for file, place, item in uses.words():
        unknown = {*(item.get("source", []) if isinstance(item, dict) else [])} - known
        assert all(re.fullmatch(r"[A-Z].+ (1[89]|20)\d\d", source) for source in unknown), (file, place, unknown)
