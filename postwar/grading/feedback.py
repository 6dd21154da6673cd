"""Write feedback pages, several at once: nbgrader's own GenerateFeedback, one process per processor core."""

import logging
import os
import shutil
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path

from nbgrader.apps.generatefeedbackapp import GenerateFeedbackApp
from nbgrader.converters import GenerateFeedback, NbGraderException
from rich.markup import escape

from postwar.grading.pool import deaf_to_interrupts

_app = None


def write_feedback(app, console, jobs=0):
    """Write the pages of every graded submission that has none yet (with ``--force``: of all). Returns the exit status."""
    students = graded_students(app.coursedir)
    jobs = min(jobs or os.cpu_count() or 1, max(len(students), 1))
    failed = []
    # Fresh processes rather than forks of this one, which has an open log and a progress display.
    pool = ProcessPoolExecutor(jobs, get_context("spawn"), _start, (app.coursedir.root, app.config))
    try:
        with deaf_to_interrupts():
            tasks = {pool.submit(_write, app.coursedir.assignment_id, student): student for student in students}
        for task in as_completed(tasks):
            error = task.result()
            if error:
                failed.append(tasks[task])
                app.log.error("No feedback for %s: %s", tasks[task], error)
    finally:
        pool.shutdown(cancel_futures=True)  # after Ctrl-C: pages begun are finished, no others are begun
    console.print(f"feedback pages written for {len(students) - len(failed)} of {len(students)} submissions")
    if failed:
        console.print(f"none for {escape(', '.join(sorted(failed)))}; the log is {app.logfile}")
    return int(bool(failed))


class _Pages(GenerateFeedback):
    """nbgrader's pages without the files beside the notebook: code of the student's wrote them, and no page shows them."""

    def init_assignment(self, assignment_id, student_id):
        source, target = (Path(place(assignment_id, student_id)) for place in (self._format_source, self._format_dest))
        target.mkdir(parents=True, exist_ok=True)
        if (source / "timestamp.txt").is_file():
            shutil.copy(source / "timestamp.txt", target)


def graded_students(coursedir):
    """Students of the chosen assignment that have a folder in ``autograded/``."""
    pattern = coursedir.format_path(coursedir.autograded_directory, coursedir.student_id, coursedir.assignment_id)
    depth = Path(coursedir.format_path(coursedir.autograded_directory, "STUDENT", coursedir.assignment_id)).parts.index(
        "STUDENT"
    )
    return sorted(
        path.parts[depth] for path in Path("/").glob(pattern.lstrip("/")) if not path.parts[depth].startswith(".")
    )


def _start(root, config):
    """Set up a worker: nbgrader's application with the same configuration, silent but for errors."""
    global _app  # noqa: PLW0603
    os.chdir(root)
    _app = GenerateFeedbackApp()
    _app.update_config(config)
    _app.initialize([], root=root)
    _app.log.setLevel(logging.CRITICAL)


def _write(assignment, student):
    coursedir = _app.coursedir
    coursedir.assignment_id, coursedir.student_id = assignment, student
    try:
        _Pages(coursedir=coursedir, parent=_app).start()
    except NbGraderException as error:
        return str(error)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return None
