"""Bring an assignment's feedback pages up to date before they go back: what was read since, and what is taken off."""

import os

from postwar.classroom.folder import ClassFolder


def renew(folder: ClassFolder, slug: str, console) -> int:
    """Write the feedback page of everyone who is graded, several at once; returns the exit status."""
    from nbgrader.apps.generatefeedbackapp import GenerateFeedbackApp

    from postwar.grading.feedback import graded_students, write_feedback

    os.chdir(folder.root)
    app = GenerateFeedbackApp()
    app.initialize(["--force", "--log-level=CRITICAL", slug], root=str(folder.root))
    app.coursedir.assignment_id = slug
    if not graded_students(app.coursedir):
        return 0
    with console.status("Writing feedback pages"):
        return write_feedback(app, console)
