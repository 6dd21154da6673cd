"""Pages made of a graded notebook: what a student sees as feedback, and what a grader sees in formgrader."""

import re
from functools import cache
from pathlib import Path

import nbformat
import nbgrader
from nbconvert.preprocessors import Preprocessor
from nbgrader.api import Gradebook
from nbgrader.preprocessors import ClearHiddenTests
from nbgrader.utils import is_grade, is_locked
from traitlets import Dict, List, Unicode

from postwar.assignments import criteria, kinds, sanitize

#: Folders of templates, in the places where nbconvert looks for them by name: ours, and nbgrader's own, which
#: formgrader needs and no longer finds by itself once a configuration names ours.
TEMPLATES = str(Path(__file__).parent / "templates")
_DELIMITER = re.compile(r"^.*?### (?:BEGIN|END) SOLUTION.*$|<!-- (?:BEGIN|END) SOLUTION -->", re.MULTILINE)
# A kernel names the file of a cell by a hash of its source: in a test, of hidden lines too, so that a guess could be tried on it.
_CELL_FILE = re.compile(r"[^\s\"'<>]*ipykernel_\d+[\\/]\d+\.py")
_HEADING = re.compile(r"^## (.+?)\s*(?:\([\d ]+points?\))?\s*$", re.MULTILINE)
FORMGRADER = str(Path(nbgrader.__file__).parent / "server_extensions" / "formgrader" / "templates")


class FeedbackView(ClearHiddenTests):
    """Leave of each test what it says to this student: not its hidden lines, its points or a traceback through them."""

    # HTMLExporter sets this on every preprocessor and warns of those that do not know it.
    display_data_priority = List().tag(config=True)

    model_essays = Unicode(
        help="Folder of solution notebooks whose model essays are shown under each essay; none by default."
    ).tag(config=True)

    earlier = Dict(
        help="What was reached in earlier assignments, by assignment and objective; by default what the gradebook says."
    ).tag(config=True)

    def preprocess(self, nb, resources):
        from postwar.assignments import progress  # loads the data, and with it threads: not before grading has forked

        graded = resources["nbgrader"]
        with Gradebook(graded["db_url"]) as gradebook:
            grades = gradebook.find_submission_notebook(
                graded["notebook"], graded["assignment"], graded["student"]
            ).grades
            waiting = [grade for grade in grades if grade.needs_manual_grade]
            unread = {grade.name for grade in waiting if grade.manual_score is None and not grade.extra_credit}
            earlier = self.earlier or progress.in_class(gradebook, graded["assignment"], graded["student"])
        for cell in nb.cells:
            if cell.metadata.get("nbgrader", {}).get("grade_id") in unread:
                cell.metadata.nbgrader.unread = True
        sanitize.notebook(nb)
        nb, resources = super().preprocess(nb, resources)
        self._explain(nb, graded)
        resources["postwar"] = {
            "tasks": _tasks(nb),
            "objectives": _objectives(nb, graded["assignment"]),
            "earlier": _earlier(earlier),
        }
        return nb, resources

    def preprocess_cell(self, cell, resources, cell_index):
        sanitize.cell(cell)
        for output in cell.get("outputs", []):
            if output.output_type == "stream":
                output.text = _CELL_FILE.sub("cell", output.text)
        # Only in tests: a student who writes the delimiter into an answer must not stop the run.
        if cell.cell_type == "code" and is_grade(cell) and is_locked(cell):
            cell, resources = super().preprocess_cell(cell, resources, cell_index)
            cell.outputs = [output for output in cell.outputs if output.output_type != "execute_result"]
            for output in cell.outputs:
                if output.output_type == "error" and output.ename != "Mistake":
                    output.traceback = [_in_a_line(output)]
        return cell, resources

    def _explain(self, nb, graded):
        """Say of every item what was expected, and of an essay the marks by criterion and, where they may be shown, a model."""
        models = _models(Path(self.model_essays) / f"{graded['notebook']}.ipynb") if self.model_essays else {}
        names = []
        for cell in nb.cells:
            names = (is_locked(cell) and criteria.names(cell.source)) or names
            if not is_grade(cell):
                continue
            about = cell.metadata.nbgrader
            if is_locked(cell):
                about.expected = kinds.expected(cell.source)
                continue
            about.model = models.get(about.grade_id, "")
            if names and (read := criteria.marks(about.get("comment"), len(names))):
                about.criteria = list(zip(names, read[1], strict=True))
                about.comment = criteria.without_marks(about.comment, len(names))


def _models(file: Path) -> dict[str, str]:
    """The model essays of a solution notebook by item."""
    cells = nbformat.read(file, as_version=4).cells
    essays = (cell for cell in cells if cell.cell_type == "markdown" and is_grade(cell))
    return {cell.metadata.nbgrader.grade_id: _DELIMITER.sub("", cell.source).strip() for cell in essays}


def _tasks(nb) -> list[dict]:
    """The tasks of a notebook in order: title, points earned and possible, and the cells that test its facts."""
    tasks = [{"title": "", "cells": []}]
    for cell in nb.cells:
        if cell.cell_type == "markdown" and not is_grade(cell) and (title := _HEADING.search(cell.source)):
            tasks.append({"title": title[1], "cells": []})
        if is_grade(cell):
            tasks[-1]["cells"].append(cell)
    for task in tasks:
        about = [cell.metadata.nbgrader for cell in task["cells"]]
        task["earned"] = sum(float(one.score) for one in about if not one.get("unread"))
        task["possible"] = sum(float(one.points) for one in about if not one.get("unread"))
    return [task for task in tasks if task["cells"]]


def _objectives(nb, slug: str) -> list[dict]:
    """The objectives of a notebook: points earned and possible, and the command that practises what is not reached yet."""
    found = {}
    for cell in nb.cells:
        name = cell.metadata.get("postwar", {}).get("objective")
        if not name or not is_grade(cell) or cell.metadata.nbgrader.get("unread"):
            continue
        one = found.setdefault(
            name, {"name": name, "goal": _goals().get(name, ""), "earned": 0.0, "possible": 0.0, "command": ""}
        )
        score, points = float(cell.metadata.nbgrader.score), float(cell.metadata.nbgrader.points)
        one["earned"], one["possible"] = one["earned"] + score, one["possible"] + points
        # Only what is marked automatically can be drawn anew.
        if is_locked(cell) and score < points:
            one["command"] = f"postwar practice {slug} --objective {name}"
    return [found[name] for name in sorted(found) if found[name]["possible"]]


def _earlier(reached: dict) -> list[dict]:
    """The objectives of earlier assignments as on this page, what is least reached first."""
    found = [
        {"name": name, "goal": _goals().get(name, ""), "earned": earned, "possible": possible, "command": ""}
        | ({"command": f"postwar practice {slug} --objective {name}"} if earned < possible else {})
        for slug, objectives in reached.items()
        for name, (earned, possible) in objectives.items()
    ]
    return sorted(found, key=lambda one: (one["earned"] / one["possible"], one["name"]))


@cache
def _goals():
    from postwar import course

    return {name: goal for lesson in course.LESSONS for name, goal in lesson.objectives.items()}


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
