import re

import nbformat
import pytest
from bs4 import BeautifulSoup
from lesson_sources import FACT_ID, problems
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from postwar import citations, data, load
from postwar.paths import COURSE, LESSONS

LESSON_FILES = sorted(LESSONS.glob("*.ipynb"))
SOURCES = ("US001", "fearon1995", "claims")


def lesson(prose, *code, sources=SOURCES):
    cells = [new_markdown_cell(prose, id="prose")]
    cells += [new_code_cell(source, id=f"code-{n}") for n, source in enumerate(code)]
    cells.append(new_markdown_cell("".join(f'<li id="source-{key}"></li>' for key in sources), id="sources"))
    return new_notebook(cells=cells)


CLAIMS = load("claims")
SHARE = 100 * (CLAIMS["verdict"] == "supports").mean()


@pytest.mark.content
@pytest.mark.parametrize("path", LESSON_FILES, ids=lambda path: path.stem)
def test_lesson_is_sourced(path):
    assert problems(nbformat.read(path, as_version=4)) == []


@pytest.mark.parametrize(
    "prose",
    [
        "In March 2025 46%<!--US001--> were for and 48 per cent<!--US001--> against (Fearon 1995<!--fearon1995-->).",
        "They were split 46–48<!--US001-->.",
        "Polled in 2025<!--US001-->, Americans were split.<!--US001-->",
        f'The ledger has {len(CLAIMS)}<!--=len(load("claims"))--> claims; supporting are {SHARE:.1f}%'
        '<!--=100 * (load("claims")["verdict"] == "supports").mean()--> of them.',
    ],
)
def test_honest_lesson_passes(prose):
    assert problems(lesson(prose)) == []


@pytest.mark.parametrize(
    ("prose", "complaint"),
    [
        ("Half were for.<!--US999-->", "no source 'US999'"),
        ("As US999 shows.", "no source 'US999'"),
        ("War is costly (Fearon<!--fearon2025-->).", "no source 'fearon2025'"),
        ("In March 49%<!--US001--> were for.", "prints 49"),
        ("They were split 46–49<!--US001-->.", "prints 49"),
        ('The ledger has 35<!--=len(load("claims"))--> claims.', "prints 35, but"),
        ('The ledger has 34<!--=load("claims").grade.sum()--> claims.', "cannot compute"),
        ('The ledger has many<!--=len(load("claims"))--> claims.', "no number before"),
        ("London promised a vote.<!--T050-->", "misses T050"),
        ('There are 32<!--=len(load("nato_members"))--> allies.', "misses nato_members"),
        ("A stray comment.<!-- TODO: ask -->", "cannot read the comment"),
    ],
)
def test_faulty_prose_is_caught(prose, complaint):
    found = problems(lesson(prose))
    assert len(found) == 1
    assert complaint in found[0]


@pytest.mark.parametrize(
    ("code", "complaint"),
    [
        ('pd.read_csv("https://example.org/war.csv")', "address in a code cell"),
        ('page = "www.example.org"', "address in a code cell"),
        ('load("forces").head()', "misses forces"),
        ('cite("T050")', "misses T050"),
    ],
)
def test_faulty_code_is_caught(code, complaint):
    found = problems(lesson("Prose.", code))
    assert len(found) == 1
    assert complaint in found[0]


def test_missing_source_list_is_caught():
    assert problems(lesson("London promised a vote.<!--T050-->", sources=())) == ["The source list misses T050."]


def test_unknown_id_in_source_list_is_caught():
    assert problems(lesson("Prose.", sources=("T999",))) == ["There is no source 'T999'."]


@pytest.mark.parametrize("path", LESSON_FILES, ids=lambda path: path.stem)
def test_visible_sources_are_in_step(path, capsys):
    assert citations.main(["--check", str(path)]) == 0, capsys.readouterr().out


