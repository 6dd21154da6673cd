"""The sequence as data: links lead somewhere, and progress is what the saved notebooks say."""

import re

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from postwar import course, paths


def _write(folder, name, *sources):
    path = folder / name
    nbformat.write(new_notebook(cells=[new_code_cell(source) for source in sources]), path)
    return path


def test_progress_counts_answers_and_predictions(tmp_path):
    notebook = _write(
        tmp_path,
        "lesson.ipynb",
        'check("one", answer="b")',
        'check("two")',
        'explore.tripwire(prediction="yes")\nexplore.quiet()',
        'q1 = ask("?", a="x", b="y", answer="a")',
        'check("three", answer="")',
        "load('facts')",
        "check('four', answer=",  # half typed
    )
    assert course.progress(notebook) == (3, 6)


@pytest.mark.parametrize("content", ["", "{}", '{"cells": [{}]}', "not json"])
def test_a_damaged_notebook_never_stops_a_header(tmp_path, content):
    path = tmp_path / "lesson.ipynb"
    path.write_text(content)
    assert course.progress(path) == (0, 0)
    assert course.progress(tmp_path / "missing.ipynb") == (0, 0)


def test_header_reads_the_reader_s_own_copy(tmp_path, monkeypatch):
    _write(tmp_path, "00-start-here.ipynb")
    _write(tmp_path, "01-planning-peace.ipynb", 'check("one", answer="b")', 'check("two")')
    monkeypatch.chdir(tmp_path)
    assert "1 of 2" in course.header("01-planning-peace").html
    assert "answered 1 of 2" in course.header("01-planning-peace").text


def test_the_rest_counts_what_stands_above_it(tmp_path, monkeypatch):
    for item in course.LESSONS:
        above, whole = (
            course.progress(paths.LESSONS / item.notebook, "rest"),
            course.progress(paths.LESSONS / item.notebook),
        )
        assert 4 <= above[1] < whole[1], item.slug
    _write(tmp_path, "00-start-here.ipynb", "")
    path = _write(tmp_path, "01-planning-peace.ipynb", 'check("a", answer="b")', 'check("c")', 'check("d", answer="e")')
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[2].id = "rest"
    nbformat.write(notebook, path)
    monkeypatch.chdir(tmp_path)
    page = course.halfway("01-planning-peace")
    assert "1 of 2" in page.html and page.text == "Answered 1 of 2 in the first half."


def test_next_links_lead_from_the_first_lesson_to_the_last():
    slug, seen = course.START.slug, []
    while True:
        seen.append(slug)
        links = re.findall(r'<a href="([^"]+)\.ipynb">[^<]*→', course.footer(slug).html)
        if not links:
            break
        (slug,) = links
    assert seen == [item.slug for item in course.SEQUENCE]


def test_links_lead_to_files():
    pages = [
        course.overview(),
        *(page(item.slug) for item in course.SEQUENCE for page in (course.header, course.footer)),
    ]
    for page in pages:
        for target in re.findall(r'href="([^"]+)"', page.html):
            assert (paths.LESSONS / target).exists(), target


def test_an_unknown_lesson_is_named_with_the_known_ones():
    with pytest.raises(
        ValueError, match="there is no lesson '09-more'; the lessons are 00-start-here, 01-planning-peace"
    ):
        course.header("09-more")


def test_a_table_to_read_shows_its_text_escaped_and_without_row_numbers():
    import pandas as pd

    page = course.table(pd.DataFrame({"claim": ["a <b> & c"], "verdict": [None]}))
    assert "a &lt;b&gt; &amp; c" in page.html and "<th>0</th>" not in page.html and "None" not in page.html
    assert "claim" in page.text


_SYMBOL = re.compile(r"\*[A-Za-z]{1,2}\*(?:<sub>[^<]*</sub>)?|[α-ωΑ-Ω](?:<sub>[^<]*</sub>)?")


def test_no_paragraph_brings_more_than_three_new_symbols():
    known, many = set(), {}
    for path in sorted(paths.LESSONS.glob("0*.ipynb")):
        for cell in nbformat.read(path, as_version=4).cells:
            text = re.sub(r'title="[^"]*"', "", cell.source) if cell.cell_type == "markdown" else ""
            for paragraph in text.split("\n\n"):
                new = set(_SYMBOL.findall(paragraph)) - known
                known |= new
                if len(new) > 3:
                    many[path.name, cell.id] = new
    assert many.keys() <= {("01-planning-peace.ipynb", "article")}  # the letters of kinds of sentences
