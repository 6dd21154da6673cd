"""The coordinator of ``postwar grade``: hands out the work, and is the only process that writes to the gradebook.

What a submission goes through: a helper process reads it and packs a job (`sanitizing`), the pool executes the job in a sandbox, a helper
reads the result and finds the marks (`recording`), and the marks are recorded here (`marks`). Between the steps the
coordinator holds bytes that it does not read.
"""

import contextlib
import glob
import logging
import os
import re
import shutil
import traceback
from concurrent.futures import FIRST_COMPLETED, CancelledError, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path

from nbgrader.converters import Autograde, NbGraderException
from nbgrader.utils import rmtree
from traitlets import Dict, Integer, List, Unicode

from postwar.copies.folders import look
from postwar.copies.shown import printable
from postwar.grading import database, forkserver, helpers, marks, pool, release
from postwar.grading.recording import Recording
from postwar.grading.refusals import Refused, brief
from postwar.grading.sandbox import Limits
from postwar.grading.sanitizing import STAGING, Sanitizing

_MOST_NOTES, _LONGEST_NOTE = 100, 500


@dataclass
class Submission:
    """What a student handed in, and what has become of it: *marks*, or the reason why there are none (*refused*)."""

    assignment: str
    student: str
    notebooks: list
    earlier: dict = field(default_factory=dict)
    marks: dict | None = None
    refused: str = ""
    details: str = ""
    broken: bool = False
    notes: list = field(default_factory=list)

    def take(self, reply):
        """Learn what a helper says; says whether the submission goes on."""
        for text in list(reply.get("notes", ()))[:_MOST_NOTES]:
            note = printable(str(text)[:_LONGEST_NOTE])
            if note not in self.notes:
                self.notes.append(note)
        self.refused = printable(str(reply.get("refused") or "")[:_LONGEST_NOTE])
        self.details = "\n".join(map(printable, str(reply.get("details") or "").splitlines()))
        self.broken = bool(reply.get("broken"))
        return not self.refused


@dataclass
class Report:
    """What became of each submission."""

    graded: list = field(default_factory=list)
    manual: list = field(default_factory=list)
    failed: dict = field(default_factory=dict)
    broken: dict = field(default_factory=dict)
    notes: dict = field(default_factory=dict)
    skipped: list = field(default_factory=list)
    absent: list = field(default_factory=list)
    stray: list = field(default_factory=list)


