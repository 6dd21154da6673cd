"""The year 2027, played on a copy: rows of every sort come in, the course still holds together, and the to-do is exact.

Every row here is made up and lives in a temporary copy. With POSTWAR_LONG=1 the copy's own tests run and the whole course is built.
"""

import json
import os
import re
import sys

import pytest
from samples import MADE_UP, Course, row, sheet

from postwar import data
from postwar.paths import COURSE

TODAY, LAST = "2027-12-31", "2027-11-05"
FACT, EVENT = "MUP901", "MUP902"
RETRACTED, CORRECTED = "UK008", "US020"
#: What the record says of the prime minister whose term ends in February.
OF_THE_TERM = ("T067", "UK016")
OLD_NAME = "UNFICYP"
POLL = "poll with other words"
LONG = pytest.mark.skipif(os.environ.get("POSTWAR_LONG") != "1", reason="takes minutes; set POSTWAR_LONG=1")


def new_rows():
    """What the year brings: first the four rows that once broke the course, then others."""
    poll = f"{MADE_UP}44 per cent for, 46 against, asked in other words."
    return {
        "facts": [
            row("facts", id=FACT, date="2027-02-03", topic="uk_domestic", fact=f"{MADE_UP}a new prime minister.", value="", unit=""),
            row("facts", id="MUP903", date="2027-05", theme="us", topic="us_public_opinion", fact=poll, value="44", kind="poll"),
            row("facts", id="MUP904", date="2027-06-01", unit="million GBP (more than)"),  # against UK001
        ],
        "events": [row("events", id=EVENT, date=LAST, topic="ceasefire")],
        "aid": [row("aid", month="2027-01"), row("aid", month="2027-03")],  # none for February
        "governments": [
            {"id": "GBR-PM-3", "iso3": "GBR", "office": "prime minister", "holder": "Made up", "from": "2027-02-03", "fact_ids": FACT}
        ],
        "positions": [
            row("positions", as_of="2027-02-10", government_id="GBR-PM-3", fact_ids=FACT),
            # two states that became one: a code that no map and no other table has
            row("positions", actor="A merged state, made up", iso3="ZZZ", as_of="2027-04-01", strength="1", fact_ids=FACT),
        ],
        "signals": [row("signals", fact_id=EVENT)],
        "polls": [
            row("polls", fact_id="MUP903", date="2027-05", about="troops after a deal", question=POLL, support="44", pollster="Gallup")
            | {"oppose": "46"}
        ],
        **{kind: [row(kind)] for kind in ("conflicts", "missions", "strengths", "forces", "proposals", "guarantees")},
        "questions": [
            {"id": "Q99", "lesson": "2", "question": f"{MADE_UP}what next?", "found": "Nothing.", "status": "open"} | {"fact_ids": FACT}
        ],
    }  # fmt: skip


def corrections(course):
    (number,) = [found for found in course.rows("facts") if found["id"] == CORRECTED]
    value = f"{float(number['value']):g}"
    # a later release revises an older month
    revised = course.rows("ukraine_aid_monthly")[0] | {
        "military": "0.5",
        "financial": "0",
        "humanitarian": "0",
        "total": "0.5",
    }
    return {
        "facts": [
            {"id": RETRACTED, "flag": "retracted"},
            {"id": CORRECTED, "fact": number["fact"].replace(value, "12.5"), "value": "12.5", "notes": f"{MADE_UP}was {value}"},
        ],
        "questions": [
            {"id": "Q02", "status": "answered", "status_date": "2027-02-03", "answered_by": FACT, "found": f"Made up ({FACT})."}
        ],
        "claims": [{"id": "CLM03", "status": "superseded", "verdict_date": LAST, "verdict": "qualifies", "reason": f"Made up ({EVENT})"}],
        "aid": [revised],
    }  # fmt: skip


@pytest.fixture(scope="module")
def year(tmp_path_factory):
    """The copy at the end of 2027, and what the commands said."""
    course = Course(tmp_path_factory.mktemp("2027"), today=TODAY)
    said = []
    for path, rows, words in (
        ("new.xlsx", new_rows(), ()),
        ("corrections.xlsx", corrections(course), ("--correct",)),
    ):
        done = course.record("add", str(sheet(course.root.parent / path, **rows)), *words)
        assert done.returncode == 0, done.stderr
        said.append(done.stdout)
    renamed = [
        found | {"mission": found["mission"].replace(OLD_NAME, f"{OLD_NAME} II")} for found in course.rows("missions")
    ]
    course.write("missions", renamed)  # a mission gets another name: edited in the table itself
    done = course.record("build")
    assert done.returncode == 0, done.stderr
    course.said = said
    course.found = course.todo()
    return course


