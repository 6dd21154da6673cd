"""nbgrader's Autograde in two halves around a pool.

The first half (nbgrader's sanitizing preprocessors) and the second (saving grades, late penalties, hooks, permissions) run
here, in the only process that touches the gradebook. Between them, the pool executes the notebooks.
"""

import base64
import contextlib
import glob
import json
import logging
import os
import re
import shutil
import sqlite3
import stat
import traceback
from concurrent.futures import FIRST_COMPLETED, CancelledError, wait
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

import nbformat
import sqlalchemy
from nbgrader import utils
from nbgrader.api import Gradebook
from nbgrader.converters import Autograde, NbGraderException
from nbgrader.converters.base import BaseConverter
from nbgrader.preprocessors import (
    CheckCellMetadata,
    ClearHiddenTests,
    ClearMarkScheme,
    Execute,
    NbGraderPreprocessor,
    OverwriteCells,
    SaveAutoGrades,
)
from nbgrader.utils import find_all_files, rmtree
from traitlets import Dict, Integer, List, Unicode
from traitlets.utils.importstring import import_item

from postwar.assignments.restore import RestoreGiven, in_released_order
from postwar.copies import names
from postwar.grading import checker, database, forkserver, pool, preprocessors
from postwar.grading.sandbox import Limits

#: A test cell with this line gets live objects (classes, figures, generators): it runs in the student's kernel, unprotected.
LIVE = "### LIVE OBJECTS"

#: Below ``autograded/``; nbgrader's patterns do not match names that start with a dot.
_STAGING = ".in-progress"

_LARGEST_NOTEBOOK = 20 << 20
_DEEPEST_NESTING = 100
_MOST_VALUES = 1_000_000
_ARCHIVES = {".zip", ".7z", ".rar", ".gz", ".tar", ".tgz"}


class Refused(Exception):
    """Why a submission is not graded, in a few words for the instructor."""


@dataclass
class Submission:
    """What a student handed in.

    *notebooks* are the paths under which nbgrader expects it, *files* says which file stands for each of them, and *clean*
    holds the sanitized notebooks, by name, between the two halves.
    """

    assignment: str
    student: str
    notebooks: list
    files: dict = field(default_factory=dict)
    clean: dict = field(default_factory=dict)


@dataclass
class Report:
    """What became of each submission."""

    graded: list = field(default_factory=list)
    manual: list = field(default_factory=list)
    failed: dict = field(default_factory=dict)
    broken: dict = field(default_factory=dict)
    notes: dict = field(default_factory=dict)
    skipped: int = 0


class Restore(NbGraderPreprocessor):
    """Give every nbgrader cell back what the instructor said about it, and drop claims about cells that do not exist.

    nbgrader's own `OverwriteCells` restores sources, points and cell types; a changed ``grade`` or ``solution`` flag, an
    unknown or a doubled id, or a tag that has a test skipped would stop it or pass it by.
    """

    def preprocess(self, nb, resources):
        converter = self.parent.parent
        blueprint = converter.blueprint[resources["nbgrader"]["notebook"]]
        skip = Execute(parent=self.parent).skip_cells_with_tag
        visible = {**converter.visible[resources["nbgrader"]["notebook"]], **resources.get("edition_shows", {})}
        converter.refuse_another_assignments(nb, resources["nbgrader"]["notebook"])
        missing = set(blueprint)
        for cell in nb.cells:
            claim = cell.metadata.pop("nbgrader", None)
            original = blueprint.get(claim.get("grade_id")) if isinstance(claim, dict) else None
            if original is None:
                continue
            missing.discard(claim["grade_id"])
            if any(claim.get(key, False) != value for key, value in original.items()):
                converter.note(f"changed the metadata of “{claim['grade_id']}”")
            elif original["locked"] and cell.source.strip() != visible[claim["grade_id"]]:
                converter.note(f"changed the locked cell “{claim['grade_id']}”")
            # Equal values stay as they are written: 1 does not become 1.0.
            changed = {key: value for key, value in original.items() if key not in claim or claim[key] != value}
            cell.metadata["nbgrader"] = nbformat.from_dict({**claim, **changed})
            if "points" not in original:
                cell.metadata["nbgrader"].pop("points", None)
            tags = cell.metadata.get("tags")
            if isinstance(tags, list) and skip in tags:
                cell.metadata["tags"] = [tag for tag in tags if tag != skip]
                converter.note(f"marked “{claim['grade_id']}” to be skipped")
        if missing:
            converter.note(f"lacks {', '.join(f'“{name}”' for name in sorted(missing))}")
        if in_released_order(nb.cells, blueprint) != nb.cells:
            converter.note("moved cells: they are back in the released order")
        return nb, resources


