"""Keep nbgrader's gradebook in step with ``roster.csv`` and ``class.toml``."""

import sqlite3
from contextlib import closing
from datetime import UTC

from postwar.classroom import records
from postwar.classroom.folder import ClassFolder

# Two people may read the same essay at once, each in a formgrader of their own, and the mark saved last stands. The gradebook itself keeps what it
# replaced, whoever writes it.
_HISTORY = (
    "CREATE TABLE IF NOT EXISTS changed_mark (at TEXT, student TEXT, assignment TEXT, item TEXT, what TEXT, was, became);"
    + "".join(
        f"""
    CREATE TRIGGER IF NOT EXISTS keep_{column} AFTER UPDATE OF {column} ON {table}
    WHEN OLD.{column} IS NOT NULL AND OLD.{column} IS NOT '' AND NEW.{column} IS NOT OLD.{column}
    BEGIN
        INSERT INTO changed_mark
        SELECT CURRENT_TIMESTAMP, submitted_assignment.student_id, assignment.name, base_cell.name, '{what}', OLD.{column}, NEW.{column}
        FROM {table} {records.PLACES.format(table)} WHERE {table}.id = NEW.id;
    END;
    """
        for table, column, what in (
            ("grade", "manual_score", "points"),
            ("grade", "extra_credit", "extra credit"),
            ("comment", "manual_comment", "comment"),
        )
    )
)


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
        _keep_history(folder)
        return len({student.id for student in folder.roster()} - before)


def _keep_history(folder):
    with closing(sqlite3.connect(folder.root / "gradebook.db", timeout=30)) as gradebook:
        if not gradebook.execute("SELECT 1 FROM sqlite_master WHERE name = 'changed_mark'").fetchone():
            gradebook.executescript(_HISTORY)


def changes(folder: ClassFolder, slug: str) -> list[tuple]:
    """Marks and comments that were replaced by others: when (UTC), student, item, what, what it was and what it became, oldest first."""
    if not records.rows(folder, "SELECT 1 FROM sqlite_master WHERE name = 'changed_mark'"):
        return []
    found = records.rows(
        folder, "SELECT at, student, item, what, was, became, assignment FROM changed_mark ORDER BY rowid"
    )
    return [row[:-1] for row in found if row[-1] == slug]


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
