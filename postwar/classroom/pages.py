"""Bring an assignment's feedback pages up to date before they go back: what was read since, and what is taken off."""

import os
from datetime import UTC, datetime

from postwar.classroom.folder import ClassFolder


def renew(folder: ClassFolder, slug: str, console, *, model_essays: bool = False) -> int:
    """Write the feedback page of everyone who is graded, several at once; returns the exit status.

    ``model_essays`` shows the solution's essays on it; ValueError while somebody may still hand in.
    """
    if model_essays:
        _may_be_shown(folder, slug)
    from nbgrader.apps.generatefeedbackapp import GenerateFeedbackApp

    from postwar.grading.feedback import graded_students, write_feedback

    os.chdir(folder.root)
    app = GenerateFeedbackApp()
    app.initialize(["--force", "--log-level=CRITICAL", slug], root=str(folder.root))
    app.coursedir.assignment_id = slug
    app.config.FeedbackView.model_essays = str(folder.root / "solutions" / slug) if model_essays else ""
    if not graded_students(app.coursedir):
        return 0
    with console.status("Writing feedback pages"):
        return write_feedback(app, console)


def _may_be_shown(folder, slug):
    dates = [
        folder.settings.due_for(student.id, slug)
        for student in folder.roster()
        if not folder.settings.excused(student.id, slug)
    ]
    if not dates or None in dates:
        raise ValueError(f"model essays are shown after the date of hand-in; class.toml gives none for {slug} in [due]")
    if (last := max(dates)) > datetime.now(UTC):
        raise ValueError(
            f"model essays are shown when nobody can hand in any more: after {last:%Y-%m-%d %H:%M}, extensions included"
        )