class Executed(Execute):
    """Stands in for nbgrader's Execute in the second half: puts in place what the pool has executed."""

    def preprocess(self, nb, resources, km=None):
        executed = self.parent.parent.executed[resources["nbgrader"]["notebook"]]
        for cell, result in zip(nb.cells, executed["cells"], strict=True):
            if cell.cell_type == "code":
                cell.outputs = [nbformat.from_dict(output) for output in result["outputs"]]
                cell.execution_count = result["execution_count"]
        for key in ("language_info", "widgets"):
            if key in executed["metadata"]:
                nb.metadata[key] = nbformat.from_dict(executed["metadata"][key])
        return nb, resources


class Hidden:
    """What nbgrader takes out of a cell on its way to students: hidden tests and mark schemes."""

    def __init__(self, parent):
        self._tests, self._scheme = ClearHiddenTests(parent=parent), ClearMarkScheme(parent=parent)

    def cleared(self, cell):
        """The source of *cell* as students see it."""
        copy = nbformat.from_dict({"source": cell.source})
        self._tests._remove_hidden_test_region(copy)
        self._scheme._remove_mark_scheme_region(copy)
        return copy.source


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

    blueprint = {}
    visible = {}
    executed = {}
    total = 0

    def __init__(self, coursedir=None, **kwargs):
        super().__init__(coursedir=coursedir, **kwargs)
        self.report = Report()
        self._limits = Limits(**self.limits)
        self.on_done = lambda report: None

    # -- where things are --------------------------------------------------------------------------------------------

    @property
    def _staging(self):
        return os.path.join(self.coursedir.autograded_directory, _STAGING)

    @property
    def _input_directory(self):
        return self.coursedir.submitted_directory if self._sanitizing else self._staging

    @property
    def _output_directory(self):
        return self._staging

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

    def _convert(self):
        todo = self._todo()
        staging = os.path.join(self.coursedir.root, self._staging)
        shutil.rmtree(staging, ignore_errors=True)  # of a run that was stopped
        if not todo:
            return
        self._learn(todo[0].assignment)
        settings = pool.settings(course=self.coursedir.root, preload=self._preload, limits=self._limits)
        executor, slots = self._executor(settings)
        pending = {}
        try:
            self.total = len(todo)
            for submission in todo:
                job = self._sanitize(submission)
                if job is not None:
                    pending[executor.submit(pool.execute, job, settings)] = submission
                while len(pending) > slots + 1:
                    self._record_next(pending)
            while pending:
                self._record_next(pending)
        except BaseException:
            executor.shutdown(wait=False, cancel_futures=True)  # first, or a freed slot would start the next one
            pool.stop()
            raise
        finally:
            shutil.rmtree(staging, ignore_errors=True)
        executor.shutdown()

    def _executor(self, settings):
        if self.cluster:
            return pool.on_cluster(self.cluster)
        jobs = self.jobs or (os.cpu_count() or 1) + 1
        pool.start(settings)
        return pool.local(jobs), jobs

    def _todo(self):
        """The submissions that are not graded yet, or were handed in again since."""
        pattern = self._format_source("(?P<assignment>.*)", "(?P<student>.*)", escape=True)
        found = []
        for folder, notebooks in sorted(self.assignments.items()):
            match = re.match(pattern, folder)
            submission = Submission(match["assignment"], match["student"], sorted(notebooks))
            if self._is_due(submission):
                found.append(submission)
            else:
                self.report.skipped += 1
        return found

    def _is_due(self, submission):
        if submission.student in self.coursedir.student_id_exclude.split(","):
            return False
        done = self._folder(self.coursedir.autograded_directory, submission)
        if not os.path.exists(done) or self.force:
            return True
        try:
            new, old = (
                self.coursedir.get_existing_timestamp(folder)
                for folder in (self._folder(self.coursedir.submitted_directory, submission), done)
            )
        except Exception as error:  # nbgrader stops at a timestamp that is none
            self._fail(submission, f"its timestamp cannot be read: {_brief(error)}")
            return False
        return new is not None and old is not None and new > old

    def _learn(self, assignment):
        """Read once what every submission needs to know: the cells as released, and the instructor's own notebooks."""
        self.blueprint, self.visible, self._instructor = {}, {}, {}
        hidden = Hidden(self)
        with Gradebook(self.coursedir.db_url, self.coursedir.course_id) as gradebook:
            self._others = {
                each.name: {cell.name for notebook in each.notebooks for cell in notebook.source_cells}
                for each in gradebook.assignments
                if each.name != assignment
            }
            for notebook in gradebook.find_assignment(assignment).notebooks:
                self.blueprint[notebook.name] = _blueprint(notebook)
                self.visible[notebook.name] = {
                    cell.name: hidden.cleared(cell).strip() for cell in notebook.source_cells
                }
        source = self.coursedir.format_path(self.coursedir.source_directory, ".", assignment)
        self._master_files = {
            os.path.relpath(path, source) for path in find_all_files(source, [*self.coursedir.ignore, "*.ipynb"])
        } - set(self.exclude_overwriting.get(assignment, ()))
        modules = set()
        for name in self.blueprint:
            path = Path(source, f"{name}.ipynb")
            if not path.exists():
                self.log.warning("No source notebook %s: tests get every name that the student defines", path)
                self._instructor[name] = {}
                continue
            nb = nbformat.read(path, as_version=4)
            cells = [(cell.source, utils.is_locked(cell)) for cell in nb.cells if cell.cell_type == "code"]
            self._instructor[name] = checker.describe(cells)
            statements = self._instructor[name]["imports"].values()
            modules |= {statement.split()[1] for statement in statements}
        self._preload = sorted({*forkserver.PRELOAD, *self.preload, *modules})

    # -- first half --------------------------------------------------------------------------------------------------

    def _sanitize(self, submission):
        """The job for the pool, as bytes; None when the submission is refused."""
        try:
            self._student = submission.student
            self._refuse_what_is_not_a_submission(submission)
            self._sanitizing = True
            self.notebooks = submission.notebooks
            self._copy_files(submission)
            with database.whole(self.coursedir, keep=False):
                self._init_preprocessors()
                submission.clean = {Path(path).stem: self._sanitized(path, submission) for path in self.notebooks}
            return json.dumps(self._job(submission)).encode()
        except Refused as reason:
            self._fail(submission, str(reason))
        except RecursionError:
            self._fail(submission, "a notebook that is nested too deeply")
        except Exception as error:
            self._fail(submission, f"could not be read: {_brief(error)}", traceback.format_exc())
        return None

    def _match(self, submission):
        """Find out which files stand for the assignment's notebooks, by the rule of `postwar.copies.names`."""
        folder = Path(self._folder(self.coursedir.submitted_directory, submission))
        found, archives = {}, []
        for path in folder.rglob("*"):
            if path.is_symlink() or not path.is_file():
                continue
            found[PurePosixPath(path.relative_to(folder))] = path.stat().st_mtime
            if path.suffix.lower() in _ARCHIVES:
                archives.append(path.name)
        matched = names.match(found, self.blueprint, found)
        if matched.ambiguous:
            name, paths = next(iter(matched.ambiguous.items()))
            raise Refused(f"which of {', '.join(map(str, paths))} is {name}.ipynb? Keep one, under that name")
        packed = f"; it holds {', '.join(archives)}: unpack it there" if archives else ""
        if not matched.files:
            raise Refused(f"holds none of the assignment's notebooks{packed}")
        submission.files = {str(folder / f"{name}.ipynb"): str(folder / path) for name, path in matched.files.items()}
        submission.notebooks = sorted(submission.files)
        for text in matched.notes.values():
            self.note(text)
        for name in matched.missing:
            self.note(f"handed in no {name}.ipynb, which counts 0{packed}")

    def _sanitized(self, path, submission):
        nb, resources = nbformat.read(submission.files[path], as_version=4), self.init_single_notebook_resources(path)
        for preprocessor in self.exporter._preprocessors:
            nb, resources = preprocessor(nb, resources)
        return nb

    def _copy_files(self, submission):
        """The submission's files, the instructor's in place of theirs. Recording does it again, with nbgrader's own hands."""
        BaseConverter.init_assignment(self, submission.assignment, submission.student)
        source = self.coursedir.format_path(self.coursedir.source_directory, ".", submission.assignment)
        target = self._folder(self._staging, submission)
        for name in self._master_files:
            path = os.path.join(target, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            if os.path.exists(path):
                utils.remove(path)
            shutil.copy(os.path.join(source, name), path)

    def _init_preprocessors(self):
        names = self.sanitize_preprocessors if self._sanitizing else self.autograde_preprocessors
        classes = [import_item(each) if isinstance(each, str) else each for each in names]
        if self._sanitizing:
            restoring = next((i for i, each in enumerate(classes) if issubclass(each, OverwriteCells)), len(classes))
            classes[restoring:restoring] = [Restore]
            classes = [RestoreGiven if each is OverwriteCells else each for each in classes]
            classes = [preprocessors.CheckCellMetadata if each is CheckCellMetadata else each for each in classes]
        else:
            # The metadata were checked in the first half, and nothing has touched them since.
            later = [each for each in classes if not issubclass(each, CheckCellMetadata)]
            classes = [Executed if issubclass(each, Execute) else each for each in later]
        own_queries = OverwriteCells, SaveAutoGrades
        self.exporter.optimistic_validation = True  # once, after the last preprocessor
        self.exporter._preprocessors = []
        for each in classes:
            self.exporter.register_preprocessor(database.at_once(each) if issubclass(each, own_queries) else each)

    def _refuse_what_is_not_a_submission(self, submission):
        folder = self._folder(self.coursedir.submitted_directory, submission)
        size = count = 0
        for parent, folders, files in os.walk(folder):
            for name in [*folders, *files]:
                path = os.path.join(parent, name)
                status = os.lstat(path)
                if not (stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode)):
                    raise Refused(
                        f"“{os.path.relpath(path, folder)}” is neither a file nor a folder, but a link or a device"
                    )
                size, count = size + status.st_size, count + 1
        if size > self._limits.disk << 20:
            raise Refused(f"larger than {self._limits.disk} MiB")
        if count > self._limits.files:
            raise Refused(f"more than {self._limits.files} files")
        try:
            self.coursedir.get_existing_timestamp(folder)
        except Exception:  # nbgrader stops at a timestamp that is none
            raise Refused("its timestamp.txt holds no date") from None
        self._match(submission)
        for path in submission.files.values():
            name = os.path.basename(path)
            if os.path.getsize(path) > _LARGEST_NOTEBOOK:
                raise Refused(f"“{name}” is larger than {_LARGEST_NOTEBOOK >> 20} MiB")
            text = Path(path).read_bytes()
            if _nesting(text) > _DEEPEST_NESTING:
                raise Refused(f"“{name}” is nested too deeply or holds too many values")
            try:
                json.loads(text)
            except ValueError:
                raise Refused(f"“{name}” is not a notebook: invalid JSON") from None

    def _job(self, submission):
        folder = Path(self._folder(self._staging, submission))
        hidden = Hidden(self)
        notebooks = []
        for name, nb in submission.clean.items():
            roles = [_role(cell, hidden) for cell in nb.cells]
            notebooks.append({"name": name, "nb": nb, "roles": roles, "instructor": self._instructor.get(name, {})})
        files = {
            path.relative_to(folder).as_posix(): base64.b64encode(path.read_bytes()).decode()
            for path in sorted(folder.rglob("*"))
            if path.is_file() and path.suffix != ".ipynb"
        }
        return {
            "notebooks": notebooks,
            "files": files,
            "trusted": {name: files[name] for name in self._master_files if name in files},
            "config": _plain_config(self.config),
        }

    # -- second half -------------------------------------------------------------------------------------------------

    def _record_next(self, pending):
        for future in wait(pending, return_when=FIRST_COMPLETED).done:
            submission = pending.pop(future)
            try:
                result = json.loads(future.result())
            except (Exception, CancelledError) as error:
                result = {"failure": f"its worker was lost: {_brief(error)}"}
            if result["failure"]:
                self._fail(submission, result["failure"])
            else:
                self._record(submission, result)
                self._student = submission.student
                for text in result["notes"]:
                    self.note(text)
            submission.clean.clear()

    def _record(self, submission, result):
        try:
            self._sanitizing = True
            self.notebooks = submission.notebooks
            self.executed = result["notebooks"]
            staged = Path(self._folder(self._staging, submission))
            self.run_pre_convert_hook()
            with database.whole(self.coursedir, keep=True):
                self.init_assignment(submission.assignment, submission.student)
                for name, content in result["files"].items():
                    _write_inside(staged, name, base64.b64decode(content))
                self._sanitizing = False
                self._init_preprocessors()
                with utils.setenv(NBGRADER_EXECUTION="autograde"):
                    for path in self.notebooks:
                        self._graded(str(staged / os.path.basename(path)), submission.clean[Path(path).stem])
                self.set_permissions(submission.assignment, submission.student)
            self._put_in_place(staged, Path(self._folder(self.coursedir.autograded_directory, submission)))
            self.run_post_convert_hook()
        except Exception as error:
            broken = isinstance(error, OSError | sqlalchemy.exc.SQLAlchemyError | sqlite3.Error)
            self._fail(submission, f"could not be recorded: {_brief(error)}", traceback.format_exc(), broken=broken)
            return
        finally:
            self._sanitizing = True
        self._count(submission)
        self.log.info("Graded %s by %s", submission.assignment, submission.student)
        self.on_done(self.report)

    def _graded(self, path, nb):
        output, resources = self.exporter.from_notebook_node(nb, self.init_single_notebook_resources(path))
        self.write_single_notebook(output, resources)

    def _put_in_place(self, staged, target):
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.exists():
            old = staged.with_name(staged.name + ".replaced")
            os.rename(target, old)
            os.rename(staged, target)
            rmtree(str(old))
        else:
            os.rename(staged, target)

    def refuse_another_assignments(self, nb, name):
        """Raise Refused for a notebook whose nbgrader cells are, for the most part, not of this assignment's *name*."""
        claims = [cell.metadata.get("nbgrader") for cell in nb.cells]
        ids = {str(claim.get("grade_id")) for claim in claims if isinstance(claim, dict) and "grade_id" in claim}
        own = ids & self.blueprint[name].keys()
        if len(ids) < 2 or len(own) * 2 >= len(ids):
            return
        other = max(self._others, key=lambda each: len(ids & self._others[each]), default=None)
        if other and len(ids & self._others[other]) > len(own):
            raise Refused(f"“{name}.ipynb” is a notebook of {other}")
        if not own:
            raise Refused(f"“{name}.ipynb” is a notebook of another assignment")

    def note(self, text):
        """Remember something about the submission in hand that the instructor may want to look at."""
        notes = self.report.notes.setdefault(self._student, [])
        if text not in notes:
            notes.append(text)
            self.log.warning("%s: %s", self._student, text)

    def _count(self, submission):
        needs_manual = any(
            role.get("solution") and role.get("grade") or role.get("task")
            for blueprint in self.blueprint.values()
            for role in blueprint.values()
        )
        (self.report.manual if needs_manual else self.report.graded).append(submission.student)

    def _fail(self, submission, reason, details="", *, broken=False):
        self.log.error("%s by %s is not graded: %s", submission.assignment, submission.student, reason)
        if details:
            self.log.log(logging.DEBUG if not broken else logging.ERROR, details)
        (self.report.broken if broken else self.report.failed)[submission.student] = reason
        shutil.rmtree(self._folder(self._staging, submission), ignore_errors=True)
        self.on_done(self.report)


