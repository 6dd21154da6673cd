"""The to-do names what rests on a changed row, and nothing else."""

import json

import pytest
from samples import MADE_UP, SOURCE, Course, row

from postwar import data

LESSON = "lessons/02-london-and-paris.ipynb"
KEY = "MUP900"
#: Where the record of the copy ends, with the made-up fact in it.
ENDS = max(data.record_ends().isoformat(), row("facts")["date"])
MONTH = data.spell_date(ENDS[:7])
NEAR = "On the topic of new rows: answered, or moved?"


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A copy in which one made-up fact is used once in every way that there is."""
    course = Course(tmp_path_factory.mktemp("course"))
    blank = dict.fromkeys(course.rows("facts")[0], "")
    fact = blank | row("facts", id=KEY, date_precision="day", topic="made_up", theme="made_up")
    course.write("facts", [*course.rows("facts"), fact])
    claims, questions = course.rows("claims"), course.rows("open_questions")
    course.write("claims", [*claims, claims[0] | {"id": "CLM99", "claim": MADE_UP, "fact_ids": KEY, "reason": "none"}])
    course.write("open_questions", [*questions, questions[0] | {"id": "Q99", "found": "made up", "fact_ids": KEY}])
    path = course.root / LESSON
    notebook = json.loads(path.read_text(encoding="utf-8"))
    prose = (
        f"A sentence before.<!--UK003--> Made up: 321<!--{KEY}--> pounds were not paid. One after.<!--UK003-->\n\n"
        'There are 7<!--=len(load("made_up"))--> of them.\n\n'
        f"All years are there.<!--ukraine_aid--> In {MONTH} somebody spoke. Nothing had been signed in early {MONTH}."
    ).replace('load("made_up")', 'load("facts").query("topic == \'made_up\'")')
    prose = prose.replace("7<!--=", "1<!--=")
    notebook["cells"][3:3] = [
        {"cell_type": "markdown", "id": "made-up", "metadata": {}, "source": prose.splitlines(keepends=True)},
        {
            "cell_type": "code",
            "id": "made-up-code",
            "metadata": {},
            "source": [f'cite("{KEY}")'],
            "outputs": [],
            "execution_count": None,
        },
    ]
    path.write_text(json.dumps(notebook, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    checks = course.root / "lessons" / "checks" / "02-london-and-paris.toml"
    checks.write_text(
        checks.read_text(encoding="utf-8")
        + f'\n[[questions]]\nid = "made-up"\nobjective = "LO2.1"\nstem = "Made up?"\nsource = ["{KEY}"]\n',
        encoding="utf-8",
    )
    words = course.root / "lessons" / "explorers" / "99-made-up.toml"
    words.parent.mkdir(exist_ok=True)
    words.write_text(
        f'[made_up]\nquestion = "Made up?"\npresets.one = "One"\nsource = ["{KEY}"]\n'
        f'[[made_up.reading]]\nsay = "Nothing."\nsource = ["{KEY}"]\n'
        f'[[made_up.why]]\nsay = "Nobody had come by {MONTH}."\n',
        encoding="utf-8",
    )
    for name, more in (
        ("postwar/book/pages/index.md", f"\n## Made up\n\nMade up\nfor the site.<!--{KEY}--> More.\n"),
        ("solutions/02-london-and-paris.quiz.toml", f'\n[[items]]\nid = "made-up"\nstem = "Up?"\nsource = ["{KEY}"]\n'),
    ):
        path = course.root / name
        path.write_text(path.read_text(encoding="utf-8") + more, encoding="utf-8")
    assert course.python("from postwar.record import prose; prose.main()").returncode == 0
    course.commit()
    return course


@pytest.fixture
def fresh(course):
    yield course
    course.git("checkout", "-q", ".")


def correct(course, table, key, **cells):
    rows = course.rows(table)
    (place,) = [at for at, found in enumerate(rows) if found["id"] == key]
    rows[place] |= cells
    course.write(table, rows)


def test_an_unchanged_record_leaves_nothing_to_do(fresh):
    assert fresh.todo() == set()


def test_a_corrected_fact_is_found_wherever_it_is_used(fresh):
    correct(fresh, "facts", KEY, notes="corrected")
    assert {found for found in fresh.todo() if found[0] != "code" or found[2] == "made-up-code"} == {
        ("claim verdict", "data/claims.csv", "CLM99"),
        ("open question", "data/open_questions.csv", "Q99"),
        ("sentence", LESSON, "made-up"),
        ("code", LESSON, "made-up-code"),
        ("quiz item", "lessons/checks/02-london-and-paris.toml", "made-up"),
        ("quiz item", "solutions/02-london-and-paris.quiz.toml", "made-up"),
        ("explorer sentence", "lessons/explorers/99-made-up.toml", "made_up"),
        ("explorer sentence", "lessons/explorers/99-made-up.toml", "made_up, reading 1"),
        ("sentence", "postwar/book/pages/index.md", "Made up"),
    }
    said = fresh.list
    assert "pounds were not paid" in said and "A sentence before" not in said and "One after" not in said
    assert f"facts **{KEY}** was corrected (notes: empty → “corrected”)" in said


def test_a_retraction_is_listed_like_any_correction(fresh):
    fresh.write("facts", [found for found in fresh.rows("facts") if found["id"] != KEY])
    assert ("sentence", LESSON, "made-up") in fresh.todo()
    assert f"facts **{KEY}** is gone" in fresh.list


def test_a_new_fact_leads_to_questions_on_its_topic_and_moves_numbers(fresh):
    new = fresh.rows("facts")[-1] | {"id": "MUP901", "fact": f"{MADE_UP}another", **SOURCE}
    fresh.write("facts", [*fresh.rows("facts"), new])
    found = fresh.todo()
    assert {item for item in found if item[1] == NEAR} == {
        ("open question", NEAR, "Q99"),
        ("claim verdict", NEAR, "CLM99"),
    }
    assert ("sentence", LESSON, "made-up") in found, "the number derived from facts moved"
    assert "There are 1 of them" in fresh.list


def test_a_changed_number_leads_to_the_figures_that_draw_it(fresh):
    aid = fresh.rows("ukraine_aid")
    aid[0]["military"] = "9"
    fresh.write("ukraine_aid", aid)
    found = fresh.todo()
    assert found and {kind for kind, *_ in found} <= {"figure", "code", "sentence"}
    cells = json.loads((fresh.root / "lessons" / "03-washington.ipynb").read_text(encoding="utf-8"))["cells"]
    drawn = {
        cell["id"]
        for cell in cells
        if "aid_by_donor(" in "".join(cell["source"]) or "aid_by_month(" in "".join(cell["source"])
    }
    assert drawn and drawn <= {place for kind, file, place in found if kind == "figure"}
    assert ("sentence", LESSON, "made-up") in found and "All years are there. (ukraine_aid)" in fresh.list


def test_how_things_stood_where_the_record_ended_is_read_again_once_it_goes_on(fresh):
    later = f"{int(ENDS[:4]) + 1}-01-01"
    new = fresh.rows("facts")[-1] | {"id": "MUP902", "date": later, "topic": "another", "fact": f"{MADE_UP}later"}
    fresh.write("facts", [*fresh.rows("facts"), new])
    found = {place for _, section, place in fresh.todo() if section.startswith("How things stood")}
    assert {f"{LESSON}, made-up", "lessons/explorers/99-made-up.toml, made_up, why 1"} <= found
    assert "Nothing had been signed in early" in fresh.list and "somebody spoke" not in fresh.list
    assert not any(place.startswith(("README", "INSTRUCTORS")) for place in found), "the build dates these"


def test_a_picture_on_a_page_of_the_site_is_looked_at(fresh):
    positions = fresh.rows("positions")
    positions[0]["strength"] = "0"
    fresh.write("positions", positions)
    assert ("figure", "postwar/book/pages/index.md", "The disagreement in two pictures") in fresh.todo()


def test_ticks_stay_and_a_revision_may_be_named(fresh):
    correct(fresh, "facts", KEY, notes="corrected")
    path = fresh.root / "to-do.md"
    assert fresh.record("check", "to-do.md").returncode == 0
    text = path.read_text(encoding="utf-8")
    (line,) = [line for line in text.splitlines() if "`CLM99`" in line]
    path.write_text(text.replace(line, line.replace("[ ]", "[x]")), encoding="utf-8")
    assert fresh.record("check", "to-do.md").returncode == 0
    assert line.replace("[ ]", "[x]") in path.read_text(encoding="utf-8")
    path.unlink()
    assert ("claim verdict", "data/claims.csv", "CLM99") in fresh.todo("--since", "HEAD~0")
    done = fresh.record("check", "--since", "no-such")
    assert done.returncode == 1 and "no revision of git" in done.stderr
