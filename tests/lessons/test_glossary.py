"""The glossary: one sentence for each term, in alphabetical order, tied to lessons that use it."""

import re
import tomllib
import unicodedata

import nbformat
import pytest

from postwar import course, paths

GLOSSARY = nbformat.read(paths.LESSONS / "glossary.ipynb", as_version=4)
TEXT = "\n\n".join(cell.source for cell in GLOSSARY.cells if cell.cell_type == "markdown")
ENTRIES = {
    term: body.strip() for term, body in re.findall(r"^### (.+?)\n(.*?)(?=^##|\Z)", TEXT, re.MULTILINE | re.DOTALL)
}


def _lessons_of(term):
    return re.findall(r"\]\((\d\d-[\w-]+)\.ipynb\)", ENTRIES[term])


def _plain(text):
    return re.sub(r"[\s*_’‘'–-]+", " ", text).casefold()


#: How lessons put a term whose heading had to be told apart from others.
VARIANTS = {
    "Absorbed veto player": ["absorbed"],
    "Allocation of aid": ["allocation"],
    "Audience of a signal": ["audience"],
    "Bias of a speaker": ["bias"],
    "Claims ledger": ["ledger"],
    "Credibility of a guarantee": ["credibility"],
    "Effective number of signals": ["independent ones"],
    "Empirical assumption": ["empirical ones"],
    "Inference by the writer": ["inference by the writer", "the writer s inference", "writer s reading"],
    "Force density": ["densities", "density"],
    "Laplace rule": ["laplace s rule"],
    "Median duration": ["median"],
    "Modelling assumption": ["modelling ones"],
    "Rising side and declining side": ["declining side"],
    "Selection effect": ["selection"],
    "Selection over time": ["selection also works over time"],
    "Supply and demand of a force": ["supply"],
    "Tornado chart": ["tornado"],
    "Weight of a criterion": ["a weight"],
}


@pytest.fixture(scope="module")
def wording():
    """What a lesson says, in its notebook, its questions and its explorers."""
    texts = {}
    for item in course.LESSONS:
        slug = item.slug
        module = slug[3:].replace("-", "_")
        cells = nbformat.read(paths.LESSONS / item.notebook, as_version=4).cells
        parts = [re.sub(r"<!--.*?-->", "", cell.source) for cell in cells]
        parts.append(repr(tomllib.loads((paths.CHECKS / f"{slug}.toml").read_text(encoding="utf-8"))))
        for room in ("explorers", "figures"):
            parts.append((paths.COURSE / "postwar" / room / f"{module}.py").read_text(encoding="utf-8"))
        texts[slug] = _plain("\n".join(parts))
    return texts


def test_there_are_enough_terms_and_every_lesson_has_its_share():
    assert len(ENTRIES) >= 80
    assert f"\n{len(ENTRIES)} terms" in TEXT
    for item in course.LESSONS:
        assert sum(item.slug in _lessons_of(term) for term in ENTRIES) >= 8, item.slug


def test_terms_are_unique_and_in_order():
    headings = re.findall(r"^#+ (.+)$", TEXT, re.MULTILINE)
    assert len(headings) == len({heading.casefold() for heading in headings}), "an anchor would be taken twice"
    assert all(heading.isascii() for heading in ENTRIES), "JupyterLab finds no anchor with other characters"
    keys = [_plain(unicodedata.normalize("NFKD", term).replace("–", " ")) for term in ENTRIES]
    assert keys == sorted(keys)


@pytest.mark.parametrize("term", ENTRIES)
def test_an_entry_is_one_sentence_and_names_its_lesson(term):
    definition, _, where = ENTRIES[term].partition(" *[")
    assert where and "\n" not in definition
    assert definition.endswith((".", ")")) and definition[0].isupper()
    assert not re.search(r"\w[.?!] [A-Z]", definition), "one sentence"
    for slug in _lessons_of(term):
        number = course.lesson(slug).number
        assert f"[Lesson {number}]({slug}.ipynb)" in ENTRIES[term]


@pytest.mark.parametrize("term", ENTRIES)
def test_the_lessons_it_names_use_the_term(term, wording):
    known = [_plain(term), *map(_plain, VARIANTS.get(term, ()))]
    for slug in _lessons_of(term):
        assert any(form in wording[slug] for form in known), f"{slug} never speaks of {term}"


def test_the_list_by_lesson_has_every_term_once_and_its_links_resolve():
    (listing,) = [cell.source for cell in GLOSSARY.cells if cell.id == "by-lesson"]
    blocks = dict(re.findall(r"^- \*\*\[.*?\]\((\d\d-[\w-]+)\.ipynb\)\*\*: (.*)$", listing, re.MULTILINE))
    assert list(blocks) == [item.slug for item in course.LESSONS]
    for slug, block in blocks.items():
        linked = re.findall(r"\]\(#(.+?)\)", block)
        assert linked == [term.replace(" ", "-") for term in ENTRIES if slug in _lessons_of(term)]
