"""The first half of nbgrader's Autograde: a hand-in is checked, brought back to what was released, and packed for execution.

It runs in a helper process (`helpers`): it reads what students wrote.
"""

import base64
import json
import os
import shutil
import traceback
from functools import cached_property
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbconvert.writers import FilesWriter
from nbgrader import utils
from nbgrader.converters import Autograde
from nbgrader.converters.base import BaseConverter
from nbgrader.preprocessors import CheckCellMetadata, Execute, NbGraderPreprocessor, OverwriteCells
from traitlets.utils.importstring import import_item

from postwar.assignments.restore import RestoreGiven, in_released_order
from postwar.copies import handin
from postwar.grading import preprocessors, reading, refusals
from postwar.grading.records import Records
from postwar.grading.refusals import Refused, brief
from postwar.grading.release import Hidden

#: A test cell with this line gets live objects (classes, figures, generators): it runs in the student's kernel, unprotected.
LIVE = "### LIVE OBJECTS"

#: Below ``autograded/``; nbgrader's patterns do not match names that start with a dot.
STAGING = ".in-progress"


class Half(Autograde):
    """What both halves share: where a submission is staged, what is recorded of it, and notes about the submission in hand.

    *released* is the assignment as the gradebook has it (`records.Assignment`).
    """

    def __init__(self, release, released, limits, coursedir, parent):
        super().__init__(coursedir=coursedir, parent=parent)
        self.release, self._released, self._limits = release, released, limits
        self.records = Records(released)
        self._notes = []

    @property
    def _input_directory(self):
        return self.coursedir.submitted_directory

    @property
    def _output_directory(self):
        return os.path.join(self.coursedir.autograded_directory, STAGING)

    def _folder(self, step, student):
        return Path(os.path.normpath(self.coursedir.format_path(step, student, self.release.assignment)))

    def staged(self, student):
        return self._folder(self._output_directory, student)

    def submitted(self, student):
        return self._folder(self.coursedir.submitted_directory, student)

    def note(self, text):
        """Remember something about the submission in hand that the instructor may want to look at."""
        if text not in self._notes:
            self._notes.append(text)

    @cached_property
    def _ready(self):
        """nbgrader's exporter, which makes this half's preprocessors; made at first use, and used for all submissions."""
        self.writer = FilesWriter(parent=self, config=self.config)
        self.exporter = self.exporter_class(parent=self, config=self.config)
        for each in self.steps():
            self.exporter.register_preprocessor(preprocessors.recorded(each))
        return self.exporter

    def _through_steps(self, nb, resources):
        """What this half's preprocessors make of a notebook, which is changed in place, and of its resources."""
        for step in self._ready._preprocessors:
            nb, resources = step(nb, resources)
        return nb, resources

    def init_single_notebook_resources(self, notebook_filename):
        """nbgrader's, without the address of the gradebook: that is the coordinator's alone."""
        resources = super().init_single_notebook_resources(notebook_filename)
        del resources["nbgrader"]["db_url"]
        return resources

    def outcome(self, student, *arguments):
        """What this half makes of the submission: a JSON object for the coordinator, and bytes that it hands on unread."""
        self._notes = []
        try:
            said, passed = self.convert(student, *arguments)
        except Refused as reason:
            return {"refused": str(reason), "notes": self._notes}, b""
        except RecursionError:
            return {"refused": "a notebook that is nested too deeply", "notes": []}, b""
        except MemoryError:
            raise
        except Exception as error:
            broken = isinstance(error, OSError)
            details = traceback.format_exc()[-20_000:]
            return {
                "refused": f"{self.failure}: {brief(error)}",
                "details": details,
                "broken": broken,
                "notes": [],
            }, b""
        return said | {"notes": self._notes}, passed


class Restore(NbGraderPreprocessor):
    """Give every nbgrader cell back what the instructor said about it, and drop claims about cells that do not exist.

    nbgrader's own `OverwriteCells` restores sources, points and cell types; a changed ``grade`` or ``solution`` flag, an
    unknown or a doubled id, or a tag that has a test skipped would stop it or pass it by.
    """

    def preprocess(self, nb, resources):
        converter, name = self.parent.parent, resources["nbgrader"]["notebook"]
        cells = converter.release.cells[name]
        skip = converter.skipping_tag
        visible = {**converter.release.visible[name], **resources.get("edition_shows", {})}
        refusals.another_notebook(nb, name, converter.release)
        missing = set(cells)
        for cell in nb.cells:
            tags = cell.metadata.get("tags", [])
            if not (isinstance(tags, list) and all(isinstance(tag, str) for tag in tags)):
                del cell.metadata["tags"]
                converter.note("tags that are none were dropped")
            claim = cell.metadata.pop("nbgrader", None)
            original = cells.get(claim.get("grade_id")) if isinstance(claim, dict) else None
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
            if skip in cell.metadata.get("tags", []):
                cell.metadata["tags"] = [tag for tag in tags if tag != skip]
                converter.note(f"marked “{claim['grade_id']}” to be skipped")
        own_edition = {name: cell.source for name, cell in resources.get("edition", {}).items()}
        answers = (name for name, role in cells.items() if role["solution"] and not role["grade"])
        stubs = {name: own_edition.get(name, visible[name]) for name in answers}
        for text in handin.in_words(handin.oddities(nb.cells, stubs)):
            converter.note(text)
        if missing:
            converter.note(f"lacks {', '.join(f'“{name}”' for name in sorted(missing))}")
        if in_released_order(nb.cells, cells) != nb.cells:
            converter.note("moved cells: they are back in the released order")
        return nb, resources