def test_the_commands_show_what_a_person_should_look_at(year):
    added = year.said[0]
    assert "where UK001 of 2025-10 has 100" in added, "a contradiction"
    assert "no row for 2027-02; it stays a gap" in added
    assert "with other words" in added or POLL not in added
    assert "(United Kingdom (Starmer government)) has 2" in added, "a position that moved"
    assert f"Corrected in facts: {RETRACTED}" in year.said[1]


def test_the_record_ends_where_its_last_row_does_everywhere(year):
    code = (
        "import json\nfrom postwar import course, data, load\nfrom postwar.figures import positions, timeline\n"
        "from postwar.figures.aid import aid_by_month\n"
        "print(json.dumps([str(data.record_ends()), data.spell_date(data.record_ends()),"
        " all(data.spell_date(data.record_ends()) in course.header(item.slug).text for item in course.LESSONS),"
        " timeline.timeline('2027-01-01').sentence, positions.ground_troops().sentence,"
        " sorted(positions.latest_positions()['iso3']), aid_by_month().sentence]))"
    )
    done = year.python(code)
    assert done.returncode == 0, done.stderr
    ends, words, headers, events, troops, states, aid = json.loads(done.stdout.splitlines()[-1])
    assert ends == LAST and headers
    assert "November 2027" in events
    assert len(states) == len(set(states)) and "ZZZ" in states and str(len(states)) in troops
    assert "2027" in aid
    for page in ("README.md", "INSTRUCTORS.md"):
        assert f"{words}<!--record_ends-->" in (year.root / page).read_text(encoding="utf-8")


def test_terms_and_validity_follow(year):
    terms = {found["id"]: found["until"] for found in year.rows("governments")}
    assert terms["GBR-PM-1"] == "2027-02-03" and terms["GBR-PM-3"] == ""
    valid = {found["id"]: found["valid_until"] for found in year.rows("positions")}
    assert valid["P002"] == "2027-02-03"
    links = {(found["table"], found["row"]) for found in year.rows("fact_links") if found["fact_id"] == FACT}
    assert {("open_questions", "Q02"), ("governments", "GBR-PM-3")} <= links


def test_a_retraction_is_said_wherever_the_fact_is_cited(year):
    text = (year.root / "lessons" / "02-london-and-paris.ipynb").read_text(encoding="utf-8")
    entry = re.search(rf'<li id=\\"source-{RETRACTED}\\">.+?</li>', text)[0]
    assert "withdrawn by its source" in entry


