"""nbgrader's preprocessors with less waiting for the gradebook: they do the same, and bear the same names.

`nbgrader_config.py` names them for plain nbgrader; ``postwar grade`` takes them of itself.
"""

import jsonschema
from nbgrader import preprocessors as nbgraders
from nbgrader.nbgraderformat import MetadataValidator
from nbgrader.nbgraderformat.common import BaseMetadataValidator

from postwar.assignments import restore
from postwar.grading.database import at_once

SaveAutoGrades = at_once(nbgraders.SaveAutoGrades)
RestoreCells = at_once(restore.RestoreCells)


class _CompiledOnce(BaseMetadataValidator):
    """nbgrader compiles its JSON schema anew for each cell; here it is done once."""

    def validate_cell(self, cell):
        metadata = cell.metadata.get("nbgrader")
        if metadata is None or metadata.get("schema_version", 0) != self.schema_version:
            super().validate_cell(cell)
            return
        if not hasattr(self, "_validator"):
            self._validator = jsonschema.validators.validator_for(self.schema)(self.schema)
        self._validator.validate(metadata)


class _Validator(MetadataValidator, _CompiledOnce):
    pass


class CheckCellMetadata(nbgraders.CheckCellMetadata):
    """nbgrader's check of its metadata, with a schema that is compiled once."""

    validator = _Validator()

    def preprocess(self, nb, resources):
        self.validator.validate_nb(nb)
        return nb, resources
