"""The report's page in a real browser: it loads nothing, fits a phone, works by keyboard, and axe finds nothing serious."""

import os
from contextlib import contextmanager

import pytest
from axe_playwright_python.sync_playwright import Axe

from postwar.report import command

pytestmark = pytest.mark.xdist_group("report")


@contextmanager
def opened(browser, folder, **context):
    """The page of a class's report in a window of its own, and what it asked the network for."""
    page = browser.new_context(**context).new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((folder.root / "reports" / command.FILE).as_uri())
    try:
        yield page, asked
    finally:
        page.context.close()


def serious(page, **options):
    """axe's serious and critical findings with every fold-out open, one line each."""
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    return [
        f"{found['id']}: {found['help']} – {found['nodes'][0]['html'][:200]}"
        for found in Axe().run(page, options=options).response["violations"]
        if found["impact"] in {"serious", "critical"}
    ]


@pytest.fixture(scope="module")
def written(small):
    command.write(small)
    return small


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_and_nothing_is_loaded(browser, written, scheme):
    with opened(browser, written, color_scheme=scheme) as (page, asked):
        assert serious(page) == []
        assert len(asked) == 1


def test_it_fits_a_phone(browser, written):
    with opened(browser, written, viewport={"width": 390, "height": 844}) as (page, _):
        assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_all_of_it_is_reached_by_keyboard(browser, written):
    """The first stop skips the links; every table that scrolls and every fold-out is a stop, in order, and the stop is seen."""
    with opened(browser, written) as (page, _):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent").startswith("Skip")
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.evaluate("document.querySelector('main').contains(document.activeElement)")
        stops = page.evaluate(
            "document.querySelectorAll('main [tabindex]:not(details *), main a, main summary').length"
        )
        tops, opened_by_keys = [], 0
        for _ in range(stops):
            top, outline, is_summary = page.evaluate(
                """(() => { const e = document.activeElement; const s = getComputedStyle(e);
                return [e.getBoundingClientRect().top + scrollY, s.outlineStyle, e.tagName === 'SUMMARY'] })()"""
            )
            tops.append(top)
            assert outline != "none", "focus is seen"
            if is_summary:
                page.keyboard.press("Enter")
                opened_by_keys += page.evaluate("document.activeElement.parentElement.open")
                page.keyboard.press("Enter")
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement === document.body"):
                break
        assert len(tops) >= stops and tops == sorted(tops)
        assert opened_by_keys == page.locator("summary").count() > 0


@pytest.mark.skipif(not os.environ.get("POSTWAR_LONG"), reason="axe takes minutes for a page of 27,000 cells")
def test_axe_finds_nothing_serious_for_300(browser, five):
    """All rules but contrast, which the small class's page, of the same styles, is tested for."""
    command.write(five)
    with opened(browser, five) as (page, _):
        assert serious(page, rules={"color-contrast": {"enabled": False}}) == []
