"""Feedback pages: what a student sees of a graded notebook."""

from pathlib import Path

from nbgrader.preprocessors import ClearHiddenTests
from nbgrader.utils import is_grade, is_locked
from traitlets import List

#: Folder of the page's template, in the place where nbconvert looks for it by name.
TEMPLATES = str(Path(__file__).parent / "templates")


class FeedbackView(ClearHiddenTests):
    """Leave of each test what it says to this student: not its hidden lines, its points or a traceback through them."""

    # HTMLExporter sets this on every preprocessor and warns of those that do not know it.
    display_data_priority = List().tag(config=True)

    def preprocess_cell(self, cell, resources, cell_index):
        # Only in tests: a student who writes the delimiter into an answer must not stop the run.
        if cell.cell_type == "code" and is_grade(cell) and is_locked(cell):
            cell, resources = super().preprocess_cell(cell, resources, cell_index)
            cell.outputs = [output for output in cell.outputs if output.output_type != "execute_result"]
            for output in cell.outputs:
                if output.output_type == "error" and output.ename != "Mistake":
                    output.traceback = [_in_a_line(output)]
        return cell, resources


def _in_a_line(error) -> str:
    if error.ename == "NameError":
        return f"{error.evalue}: the cell that gives it a value is missing or stopped with an error."
    return f"{error.ename}: {error.evalue}"
