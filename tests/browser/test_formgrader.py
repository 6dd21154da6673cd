"""A grader's way through formgrader in a real JupyterLab: release, autograde, read with the mark scheme, mark, give feedback."""

import re
import shutil
import sys
from pathlib import Path

import nbformat
import pytest
from harness import new_page, serve, shoot
from nbgrader.api import Gradebook

from postwar import paths

sys.path.insert(0, str(Path(__file__).parents[1] / "assignments"))
from machinery import Assignment, cast

SLUG = "08-looking-ahead"
STUDENTS = ("solved", "half-right")

#: An essay that tries to act in the grader's name.
TRAPS = """A short brief on what each option needs.

<script>window.trapped = "script"</script> <img src="x" alt="" onerror="window.trapped = 'image'">
<svg onload="window.trapped = 'drawing'"></svg> <iframe srcdoc="<script>top.trapped = 'frame'</script>"></iframe>
<meta http-equiv="refresh" content="0; url=elsewhere.html"> [My chart](chart.html), [more](javascript:alert(1))

<style>body { display: none } .score { background: red }</style> <img src="/logout" alt="away"> <link rel="stylesheet" href="/logout">

<div class="btn full-credit mark-graded" style="position: fixed; inset: 0; z-index: 99"><button class="full-credit" id="all">Full</button>
<input class="score tabbable" id="policy-brief" value="12"><span class="scoring-buttons"><b class="full-credit" id="policy-brief">**Points**</b></span>
<textarea class="comment" id="policy-brief-comment">Excellent.</textarea><form action="/logout"><input type="submit"></form></div>

# Score {#policy-brief .score}

A **bold** claim: $p < \\tfrac{1}{2}$ and $$x_1 < x_2$$ with [a source](https://example.org/report).
"""


@pytest.fixture(scope="module")
def members():
    """The submissions: all right with both texts, and half right with a brief that is full of traps."""
    chosen = {member.name: member for member in cast(Assignment(SLUG)) if member.name in STUDENTS}
    _cell(chosen["half-right"].notebooks["brief"], "policy-brief").source = TRAPS
    return chosen


@pytest.fixture(scope="module")
def course(tmp_path_factory, members):
    """A course folder with the assignment's source and what two students handed in."""
    root = tmp_path_factory.mktemp("grader") / "course"
    shutil.copytree(paths.SOLUTIONS / SLUG, root / "solutions" / SLUG)
    shutil.copy(paths.COURSE / "nbgrader_config.py", root)
    for name, member in members.items():
        folder = root / "submitted" / name / SLUG
        folder.mkdir(parents=True)
        for notebook, content in member.notebooks.items():
            nbformat.write(content, folder / f"{notebook}.ipynb")
    # What a link could have nbgrader run, or show as a page of the grader's own.
    folder = root / "submitted" / "half-right" / SLUG
    (folder / "nbgrader_config.py").write_text(f"open({str(root / 'configured')!r}, 'w')")
    (folder / "chart.html").write_text("<script>trapped</script>")
    return root


@pytest.fixture(scope="module")
def page(browser, course):
    """JupyterLab on that folder, without MathJax, which comes from the net."""
    with serve(course, course.parent / "home") as server, new_page(browser) as page:
        errors = []
        page.on("pageerror", lambda error: errors.append(str(error)) if "formgrader" in (error.stack or "") else None)
        page.route("https://cdnjs.cloudflare.com/**", lambda route: route.abort())
        page.goto(f"{server.url}/lab?token={server.token}")
        page.wait_for_function("() => window.jupyterapp?.restored")
        yield page
        assert errors == [], "script errors in formgrader"


def _cell(notebook, grade_id):
    return next(cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == grade_id)


def _press(formgrader, student, button):
    """Press a button in a row of a list, and wait until nbgrader says that it is done."""
    row = formgrader.locator("tbody tr").filter(has=formgrader.get_by_text(student, exact=True))
    row.locator(f".{button} a").click()
    dialog = formgrader.locator(".modal.in")
    dialog.locator(".modal-title").wait_for()
    assert dialog.locator(".modal-title").inner_text() == "Success", dialog.inner_text()
    dialog.get_by_role("button", name="OK").click()
    dialog.wait_for(state="detached")
    return row


def _loaded(page, submission=""):
    """Wait until formgrader shows a submission with its marks and comments; another one than that at this address."""
    page.wait_for_function(
        """before => frames[0].location.pathname !== before && frames[0].formgrader?.keyboard_manager
            && frames[0].formgrader.grades.loaded && frames[0].formgrader.comments.loaded""",
        arg=submission,
    )


def _open_first(page, notebook):
    formgrader = page.frame_locator("iframe")
    formgrader.get_by_role("link", name="Manual Grading").first.click()
    formgrader.get_by_role("link", name=SLUG).click()
    formgrader.get_by_role("link", name=notebook, exact=True).click()
    formgrader.get_by_role("link", name="Submission #1").click()
    _loaded(page)


def _whose(formgrader):
    """The student whose submission is open: names are hidden until asked for."""
    formgrader.locator("span.glyphicon.name-hidden").click()
    name = formgrader.locator("a.name-shown").inner_text().strip()
    formgrader.locator("span.glyphicon.name-shown").click()
    return name


