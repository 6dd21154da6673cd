"""Keep nbgrader's gradebook in step with ``roster.csv`` and ``class.toml``."""

from datetime import UTC

from postwar.classroom.folder import ClassFolder


def sync(folder: ClassFolder) -> int:
    """Bring students and due dates of the gradebook up to date; returns how many students are new. Nobody is removed."""
    from nbgrader.api import Gradebook

    with Gradebook(folder.db_url, folder.settings.course_id) as gradebook:
        before = {student.id for student in gradebook.students}
        for student in folder.roster():
            gradebook.update_or_create_student(
                student.id,
                first_name=student.first_name or None,
                last_name=student.last_name or None,
                email=student.email or None,
            )
        for slug in folder.assignments:
            due = folder.settings.due.get(slug)
            if slug in {assignment.name for assignment in gradebook.assignments}:
                gradebook.update_or_create_assignment(
                    slug, duedate=due.astimezone(UTC).replace(tzinfo=None) if due else None
                )
        return len({student.id for student in folder.roster()} - before)


def renew_penalties(folder: ClassFolder, slug: str) -> int:
    """Set what is taken off for being late by ``class.toml`` as it is now; returns how many notebooks that changed.

    nbgrader sets it when it grades: before essays are read, and before an extension that was given afterwards.
    """
    from nbgrader.api import Gradebook

    from postwar.classroom.collect import handed_in

    changed = 0
    with Gradebook(folder.db_url, folder.settings.course_id) as gradebook:
        for submission in gradebook.assignment_submissions(slug):
            student = submission.student.id
            late = folder.settings.late_by(student, slug, handed_in(folder, student, slug))
            share = folder.settings.late.share_off(late.total_seconds()) if late else 0.0
            for notebook in submission.notebooks:
                off = share * notebook.score
                if abs((notebook.late_submission_penalty or 0.0) - off) > 1e-9:
                    notebook.late_submission_penalty = off
                    changed += 1
        gradebook.db.commit()
    return changed
