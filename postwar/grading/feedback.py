"""Write feedback pages, several at once: nbgrader's own GenerateFeedback, in helper processes with bounded time and memory.

A student's bytes are converted to HTML in a helper only. One that takes too long or dies is replaced; the failure is that
student's, and nobody else's page waits for it.
"""

import contextlib
import logging
import os
import shutil
import time
import warnings
from html import escape as escape_html
from multiprocessing import connection, get_context
from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.apps.generatefeedbackapp import GenerateFeedbackApp
from nbgrader.converters import GenerateFeedback, NbGraderException

from postwar.copies.shown import printable, shown
from postwar.grading.pool import deaf_to_interrupts

_app = None

#: Bounds for the pages of one student.
SECONDS = 60
_MEMORY = 2 << 30

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>{title}</title></head>
<body>
<main>
<h1>{title}</h1>
{text}
</main>
</body>
</html>
"""
_MISSING = "You handed in no {name}.ipynb, so its questions count 0 points. If you did write it, tell your instructor."
_REFUSED = (
    "What you handed in could not be graded, so there are no points yet. This is the reason:",
    "{reason}",
    "Mend it and hand in again, or ask your instructor. <code>postwar doctor</code> with the path of your folder names what is damaged.",
)

#: The page of a hand-in that was not graded; it goes away when one is.
REFUSED_PAGE = "not-graded.html"


def write_feedback(app, console, jobs=0, seconds=SECONDS, students=None):
    """Write the pages of every graded submission that has none yet (with ``--force``: of all), or of these students' only.

    Returns the exit status.
    """
    students = graded_students(app.coursedir) if students is None else students
    jobs = min(jobs or os.cpu_count() or 1, len(students))
    todo, failed = students[::-1], []
    helpers = [_Helper(app) for _ in range(jobs)]
    try:
        while helpers:
            waiting = {each.pipe: each for each in helpers}
            ready = connection.wait(waiting, max(0, min(each.deadline for each in helpers) - time.monotonic()))
            late = [each for each in helpers if each.deadline <= time.monotonic()]
            for helper in {*(waiting[pipe] for pipe in ready), *late}:
                student, error = helper.student, helper.answer(seconds)
                if error:
                    failed.append(student)
                    app.log.error("No feedback for %s: %s", printable(student), error)
                if helper.dead:
                    helpers.remove(helper)
                    if student is None:
                        raise NbGraderException(
                            "a process for feedback pages could not be started: see its error above"
                        )
                    shutil.rmtree(_place(app.coursedir, app.coursedir.feedback_directory, student), ignore_errors=True)
                    if todo:
                        helpers.append(_Helper(app))
                elif todo:
                    helper.give(app.coursedir.assignment_id, todo.pop(), seconds)
                else:
                    helpers.remove(helper)
                    helper.pipe.close()
    finally:
        for helper in helpers:  # after Ctrl-C: pages begun are finished, no others are begun
            helper.pipe.close()
            helper.process.join(seconds)
            helper.process.kill()
    console.print(f"feedback pages written for {len(students) - len(failed)} of {len(students)} submissions")
    if failed:
        console.print(f"none for {shown(', '.join(sorted(failed)))}; the log is {app.logfile}")
    return int(bool(failed))


def say_what_was_refused(coursedir, refused):
    """A page for each student whose hand-in was not graded, with the reason."""
    for student, reason in refused.items():
        page = _place(coursedir, coursedir.feedback_directory, student) / REFUSED_PAGE
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(_page(coursedir.assignment_id, *_REFUSED, reason=reason), encoding="utf-8")


class _Helper:
    """A process that writes the pages of one student after another."""

    def __init__(self, app):
        # A fresh process rather than a fork of this one, which has an open log and a progress display.
        context = get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=_serve, args=(theirs, app.coursedir.root, app.config), daemon=True)
        with deaf_to_interrupts():
            self.process.start()
        theirs.close()
        self.student, self.deadline, self.dead = None, _never(), False

    def give(self, assignment, student, seconds):
        self.student, self.deadline = student, time.monotonic() + seconds
        with contextlib.suppress(OSError):  # it has just died, as the pipe will tell
            self.pipe.send((assignment, student))

    def answer(self, seconds):
        """What went wrong with the pages in hand, or None; ends a helper that is late."""
        try:
            if self.pipe.poll():
                error, self.student, self.deadline = self.pipe.recv(), None, _never()
                return error
            error = f"its pages took more than {seconds} s"
        except (EOFError, OSError):
            error = "its process died"
        self.dead = True
        self.process.kill()
        self.process.join()
        self.pipe.close()
        return error


def _never():
    """The deadline of a helper that only starts: its imports may take long on a busy machine."""
    return time.monotonic() + 3600


def _place(coursedir, step, student):
    return Path(coursedir.root, coursedir.format_path(step, student, coursedir.assignment_id))


class _Pages(GenerateFeedback):
    """nbgrader's pages without the files beside the notebook: code of the student's wrote them, and no page shows them."""

    def init_assignment(self, assignment_id, student_id):
        source, target = (Path(place(assignment_id, student_id)) for place in (self._format_source, self._format_dest))
        target.mkdir(parents=True, exist_ok=True)
        for name in (
            "timestamp.txt",
            "submission_secret.txt",
        ):  # nbgrader's own, by which release_feedback finds the student
            if (source / name).is_file():
                shutil.copyfile(source / name, target / name)


def graded_students(coursedir):
    """Students of the chosen assignment that have a folder in ``autograded/``."""
    pattern = coursedir.format_path(coursedir.autograded_directory, coursedir.student_id, coursedir.assignment_id)
    depth = Path(coursedir.format_path(coursedir.autograded_directory, "STUDENT", coursedir.assignment_id)).parts.index(
        "STUDENT"
    )
    return sorted(
        path.parts[depth] for path in Path("/").glob(pattern.lstrip("/")) if not path.parts[depth].startswith(".")
    )


def _serve(pipe, root, config):
    """What a helper does: set up nbgrader's application with the same configuration, then write what is asked for."""
    global _app  # noqa: PLW0603
    os.chdir(root)
    _app = GenerateFeedbackApp()
    _app.update_config(config)
    _app.initialize([], root=root)
    _app.log.setLevel(logging.CRITICAL)
    warnings.simplefilter("ignore")  # of what a student's cells and outputs are like
    with contextlib.suppress(ImportError, ValueError, OSError):  # where the system has no such limit
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    try:
        pipe.send(None)
        while True:
            pipe.send(_write(*pipe.recv()))
    except (EOFError, OSError):  # nobody asks any more
        pass