def _to_the_next(page):
    before = page.evaluate("() => frames[0].location.pathname")
    page.keyboard.press("Control+.")
    _loaded(page, before)


def _enter(formgrader, field, text):
    """Type into a field and wait until formgrader says that it is saved."""
    box = formgrader.locator(f"[id='{field}']")
    with box.page.expect_response(lambda response: response.request.method == "PUT") as saved:
        box.fill(text)
        box.press("Escape")
    assert saved.value.ok


def _mark_scheme():
    """The criteria of the brief's mark scheme and its reusable comments, from the source."""
    source = nbformat.read(paths.SOLUTIONS / SLUG / "brief.ipynb", as_version=4)
    scheme = _cell(source, "policy-brief-task").source.partition("<!-- BEGIN MARK SCHEME -->")[2]
    return re.findall(r"^\| (\w[^|]+) \| ", scheme, re.MULTILINE)[1:], re.findall(
        "“([^”]+)”", scheme.replace("\n", " ")
    )


def _mark_brief(page, members, mark, comment):
    """Read the brief that is open with the mark scheme above it, mark it, and find the marks again; whose it was."""
    formgrader = page.frame_locator("iframe")
    student = _whose(formgrader)
    essay = formgrader.locator(".nbgrader_cell", has=formgrader.locator("#policy-brief"))
    above = essay.locator("xpath=ancestor::*[contains(@class, 'text_cell')][1]/preceding-sibling::*[1]")
    for texts in _mark_scheme():
        assert len(texts) >= 4
        for text in texts:
            assert above.get_by_text(text).first.is_visible(), text
    opening = _cell(members[student].notebooks["brief"], "policy-brief").source.split("\n")[0]
    assert opening in essay.inner_text()
    _enter(formgrader, "policy-brief", mark)
    _enter(formgrader, "policy-brief-comment", comment)
    above.scroll_into_view_if_needed()
    shoot(page, f"formgrader-brief-{student}")
    page.evaluate("() => { frames[0].formgrader.grades.loaded = false; frames[0].location.reload(); }")
    _loaded(page)
    assert formgrader.locator("#policy-brief").input_value() == mark
    assert formgrader.locator("#policy-brief-comment").input_value() == comment
    if student == "half-right":
        _nothing_acted(page)
        _nothing_can_be_clicked(page, essay, mark)
    return student


def _nothing_can_be_clicked(page, essay, mark):
    """The essay is text: it has none of formgrader's names, and a click anywhere in it changes no mark and asks for nothing."""
    body = essay.locator(".rendered_html")
    for forbidden in (
        "[id]",
        "[class]",
        "[style]",
        "style",
        "form",
        "input",
        "button",
        "textarea",
        "img[src]",  # one whose address was taken away shows its alternative text
        "link",
        "iframe",
        "svg",
    ):
        assert body.locator(forbidden).count() == 0, forbidden
    assert body.locator("strong", has_text="bold").count() == 1
    assert body.get_by_text("a source").get_attribute("href") == "https://example.org/report"
    assert "$p < " in body.inner_text()
    asked = []
    page.on("request", lambda request: asked.append(f"{request.method} {request.url}"))
    for place in body.locator("p, div, b, h1, span").all():
        place.click(force=True, position={"x": 3, "y": 3})
    page.wait_for_timeout(500)
    # JupyterLab keeps its own layout at any moment; that is nobody's click
    changes = [each for each in asked if "logout" in each or each.startswith(("PUT", "POST"))]
    assert not [each for each in changes if "/lab/api/workspaces/" not in each]
    assert page.frame_locator("iframe").locator("#policy-brief").input_value() == mark


def _nothing_acted(page):
    """The traps that are open in formgrader have not sprung."""
    here = page.evaluate("() => frames[0].location.pathname")
    page.wait_for_timeout(1000)  # time for a redirect
    assert page.evaluate("() => frames[0].location.pathname") == here
    assert page.evaluate("() => [window.trapped, frames[0].trapped]") == [None, None]
    assert page.frame_locator("iframe").get_by_text("My chart").get_attribute("href") is None


