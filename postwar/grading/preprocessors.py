"""nbgrader's preprocessors as ``postwar grade`` runs them in its helper processes: they read and write `records` in place of the gradebook.

A preprocessor of one's own that opens the gradebook finds no address there; ``nbgrader autograde`` runs it.
"""

import json

import fastjsonschema
import jsonschema
from nbgrader.nbgraderformat import MetadataValidator
from nbgrader.nbgraderformat.common import BaseMetadataValidator
from nbgrader.preprocessors import (
    AssignLatePenalties,
    NbGraderPreprocessor,
    OverwriteCells,
    OverwriteKernelspec,
    SaveAutoGrades,
)
from nbgrader.preprocessors import CheckCellMetadata as _CheckCellMetadata


class _Recorded(NbGraderPreprocessor):
    """What all of them begin with: which notebook of whom, and the records of the converter in place of a gradebook."""

    def _open(self, resources):
        names = resources["nbgrader"]
        self.notebook_id, self.assignment_id, self.student_id = names["notebook"], names["assignment"], names["student"]
        self.gradebook = self.parent.parent.records


class _Kernelspec(_Recorded, OverwriteKernelspec):
    def preprocess(self, nb, resources):
        self._open(resources)
        kernelspec = json.loads(self.gradebook.find_notebook(self.notebook_id, self.assignment_id).kernelspec or "null")
        if kernelspec:
            nb.metadata["kernelspec"] = kernelspec
        return nb, resources


class _Overwrite(_Recorded, OverwriteCells):
    def preprocess(self, nb, resources):
        self._open(resources)
        nb, resources = NbGraderPreprocessor.preprocess(self, nb, resources)
        if self.add_missing_cells:
            nb, resources = self.add_missing_grade_cells(nb, resources)
            nb, resources = self.add_missing_task_cells(nb, resources)
        return nb, resources


class _Save(_Recorded, SaveAutoGrades):
    def preprocess(self, nb, resources):
        self._open(resources)
        return NbGraderPreprocessor.preprocess(self, nb, resources)


class _Late(_Recorded, AssignLatePenalties):
    def preprocess(self, nb, resources):
        self._open(resources)
        notebook = self.gradebook.find_submission_notebook(self.notebook_id, self.assignment_id, self.student_id)
        late = self.gradebook.find_submission(self.assignment_id, self.student_id).total_seconds_late
        notebook.late_submission_penalty = None
        if late > 0:
            self.init_plugin()
            penalty = self.plugin_inst.late_submission_penalty(self.student_id, notebook.score, late)
            if penalty is not None:
                notebook.late_submission_penalty = self._check_late_penalty(notebook, penalty)
        return nb, resources


def recorded(preprocessor):
    """The preprocessor class *preprocessor*, with records in the gradebook's place if it is one of nbgrader's that open it, or derived from one."""
    for own in (_Kernelspec, _Overwrite, _Save, _Late):
        theirs = own.__bases__[1]
        if issubclass(preprocessor, theirs):
            bases = (own,) if preprocessor is theirs else (preprocessor, own)
            return type(preprocessor.__name__, bases, {})  # the name by which it is configured
    return preprocessor


class _CompiledOnce(BaseMetadataValidator):
    """nbgrader compiles its JSON schema anew for each cell; here it is done once."""

    def validate_cell(self, cell):
        metadata = cell.metadata.get("nbgrader")
        if metadata is None or metadata.get("schema_version", 0) != self.schema_version:
            super().validate_cell(cell)
            return
        if not hasattr(self, "_validate"):
            self._validate = fastjsonschema.compile(self.schema)
        try:
            self._validate(metadata)
        except fastjsonschema.JsonSchemaException:
            jsonschema.validate(metadata, self.schema)  # whose error nbgrader expects


class _Validator(MetadataValidator, _CompiledOnce):
    pass


class CheckCellMetadata(_CheckCellMetadata):
    """nbgrader's check of its metadata, with a schema that is compiled once."""

    validator = _Validator()

    def preprocess(self, nb, resources):
        self.validator.validate_nb(nb)
        return nb, resources
