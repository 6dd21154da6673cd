"""What each student gets for an assignment, by the gradebook and ``class.toml``: points, or the reason why there are none."""

from dataclasses import dataclass
from datetime import datetime

from postwar.classroom import records
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
    found = records.rows(
        folder,
        f"""
        SELECT submitted_assignment.student_id, assignment.name, coalesce(sum(of_notebook.score), 0.0),
            coalesce(max(of_notebook.waiting), 0), coalesce(sum(submitted_notebook.late_submission_penalty), 0.0)
        FROM submitted_assignment
        JOIN assignment ON assignment.id = submitted_assignment.assignment_id
        JOIN submitted_notebook ON submitted_notebook.assignment_id = submitted_assignment.id
        LEFT JOIN (
            SELECT notebook_id, sum({records.SCORE}) AS score, max(needs_manual_grade) AS waiting FROM grade GROUP BY notebook_id
        ) AS of_notebook ON of_notebook.notebook_id = submitted_notebook.id
        GROUP BY submitted_assignment.student_id, assignment.name
        """,
    )
    return {(student, slug): (score, bool(waiting), off) for student, slug, score, waiting, off in found}


def maximum(folder: ClassFolder, slug: str) -> float:
    """The points of an assignment."""
    return maxima(folder)[slug]


def maxima(folder: ClassFolder) -> dict[str, float]:
    """The points of every assignment that the gradebook knows."""
    from nbgrader.api import Gradebook

    with Gradebook(folder.db_url, folder.settings.course_id) as gradebook:
        return {assignment.name: assignment.max_score for assignment in gradebook.assignments}
