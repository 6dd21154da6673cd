"""What every submission of an assignment is compared with. It comes from the gradebook and the instructor's own notebooks."""

import os
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbgrader import utils
from nbgrader.api import Gradebook
from nbgrader.preprocessors import ClearHiddenTests, ClearMarkScheme
from nbgrader.utils import find_all_files

from postwar.grading import reading


@dataclass
class Release:
    """An assignment as the instructor made it.

    By notebook: *cells* holds what nbgrader's metadata says about each cell, by grade id; *visible*, what students see of it;
    *instructor*, what `reading.describe` says. *others* holds the cells' ids of the course's other assignments, *files* the
    instructor's files that replace a student's, and *ahead* what is executed once, before any kernel is forked: the imports of
    the instructor's notebooks, and a reading of the tables that they load.
    """

    assignment: str
    cells: dict = field(default_factory=dict)
    visible: dict = field(default_factory=dict)
    instructor: dict = field(default_factory=dict)
    others: dict = field(default_factory=dict)
    files: set = field(default_factory=set)
    ahead: set = field(default_factory=set)


#: `postwar.data` keeps what it has read, and gives each caller a copy.
_READ = "from postwar import data; data.load({table!r})"


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


def read(assignment, converter):
    """The `Release` of *assignment*, for nbgrader's Autograde *converter*."""
    coursedir, release, hidden = converter.coursedir, Release(assignment), Hidden(converter)
    with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
        for each in gradebook.assignments:
            if each.name != assignment:
                release.others[each.name] = {cell.name for notebook in each.notebooks for cell in notebook.source_cells}
        for notebook in gradebook.find_assignment(assignment).notebooks:
            release.cells[notebook.name] = _cells(notebook)
            release.visible[notebook.name] = {cell.name: hidden.cleared(cell).strip() for cell in notebook.source_cells}
    source = coursedir.format_path(coursedir.source_directory, ".", assignment)
    files = {os.path.relpath(path, source) for path in find_all_files(source, [*coursedir.ignore, "*.ipynb"])}
    release.files = files - set(converter.exclude_overwriting.get(assignment, ()))
    for name in release.cells:
        path = Path(source, f"{name}.ipynb")
        if not path.exists():
            converter.log.warning("No source notebook %s: tests get every name that the student defines", path)
            release.instructor[name] = {}
            continue
        nb = nbformat.read(path, as_version=4)
        cells = [(cell.source, utils.is_locked(cell)) for cell in nb.cells if cell.cell_type == "code"]
        release.instructor[name] = reading.describe(cells)
        tables = release.instructor[name].pop("tables")
        release.ahead |= {
            *release.instructor[name]["imports"].values(),
            *(_READ.format(table=table) for table in tables),
        }
    return release


def _cells(notebook):
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
