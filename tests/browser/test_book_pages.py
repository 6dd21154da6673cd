"""The whole book: it hangs together, loads nothing from elsewhere, and shows its pictures with scripts switched off."""

import ast
import re
import urllib.parse

import nbformat
import pytest
from bs4 import BeautifulSoup

from postwar import book, course, paths

LESSONS = sorted(paths.LESSONS.glob("*.ipynb"))


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    return book.render(paths.LESSONS, tmp_path_factory.mktemp("book") / "site").parent


@pytest.fixture(scope="module")
def pages(site):
    return {path.name: BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser") for path in site.glob("*.html")}


def _pictures_shown(path):
    """Calls in a notebook's cells that must leave a picture on the page."""
    for cell in nbformat.read(path, as_version=4).cells:
        for node in ast.walk(ast.parse(cell.source if cell.cell_type == "code" else "")):
            called = node.func if isinstance(node, ast.Call) else None
            if isinstance(called, ast.Attribute) and getattr(called.value, "id", "") in ("explore", "pictures"):
                yield called.attr


def test_every_notebook_has_its_page(pages):
    assert set(pages) == {"index.html", *(f"{path.stem}.html" for path in LESSONS)}


def test_every_link_and_anchor_resolves(pages):
    ids = {name: {element["id"] for element in page.find_all(id=True)} for name, page in pages.items()}
    for name, page in pages.items():
        for link in page.find_all("a", href=True):
            target, _, fragment = link["href"].partition("#")
            assert (target or name) in pages, f"{name}: {link['href']}"
            fits = {fragment, urllib.parse.unquote(fragment)}  # a browser tries both
            assert not fragment or fits & ids[target or name], f"{name}: {link['href']}"


def test_the_sequence_can_be_read_by_next_links_alone(pages):
    slugs = [item.slug for item in course.SEQUENCE]
    for here, after in zip(slugs[:-1], slugs[1:], strict=True):
        assert pages[f"{here}.html"].find("a", href=f"{after}.html"), here


def test_nothing_is_loaded_from_elsewhere(site, pages):
    for name, page in pages.items():
        assert not page.find_all(["script", "iframe", "object", "embed"]), name
        loaded = [element["href"] for element in page.find_all("link")]
        loaded += [element["src"] for element in page.find_all(src=True)]
        loaded += re.findall(r"url\(([^)#]+)\)", str(page))
        assert all(address == "book.css" or address.startswith("data:") for address in loaded), (name, loaded)
    assert "url(" not in (site / "book.css").read_text() and "@import" not in (site / "book.css").read_text()


def test_ids_are_unique_on_a_page(pages):
    """Pictures come as inline SVG; a clip path named twice would cut the wrong one."""
    for name, page in pages.items():
        for svg in page.find_all("svg"):
            names = [element["id"] for element in svg.find_all(id=True)]
            assert len(names) == len(set(names)), name


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_pictures_show_without_scripts(path, site, browser):
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1000, "height": 900}, offline=True)
    page = context.new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((site / f"{path.stem}.html").as_uri())
    figures = page.locator("figure.postwar-picture svg")
    assert figures.count() >= len(list(_pictures_shown(path)))
    for place in range(figures.count()):
        assert figures.nth(place).is_visible()
        box = figures.nth(place).bounding_box()
        assert box["width"] >= 300 and box["height"] >= 100
        assert figures.nth(place).get_attribute("aria-label")
    assert all(url.startswith("file:") for url in asked)
    assert page.locator("main").bounding_box()["width"] <= 1000
    assert page.evaluate("document.documentElement.scrollWidth") <= 1000
    context.close()