class Sanitizing(Half):
    """The first half."""

    failure = "could not be read"

    def steps(self):
        """nbgrader's sanitizing preprocessors, or those that are configured, and ours before the cells are restored."""
        classes = [import_item(each) if isinstance(each, str) else each for each in self.sanitize_preprocessors]
        restoring = next((i for i, each in enumerate(classes) if issubclass(each, OverwriteCells)), len(classes))
        classes[restoring:restoring] = [Restore]
        classes = [RestoreGiven if each is OverwriteCells else each for each in classes]
        return [preprocessors.CheckCellMetadata if each is CheckCellMetadata else each for each in classes]

    @cached_property
    def _execute(self):
        return Execute(parent=self)

    @property
    def skipping_tag(self):
        return self._execute.skip_cells_with_tag

    def is_due(self, student, _):
        """Whether a submission that was graded before has been handed in again since."""
        try:
            done = self._folder(self.coursedir.autograded_directory, student)
            new, old = (refusals.timestamp(self.coursedir, folder) for folder in (self.submitted(student), done))
        except Refused as reason:
            return {"refused": str(reason)}, b""
        return {"due": new is not None and old is not None and new > old}, b""

    def convert(self, student, _):
        """The job for the pool; `supervisor.supervise` says what it holds."""
        folder = self.submitted(student)
        refusals.check_folder(folder, self._limits)
        refusals.timestamp(self.coursedir, folder)
        files, notes = refusals.match(folder, self.release.cells)
        for text in notes:
            self.note(text)
        texts = {}
        for name, path in files.items():
            texts[name], mended = refusals.read_text(path)
            for text in mended:
                self.note(text)
        self._copy_files(student)
        staged, hidden, notebooks = self.staged(student), Hidden(self), []
        for name, text in texts.items():
            nb = self._sanitized(name, text, student)
            (staged / f"{name}.ipynb").write_text(json.dumps(nb), encoding="utf-8")  # for the second half
            roles = [_role(cell, hidden) for cell in nb.cells]
            instructor = self.release.instructor.get(name, {})
            notebooks.append({"name": name, "nb": nb, "roles": roles, "instructor": instructor})
        packed = {
            path.relative_to(staged).as_posix(): base64.b64encode(path.read_bytes()).decode()
            for path in sorted(staged.rglob("*"))
            if path.is_file() and path.suffix != ".ipynb"
        }
        trusted = {name: packed[name] for name in self.release.files if name in packed}
        job = {"notebooks": notebooks, "files": packed, "trusted": trusted, "execution": self._execution}
        return {"notebooks": list(files)}, json.dumps(job).encode()

    def _copy_files(self, student):
        """The submission's files, the instructor's in place of theirs."""
        BaseConverter.init_assignment(self, self.release.assignment, student)
        source = self.coursedir.format_path(self.coursedir.source_directory, ".", self.release.assignment)
        target = self.staged(student)
        target.mkdir(parents=True, exist_ok=True)
        for name in self.release.files:
            path = target / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.exists():
                utils.remove(str(path))
            shutil.copy(os.path.join(source, name), path)

    def _sanitized(self, name, text, student):
        try:
            nb = nbformat.reads(text, as_version=4)
        except nbformat.reader.NotJSONError:
            raise Refused(f"“{name}.ipynb” is {refusals.NO_JSON}") from None
        refusals.too_many_cells(nb, name)
        resources = self.init_single_notebook_resources(os.path.join(self.submitted(student), f"{name}.ipynb"))
        return self._through_steps(nb, resources)[0]

    @cached_property
    def _execution(self):
        """The settings of nbgrader's Execute, as far as they can travel."""
        every = ((name, getattr(self._execute, name)) for name in NotebookClient.class_traits(config=True))
        plain = {
            name: value for name, value in every if isinstance(value, bool | int | float | str | list | dict | None)
        }
        return {name: value for name, value in plain.items() if name != "kernel_name"}


def _role(cell, hidden):
    """How a cell is to be executed: None for the student's own, else what the checker needs to know."""
    if cell.cell_type != "code" or not utils.is_locked(cell):
        return None
    visible = hidden.cleared(cell)
    return {
        "test": utils.is_grade(cell),
        "live": LIVE in cell.source,
        "visible": visible,
        "leaves": reading.names_left(visible),
        "about": reading.about_python(cell.source),
    }
