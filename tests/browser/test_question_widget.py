"""Answering questions in JupyterLab and Notebook 7 with the mouse and with the keyboard alone."""

import pytest
from harness import NotebookPage, new_page
from nbconvert import HTMLExporter

APPS = ["lab", "notebook"]

IMPORTS = "from postwar import ask, check\nfrom postwar.quiz import Prediction"
GRADED = """q1 = ask(
    "Which of these comes *first*?",
    a="The first",
    b="The second",
    c="The third",
    # YOUR ANSWER HERE
)
q1"""
ANSWERED = GRADED.replace("# YOUR ANSWER HERE", 'answer="{}",')
PRACTICE = 'check("planning-range-clipped")'
EXPLORER = """def widths(prediction=None):
    options = {"wider": "It gets wider", "moves": "It moves"}
    return Prediction("What will the range do?", options, prediction, call="widths")


widths()"""
IN_WORDS = """def words(prediction=None):
    return Prediction("What will the range do, in a few words?", None, prediction, call="words")


words()"""
RIGHT, WRONG = "0.75 to 1.00", "0.90 to 1.00"


CELLS = [IMPORTS, GRADED, PRACTICE, EXPLORER, IN_WORDS, "q1.answer"]


@pytest.fixture(scope="module", params=APPS)
def opened(request, browser, jupyter):
    """A notebook with one question of each kind, in both applications."""
    path = f"tmp/questions-{request.param}.ipynb"
    jupyter.write(path, CELLS)
    with new_page(browser) as page:
        notebook = NotebookPage(page, jupyter, path, request.param)
        yield notebook
        notebook.close()


@pytest.fixture
def quiz(opened):
    """The notebook as it was handed out, run from the top."""
    opened.page.set_viewport_size({"width": 1280, "height": 900})
    for number, source in enumerate(CELLS):
        opened.set_source(number, source)
    opened.run_all()
    yield opened
    opened.theme("light")


def press_tab_until(page, target, limit=25):
    """Press Tab until the focus is inside ``target``."""
    for _ in range(limit):
        if target.evaluate("node => node.contains(document.activeElement)"):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"not reached by Tab: {target}")


def output_of(notebook, number):
    return notebook.saved().cells[number].outputs[0].data


def test_a_click_writes_the_answer_into_the_cell_and_it_survives_everything(quiz):
    quiz.question(1).get_by_label("The second").click()
    assert quiz.source(1) == ANSWERED.format("b")
    quiz.question(1).get_by_label("The third").click()
    assert quiz.source(1) == ANSWERED.format("c"), "a second click replaces the first"
    quiz.save()
    assert quiz.saved().cells[1].source == ANSWERED.format("c")

    quiz.reload()
    quiz.question(1).get_by_role("radio", name="The third", checked=True).wait_for()

    quiz.restart()
    quiz.run_all()
    quiz.question(1).get_by_role("radio", name="The third", checked=True).wait_for()
    quiz.save()
    assert output_of(quiz, 5)["text/plain"] == "'c'"


def test_the_kernel_knows_the_answer_without_a_new_run_of_the_question(quiz):
    quiz.question(1).get_by_label("The second").click()
    quiz.cell(5).click()
    quiz.command("notebook:run-cell")
    quiz.cell(5).get_by_text("'b'").wait_for()


def test_a_graded_question_reveals_nothing(quiz):
    quiz.question(1).get_by_label("The second").click()
    status = quiz.question(1).get_by_role("status")
    assert status.inner_text() == 'Saved in the cell as answer="b". You can change it until you hand in.'


def test_a_practice_question_explains_each_choice_and_lets_the_student_try_again(quiz):
    cell = quiz.question(2)
    assert cell.get_by_role("status").inner_text().strip() == ""
    cell.get_by_label(WRONG).click()
    cell.get_by_text("✗ Not this one.").wait_for()
    assert "nobody can receive" not in cell.inner_text(), "the best option is not given away"
    cell.get_by_label(RIGHT).click()
    cell.get_by_text("✓ Right.").wait_for()
    assert "leaves out what A saves" not in cell.get_by_role("status").inner_text()
    assert quiz.source(2) == 'check("planning-range-clipped", answer="a")'


def test_explanations_are_not_saved_before_an_answer_is_chosen(quiz):
    quiz.save()
    saved = (quiz.server.root / quiz.path).read_text("utf-8")
    assert WRONG in saved, "the question itself stands in the static output"
    assert "leaves out what A saves" not in saved
    assert "nobody can receive more than the whole prize" not in saved


