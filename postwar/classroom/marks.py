"""What each student gets for an assignment, by the gradebook and ``class.toml``: points, or the reason why there are none."""

from dataclasses import dataclass
from datetime import datetime

from postwar.classroom.collect import handed_in
from postwar.classroom.folder import ClassFolder
from postwar.classroom.roster import Student


@dataclass(frozen=True)
class Mark:
    """One student's mark. ``points`` is None unless everything is graded and read; ``state`` says how things stand.

    States: graded, excused, absent, failed (handed in, but no marks), unread (an essay waits).
    """

    student: Student
    state: str
    points: float | None
    late_penalty: float = 0.0
    handed_in: datetime | None = None

    @property
    def reason(self) -> str:
        """Why there are no points; empty where there are."""
        return {
            "absent": "nothing handed in",
            "failed": "handed in, but could not be graded yet",
            "unread": "an essay is still to be read",
            "excused": "excused",
        }.get(self.state, "")


def marks(folder: ClassFolder, slug: str) -> list[Mark]:
    """A mark for everyone on the roster, in its order; raises ValueError where there is no such assignment."""
    return every(folder, [slug])[slug]


def every(folder: ClassFolder, slugs: list[str]) -> dict[str, list[Mark]]:
    """The same for several assignments, with one question to the gradebook."""
    for slug in slugs:
        folder.notebooks(slug)
    roster, recorded = folder.roster(), _recorded(folder)
    return {
        slug: [_mark(folder, student, slug, recorded.get((student.id, slug))) for student in roster] for slug in slugs
    }


def _mark(folder, student, slug, recorded) -> Mark:
    when = handed_in(folder, student.id, slug)
    if recorded:
        score, waiting, off = recorded
        points = None if waiting else max(0.0, score - off)
        return Mark(student, "unread" if waiting else "graded", points, off, when)
    there = (folder.root / "submitted" / student.id / slug).is_dir()
    state = "excused" if folder.settings.excused(student.id, slug) else "failed" if there else "absent"
    return Mark(student, state, None, 0.0, when)


def _recorded(folder) -> dict[tuple[str, str], tuple[float, bool, float]]:
    """By student and assignment: the score, whether something waits to be read, and what is taken off."""
    from nbgrader.api import Assignment, Grade, Gradebook, SubmittedAssignment, SubmittedNotebook
    from sqlalchemy import case, func, select

    of_notebook = (
        select(
            Grade.notebook_id,
            func.sum(Grade.score).label("score"),
            func.max(case((Grade.needs_manual_grade, 1), else_=0)).label("waiting"),
        )
        .group_by(Grade.notebook_id)
        .subquery()
    )
    rows = (
        select(
            SubmittedAssignment.student_id,
            Assignment.name,
            func.coalesce(func.sum(of_notebook.c.score), 0.0),
            func.coalesce(func.max(of_notebook.c.waiting), 0),
            func.coalesce(func.sum(SubmittedNotebook.late_submission_penalty), 0.0),
        )
        .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
        .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .outerjoin(of_notebook, of_notebook.c.notebook_id == SubmittedNotebook.id)
        .group_by(SubmittedAssignment.student_id, Assignment.name)
    )
    with Gradebook(folder.db_url, folder.settings.course_id) as gradebook:
        return {
            (student, slug): (score, bool(waiting), off)
            for student, slug, score, waiting, off in gradebook.db.execute(rows)
        }


def maximum(folder: ClassFolder, slug: str) -> float:
    """The points of an assignment."""
    return maxima(folder)[slug]


def maxima(folder: ClassFolder) -> dict[str, float]:
    """The points of every assignment that the gradebook knows."""
    from nbgrader.api import Gradebook

    with Gradebook(folder.db_url, folder.settings.course_id) as gradebook:
        return {assignment.name: assignment.max_score for assignment in gradebook.assignments}