def cells_with(course, key):
    """Cells of lessons in which a comment or a word names a row, or a comment a table; counted here without the package."""
    key = rf"\b{key}\b" if key.upper() == key else rf"<!--[\w, -]*\b{key}\b[\w, -]*-->"
    for path in sorted((course.root / "lessons").glob("*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            source = re.sub(r"<sup.*?</sup>", "", "".join(cell["source"]), flags=re.DOTALL)
            if cell["cell_type"] == "markdown" and cell["id"] != "sources" and re.search(key, source):
                yield f"lessons/{path.name}", cell["id"]


def test_the_todo_names_exactly_what_rests_on_the_corrected_rows(year):
    sentences = {(file, cell) for kind, file, cell in year.found if kind == "sentence" and file.startswith("lessons/")}
    elsewhere = {
        (file, cell) for kind, file, cell in year.found if kind == "sentence" and file.startswith("solutions/")
    }
    assert elsewhere == {
        ("solutions/02-london-and-paris/problems.ipynb", "missions-task"),
        ("solutions/08-looking-ahead/problems.ipynb", "donors-task"),
        ("solutions/08-looking-ahead/problems.ipynb", "donors-caveat"),
    }
    keys = (RETRACTED, CORRECTED, *OF_THE_TERM)
    touched = set(re.findall(r"^- (\w+) \*\*", year.list, re.MULTILINE))
    named = {place for key in (*keys, "CLM03", "Q02", *touched) for place in cells_with(year, key)}
    moved = {
        (file, cell) for file, cell in sentences - named if "a number from" in re.search(rf"`{cell}`.+", year.list)[0]
    }
    assert sentences == named | moved
    before = {match for match in re.findall(r"(\d[\d,.]*)<!--=(.+?)-->", all_lessons(COURSE))}
    after = {match for match in re.findall(r"(\d[\d,.]*)<!--=(.+?)-->", all_lessons(year.root))}
    assert bool(moved) == (before != after)

    for table, kind in (("claims", "claim verdict"), ("open_questions", "open question"), ("conflicts", "conflict")):
        listed = {place for found, file, place in year.found if (found, file) == (kind, f"data/{table}.csv")}
        expected = {
            found["id"]
            for found in year.rows(table)
            if {*keys} & set(re.findall(r"\b[A-Z]+\d+\b", " ".join(found.values())))
        }
        assert listed == expected, table
    questions = set()
    for path in (year.root / "lessons" / "checks").glob("*.toml"):
        for part in path.read_text(encoding="utf-8").split("[[questions]]")[1:]:
            if re.search(rf'"({"|".join((*keys, *touched))})"', part):
                questions.add((f"lessons/checks/{path.name}", re.search(r'^id = "(.+)"', part, re.MULTILINE)[1]))
    assert {(file, place) for kind, file, place in year.found if kind == "quiz item" and "checks" in file} == questions


def test_a_renamed_mission_is_followed_to_every_place_that_keeps_the_old_name(year):
    places = {(kind, place) for kind, section, place in year.found if section.startswith("Names that no table")}
    rows = {
        ("row", f"data/{table}.csv, {found[key]}")
        for table, key in (("facts", "id"), ("interstate_ceasefires", "spell_id"), ("line_densities", "case"))
        for found in year.rows(table)
        if re.search(rf"\b{OLD_NAME}\b", " ".join(found.values()))
    }
    assert rows and rows <= places
    assert any(place.startswith("data/mission_strengths.csv, ") for _, place in places)
    assert not any(place.startswith("data/missions.csv, ") for _, place in places), "it has its new name there"
    prose = {("sentence", f"{file}, {cell}") for file, cell in cells_with(year, OLD_NAME)}
    assert prose == {found for found in places if found[0] == "sentence" and "solutions/" not in found[1]}


def test_the_todo_leads_to_sentences_about_how_things_stood_where_the_record_ended(year):
    """Every sentence of the course before the year began that says what had not come, or was so, by the end of the record."""
    month = data.spell_date(str(data.record_ends())[:7])
    places = {place for _, section, place in year.found if section.startswith("How things stood")}
    for path in sorted((COURSE / "lessons").glob("*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            source = re.sub(r"<sup.*?</sup>|<!--.*?-->", "", "".join(cell["source"]), flags=re.DOTALL)
            if cell["cell_type"] == "markdown" and re.search(rf"(?:up to|not known in early|by|as of) {month}", source):
                assert cell["id"] == "sources" or f"lessons/{path.name}, {cell['id']}" in places


def all_lessons(root):
    return "".join(path.read_text(encoding="utf-8") for path in sorted((root / "lessons").glob("*.ipynb")))


def test_the_todo_leads_to_figures_and_to_questions_that_may_be_answered(year):
    figures = {line for line in year.list.splitlines() if line.startswith("- [ ] figure")}
    assert any("aid_by_month" in line for line in figures) and any("who_offered_what" in line for line in figures)
    assert not any("us_troops_abroad" in line or "reliability" in line for line in figures)
    near = {place for kind, file, place in year.found if file.startswith("On the topic")}
    topics = {found["id"]: found["topic"] for name in ("facts", "timeline") for found in year.rows(name)}
    about = {topics[FACT], topics[EVENT], topics["MUP903"], topics["MUP904"]}
    open_ones = [found for found in year.rows("open_questions") if found["status"] == "open" and found["id"] != "Q99"]
    assert {found["id"] for found in open_ones if {topics[key] for key in found["fact_ids"].split(";")} & about} <= near
    assert "Q02" not in near, "it is answered"


def test_sentences_that_no_longer_hold_are_on_the_todo(year):
    """What the checks of sources find in the year's lessons is what the list sends a person to: no more is broken."""
    code = (
        "import json, sys, nbformat\nsys.path.insert(0, 'tests/data')\nfrom lesson_sources import problems\n"
        "from postwar.paths import LESSONS\n"
        "print(json.dumps([[f'lessons/{path.name}', found] for path in sorted(LESSONS.glob('*.ipynb'))"
        " for found in problems(nbformat.read(path, as_version=4))]))"
    )
    done = year.python(code)
    assert done.returncode == 0, done.stderr
    broken = {(file, found.partition(":")[0]) for file, found in json.loads(done.stdout.splitlines()[-1])}
    assert broken and broken <= {(file, cell) for kind, file, cell in year.found if kind == "sentence"}


@LONG
@pytest.mark.timeout(1800)
def test_the_tests_of_the_copy_pass_but_for_those_bound_to_content(year):
    done = year.run(
        [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", "-m", "not content"]
        + ["tests/data", "tests/figures", "tests/lessons", "tests/record/test_uses.py", "tests/quiz"]
    )
    assert done.returncode == 0, done.stdout[-6000:]


@LONG
@pytest.mark.timeout(1800)
def test_the_whole_course_of_2027_builds(year):
    done = year.run([sys.executable, "-m", "postwar", "book"])
    assert done.returncode == 0, (done.stdout + done.stderr)[-6000:]
    assert "5 November 2027" in next((year.root / "site").rglob("02-london-and-paris.html")).read_text(encoding="utf-8")
