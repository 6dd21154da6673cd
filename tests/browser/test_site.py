"""The built site: it hangs together, loads nothing from elsewhere, reacts in a browser and reads without a script."""

import os
import re
import urllib.parse

import pytest
from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup
from harness import shoot

from postwar import book, course, explorers, paths, planning_cell
from postwar.book import questions, staging
from postwar.quiz.questions import collect, collect_sortings

SLUGS = [item.slug for item in course.SEQUENCE]
MIB = 2**20


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Built from nothing, once, with warnings as errors."""
    folder = tmp_path_factory.mktemp("site")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(staging, "CACHE", folder / "cache")
        assert book.build(folder / "site") == 0
    return folder / "site"


@pytest.fixture(scope="module")
def pages(site):
    return {
        path.relative_to(site).as_posix(): BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        for path in site.rglob("*.html")
        if "_static" not in path.parts
    }


@pytest.fixture
def visit(site, browser):
    """``visit("lessons/x.html", width=390, dark=True)`` opens a page in a context of its own, offline."""
    contexts = []

    def open_page(name, *, width=1366, height=768, dark=False, script=True, touch=False, before=""):
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            java_script_enabled=script,
            has_touch=touch,
            offline=True,
        )
        context.add_init_script(before)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.asked, page.errors = [], []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("pageerror", lambda error: page.errors.append(str(error)))
        name, _, query = name.partition("?")
        page.goto((site / name).as_uri() + (query and f"?{query}"))
        return page

    yield open_page
    for context in contexts:
        for page in context.pages:
            assert not page.errors
            assert all(url.startswith(("file:", "data:", "blob:")) for url in page.asked)
        context.close()


# -- what is in the files ---------------------------------------------------------------------------------------------


def test_every_notebook_and_document_has_its_page(pages):
    wanted = {f"lessons/{path.stem}.html" for path in paths.LESSONS.glob("*.ipynb")}
    assert wanted | {"index.html", "INSTRUCTORS.html", "CONTRIBUTING.html", "front-ends.html", "alone.html"} <= set(
        pages
    )


def test_the_first_notebook_says_that_nothing_needs_to_be_run(pages):
    found = [
        name
        for name, page in pages.items()
        if page.find(class_="admonition-title", string="Nothing needs to be run here")
    ]
    assert found == [f"lessons/{SLUGS[0]}.html"]
    assert not pages[found[0]].select("td:not(.postwar-saved) progress"), "nothing there could fill them"


def test_every_link_inside_and_every_anchor_resolves(site, pages):
    ids = {name: {element["id"] for element in page.find_all(id=True)} for name, page in pages.items()}
    for name, page in pages.items():
        for link in page.find_all("a", href=True):
            target, _, fragment = link["href"].partition("#")
            if re.match(r"\w+:", target):
                continue
            start = site if target.startswith("/") else (site / name).parent
            path = start / urllib.parse.unquote(target).lstrip("/") if target else site / name
            assert path.resolve().exists(), f"{name}: {link['href']}"
            here = path.resolve().relative_to(site.resolve()).as_posix()
            if fragment and here in ids:
                assert {fragment, urllib.parse.unquote(fragment)} & ids[here], f"{name}: {link['href']}"


def test_ids_are_unique_on_a_page(pages):
    for name, page in pages.items():
        found = [element["id"] for element in page.find_all(id=True)]
        assert len(found) == len(set(found)), (name, {one for one in found if found.count(one) > 1})


def test_indices_and_powers_are_kept(pages):
    text = pages["lessons/04-deterrence.html"]
    assert text.find("sub", string="a") and text.find("sup")
    assert not [element for element in text.find_all(["sub", "sup"]) if not element.get_text(strip=True)]


def test_a_lesson_shows_all_its_questions_and_explorers(pages):
    shown = {name: page for name, page in pages.items() if name.startswith("lessons/")}
    asked = {section["data-question"] for page in shown.values() for section in page.select(".postwar-practice")}
    used = set(re.findall(r'check\(\\?"([\w-]+)', "".join(p.read_text("utf-8") for p in paths.LESSONS.glob("*.ipynb"))))
    assert asked == used and used <= set(collect() | collect_sortings())
    drawn = {section["data-explorer"] for page in shown.values() for section in page.select(".postwar-explorer")}
    assert drawn == set(dir(explorers))


def test_a_lesson_shows_what_may_be_decided(pages):
    texts = planning_cell.words()
    for slug, decision in texts["decisions"].items():
        shown = pages[f"lessons/{slug}.html"].get_text(" ")
        assert texts["elsewhere"] in shown
        assert all(option in shown for option in (*decision["options"].values(), *texts["seats"].values())), slug


def test_pictures_drawn_in_advance_are_small(site):
    scripts = list((site / "_static" / "explorers").glob("*.js"))
    assert {path.stem for path in scripts} == set(dir(explorers))
    assert sum(path.stat().st_size for path in scripts) < 8 * MIB


def test_no_live_widget_is_left_over(pages):
    for name, page in pages.items():
        assert not re.search(r"widget-(view|state)|VBox\(", str(page)), name


def test_every_lesson_is_described(pages):
    for item in course.LESSONS:
        found = pages[f"lessons/{item.slug}.html"].find("meta", attrs={"name": "description"})
        assert found and found["content"] == item.question


def test_no_script_but_a_page_s_settings_delays_its_first_view(pages):
    for name, page in pages.items():
        waiting = [script["src"] for script in page.head.find_all("script", src=True) if not script.has_attr("defer")]
        if name != "search.html":
            assert [address.partition("?")[0].rpartition("/")[2] for address in waiting] == ["documentation_options.js"]
        assert "fontawesome" not in str(page.head), "the style sheet has the icons"


def test_the_page_for_what_is_not_there_works_at_any_depth(pages):
    page = pages["404.html"]
    own = [element[key] for key in ("href", "src") for element in page.find_all(attrs={key: True})]
    assert all(re.match(r"/|#|https://", address) for address in own), own


def test_the_sequence_can_be_read_by_next_links_alone(pages):
    for here, after in zip(SLUGS[:-1], SLUGS[1:], strict=True):
        assert pages[f"lessons/{here}.html"].select_one("a.right-next")["href"].endswith(f"{after}.html"), here
    first = [
        pages["index.html"].select_one("a.right-next"),
        pages[f"lessons/{SLUGS[1]}.html"].select_one("a.left-prev"),
    ]
    first.append(pages[f"lessons/{SLUGS[0]}.html"].title)
    assert all(course.START.title in name.get_text() for name in first), "called by its name, not by the course's"


# -- what a visitor does ----------------------------------------------------------------------------------------------


def test_a_question_is_answered_explained_and_remembered(visit):
    page = visit("lessons/04-deterrence.html")
    record = collect()["deterrence-prepositioned"]
    section = page.locator('[data-question="deterrence-prepositioned"]')
    assert not section.locator(".reasons").is_visible()
    wrong = next(key for key in record.options if key != record.best)
    section.locator(f'input[value="{wrong}"]').check()
    assert section.locator(".said").inner_text().startswith("✗ Not this one.")
    section.locator(f'input[value="{record.best}"]').check()
    assert section.locator(".said").inner_text().startswith("✓ Right.")
    assert "1 of" in page.locator(".postwar-progress").inner_text()
    page.reload()
    assert section.locator(f'input[value="{record.best}"]').is_checked()
    assert section.locator(".said").inner_text().startswith("✓ Right.")
    page.get_by_role("button", name="Clear my answers").click()
    assert not section.locator(f'input[value="{record.best}"]').is_checked()


def test_statements_are_sorted_by_keyboard(visit):
    page = visit("lessons/04-deterrence.html")
    record = collect_sortings()["deterrence-channels"]
    section = page.locator('[data-question="deterrence-channels"]')
    section.locator("input").first.focus()
    page.keyboard.press("Space")
    assert section.locator(".note").first.inner_text()[0] in "✓✗"
    for place, item in enumerate(record.items):
        section.locator(".items > li").nth(place).locator(f'input[value="{item.best}"]').check()
    assert f"{len(record.items)} of {len(record.items)} agree" in section.locator("> .said").inner_text()


def test_an_explorer_waits_for_a_prediction_then_shows_presets_and_steps(visit):
    page = visit("lessons/04-deterrence.html")
    section = page.locator('[data-explorer="tripwire"]')
    assert not section.locator(".picture").is_visible()
    assert not any("explorers/tripwire.js" in url for url in page.asked), "loaded when it is needed"
    section.locator(".asked input").first.check()
    section.locator(".presets button").nth(1).wait_for()
    before = section.locator(".picture").inner_html()
    section.locator(".presets button").nth(2).click()
    assert section.locator(".presets button").nth(2).get_attribute("aria-pressed") == "true"
    heard = """() => { window.heard = 0; new MutationObserver(() => window.heard++).observe(
        document.querySelector('[data-explorer="tripwire"] .spoken'), { childList: true }); }"""
    page.evaluate(heard)
    assert section.locator(".picture").inner_html() != before
    sentence = section.locator(".sentence").inner_text()
    slider = section.locator("input[type=range]")
    slider.focus()
    for key in ("Home", "ArrowRight", "ArrowRight", "End"):
        page.keyboard.press(key)
    assert section.locator(".sentence").inner_text() != sentence
    assert section.locator(".presets button").nth(2).get_attribute("aria-pressed") == "true", "the rest stays as it was"
    page.wait_for_function("window.heard > 0")
    assert page.evaluate("window.heard") == 1, "who listens is told the last step, once"
    assert slider.get_attribute("aria-valuetext") == section.locator("output").inner_text()
    shoot(page, "site-explorer")


def test_all_explorers_answer(visit):
    for slug in SLUGS[1:]:
        page = visit(f"lessons/{slug}.html")
        for section in page.locator(".postwar-explorer").all():
            if section.locator(".asked input[type=text]").count():
                section.locator(".asked input").fill("half")
                section.locator(".asked button").click()
                assert "no share between" in section.locator(".asked").inner_text()
                assert not section.locator(".picture").is_visible()
                section.locator(".asked input").fill("0.7")
                section.locator(".asked button").click()
                section.get_by_text("Understood as 70 per cent").wait_for()
                assert "Your prediction was" in section.locator(".verdict").inner_text()
            else:
                section.locator(".asked input").first.check()
            section.locator(".presets button").first.wait_for()
            assert section.locator(".picture svg").bounding_box()["width"] > 250
            assert len(section.locator(".sentence").inner_text()) > 20


def test_a_word_explains_itself_to_pointer_and_keyboard(visit):
    page = visit("lessons/04-deterrence.html")
    link = page.locator("a.postwar-term").first
    link.focus()
    tip = page.locator("#postwar-tip")
    assert tip.is_visible() and len(tip.inner_text()) > 20
    assert link.get_attribute("aria-describedby") == "postwar-tip"
    page.keyboard.press("Escape")
    assert not tip.is_visible()
    link.hover()
    tip.hover()
    page.wait_for_timeout(500)
    assert tip.is_visible(), "it stays while the pointer is on its words"
    page.mouse.move(5, 5)
    tip.wait_for(state="hidden")


def test_a_tap_explains_a_word_and_the_next_one_follows_it(visit):
    page = visit("lessons/04-deterrence.html", width=390, height=844, touch=True)
    tip = page.locator("#postwar-tip")
    for kind in ("a.postwar-term", "sup a"):
        link = page.locator(kind).first
        here = page.url
        link.tap()
        assert tip.inner_text().endswith("Tap again to go there.") and page.url == here
        page.locator("article h1").tap()
        assert not tip.is_visible()
        link.tap()
        link.tap()
        page.wait_for_url(lambda url, here=here: url != here)
        page.go_back()


REFUSE = """for (const name of ["localStorage", "sessionStorage"]) Object.defineProperty(window, name, {
    configurable: true, get() { throw new DOMException("denied", "SecurityError"); } });"""


def test_where_a_browser_keeps_nothing_everything_reacts(visit):
    page = visit("lessons/04-deterrence.html", before=REFUSE, dark=True)
    page.locator('[data-question="deterrence-prepositioned"] input').first.check()
    page.locator('[data-explorer="tripwire"] .asked input').first.check()
    page.locator('[data-explorer="tripwire"] .presets button').first.wait_for()
    assert "2 of" in page.locator(".postwar-progress").inner_text()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    page.locator("button.theme-switch-button:visible").click()
    page.keyboard.press("Control+k")
    page.locator("#pst-search-dialog").wait_for()


def test_the_keyboard_s_place_is_always_seen(visit):
    page = visit("index.html")
    mark = """() => { const at = document.activeElement, shown = at.closest(".sd-card") || at, style = getComputedStyle(shown);
        return style.outlineStyle !== "none" || style.boxShadow.includes("3px"); }"""
    for _ in range(30):
        page.keyboard.press("Tab")
        page.wait_for_function(mark)
    assert page.locator(".sd-card:has(:focus)").count(), "the cards have been reached"


def test_search_works_from_a_folder(visit):
    page = visit("search.html?q=tripwire")
    page.locator("#search-results li a").first.wait_for()
    page.locator("#search-results li a[href*='04-deterrence']").first.wait_for()
    page.errors.clear()  # a page opened from a folder may not fetch the excerpts that Sphinx shows beside the hits


def test_without_a_script_everything_is_there(visit):
    for slug in SLUGS:
        page = visit(f"lessons/{slug}.html", script=False, dark=True)
        assert page.locator("html").get_attribute("data-theme") == "light", "half a theme cannot be read"
        for section in page.locator(".postwar-explorer").all():
            assert section.locator(".picture svg").is_visible()
            assert section.locator(".sentence").inner_text()
        for section in page.locator(".postwar-practice").all():
            section.locator("summary").click()
            assert section.locator(".reasons li").first.is_visible()


def test_new_numbers_replace_a_question_until_the_first_ones_return(visit):
    page = visit("lessons/04-deterrence.html")
    section = page.locator('[data-question="deterrence-expected-utility"]')
    record = collect()["deterrence-expected-utility"]
    shown = []
    for number in [*range(1, questions.SETS + 1), 0]:
        section.get_by_role("button", name="New numbers").press("Enter")
        shown.append(section.locator("legend").inner_text())
        assert section.get_by_role("radio", checked=True).count() == 0
        section.get_by_role("radio").nth("abcd".index(record.with_set(number).best)).check()
        assert section.locator(".said").inner_text().startswith("✓ Right.")
    assert len(set(shown)) == questions.SETS + 1
    section.get_by_role("button", name="New numbers").click()
    assert section.locator(".said").inner_text() == f"New numbers: set 1 of {questions.SETS}."
    page.reload()
    assert section.locator("legend").inner_text() == shown[0]
    assert page.locator('[data-question="deterrence-always-class"] button').count() == 0
    assert page.errors == []


AXE = [
    ("index.html", False),
    ("index.html", True),
    ("front-ends.html", False),
    ("lessons/01-planning-peace.html", True),
]
AXE += [
    (f"lessons/{slug}.html", False) for slug in (SLUGS if os.environ.get("POSTWAR_LONG") else SLUGS[:1] + SLUGS[4:5])
]


@pytest.mark.parametrize(("name", "dark"), AXE)
def test_axe_finds_nothing_serious(name, dark, visit):
    page = visit(name, dark=dark)
    found = Axe().run(page).response["violations"]
    serious = [
        f"{finding['id']}: {node['html'][:200]}"
        for finding in found
        if finding["impact"] in {"serious", "critical"}
        for node in finding["nodes"]
    ]
    assert serious == []
    if dark:  # no white slab
        papers = "[...document.querySelectorAll('.postwar-picture [aria-hidden]')].map((e) => getComputedStyle(e).backgroundColor)"
        assert "rgb(255, 255, 255)" not in page.evaluate(papers)


@pytest.mark.parametrize(
    "name", ["index.html", "front-ends.html", "INSTRUCTORS.html", *(f"lessons/{slug}.html" for slug in SLUGS)]
)
def test_a_phone_never_scrolls_sideways(name, visit):
    page = visit(name, width=390, height=844)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for figure in page.locator("figure.postwar-picture:visible").all():
        assert figure.locator("svg").first.bounding_box()["width"] > 500, "its words are too small to read"
        assert figure.get_attribute("tabindex") == "0", "the keyboard cannot move it"
    shoot(page, f"site-phone-{name.replace('/', '-')}")


def test_print_shows_what_was_folded_in_ink_on_white(visit):
    page = visit("lessons/04-deterrence.html", dark=True)
    theme = "document.documentElement.dataset.theme"
    page.wait_for_function(f"{theme} === 'dark'")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate(theme) == "light"
    page.emulate_media(media="print")
    assert page.locator('[data-explorer="tripwire"] .picture').is_visible()
    assert page.locator('[data-question="deterrence-prepositioned"] .reasons').is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 1366
    assert not page.locator(".postwar-practice button:visible, .postwar-explorer button:visible").count()
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.evaluate(theme) == "dark"
    page.emulate_media(media="screen")
    assert not page.locator(".stage:visible, .reasons:visible").count(), "what waits for a prediction waits again"
