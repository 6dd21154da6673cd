"""Pages made of a graded notebook: what a student sees as feedback, and what a grader sees in formgrader."""

from pathlib import Path

import nbgrader
from nbconvert.preprocessors import Preprocessor
from nbgrader.api import Gradebook
from nbgrader.preprocessors import ClearHiddenTests
from nbgrader.utils import is_grade, is_locked
from traitlets import List

from postwar.assignments import sanitize

#: Folders of templates, in the places where nbconvert looks for them by name: ours, and nbgrader's own, which
#: formgrader needs and no longer finds by itself once a configuration names ours.
TEMPLATES = str(Path(__file__).parent / "templates")
FORMGRADER = str(Path(nbgrader.__file__).parent / "server_extensions" / "formgrader" / "templates")


class FeedbackView(ClearHiddenTests):
    """Leave of each test what it says to this student: not its hidden lines, its points or a traceback through them."""

    # HTMLExporter sets this on every preprocessor and warns of those that do not know it.
    display_data_priority = List().tag(config=True)

    def preprocess(self, nb, resources):
        graded = resources["nbgrader"]
        with Gradebook(graded["db_url"]) as gradebook:
            grades = gradebook.find_submission_notebook(
                graded["notebook"], graded["assignment"], graded["student"]
            ).grades
            waiting = [grade for grade in grades if grade.needs_manual_grade]
            unread = {grade.name for grade in waiting if grade.manual_score is None and not grade.extra_credit}
        for cell in nb.cells:
            if cell.metadata.get("nbgrader", {}).get("grade_id") in unread:
                cell.metadata.nbgrader.unread = True
        sanitize.notebook(nb)
        return super().preprocess(nb, resources)

    def preprocess_cell(self, cell, resources, cell_index):
        sanitize.cell(cell)
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


class GraderView(Preprocessor):
    """What formgrader shows of a submission is a text to read: nothing in it acts, or looks like formgrader's own controls."""

    display_data_priority = List().tag(config=True)

    def preprocess(self, nb, resources):
        sanitize.notebook(nb)
        return super().preprocess(nb, resources)

    def preprocess_cell(self, cell, resources, cell_index):
        sanitize.cell(cell)
        return cell, resources