def test_a_grader_s_way_through_formgrader(page, course, members):
    page.get_by_role("menuitem", name="Nbgrader").click()
    page.get_by_text("Formgrader", exact=True).click()
    formgrader = page.frame_locator("iframe")
    _press(formgrader, SLUG, "assign")
    shoot(page, "formgrader-assignments")
    formgrader.locator(".num-submissions a").click()
    for student, member in members.items():
        row = _press(formgrader, student, "autograde")
        row.get_by_text("needs manual grading").wait_for()
        assert row.locator(".score").inner_text() == f"{sum(member.expected.values()):g} / 58"
    shoot(page, "formgrader-submissions")

    _open_first(page, "brief")
    comments = [f"{text}\n\nWell *ordered*." for text in _mark_scheme()[1][:2]]
    marks = {_mark_brief(page, members, "9", comments[0]): ("9", comments[0])}
    formgrader.locator("#policy-brief").focus()
    _to_the_next(page)
    marks[_mark_brief(page, members, "4", comments[1])] = ("4", comments[1])
    assert set(marks) == set(STUDENTS)

    # The optional text: nothing of nothing, and some extra credit.
    _open_first(page, "problems")
    if _whose(formgrader) != "solved":
        _to_the_next(page)
    assert formgrader.get_by_text("add up the criteria, divide by three").is_visible()
    _enter(formgrader, "two-colleagues", "0")
    _enter(formgrader, "two-colleagues_extra_credit", "3")

    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        for student, (mark, comment) in marks.items():
            grade = gradebook.find_grade("policy-brief", "brief", SLUG, student)
            assert (grade.manual_score, grade.needs_manual_grade) == (float(mark), False)
            assert gradebook.find_comment("policy-brief", "brief", SLUG, student).manual_comment == comment
        extra = gradebook.find_grade("two-colleagues", "problems", SLUG, "solved")
        assert (extra.score, extra.extra_credit, extra.needs_manual_grade) == (3, 3, False)

    formgrader.get_by_role("link", name="Manual Grading").first.click()
    formgrader.get_by_role("link", name="Manage Assignments").click()
    formgrader.locator(".num-submissions a").click()
    for student in members:
        row = _press(formgrader, student, "generate-feedback")
        assert row.get_by_text("graded", exact=True).is_visible()
    feedback = course / "feedback"
    with page.context.new_page() as reading:
        for student, (mark, comment) in marks.items():
            reading.goto((feedback / student / SLUG / "brief.html").as_uri())
            item = reading.locator("section#policy-brief")
            assert f"{mark} of 12, read by a person" in item.inner_text()
            said = item.locator(".comment").inner_text()
            assert said.split() == ["Comment.", *comment.replace("*", "").split()]
            item.scroll_into_view_if_needed()
            shoot(reading, f"feedback-brief-{student}")
        reading.goto((feedback / "solved" / SLUG / "problems.html").as_uri())
        assert "3 extra, read by a person" in reading.locator("section#two-colleagues").inner_text()


def test_the_button_grades_in_the_sandbox(page, course, members):
    """A hand-in that would leave a file in the class, and one that is no notebook: the second one's dialog says why."""
    for name, cell in (("planter", f"open({str(course / 'planted')!r}, 'w')"), ("broken", "")):
        folder = course / "submitted" / name / SLUG
        shutil.copytree(course / "submitted" / "solved" / SLUG, folder)
        notebook = nbformat.read(folder / "problems.ipynb", as_version=4)
        notebook.cells.append(nbformat.v4.new_code_cell(cell, id="more"))
        nbformat.write(notebook, folder / "problems.ipynb")
    (folder / "problems.ipynb").write_text("no notebook")
    page.evaluate(f"() => frames[0].location.href = '/formgrader/manage_submissions/{SLUG}'")
    formgrader = page.frame_locator("iframe")
    _press(formgrader, "planter", "autograde")
    assert not (course / "planted").exists()
    assert (course / "autograded" / "planter" / SLUG / "problems.ipynb").exists()

    formgrader.locator("tbody tr").filter(has_text="broken").locator(".autograde a").click()
    dialog = formgrader.locator(".modal.in")
    dialog.get_by_text("problems.ipynb", exact=False).first.wait_for()
    assert dialog.locator(".modal-title").inner_text() == "Error"
    shoot(page, "formgrader-refused")


@pytest.mark.parametrize(
    "address",
    [
        "?path={course}/submitted/half-right/{slug}",
        "/?path=submitted/half-right/{slug}",
        "/manage_students/%22;trapped;%22",
        "/manage_students/a/%3Cscript%3Etrapped%3C%2Fscript%3E",
        "/gradebook/%3Cimg%20src=x%20onerror=trapped%3E",
        "/gradebook/{slug}/%5Cu003ctrapped",
        "/manage_submissions/{slug}%0Atrapped",
        "/no/such/page/%3Ctrapped%3E",
        "/submissions/{submission}/chart.html",
        "/submissions/{submission}/next/../chart.html",
        "/submissions/{submission}/%63hart.html",
    ],
)
def test_a_link_from_outside_does_nothing(page, course, address):
    """As a message may hold one: it is opened where the grader is logged in."""
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        submission = gradebook.find_submission_notebook("brief", SLUG, "half-right").id
    base = page.evaluate("() => location.origin + '/formgrader'")
    answer = page.context.request.get(base + address.format(course=course, slug=SLUG, submission=submission))
    assert answer.status == 404
    assert "trapped" not in answer.text().partition("<body")[2]
    assert not (course / "configured").exists()


@pytest.mark.parametrize(
    "address",
    [
        "",
        "/",
        "/gradebook",
        "/gradebook/{slug}/brief",
        "/manage_students",
        "/manage_students/Ana-M%C3%A1ria%20O'Neill%20%26%20Co.",
        "/static/css/nbgrader.css",
    ],
)
def test_formgrader_s_own_addresses_are_left_to_it(page, address):
    base = page.evaluate("() => location.origin + '/formgrader'")
    assert page.context.request.get(base + address.format(slug=SLUG)).ok
