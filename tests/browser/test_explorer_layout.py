"""All explorers on a laptop's screen and on a phone: controls and picture in one view, one width, nothing cut off."""

import shutil

import pytest
from harness import shoot

from postwar import explore, first_pictures, paths

NAMES = [name for names in explore.CATALOGUE.values() for name in names]
ROOM = 646  # px of a notebook that a laptop of 1366 × 768 shows below menu and tool bar

MEASURE = """(number) => {
    const cell = document.querySelector(`.jp-Notebook [data-windowed-list-index="${number}"]`);
    const box = (selector) => cell.querySelector(selector).getBoundingClientRect();
    const [ask, side, picture] = [".postwar-ask", ".postwar-side", ".postwar-picture"].map(box);
    const wide = [...cell.querySelectorAll(".jp-OutputArea-child, .jp-OutputArea-output, .postwar-panel, .postwar-controls > *")]
        .filter((element) => element.clientWidth && element.scrollWidth > element.clientWidth + 1).map((e) => e.className);
    const pen = document.createElement("canvas").getContext("2d");
    const cut = [...cell.querySelectorAll("select")].filter((list) => list.clientWidth).filter((list) => {
        pen.font = getComputedStyle(list).font;
        const arrow = 24;
        return [...list.options].some((option) => pen.measureText(option.text).width + arrow > list.clientWidth);
    }).map((list) => list.options[0].text);
    return {
        cut,
        height: Math.max(side.bottom, picture.bottom) - Math.min(side.top, picture.top),
        beside: picture.left >= side.right - 1 && Math.abs(picture.top - side.top) < 8,
        left: side.left - ask.left,
        right: ask.right - picture.right,
        end: Math.max(ask.right, side.right, picture.right),
        wide,
    };
}"""


def _notebook(jupyter):
    cells = ["from postwar import explore"]
    for name in NAMES:
        options = getattr(explore, name)().options
        cells.append(f"explore.{name}(prediction={next(iter(options), '60')!r})")
    jupyter.write("tmp/explorers.ipynb", cells)
    return "tmp/explorers.ipynb"


def _measured(nb, shot):
    found = {}
    for number, name in enumerate(NAMES, 1):
        cell = nb.cell(number)
        cell.locator("figure svg").wait_for()
        cell.locator(".postwar-side .jupyter-button").first.wait_for()
        cell.locator(".postwar-ask .postwar-choice").wait_for()
        found[name] = nb.page.evaluate(MEASURE, number)
        shoot(nb.page, f"{shot}-{name}")
    return found


def test_controls_and_picture_are_in_one_view_on_a_laptop(open_notebook, jupyter, page):
    page.set_viewport_size({"width": 1366, "height": 768})
    nb = open_notebook(_notebook(jupyter))
    nb.run_all()
    for name, box in _measured(nb, "laptop").items():
        assert box["height"] <= ROOM, (name, box)
        assert box["beside"], (name, box)
        assert abs(box["left"]) < 8 and abs(box["right"]) < 40, (name, box)
        assert not box["wide"] and not box["cut"], (name, box)


def test_the_picture_stays_in_sight_beside_a_long_list_of_inputs(open_notebook, jupyter, page):
    page.set_viewport_size({"width": 1366, "height": 768})
    jupyter.write("tmp/more.ipynb", ["from postwar import explore", 'explore.deterrence_balance("q")'])
    nb = open_notebook("tmp/more.ipynb")
    nb.run_all()
    more = nb.cell(1).get_by_role("button", name="More inputs", expanded=False)
    more.focus()
    page.keyboard.press("Space")
    nb.cell(1).get_by_role("button", name="More inputs", expanded=True).wait_for()
    first = nb.cell(1).get_by_label("Chance of punishment").first
    first.wait_for()
    page.keyboard.press("Tab")
    assert first.evaluate("e => e === document.activeElement")
    nb.cell(1).get_by_label("Cost of fighting").last.evaluate("e => e.scrollIntoView({block: 'end'})")
    picture = nb.cell(1).locator("figure svg").bounding_box()
    assert page.locator(".jp-WindowedPanel-outer").bounding_box()["y"] <= picture["y"]
    assert picture["y"] + picture["height"] <= 768
    shoot(page, "more-inputs")


def test_nothing_is_cut_off_on_a_phone(open_notebook, jupyter, page):
    page.set_viewport_size({"width": 390, "height": 844})
    nb = open_notebook(_notebook(jupyter), app="notebook")
    nb.run_all()
    for name, box in _measured(nb, "phone").items():
        assert box["height"] <= 844 - 130, (name, box)
        assert box["end"] <= 390 and not box["wide"] and not box["cut"], (name, box)