@contextlib.contextmanager
def _alone(folder):
    """Hold the folder's lock: a second run would clear away what the first has in progress."""
    import fcntl

    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise NbGraderException("Another postwar grade is running in this course: wait for it to end") from None
        yield


def _blueprint(notebook):
    """``{grade_id: nbgrader metadata}`` of the cells in the gradebook's *notebook*."""
    found = {}
    for cell in notebook.source_cells:
        found[cell.name] = {
            "grade": False,
            "solution": False,
            "task": False,
            "locked": bool(cell.locked),
            "grade_id": cell.name,
        }
    for cell in notebook.grade_cells:
        found[cell.name] |= {"grade": True, "points": cell.max_score}
    for cell in notebook.solution_cells:
        found[cell.name]["solution"] = True
    for cell in notebook.task_cells:
        found[cell.name] |= {"task": True, "points": cell.max_score}
    return found


def _role(cell, hidden):
    """How a cell is to be executed: None for the student's own, else what the checker needs to know."""
    if cell.cell_type != "code" or not utils.is_locked(cell):
        return None
    visible = hidden.cleared(cell)
    return {
        "test": utils.is_grade(cell),
        "live": LIVE in cell.source,
        "visible": visible,
        "leaves": checker.names_left(visible),
    }


def _plain_config(config):
    """The settings of Execute and its bases, as far as they can travel."""
    plain = {}
    for name in ("Execute", "ExecutePreprocessor", "NotebookClient"):
        for key, value in config.get(name, {}).items():
            if isinstance(value, bool | int | float | str | list | dict | None):
                plain.setdefault(name, {})[key] = value
    return plain


def _nesting(text):
    """How deep the brackets of a JSON text go; linear in its length, without recursion. Infinite where it holds too many values."""
    outside = re.sub(rb'"[^"]*(?:"|\Z)', b"", text.replace(rb"\\", b"").replace(rb"\"", b""))
    if sum(map(outside.count, (b"[", b"{", b","))) > _MOST_VALUES:
        return float("inf")
    depth = deepest = 0
    for bracket in outside.translate(None, delete=_NO_BRACKETS):
        depth += 1 if bracket in b"[{" else -1
        deepest = max(deepest, depth)
    return deepest


_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))


def _write_inside(folder, name, content):
    """Write a file that the notebooks left behind; *name* comes from the sandbox and is not trusted."""
    path = Path(os.path.normpath(folder / name))
    if not path.is_relative_to(folder) or path.suffix == ".ipynb" or len(name) > 250:
        return
    for above in reversed(path.relative_to(folder).parents):
        if (folder / above).is_file():  # the notebook has made a folder of it
            (folder / above).unlink()
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_dir():
        shutil.rmtree(path)
    elif path.exists():
        utils.remove(str(path))
    path.write_bytes(content)


def _brief(error):
    text = str(error).strip().split("\n")[0][:200]
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
