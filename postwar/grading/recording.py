"""The second half of nbgrader's Autograde: what execution gave is put into the notebook, scored, and written to ``autograded/``.

It runs in a helper process (`helpers`): it reads what student code sent back. nbgrader scores as always, but into records in place of the
gradebook (`records`); what it wrote there, the coordinator takes over (`marks`).
"""

import base64
import json
import os
import shutil
from pathlib import Path

import nbformat
from nbgrader import utils
from nbgrader.preprocessors import CheckCellMetadata, Execute
from traitlets.utils.importstring import import_item

from postwar.grading import refusals
from postwar.grading.records import Records
from postwar.grading.refusals import Refused
from postwar.grading.sanitizing import Half


class Executed(Execute):
    """Stands in for nbgrader's Execute: puts in place what the pool has executed."""

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


class Recording(Half):
    """The second half."""

    failure = "could not be recorded"
    executed = {}

    @property
    def _input_directory(self):
        return self._output_directory

    def steps(self):
        """nbgrader's autograding preprocessors, or those that are configured, with what was executed in Execute's place."""
        classes = [import_item(each) if isinstance(each, str) else each for each in self.autograde_preprocessors]
        # The metadata were checked in the first half, and nothing has touched them since.
        later = [each for each in classes if not issubclass(each, CheckCellMetadata)]
        return [Executed if issubclass(each, Execute) else each for each in later]

    def convert(self, student, notebooks, earlier, result):
        """The marks of the submission; its notebooks and files stand in the staging folder then."""
        timestamp = refusals.timestamp(self.coursedir, self.submitted(student))
        result = json.loads(result)
        if result["failure"]:
            raise Refused(result["failure"])
        for text in result["notes"]:
            self.note(text)
        staged = self.staged(student)
        clean = {name: nbformat.from_dict(json.loads((staged / f"{name}.ipynb").read_bytes())) for name in notebooks}
        self.executed = result["notebooks"]
        self.records = Records(self._released, earlier)
        self.records.submission.timestamp = timestamp or self.records.submission.timestamp
        for name, content in result["files"].items():
            _write_inside(staged, name, base64.b64decode(content))
        with utils.setenv(NBGRADER_EXECUTION="autograde"):
            for name in self.release.cells:
                if name in clean:
                    self._graded(str(staged / f"{name}.ipynb"), clean[name])
                else:
                    self.records.give_zero(name)
        self.set_permissions(self.release.assignment, student)
        return {"marks": self.records.marks()}, b""

    def _graded(self, path, nb):
        """What nbgrader's exporter does, without its copies of the notebook, which is nobody else's."""
        resources = self._ready._init_resources(self.init_single_notebook_resources(path))
        nb, resources = self._through_steps(nb, resources)
        nbformat.validate(nb, relax_add_props=True)
        self.write_single_notebook(nbformat.writes(nb) + "\n", resources)


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
