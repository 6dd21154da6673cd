import nbformat
import pytest
from lesson_sources import FACT_ID, problems
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from postwar import data
from postwar.paths import COURSE, LESSONS

LESSON_FILES = sorted(LESSONS.glob("*.ipynb"))
SOURCES = 'cite("US001", "fearon1995", "claims")'


def lesson(prose, *code, sources=SOURCES):
    cells = [new_markdown_cell(prose, id="prose")]
    cells += [new_code_cell(source, id=f"code-{n}") for n, source in enumerate((*code, sources))]
    return new_notebook(cells=cells)


@pytest.mark.parametrize("path", LESSON_FILES, ids=lambda path: path.stem)
def test_lesson_is_sourced(path):
    assert problems(nbformat.read(path, as_version=4)) == []


@pytest.mark.parametrize(
    "prose",
    [
        "In March 2025 46%<!--US001--> were for and 48 per cent<!--US001--> against (Fearon 1995<!--fearon1995-->).",
        "They were split 46–48<!--US001-->.",
        "Polled in 2025<!--US001-->, Americans were split.<!--US001-->",
        'The ledger has 34<!--=len(load("claims"))--> claims; supporting are 44.1%'
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
    assert problems(lesson("London promised a vote.<!--T050-->", sources="1 + 1")) == ["The source list misses T050."]


def test_unknown_id_in_source_list_is_caught():
    assert problems(lesson("Prose.", sources='cite("T999")')) == ["There is no source 'T999'."]


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