def test_a_picture_of_data_scrolls_on_a_phone_before_its_words_cannot_be_read(open_notebook, jupyter, page):
    page.set_viewport_size({"width": 390, "height": 844})
    jupyter.write("tmp/data.ipynb", ["from postwar.figures import timeline", 'timeline.of_lesson("06-kyiv")'])
    nb = open_notebook("tmp/data.ipynb", app="notebook")
    nb.run_all()
    picture = nb.cell(1).locator("figure svg")
    picture.wait_for()
    assert picture.bounding_box()["width"] >= 480
    assert nb.cell(1).locator("figcaption").bounding_box()["width"] < 390
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    shoot(page, "phone-data")


@pytest.fixture
def sharing(open_notebook, jupyter):
    path = "tmp/one.ipynb"
    jupyter.write(path, ["from postwar import explore", 'explore.burden_sharing(prediction="same")'])
    nb = open_notebook(path)
    nb.run_all()
    nb.cell(1).locator("figure svg").wait_for()
    return nb


def test_a_typed_number_counts_from_enter_on(sharing):
    cell, same = sharing.cell(1), explore.burden_sharing("same")
    caption = cell.locator("figcaption")
    box = cell.locator(".postwar-slider input[type=number]")
    box.fill("0.7")
    box.press("Enter")
    caption.get_by_text(same.set(alpha=0.7).sentence).wait_for()
    income = cell.locator(".postwar-numbers input").first
    income.fill("200")
    income.press("Enter")
    caption.get_by_text(same.set(incomes=(200.0, 55.0, 50.0, 0.0, 0.0)).sentence).wait_for()


def test_the_verdict_is_spoken_when_the_explanation_opens(sharing):
    cell = sharing.cell(1)
    cell.get_by_role("button", name="Five units move").click()
    cell.get_by_role("button", name="Explain what I see").click()
    cell.get_by_role("status").get_by_text("Your prediction was right. The explanation is shown below").wait_for()


def test_the_plain_question_gives_way_wherever_the_live_one_is_shown(sharing):
    hidden = sharing.page.evaluate(
        """() => { const plain = document.querySelector("[data-plain]");
            plain.closest(".jp-OutputArea-child").style.display = "block";  // no rule of JupyterLab's own
            return getComputedStyle(plain).display; }"""
    )
    assert hidden == "none"


def test_after_a_restart_one_sentence_says_what_to_do(sharing):
    cell = sharing.cell(1)
    assert not cell.locator(".postwar-again").is_visible()
    sharing.restart()
    cell.get_by_text("Choose Run › Run All Cells").wait_for()
    assert not cell.locator(".postwar-side").is_visible()
    assert cell.locator("figure svg").is_visible()
    shoot(sharing.page, "restarted")


def test_pictures_follow_the_theme(sharing):
    def colours():
        return sharing.page.evaluate(
            """() => { const text = document.querySelector(".postwar-picture svg text");
                const paper = document.querySelector(".postwar-picture [aria-hidden]");
                return [getComputedStyle(text).fill, getComputedStyle(paper).backgroundColor]; }"""
        )

    light = colours()
    sharing.theme("dark")
    dark = colours()
    assert _contrast(*light) >= 4.5 and _contrast(*dark) >= 4.5
    assert _luminance(light[1]) > 0.8 and _luminance(dark[1]) < 0.1
    assert not sharing.axe(".postwar-side")


def _rgb(colour, behind=(255, 255, 255)):
    *rgb, alpha = [float(part) for part in colour[colour.index("(") + 1 : -1].replace("/", ",").split(",")] + (
        [] if colour.startswith("rgba") else [1.0]
    )
    return [alpha * channel + (1 - alpha) * under for channel, under in zip(rgb, behind, strict=True)]


def _luminance(colour, behind=(255, 255, 255)):
    channels = [channel / 255 for channel in _rgb(colour, behind)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(text, paper):
    first, second = _luminance(text, _rgb(paper)), _luminance(paper)
    return (max(first, second) + 0.05) / (min(first, second) + 0.05)


def test_a_copy_of_a_lesson_opens_with_its_pictures_before_anything_is_run(open_notebook, jupyter, monkeypatch):
    folder = jupyter.root / "copy"
    folder.mkdir()
    shutil.copy(paths.LESSONS / "05-nato.ipynb", folder)
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(jupyter.home / "data"))
    assert first_pictures.draw(folder) == ["05-nato.ipynb"]
    nb = open_notebook("copy/05-nato.ipynb")
    numbers = {cell.id: number for number, cell in enumerate(nb.saved().cells)}
    explorer = nb.cell(numbers["winset-explorer"])
    explorer.locator("figure svg").wait_for()
    explorer.get_by_text("Predict first:").wait_for()
    shoot(nb.page, "before-anything-is-run")
    nb.cell(numbers["events"]).locator("figure svg").wait_for()
