"""How far a student is with the objectives of earlier assignments: by the gradebook, or by what somebody who learns alone has kept."""

import json
from functools import cache
from pathlib import Path

from postwar import course, standing
from postwar.paths import EXERCISES

#: By assignment and objective: points earned and possible.
Reached = dict[str, dict[str, tuple[float, float]]]


def in_class(gradebook, slug: str, student: str) -> Reached:
    """What a student reached in the assignments before ``slug``; what a person has still to read does not count."""
    from nbgrader.api import Assignment, BaseCell, Grade, Notebook, SubmittedAssignment, SubmittedNotebook

    before = _before(slug)
    if not before:
        return {}
    # One query over the tables: through nbgrader's objects every grade would be several.
    grade, cell = Grade.__table__, BaseCell.__table__
    copy, whole = SubmittedNotebook.__table__, SubmittedAssignment.__table__
    notebook, assignment = Notebook.__table__, Assignment.__table__
    found = gradebook.db.execute(
        assignment.select()
        .with_only_columns(
            assignment.c.name, cell.c.name, grade.c.auto_score, grade.c.manual_score, grade.c.extra_credit
        )
        .select_from(
            grade.join(cell, cell.c.id == grade.c.cell_id)
            .join(copy, copy.c.id == grade.c.notebook_id)
            .join(notebook, notebook.c.id == copy.c.notebook_id)
            .join(whole, whole.c.id == copy.c.assignment_id)
            .join(assignment, assignment.c.id == whole.c.assignment_id)
        )
        .where(whole.c.student_id == student, assignment.c.name.in_(before), grade.c.needs_manual_grade.is_(False))
    ).all()
    rows = []
    for name, item, automatic, manual, extra in found:
        objective, points = _items(name).get(item, ("", 0.0))
        score = automatic if manual is None else manual
        rows.append((name, objective, (score or 0.0) + (extra or 0.0), points))
    return _sums(rows)


def alone(feedback: Path, slug: str) -> Reached:
    """What was reached in the assignments before ``slug`` by the marks that `keep` wrote beside their pages in ``feedback``."""
    found = {}
    for name in _before(slug):
        try:
            marks = json.loads((feedback / name / standing.MARKS).read_text(encoding="utf-8"))["objectives"]
            found[name] = {
                objective: (float(earned), float(possible)) for objective, (earned, possible) in marks.items()
            }
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            continue  # not marked yet, or damaged: the page is about something else
    return found


def rows_of(slug: str, scores) -> list[tuple[str, float, float]]:
    """(objective, points, maximum) of scores that have ``item``, ``points`` (None is left out) and ``maximum``."""
    items = _items(slug)
    return [
        (items[score.item][0], score.points, score.maximum)
        for score in scores
        if score.points is not None and items.get(score.item, ("",))[0]
    ]


def _before(slug: str) -> list[str]:
    """The assignments of the course before one; none where it is not the course's."""
    slugs = [lesson.slug for lesson in course.LESSONS]
    return slugs[: slugs.index(slug)] if slug in slugs else []


def _sums(rows) -> Reached:
    found = {}
    for slug, objective, earned, possible in rows:
        if objective and possible:
            before = found.setdefault(slug, {}).get(objective, (0.0, 0.0))
            found[slug][objective] = before[0] + min(earned, possible), before[1] + possible
    return found


@cache
def _items(slug: str) -> dict[str, tuple[str, float]]:
    """Objective and points of every graded item of an assignment as released."""
    found = {}
    for file in sorted((EXERCISES / slug).glob("*.ipynb")):
        for cell in json.loads(file.read_text(encoding="utf-8"))["cells"]:
            grading = cell["metadata"].get("nbgrader", {})
            if grading.get("grade"):
                objective = cell["metadata"].get("postwar", {}).get("objective", "")
                found[grading["grade_id"]] = objective, float(grading["points"])
    return found
