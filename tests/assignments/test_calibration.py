"""The calibration page shows every exemplar as it stands in its notebook, and students do not get it."""

from machinery import SLUGS, Assignment
from nbgrader.utils import is_grade, is_solution

from postwar.assignments import calibration


def read_by_a_person():
    return {
        (slug, name, cell.metadata.nbgrader.grade_id)
        for slug in SLUGS
        for name, notebook in Assignment(slug).source.items()
        for cell in notebook.cells
        if is_grade(cell) and is_solution(cell)
    }


def test_every_text_that_a_person_reads_has_its_exemplar():
    page = calibration.PAGE.read_text(encoding="utf-8")
    assert set(calibration.places(page)) == read_by_a_person()


def test_exemplars_are_those_of_the_notebooks():
    page = calibration.PAGE.read_text(encoding="utf-8")
    assert page == calibration.update(page), "run: python -m postwar.assignments.calibration"


def test_an_edited_exemplar_is_noticed(monkeypatch):
    page = calibration.PAGE.read_text(encoding="utf-8")
    monkeypatch.setattr(calibration, "exemplar", lambda *where: f"> edited {where}\n")
    assert calibration.update(page) != page


def test_the_page_is_not_released(nbgrader):
    nbgrader("generate_assignment", "08-looking-ahead", "--force")
    assert (nbgrader.course / "solutions" / "calibration.md").exists()
    assert not list((nbgrader.course / "exercises").rglob("*.md"))
