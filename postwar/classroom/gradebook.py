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
