"""``postwar grade``: the command."""

import logging
import os
import sys
import warnings

from nbformat.warnings import DuplicateCellId, MissingIDFieldWarning
from nbgrader.apps.autogradeapp import AutogradeApp
from nbgrader.apps.autogradeapp import aliases as autograde_aliases
from nbgrader.apps.autogradeapp import flags as autograde_flags
from nbgrader.apps.baseapp import NbGrader
from nbgrader.converters import Autograde, NbGraderException
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from sqlalchemy.exc import SAWarning
from traitlets import Bool, default

from postwar.copies.shown import printable, shown
from postwar.grading import forkserver, sandbox
from postwar.grading.converter import Grade
from postwar.grading.feedback import say_what_was_refused, write_feedback


class _Log(logging.FileHandler):
    """A log that no student writes to: names of files stand in it as text, on their line."""

    def __init__(self, path):
        super().__init__(path, encoding="utf-8", errors="backslashreplace")

    def format(self, record):
        if isinstance(record.args, tuple):
            record.args = tuple(printable(each) if isinstance(each, str) else each for each in record.args)
        return "\n".join(map(printable, super().format(record).split("\n")))


class GradeApp(AutogradeApp):
    """Options, logs and configuration are nbgrader's own."""

    name = "postwar-grade"
    description = "Grade an assignment: nbgrader autograde, many submissions at once, each in a sandbox"
    examples = """
        Grade every submission of an assignment that is not graded yet:

            postwar grade 01-planning-peace

        Grade one student's submission again:

            postwar grade 01-planning-peace --student=ada --force

        Use four processes at once, or a Dask cluster:

            postwar grade 01-planning-peace --jobs=4
            postwar grade 01-planning-peace --cluster=tcp://scheduler:8786

        Write the feedback pages as well, once the essays are graded by hand:

            postwar grade 01-planning-peace --feedback
        """

    aliases = {**autograde_aliases, "jobs": "Grade.jobs", "cluster": "Grade.cluster"}
    flags = {
        **{name: flag for name, flag in autograde_flags.items() if name not in ("create", "no-execute")},
        "unprotected-as-root": (
            {"GradeApp": {"unprotected_as_root": True}},
            "Run student code as root where there is no sandbox: it can then read and change everything on this machine.",
        ),
        "feedback": ({"GradeApp": {"feedback": True}}, "Write feedback pages afterwards, several at once."),
    }
    unprotected_as_root = Bool(False, help="Whether student code may run as root without a sandbox.").tag(config=True)
    feedback = Bool(False, help="Whether to write feedback pages afterwards.").tag(config=True)

    @default("classes")
    def _classes_default(self):
        return [*super()._classes_default(), Grade]

    def start(self):
        """Grade; the process ends with status 0 only when every submission was graded or refused for a named reason."""
        assignment = self._assignment()
        self._log_to_file(assignment)
        NbGrader.start(self)
        # Of nbgrader's own queries, of cells without ids or with another's (any text, of any length), and of code that is only read:
        # they say nothing to an instructor.
        for each in (SAWarning, MissingIDFieldWarning, DuplicateCellId, SyntaxWarning):
            warnings.simplefilter("ignore", each)
        console = Console(stderr=True)
        if not forkserver.AVAILABLE:
            console.print(
                "[bold]This system cannot fork safely:[/bold] nbgrader itself grades, one submission after another,"
            )
            console.print("with ordinary kernels and no protection. Linux, or a container, gives you speed and safety.")
            Autograde(coursedir=self.coursedir, parent=self).start()
            return
        reason = sandbox.missing()
        if reason and os.geteuid() == 0 and not self.unprotected_as_root:
            console.print(
                f"[bold]No sandbox:[/bold] {escape(reason)}. Without one, student code would run as root: it could read and change "
                "everything on this machine. Grade as an ordinary user, or install what is missing. In a throw-away container that "
                "holds nothing else, --unprotected-as-root grades all the same."
            )
            sys.exit(1)
        if reason:
            console.print(
                f"[bold]No sandbox:[/bold] {reason}. Limits on time and memory hold; files and network are open to"
            )
            console.print("student code, and so are the tests. See INSTRUCTORS.md.")
        converter = Grade(coursedir=self.coursedir, parent=self)
        try:
            self._run(converter, console)
            status = self._summary(converter.report, console)
            say_what_was_refused(self.coursedir, converter.report.failed)
            if self.feedback:
                status |= write_feedback(self, console, jobs=converter.jobs)
        except NbGraderException as error:
            console.print(escape(str(error)))
            self.fail(str(error))
        sys.exit(status)

    def _assignment(self):
        names = [*self.extra_args, *filter(None, [self.coursedir.assignment_id])]
        if len(names) != 1:
            self.fail("Name one assignment: postwar grade ASSIGNMENT")
        self.coursedir.assignment_id = names[0]
        return names[0]

    def _log_to_file(self, assignment):
        """nbgrader's log goes to a file: the terminal shows progress."""
        for handler in self.log.handlers:
            handler.setLevel(logging.CRITICAL)
        if not self.logfile:
            self.logfile = os.path.join(self.coursedir.root, f"grade-{assignment}.log")
            self.log_level = min(self.log_level, logging.INFO)
            self.init_logging(_Log, [self.logfile], color=False)
        self.log.propagate = False

    def _run(self, converter, console):
        columns = (
            TextColumn("Grading"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.description}"),
        )
        progress = Progress(*columns, console=console)
        task = progress.add_task("", total=None)

        def show(report):
            failed = len(report.failed) + len(report.broken)
            done = len(report.graded) + len(report.manual) + failed
            progress.update(
                task, total=converter.total, completed=done, description=f"{failed} failed" if failed else ""
            )

        converter.progress, converter.on_done = progress, show
        converter.start()

    def _summary(self, report, console):
        table = Table("", "submissions", show_edge=False)
        table.add_row("graded", str(len(report.graded) + len(report.manual)))
        table.add_row("… of these, to be read by hand", str(len(report.manual)))
        table.add_row("graded before", str(len(report.skipped)))
        failures = {**report.failed, **report.broken}
        table.add_row("failed", str(len(failures)))
        table.add_row("nothing handed in", str(len(report.absent)))
        console.print(table)
        if failures:
            reasons = Table("student", "reason", show_edge=False)
            for student, reason in sorted(failures.items()):
                reasons.add_row(shown(student), shown(reason))
            console.print(reasons)
        noted = {student: notes for student, notes in report.notes.items() if student not in failures}
        if noted:
            table = Table("student", "worth a look", show_edge=False)
            for student, notes in sorted(noted.items()):
                table.add_row(shown(student), shown("; ".join(notes)))
            console.print(table)
        fine = {*report.graded, *report.manual} - noted.keys()
        before = {*report.skipped} - noted.keys()
        for said, who in (
            ("graded, nothing to report", fine),
            ("graded before", before),
            ("nothing handed in", report.absent),
            ("in submitted/, but no student's folder", report.stray),
        ):
            if who:
                console.print(f"{said}: {shown(', '.join(sorted(who)))}", highlight=False)
        if failures or noted:
            console.print(f"The log is {self.logfile}")
        return 1 if report.broken else 0