def test_keyboard_only_answering(quiz):
    page = quiz.page
    group = page.get_by_role("group", name="Which of these comes first?")
    quiz.cell(1).locator(".jp-InputPrompt").click()
    press_tab_until(page, group)
    page.keyboard.press("Space")
    assert quiz.source(1) == ANSWERED.format("a")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert quiz.source(1) == ANSWERED.format("c")

    practice = quiz.page.get_by_role("group", name="Side A would win")
    press_tab_until(page, practice)
    page.keyboard.press("ArrowDown")
    practice.get_by_text("Press Enter to answer.").wait_for()
    assert quiz.source(2) == PRACTICE, "moving through the options is not yet an answer"
    page.keyboard.press("Enter")
    practice.get_by_text("✗ Not this one.").wait_for()
    assert quiz.source(2) == 'check("planning-range-clipped", answer="b")'
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Space")
    practice.get_by_text("✓ Right.").wait_for()
    page.keyboard.press("d")
    page.keyboard.press("d")
    assert len(quiz.saved().cells) == page.locator(".jp-Notebook .jp-Cell").count(), "letters are no commands here"
    page.keyboard.press("Control+s")
    page.wait_for_function("() => !jupyterapp.shell.currentWidget.context.model.dirty")
    assert quiz.saved().cells[1].source == ANSWERED.format("c")


def test_predictions_by_choice_and_in_words(quiz):
    quiz.question(3).get_by_label("It moves").click()
    assert quiz.source(3).endswith('widths(prediction="moves")')
    words = quiz.question(4).get_by_role("textbox", name="What will the range do, in a few words?")
    quiz.question(4).get_by_role("button", name="Commit").click()
    quiz.question(4).get_by_text("Write a few words first.").wait_for()
    words.click()
    quiz.page.keyboard.type('It "moves"\\shifts, add xx')
    quiz.page.keyboard.press("Enter")
    assert quiz.source(4).endswith(r'words(prediction="It \"moves\"\\shifts, add xx")')
    quiz.run_all()
    assert quiz.question(4).get_by_label("in a few words").input_value() == 'It "moves"\\shifts, add xx'


def test_the_focus_can_be_seen(quiz):
    radio = quiz.question(1).get_by_label("The first")
    quiz.cell(1).locator(".jp-InputPrompt").click()
    press_tab_until(quiz.page, quiz.question(1))
    width = radio.evaluate("node => getComputedStyle(node.closest('label')).outlineWidth")
    assert width == "2px"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_serious_accessibility_finding(quiz, theme):
    quiz.theme(theme)
    quiz.question(1).get_by_label("The second").click()
    for label in (WRONG, RIGHT):
        quiz.question(2).get_by_label(label).click()
        quiz.question(2).get_by_text("✗ Not" if label == WRONG else "✓ Right").wait_for()
        assert quiz.axe(".postwar-choice") == []


def test_the_dark_theme_reaches_the_question(quiz):
    box = quiz.cell(1).locator(".postwar-choice")
    colours = "node => [getComputedStyle(node).backgroundColor, getComputedStyle(node).color]"
    light = box.evaluate(colours)
    quiz.theme("dark")
    dark = box.evaluate(colours)
    assert brightness(light[0]) > 0.8 and brightness(light[1]) < 0.4
    assert brightness(dark[0]) < 0.3 and brightness(dark[1]) > 0.7


def brightness(colour):
    red, green, blue = (float(part) for part in colour[colour.index("(") + 1 : -1].split(",")[:3])
    return (red + green + blue) / (3 * 255)


def test_a_phone_shows_the_whole_question(quiz):
    quiz.page.set_viewport_size({"width": 360, "height": 740})
    if quiz.app == "lab":
        quiz.command("application:toggle-left-area")
    box = quiz.cell(2).locator(".postwar-choice")
    box.scroll_into_view_if_needed()
    box.get_by_label(WRONG).click()
    box.get_by_text("✗ Not this one.").wait_for()
    frame = box.bounding_box()
    assert frame["x"] >= 0 and frame["x"] + frame["width"] <= 360
    assert box.evaluate("node => node.scrollWidth <= node.clientWidth")


def test_motion_is_reduced_on_request(quiz):
    row = quiz.cell(1).locator(".postwar-option").first
    duration = "node => getComputedStyle(node).transitionDuration"
    assert row.evaluate(duration) != "0s"
    quiz.page.emulate_media(reduced_motion="reduce")
    assert row.evaluate(duration) == "0s"
    quiz.page.emulate_media(reduced_motion="no-preference")


def test_several_questions_on_a_page_keep_apart(quiz):
    quiz.question(1).get_by_label("The first").click()
    quiz.question(3).get_by_label("It moves").click()
    quiz.question(2).get_by_label(RIGHT).click()
    assert quiz.question(1).get_by_role("radio", checked=True).count() == 1
    repeated = quiz.page.evaluate(
        """() => {
            const ids = [...document.querySelectorAll(".postwar-choice [id]")].map((node) => node.id);
            return ids.length - new Set(ids).size;
        }"""
    )
    assert repeated == 0


