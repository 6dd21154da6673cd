"""Every submission of the cast gets exactly its points, and its feedback says why.

The first assignment is graded by the real nbgrader on cold kernels with its own preprocessors, as it comes, and ``postwar grade`` then
has to give the same; the others are graded by ``postwar grade`` alone. Damaged copies are handed in to the first and the
fourth. With ``POSTWAR_LONG=1`` nbgrader grades all of them, and damaged copies are handed in to all.
"""

import os
import shutil
import subprocess
import sys

import compare
import nbformat
import pytest
from bs4 import BeautifulSoup
from machinery import SLUGS, cast
from nbgrader.api import Gradebook

from postwar.grading import sandbox
from postwar.paths import COURSE

COLD = """
from nbgrader.converters import Autograde
c.Autograde.autograde_preprocessors = Autograde.autograde_preprocessors.default()
"""

LONG = os.environ.get("POSTWAR_LONG")
BY_NBGRADER = SLUGS if LONG else SLUGS[:1]
DAMAGED = SLUGS if LONG else [SLUGS[0], "04-deterrence"]
SLUG = [pytest.param(slug, marks=pytest.mark.xdist_group(slug)) for slug in SLUGS]


@pytest.fixture(scope="module")
def submitted(nbgrader, assignment):
    """The course with the cast handed in, and a copy of it."""
    members = {member.name: member for member in cast(assignment, damaged=assignment.slug in DAMAGED)}
    nbgrader("generate_assignment", assignment.slug, "--force")
    for member in members.values():
        folder = nbgrader.course / "submitted" / member.name / assignment.slug
        folder.mkdir(parents=True)
        for name, notebook in member.notebooks.items():
            nbformat.write(notebook, folder / f"{name}.ipynb")
    copy = nbgrader.course.parent / f"{nbgrader.course.name}-{assignment.slug}"
    shutil.copytree(nbgrader.course, copy, ignore=shutil.ignore_patterns("feedback"))
    return members, copy


@pytest.fixture(scope="module")
def graded(nbgrader, assignment, submitted):
    """The cast after one run over all of it, with the gradebook open."""
    members, _ = submitted
    config = (COURSE / "nbgrader_config.py").read_text() + (COLD if assignment.slug in BY_NBGRADER else "")
    (nbgrader.course / "nbgrader_config.py").write_text(config)
    if assignment.slug in BY_NBGRADER:
        nbgrader("autograde", assignment.slug, "--Execute.shutdown_kernel=immediate", *compare.PATIENT)
        nbgrader("generate_feedback", assignment.slug)
    else:
        postwar_grade(nbgrader.course, assignment, "--feedback")
    with Gradebook(f"sqlite:///{nbgrader.course / 'gradebook.db'}") as gradebook:
        yield members, gradebook, nbgrader.course / "feedback"


def postwar_grade(course, assignment, *options):
    """Run the command, which must succeed; returns what it says."""
    command = [sys.executable, "-m", "postwar", "grade", assignment.slug, *options]
    finished = subprocess.run(command, cwd=course, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stderr
    return finished.stderr


def text_of(page):
    """The words on a feedback page, without its mark-up and line breaks."""
    return " ".join(BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser").body.get_text().split())


def grades(gradebook, assignment, student):
    submission = gradebook.find_submission(assignment.slug, student)
    return {grade.name: grade for notebook in submission.notebooks for grade in notebook.grades}


@pytest.mark.parametrize("assignment", SLUG, indirect=True)
def test_every_submission_gets_exactly_its_points(graded, assignment, record_property):
    members, gradebook, _ = graded
    wrong = {}
    for member in members.values():
        got = {i: g.score for i, g in grades(gradebook, assignment, member.name).items() if i in assignment.items}
        if got != member.expected:
            wrong[member.name] = {i: (got.get(i), p) for i, p in member.expected.items() if got.get(i) != p}
    assert not wrong, f"item: (got, expected) {wrong}"
    total = f"{sum(assignment.items.values()):g}"
    table = ", ".join(f"{m.name} {sum(m.expected.values()):g}" for m in members.values())
    record_property("assignment", f"{assignment.slug}: {len(members)} submissions, points of {total}: {table}")


@pytest.mark.parametrize("assignment", [param for param in SLUG if param.values[0] in BY_NBGRADER], indirect=True)
def test_postwar_grade_gives_the_same_rows_and_files(graded, submitted, nbgrader, assignment):
    _, mine = submitted
    shutil.copy(COURSE / "nbgrader_config.py", mine)
    said = postwar_grade(mine, assignment)
    assert compare.differences(nbgrader.course, mine) == []
    if sandbox.missing() is None:  # an untouched copy gives no cause for a note
        assert " blank " not in said


@pytest.mark.parametrize("assignment", SLUG, indirect=True)
def test_an_essay_waits_for_a_reader_and_a_blank_one_does_not(graded, assignment):
    _, gradebook, pages = graded
    for essay in assignment.essays:
        assert grades(gradebook, assignment, "solved")[essay].needs_manual_grade
        blank = grades(gradebook, assignment, "blank")[essay]
        assert (blank.score, blank.needs_manual_grade) == (0, False)
        notebook = blank.notebook.name
        assert ", not read yet" in text_of(pages / "solved" / assignment.slug / f"{notebook}.html")
        assert ", not read yet" not in text_of(pages / "blank" / assignment.slug / f"{notebook}.html")


@pytest.mark.parametrize("assignment", SLUG, indirect=True)
def test_feedback_explains_the_chosen_option_and_no_other(graded, assignment):
    members, _, pages = graded
    explained = 0
    for member in members.values():
        for item, chosen in member.why.items():
            notebook = next(a.notebook for a in assignment.answers if item in a.items)
            said = text_of(pages / member.name / assignment.slug / f"{notebook}.html")
            for option, why in assignment.explanations(item).items():
                assert (why.replace("`", "") in said) == (option == chosen), f"{member.name}, {item}, option {option}"
            explained += 1
    assert explained >= 24


@pytest.mark.parametrize("assignment", SLUG, indirect=True)
def test_feedback_shows_no_line_of_a_hidden_test(graded, assignment):
    members, _, pages = graded
    for member in members:
        for page in (pages / member / assignment.slug).glob("*.html"):
            body = text_of(page)
            # ipykernel_…: the file of a cell is named by a hash of its source, hidden lines included.
            for leak in ("HIDDEN TESTS", "mark_choice", "mark_number", "mark_function", "slips=", "ipykernel_"):
                assert leak not in body, f"{page} shows {leak}"


@pytest.mark.parametrize("assignment", SLUG, indirect=True)
def test_feedback_runs_no_script(graded, assignment):
    _, _, pages = graded
    head = BeautifulSoup(
        (pages / "solved" / assignment.slug / "quiz.html").read_text(encoding="utf-8"), "html.parser"
    ).head
    assert not head.find_all("script")
    (policy,) = (meta["content"] for meta in head.find_all("meta", {"http-equiv": "Content-Security-Policy"}))
    assert policy.startswith("default-src 'none';") and "script-src" not in policy