class Grade(Autograde):
    """Grades many submissions at once; see the module."""

    jobs = Integer(0, help="How many submissions to execute at once (0: one per processor core, and one more).").tag(
        config=True
    )
    cluster = Unicode("", help="Address of a Dask scheduler, or 'local' for a Dask cluster on this machine.").tag(
        config=True
    )
    preload = List(Unicode(), help="Modules to load before forking, besides those the assignment imports.").tag(
        config=True
    )
    limits = Dict(
        help="Limits for one submission, by name: memory, disk, output (MiB), files, processes, total (s)."
    ).tag(config=True)
    everybody = List(Unicode(), help="Who should have handed in, to say who has not.").tag(config=True)

    total = 0
    _release = None

    def __init__(self, coursedir=None, **kwargs):
        super().__init__(coursedir=coursedir, **kwargs)
        self.report = Report()
        self._limits = Limits(**self.limits)
        self.on_done = lambda report: None
        self.progress = contextlib.nullcontext()  # shown while submissions are graded, and not before: it is a thread

    # -- where things are --------------------------------------------------------------------------------------------

    @property
    def _staging(self):
        return os.path.join(self.coursedir.autograded_directory, STAGING)

    @property
    def _input_directory(self):
        return self.coursedir.submitted_directory

    def _folder(self, step, submission):
        return os.path.normpath(self.coursedir.format_path(step, submission.student, submission.assignment))

    def init_notebooks(self):
        """nbgrader's own, but for folders without a notebook on top: these are said, not passed over."""
        folders = glob.glob(self._format_source(self.coursedir.assignment_id, self.coursedir.student_id))
        if not any(map(os.path.isdir, folders)):
            super().init_notebooks()  # says what there is instead
            return
        self.notebooks = []
        self.assignments = {folder: glob.glob(os.path.join(glob.escape(folder), "*.ipynb")) for folder in folders}

    # -- the run -----------------------------------------------------------------------------------------------------

    def convert_notebooks(self):
        if self.coursedir.notebook_id != "*":
            raise NbGraderException("postwar grade grades whole submissions; for one notebook, use nbgrader autograde")
        with _alone(Path(self.coursedir.root, self.coursedir.autograded_directory)):
            self._convert()
        self._look_for_other_folders()

    def _look_for_other_folders(self):
        """Say of everybody else in ``submitted/`` what became of their hand-in."""
        coursedir = self.coursedir
        folder = Path(self._format_source("{assignment}", "{student}"))
        if self._release is None or coursedir.student_id != "*" or folder.parent.name != "{student}":
            return
        found = look(folder.parents[1], coursedir.assignment_id, self._release.others)
        excluded = coursedir.student_id_exclude.split(",")
        for student, reason in found.misplaced.items():
            if student not in {*self.report.failed, *excluded}:
                self.total += 1
                self._fail(Submission(coursedir.assignment_id, student, [], refused=reason))
        folders = folder.parents[1]
        absent = {*found.absent, *(student for student in self.everybody if not (folders / student).exists())}
        for student, text in found.beside.items():
            self.report.notes.setdefault(student, []).append(text)
        self.report.absent, self.report.stray = sorted(absent - {*excluded}), found.stray

    def _convert(self):
        staging = os.path.join(self.coursedir.root, self._staging)
        shutil.rmtree(staging, ignore_errors=True)  # of a run that was stopped
        everybody = self._submissions()
        if not everybody:
            return
        self._release = release.read(everybody[0].assignment, self)
        self._gradebook = marks.Gradebook(self.coursedir.db_url, self._release)
        settings = pool.settings(
            course=self.coursedir.root,
            preload=sorted({*forkserver.PRELOAD, *self.preload}),
            ahead=sorted(self._release.ahead),
            limits=self._limits,
        )
        arguments = self._release, self._gradebook.released, self._limits, self.coursedir, self.parent
        reading, recording = Sanitizing(*arguments), Recording(*arguments)
        tasks = {"is_due": reading.is_due, "sanitize": reading.outcome, "record": recording.outcome}
        count = os.cpu_count() or 1
        self._helpers = helpers.Helpers(tasks, count)  # before anything here starts a thread
        try:
            todo = [submission for submission in everybody if self._is_due(submission)]
            self.total = len(todo)
            if todo:
                with self.progress:
                    self._grade(todo, settings, count)
        finally:
            self._helpers.close()
            shutil.rmtree(staging, ignore_errors=True)

    def _grade(self, todo, settings, helping):
        workers, slots = self._workers(settings)
        threads = ThreadPoolExecutor(slots + helping, thread_name_prefix="grading")
        pending = {}
        try:
            for submission in todo:
                if self._begin(submission):
                    pending[threads.submit(self._process, submission, workers)] = submission
                while len(pending) > slots + helping + 1:
                    self._record_next(pending)
            while pending:
                self._record_next(pending)
        except BaseException:
            threads.shutdown(wait=False, cancel_futures=True)  # first, or a freed slot would start the next one
            self._helpers.close()
            workers.stop()
            raise
        threads.shutdown()
        workers.close()

    def _workers(self, settings):
        if self.cluster:
            workers = pool.Cluster(self.cluster, settings)
            return workers, workers.slots
        jobs = self.jobs or (os.cpu_count() or 1) + 1
        return pool.Local(jobs, settings), jobs

    def _submissions(self):
        """Everybody's, but for those who are left out."""
        pattern = self._format_source("(?P<assignment>.*)", "(?P<student>.*)", escape=True)
        matches = ((re.match(pattern, folder), notebooks) for folder, notebooks in sorted(self.assignments.items()))
        excluded = self.coursedir.student_id_exclude.split(",")
        found = [Submission(match["assignment"], match["student"], sorted(notebooks)) for match, notebooks in matches]
        self.report.skipped = [each.student for each in found if each.student in excluded]
        return [each for each in found if each.student not in excluded]

    def _is_due(self, submission):
        """Whether it is not graded yet, or was handed in again since."""
        if self.force or not os.path.exists(self._folder(self.coursedir.autograded_directory, submission)):
            return True
        try:
            reply, _ = self._helpers.call("is_due", submission.student)
        except helpers.HelperError as error:
            reply = {"refused": str(error)}
        if not submission.take(reply):
            self._fail(submission)
            return False
        due = reply.get("due") is True
        if not due:
            self.report.skipped.append(submission.student)
        return due

    # -- one submission ----------------------------------------------------------------------------------------------

    def _begin(self, submission):
        if not (self.create_student or self._gradebook.knows(submission.student)):
            submission.refused = "is not in the gradebook, and Autograde.create_student is off"
            self._fail(submission)
            return False
        try:
            self.notebooks = submission.notebooks
            self.run_pre_convert_hook()
            submission.earlier = self._gradebook.earlier(submission.student)
        except Exception as error:
            self._break(submission, error)
            return False
        return True

    def _process(self, submission, workers):
        """Read, execute and score a submission; runs in a thread of its own, which does nothing but wait."""
        student = submission.student
        try:
            reply, job = self._helpers.call("sanitize", student)
            if not submission.take(reply):
                return
            notebooks = [name for name in self._release.cells if name in reply["notebooks"]]
            result = workers.execute(job)
            job = None
            reply, _ = self._helpers.call("record", student, notebooks, submission.earlier, blob=result)
            if submission.take(reply):
                submission.marks = marks.checked(reply["marks"], self._release.cells)
        except (helpers.HelperError, marks.MarksError, Refused) as error:
            submission.refused = str(error)
        except forkserver.NotStartedError:
            raise
        except (Exception, CancelledError) as error:
            submission.refused = f"its worker was lost: {brief(error)}"

    def _record_next(self, pending):
        for future in wait(pending, return_when=FIRST_COMPLETED).done:
            submission = pending.pop(future)
            future.result()
            if submission.refused:
                self._fail(submission)
            else:
                self._record(submission)

    def _record(self, submission):
        staged, place = (
            Path(self._folder(step, submission)) for step in (self._staging, self.coursedir.autograded_directory)
        )
        try:
            self._gradebook.record(submission.student, submission.marks, submission.earlier)
            _put_in_place(staged, place)
            self.notebooks = submission.notebooks
            self.run_post_convert_hook()
        except Exception as error:
            self._break(submission, error)
            return
        grades = [row for notebook in submission.marks["notebooks"].values() for row in notebook["grades"].values()]
        (self.report.manual if any(by_hand for _, by_hand in grades) else self.report.graded).append(submission.student)
        if submission.notes:
            self.report.notes[submission.student] = submission.notes
        for text in submission.notes:
            self.log.warning("%s: %s", submission.student, text)
        self.log.info("Graded %s by %s", submission.assignment, submission.student)
        self.on_done(self.report)

    def _break(self, submission, error):
        """What went wrong in this process has nothing to do with the submission, unless it is no fault of the system's."""
        submission.refused = f"could not be recorded: {brief(error)}"
        submission.broken = isinstance(error, (OSError, *database.ERRORS))
        submission.details = "".join(traceback.format_exception(error))
        self._fail(submission)

    def _fail(self, submission):
        student = printable(submission.student)
        self.log.error("%s by %s is not graded: %s", submission.assignment, student, printable(submission.refused))
        for text in submission.notes:
            self.log.warning("%s: %s", student, text)
        if submission.details:
            self.log.log(logging.ERROR if submission.broken else logging.DEBUG, submission.details)
        failures = self.report.broken if submission.broken else self.report.failed
        failures[submission.student] = submission.refused
        shutil.rmtree(self._folder(self._staging, submission), ignore_errors=True)
        self.on_done(self.report)


def _put_in_place(staged, target):
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists():
        old = staged.with_name(staged.name + ".replaced")
        os.rename(target, old)
        os.rename(staged, target)
        rmtree(str(old))
    else:
        os.rename(staged, target)


@contextlib.contextmanager
def _alone(folder):
    """Hold the folder's lock: a second run would clear away what the first has in progress."""
    import fcntl

    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # this process's alone: helpers do not inherit it
        except (BlockingIOError, PermissionError):
            raise NbGraderException("Another postwar grade is running in this course: wait for it to end") from None
        yield
