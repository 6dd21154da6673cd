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
    from nbgrader.api import Gradebook, MissingEntry

    folder.notebooks(slug)
    found = []
    with Gradebook(folder.db_url, folder.settings.course_id) as gradebook:
        for student in folder.roster():
            when = handed_in(folder, student.id, slug)
            try:
                submission = gradebook.find_submission(slug, student.id)
            except MissingEntry:
                submission = None
            if submission is not None and submission.notebooks:
                state = "unread" if submission.needs_manual_grade else "graded"
                off = sum(notebook.late_submission_penalty or 0 for notebook in submission.notebooks)
                points = max(0.0, submission.score - off) if state == "graded" else None
                found.append(Mark(student, state, points, off, when))
                continue
            there = (folder.root / "submitted" / student.id / slug).is_dir()
            state = "excused" if folder.settings.excused(student.id, slug) else "failed" if there else "absent"
            found.append(Mark(student, state, None, 0.0, when))
    return found


def maximum(folder: ClassFolder, slug: str) -> float:
    """The points of an assignment."""
    from nbgrader.api import Gradebook

    with Gradebook(folder.db_url, folder.settings.course_id) as gradebook:
        return gradebook.find_assignment(slug).max_score