def test_a_cell_that_must_not_be_edited_is_left_alone(jupyter, open_notebook):
    path = "tmp/read-only.ipynb"
    jupyter.write(path, [IMPORTS, GRADED])
    notebook = open_notebook(path)
    notebook.run_all()
    notebook.page.evaluate(
        """() => [...jupyterapp.shell.widgets("main")].find((w) => w.context?.model?.cells)
            .context.model.cells.get(1).sharedModel.setMetadata("editable", false)"""
    )
    notebook.question(1).get_by_label("The second").click()
    notebook.cell(1).get_by_text('To keep this, write answer="b" inside ask(…)').wait_for()
    assert notebook.source(1) == GRADED


def test_a_question_shown_away_from_its_call_says_what_to_type(jupyter, open_notebook):
    path = "tmp/away.ipynb"
    jupyter.write(path, [IMPORTS, GRADED.removesuffix("\nq1"), "q1"])
    notebook = open_notebook(path)
    notebook.run_all()
    notebook.question(2).get_by_label("The first").click()
    notebook.cell(2).get_by_text('To keep this, write answer="a" inside ask(…) and run the cell again.').wait_for()
    assert notebook.source(2) == "q1"


def test_two_questions_under_one_cell_write_into_their_own_calls(jupyter, open_notebook):
    path = "tmp/two.ipynb"
    two = 'p = ask("Who?", a="He", b="She")\nq = ask("When?", a="Now", b="Then")\ndisplay(p, q)'
    jupyter.write(path, [IMPORTS, two])
    notebook = open_notebook(path)
    notebook.run_all()
    notebook.question(1).get_by_label("Then").click()
    notebook.question(1).get_by_label("She").click()
    expected = two.replace('"She"', '"She", answer="b"').replace('"Then"', '"Then", answer="b"')
    assert notebook.source(1) == expected
    assert notebook.page.locator(".postwar-question:visible").count() == 0


def test_without_a_kernel_the_answer_is_still_written(jupyter, open_notebook):
    path = "tmp/no-kernel.ipynb"
    jupyter.write(path, [IMPORTS, PRACTICE])
    notebook = open_notebook(path)
    notebook.run_all()
    option = notebook.question(1).get_by_label(WRONG)
    option.wait_for()
    notebook.page.evaluate(
        """() => [...jupyterapp.shell.widgets("main")].find((w) => w.context?.model?.cells).sessionContext.shutdown()"""
    )
    option.click()
    assert notebook.source(1) == 'check("planning-range-clipped", answer="b")'
    notebook.question(1).get_by_text("Run the cell to read the explanation.").wait_for()


def test_opened_again_without_its_kernel_a_notebook_shows_its_questions_and_answers(jupyter, open_notebook):
    path = "tmp/again.ipynb"
    jupyter.write(path, [IMPORTS, GRADED, PRACTICE])
    notebook = open_notebook(path)
    notebook.run_all()
    notebook.question(1).get_by_label("The second").click()
    notebook.page.locator(".postwar-question", has_text="The second ← chosen").wait_for(state="attached")
    assert notebook.page.locator(".postwar-question:visible").count() == 0, "the live question replaces the plain one"
    hidden = "all => all.every(node => getComputedStyle(node).display === 'none')"
    assert notebook.page.locator(".postwar-question").evaluate_all(hidden), "also where no class is JupyterLab's"
    notebook.save()
    notebook.close()

    again = open_notebook(path)
    again.cell(1).get_by_text("← chosen").wait_for()
    again.page.get_by_text("model not found").first.wait_for(state="attached")
    assert not again.page.get_by_text("model not found").first.is_visible()
    again.cell(2).get_by_text("No answer yet. Run this cell and click on an option").wait_for()
    again.run_all()
    again.cell(1).get_by_role("radio", name="The second", checked=True).wait_for()


def test_an_exported_page_can_be_read_without_widgets(quiz, page):
    quiz.question(1).get_by_label("The second").click()
    quiz.question(2).get_by_label(WRONG).click()
    quiz.question(2).get_by_text("✗ Not this one.").wait_for()
    quiz.save()
    html, _ = HTMLExporter().from_notebook_node(quiz.saved())
    export = quiz.server.root / "export.html"
    export.write_text(html, "utf-8")
    page.route("http*://**", lambda route: route.abort())  # nothing may depend on the net
    page.goto(export.as_uri())
    text = page.locator("body").inner_text()
    assert "b The second ← chosen" in " ".join(text.split())
    assert "✗ Not this one." in text
    assert "No answer yet" not in text
    assert "[What will the range do?]" in text
    assert "object at 0x" not in text


def test_a_committed_prediction_folds_and_can_be_changed(quiz):
    box = quiz.cell(3).locator(".postwar-choice")
    box.get_by_role("radio").nth(1).click()
    box.get_by_role("button", name="Change my prediction").wait_for()
    assert box.get_by_role("radio").count() == 1, "only the chosen option stays in sight"
    box.get_by_role("button", name="Change my prediction").click()
    box.get_by_role("radio").nth(0).click()
    assert quiz.source(3).count("prediction=") == 2  # the parameter of the function and the argument of the call
