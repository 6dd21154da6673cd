"""A student's way through lesson 1 and its assignment, in a real JupyterLab: learn, answer by clicking, hand in, be graded."""

import os
import re
import shutil
import subprocess
import sys

import pytest

from postwar import paths

LESSON = "lessons/01-planning-peace.ipynb"
QUIZ = "exercises/01-planning-peace/quiz.ipynb"


@pytest.fixture
def shoot(request):
    """``shoot(page, "name")`` keeps a screenshot where POSTWAR_SCREENSHOTS names a folder, to be looked at."""
    folder = os.environ.get("POSTWAR_SCREENSHOTS")

    def take(page, name):
        if folder:
            page.screenshot(path=f"{folder}/{name}.png")

    return take


def _cell_numbers(nb):
    return {cell.id: number for number, cell in enumerate(nb.saved().cells)}


def test_lesson_one_by_keyboard(open_notebook, shoot):
    nb = open_notebook(LESSON)
    nb.run_all()
    nb.page.wait_for_function("document.querySelector('.jp-WindowedPanel-outer').scrollTop === 0")  # begins at the top
    cells = _cell_numbers(nb)
    shoot(nb.page, "lesson-top")

    explorer = nb.cell(cells["range-explorer"])
    track = explorer.locator("input[type=range]").first
    assert track.is_disabled(), "controls unlock only after a prediction"
    explorer.get_by_label("It moves, as wide as before").focus()
    nb.page.keyboard.press("Space")
    explorer.locator("input[type=range]:enabled").first.wait_for()
    assert 'prediction="moves"' in nb.source(cells["range-explorer"])

    caption = explorer.locator("figcaption")
    assert "between 0.40 and 0.65" in caption.inner_text()
    before = explorer.locator("figure svg").inner_html()
    track.focus()
    for _ in range(20):
        nb.page.keyboard.press("ArrowRight")
    explorer.get_by_text("between 0.60 and 0.85").first.wait_for()
    assert explorer.locator("figure svg").inner_html() != before
    shoot(nb.page, "lesson-explorer")

    explorer.get_by_role("button", name="Explain what I see").focus()
    nb.page.keyboard.press("Enter")
    explorer.get_by_text("You predicted:").wait_for()
    assert "It moves, as wide as before" in explorer.inner_text()
    shoot(nb.page, "lesson-explained")

    question = nb.question(cells["check-costs-double"])
    question.locator("input[type=radio]").nth(2).focus()
    nb.page.keyboard.press("Space")
    question.get_by_text("Right.").first.wait_for()
    assert 'answer="c"' in nb.source(cells["check-costs-double"])

    nb.save()
    assert 'prediction="moves"' in nb.saved().cells[cells["range-explorer"]].source
    assert 'answer="c"' in nb.saved().cells[cells["check-costs-double"]].source


def test_explorers_have_no_serious_accessibility_finding(open_notebook):
    nb = open_notebook(LESSON)
    nb.run_all()
    cells = _cell_numbers(nb)
    for name in ("range-explorer", "duration-explorer", "selection-explorer"):
        cell = nb.cell(cells[name])
        cell.locator("figure svg").wait_for()
        index = cells[name]
        assert nb.axe(f'[data-windowed-list-index="{index}"] .jp-Cell-outputWrapper') == []
    nb.theme("dark")
    assert nb.axe(f'[data-windowed-list-index="{index}"] .jp-Cell-outputWrapper') == []


def _answers():
    """Grade id -> letters, from the solution notebook."""
    import nbformat

    solution = nbformat.read(paths.SOLUTIONS / "01-planning-peace" / "quiz.ipynb", as_version=4)
    found = {}
    for cell in solution.cells:
        answer = re.search(r'answer="([a-z]+)"', cell.source) if "ask(" in cell.source else None
        if answer:
            found[cell.metadata.nbgrader.grade_id] = answer[1]
    return found


def test_quiz_by_clicking_then_validated_and_graded_with_full_marks(open_notebook, tmp_path, shoot):
    nb = open_notebook(QUIZ)
    nb.command("notebook:run-all-cells")
    answers = _answers()
    assert len(answers) >= 8
    for number, cell in enumerate(nb.saved().cells):
        letters = answers.get(cell.metadata.get("nbgrader", {}).get("grade_id"))
        if letters:
            shown = nb.cell(number)
            if not shown.locator(".postwar-choice").count():
                shown.locator(".cm-content").first.press("Control+Enter")
            shown.locator(".postwar-choice").wait_for()
            if menus := shown.get_by_role("combobox").all():  # claims to pair
                for menu, letter in zip(menus, letters, strict=True):
                    menu.select_option(letter)
            else:
                for letter in letters:
                    shown.locator(f'input:is([type=radio], [type=checkbox])[value="{letter}"]').click()
            assert f'answer="{letters}"' in nb.source(number)
    shoot(nb.page, "quiz")
    nb.save()

    nb.page.get_by_role("button", name="Validate").click()
    dialog = nb.page.locator(".jp-Dialog")
    dialog.get_by_text("Success").wait_for(timeout=120_000)
    shoot(nb.page, "validated")

    copy = tmp_path / "01-planning-peace"
    shutil.copytree(paths.EXERCISES / "01-planning-peace", copy)
    shutil.copy(nb.server.root / QUIZ, copy / "quiz.ipynb")
    marked = subprocess.run(
        [sys.executable, "-m", "postwar", "mark", "--no-open", copy],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert marked.returncode == 0, marked.stderr
    rows = [line for line in marked.stdout.splitlines() if "│ quiz" in line]
    assert len(rows) == len(answers)
    assert all(re.search(r"\b(\d+) of \1\b", row) for row in rows), marked.stdout
