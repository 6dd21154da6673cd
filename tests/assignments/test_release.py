"""``exercises/`` is what nbgrader makes of ``solutions/``, and gives no solution away."""

import nbformat
import pytest
from machinery import SLUGS, STUB, cast
from nbgrader.utils import is_grade, is_solution
from nbgrader.validator import Validator

from postwar.paths import EXERCISES

SLUG = [pytest.param(slug, marks=pytest.mark.xdist_group(slug)) for slug in SLUGS]


@pytest.mark.parametrize("slug", SLUG)
def test_committed_release_is_what_nbgrader_makes(nbgrader, slug):
    nbgrader("generate_assignment", slug, "--force")
    fresh = {path.name: path.read_text(encoding="utf-8") for path in (nbgrader.course / "exercises" / slug).iterdir()}
    committed = {path.name: path.read_text(encoding="utf-8") for path in (EXERCISES / slug).glob("*.*")}
    assert committed == fresh, f"run: nbgrader generate_assignment {slug} --force, and commit exercises/{slug}"


def test_every_release_has_its_source():
    assert sorted(folder.name for folder in EXERCISES.iterdir() if folder.is_dir()) == SLUGS


@pytest.mark.parametrize("assignment", SLUG, indirect=True)
def test_release_gives_nothing_away(assignment):
    for notebook in assignment.release.values():
        text = nbformat.writes(notebook)
        for leak in ("BEGIN SOLUTION", "HIDDEN TESTS", "MARK SCHEME", "mark_choice", "mark_number", 'answer=\\"'):
            assert leak not in text.replace('`answer=\\"…\\"`', ""), leak
        for cell in notebook.cells:
            if is_solution(cell):
                assert (STUB if cell.cell_type == "code" else "YOUR ANSWER HERE") in cell.source


@pytest.mark.parametrize("assignment", SLUG, indirect=True)
def test_released_cells_run_when_blank(assignment):
    for notebook in assignment.release.values():
        namespace = {}
        for cell in notebook.cells:
            if cell.cell_type == "code" and not is_grade(cell):
                exec(cell.source, namespace)


@pytest.mark.parametrize("assignment", SLUG, indirect=True)
def test_notebooks_are_clean(assignment):
    for notebook in [*assignment.source.values(), *assignment.release.values()]:
        assert set(notebook.metadata) == {"kernelspec", "language_info"}
        for cell in notebook.cells:
            assert not cell.get("outputs") and not cell.get("execution_count")
            grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
            assert grade_id in (None, cell.id), (
                "a graded cell's id is its grade id, by which a damaged copy is restored"
            )


@pytest.mark.parametrize("assignment", SLUG, indirect=True)
def test_validate_says_what_is_missing_and_is_content_when_nothing_is(assignment, tmp_path):
    blank, solved = (
        next(m for m in cast(assignment) if m.name == name).notebooks["quiz"] for name in ("blank", "solved")
    )
    validator = Validator()
    nbformat.write(blank, tmp_path / "quiz.ipynb")
    failed = validator.validate(str(tmp_path / "quiz.ipynb"))["failed"]
    assert len(failed) == len([answer for answer in assignment.answers if answer.notebook == "quiz"])
    assert all("No option is chosen yet" in failure["error"] for failure in failed)
    nbformat.write(solved, tmp_path / "quiz.ipynb")
    assert validator.validate(str(tmp_path / "quiz.ipynb")) == {}