def _woven(prose, *code, number=None):
    cells = [{"cell_type": "markdown", "id": "prose", "metadata": {}, "source": [prose]}]
    cells += [{"cell_type": "code", "id": f"code-{n}", "metadata": {}, "source": [text]} for n, text in enumerate(code)]
    cells.append({"cell_type": "markdown", "id": "sources", "metadata": {}, "source": []})
    woven = citations.weave({"cells": cells}, number)
    assert citations.weave(woven, number) == woven, "a second run changes nothing"
    texts = ["".join(cell["source"]) for cell in woven["cells"]]
    return BeautifulSoup(texts[0], "html.parser"), BeautifulSoup(texts[-1], "html.parser"), texts[0]


def test_each_mark_gets_a_link_that_says_who_when_what_kind_and_how_sure():
    text, sources, source = _woven("For were 46<!--US001--> and against 48<!--US001-->, in a vote.<!--T050,US001-->")
    assert [link.text for link in text.find_all("a")] == ["[1]", "[1]", "[2]", "[1]"]
    assert "46<!--US001--><sup" in source, "the mark stays where the author put it"
    for link in text.find_all("a"):
        entry = sources.find(id=link["href"].lstrip("#"))
        row = data.facts()[link["href"].removeprefix("#source-")]
        assert row["actor"] in link["title"] and row["date"][:4] in link["title"]
        assert f"confidence {row['confidence']}" in link["title"]
        assert entry.find("a")["href"] == row["url"] and entry.find("a", string="↩")
        assert text.find(id=entry.find("a", string="↩")["href"].lstrip("#"))


@pytest.mark.parametrize(
    ("key", "says"),
    [("UK003", "minor site"), ("UK006", "state-linked"), ("RU001", "blog"), ("T044", "official page")],
)
def test_a_mark_says_where_only_a_weak_source_was_seen(key, says):
    text, sources, _ = _woven(f"As was said.<!--{key}-->")
    assert says in text.a["title"] and says in sources.li.text


def test_rows_that_a_lesson_shows_bring_their_sources():
    shown = 'claims = load("claims")\ncourse.table(claims[claims["lesson"] == 5])'
    _, sources, _ = _woven("The ledger.", shown, number=5)
    claims = data.load("claims").query("lesson == 5")
    wanted = {key for ids in claims["fact_ids"] for key in ids.split(";")} | {"claims"}
    assert wanted == {entry["id"].removeprefix("source-") for entry in sources.find_all("li")}


@pytest.mark.parametrize("path", LESSON_FILES, ids=lambda path: path.stem)
def test_every_mark_is_visible_and_every_link_arrives(path):
    cells = nbformat.read(path, as_version=4).cells
    page = BeautifulSoup("\n".join(cell.source for cell in cells if cell.cell_type == "markdown"), "html.parser")
    ids = [found["id"] for found in page.find_all(id=True)]
    assert len(ids) == len(set(ids))
    for link in page.find_all("a", href=re.compile("^#")):
        assert link["href"][1:] in ids
    assert all(
        link["href"].startswith("https://") or link["href"].startswith("http://")
        for link in page.select("li[id] > a:not([title])")
    )
    marks = [mark for cell in cells if cell.cell_type == "markdown" for mark in citations.MARKER.findall(cell.source)]
    assert len(page.select("sup > a[title]")) == sum(len(citations.marked(mark)) for mark in marks)


def test_a_stale_lesson_is_named_with_the_command_that_mends_it(tmp_path, capsys):
    stale = tmp_path / "01-planning-peace.ipynb"
    stale.write_text(LESSON_FILES[1].read_text(encoding="utf-8").replace("<sup", "<sub"), encoding="utf-8")
    assert citations.main(["--check", str(stale)]) == 1
    assert f"python -m postwar.citations {stale}" in capsys.readouterr().out


def course_texts():
    for pattern in ("lessons/*.ipynb", "lessons/checks/*.toml", "solutions/**/*.ipynb", "postwar/**/*.py"):
        yield from sorted(COURSE.glob(pattern))


def test_every_fact_id_in_the_course_exists():
    unknown = {
        (str(path.relative_to(COURSE)), key)
        for path in course_texts()
        for key in FACT_ID.findall(path.read_text(encoding="utf-8"))
        if key not in data.facts()
    }
    assert not unknown
