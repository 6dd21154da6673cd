"""``postwar book`` on small notebooks: pages, links, and errors that say where."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from postwar import book, cli, paths


def _write(folder, name, *cells):
    folder.mkdir(exist_ok=True)
    notebook = new_notebook(metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}})
    for place, text in enumerate(cells):
        make = new_markdown_cell if text.startswith("#") else new_code_cell
        notebook.cells.append(make(text, id=f"cell-{place}"))
    nbformat.write(notebook, folder / name)


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A book of two pages: a live picture with its prediction, links of every kind."""
    folder = tmp_path_factory.mktemp("small")
    lessons = folder / "lessons"
    links = "[two](zeta.ipynb#A-place) [quiz](../exercises/x/quiz.ipynb) [out](https://example.org/a.ipynb)"
    _write(
        lessons,
        "01-planning-peace.ipynb",
        f"# One <sub>1</sub>\n\n{links}",
        "from postwar import check, explore\nexplore.bargaining_range(prediction='wider')",
        "check('planning-range-clipped', answer='b')",
        "print('a < b')",
    )
    _write(lessons, "zeta.ipynb", "# Two\n\n## A place", "'plain & simple'")
    before = {path: path.read_bytes() for path in lessons.iterdir()}
    index = book.render(lessons, folder / "site")
    assert {path: path.read_bytes() for path in lessons.iterdir()} == before, "the notebooks stay as they are"
    return index.parent


def _text(site, name):
    return (site / name).read_text(encoding="utf-8")


def test_one_page_for_each_notebook_and_the_contents(small):
    names = {path.name for path in small.iterdir()}
    assert names == {"index.html", "book.css", "01-planning-peace.html", "zeta.html"}
    contents = _text(small, "index.html")
    assert contents.index("01-planning-peace.html") < contents.index("zeta.html")
    assert ".highlight" in _text(small, "book.css")


def test_links_between_notebooks_become_links_between_pages(small):
    page = _text(small, "01-planning-peace.html")
    assert 'href="zeta.html#A-place"' in page
    assert 'id="A-place"' in _text(small, "zeta.html")
    assert "quiz.ipynb" not in page and "quiz" in page, "what is not in the book is named without a link"
    assert 'href="https://example.org/a.ipynb"' in page, "an address elsewhere stays"


def test_pictures_and_answers_stay_and_live_widgets_go(small):
    page = _text(small, "01-planning-peace.html")
    assert page.count("<svg") == 1 and "postwar-picture" in page
    assert "cut off at 1" in page, "the explanation of the option that the reader chose"
    assert "<script" not in page
    assert "widget-view" not in page and "VBox(" not in page and "children=" not in page
    assert "a &lt; b" in page
    assert "plain &amp; simple" in _text(small, "zeta.html")


def test_a_failing_cell_is_named(tmp_path):
    _write(tmp_path / "lessons", "one.ipynb", "# One", "1 + 1", "undefined_name")
    with pytest.raises(book.BookError, match=r"^one\.ipynb, cell cell-2: NameError: name 'undefined_name'"):
        book.render(tmp_path / "lessons", tmp_path / "site")


def test_a_cell_that_never_ends_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(book, "_SECONDS_PER_CELL", 3)
    _write(tmp_path / "lessons", "one.ipynb", "import time\ntime.sleep(60)")
    with pytest.raises(book.BookError, match=r"one\.ipynb, cell cell-0: not done after 3 seconds"):
        book.render(tmp_path / "lessons", tmp_path / "site")


def test_a_kernel_that_dies_is_named(tmp_path):
    _write(tmp_path / "lessons", "one.ipynb", "import os\nos._exit(1)")
    with pytest.raises(book.BookError, match=r"one\.ipynb, cell cell-0: the kernel stopped"):
        book.render(tmp_path / "lessons", tmp_path / "site")


def test_a_damaged_notebook_is_named(tmp_path):
    (tmp_path / "one.ipynb").write_text('{"cells": [')
    with pytest.raises(book.BookError, match=r"one\.ipynb cannot be read as a notebook"):
        book.render(tmp_path, tmp_path / "site")


def test_an_empty_folder_is_named(tmp_path):
    with pytest.raises(book.BookError, match="There is no notebook in"):
        book.render(tmp_path, tmp_path / "site")


def test_the_command_says_what_went_wrong(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(paths, "working_copy", lambda: tmp_path)
    _write(tmp_path / "lessons", "one.ipynb", "1 / 0")
    assert cli.main(["book"]) == 1
    assert "one.ipynb, cell cell-0: ZeroDivisionError" in capsys.readouterr().err
    _write(tmp_path / "lessons", "one.ipynb", "1 / 1")
    assert cli.main(["book"]) == 0
    assert str(tmp_path / "site" / "index.html") in capsys.readouterr().out.replace("\n", "")