def _write(assignment, student):
    coursedir = _app.coursedir
    coursedir.assignment_id, coursedir.student_id = assignment, student
    refused = _place(coursedir, coursedir.feedback_directory, student) / REFUSED_PAGE
    try:
        kept = None
        if refused.exists():
            kept = None if _is_newer(coursedir, student, refused) else refused.read_bytes()
            refused.unlink()
            with contextlib.suppress(OSError):  # it has pages of an earlier hand-in
                refused.parent.rmdir()
        _Pages(coursedir=coursedir, parent=_app).start()
        if kept:
            refused.write_bytes(kept)
        _say_what_is_missing(coursedir, student)
    except NbGraderException as error:
        return str(error)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return None


def _is_newer(coursedir, student, page):
    """Whether the student's hand-in was graded after *page* was written."""
    return _place(coursedir, coursedir.autograded_directory, student).stat().st_mtime > page.stat().st_mtime


def _page(title, *texts, **words):
    words = {key: escape_html(printable(value)) for key, value in words.items()}
    return _PAGE.format(title=escape_html(title), text="\n".join(f"<p>{text.format(**words)}</p>" for text in texts))


def _say_what_is_missing(coursedir, student):
    """A page for each notebook of the assignment that the student did not hand in."""
    graded = _place(coursedir, coursedir.autograded_directory, student)
    pages = _place(coursedir, coursedir.feedback_directory, student)
    with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
        expected = [each.name for each in gradebook.find_assignment(coursedir.assignment_id).notebooks]
    for name in expected:
        page = pages / f"{name}.html"
        if pages.is_dir() and not page.exists() and not (graded / f"{name}.ipynb").exists():
            page.write_text(_page(name, _MISSING, name=name), encoding="utf-8")
