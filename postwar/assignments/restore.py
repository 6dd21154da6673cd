"""Bring a handed-in notebook back to the released structure: a damaged copy is still graded, and no locked cell is the student's."""

from pathlib import Path

from nbformat import NotebookNode, from_dict
from nbgrader.preprocessors import OverwriteCells
from traitlets import default

from postwar.copies.release import release


def _name(cell) -> str:
    # The released cell id equals the grade id, and survives tools that drop nbgrader's metadata.
    return cell.metadata.get("nbgrader", {}).get("grade_id") or cell.get("id", "")


def _put_back(cell, released):
    """Make a cell what it is in the copy's own edition; an answer keeps its text."""
    if cell.cell_type != released.cell_type:
        cell.cell_type = released.cell_type
        cell.pop("outputs", None)
        cell.pop("execution_count", None)
        if released.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    cell.metadata.nbgrader = NotebookNode(released.metadata.nbgrader)
    if released.metadata.nbgrader.locked:
        cell.source = released.source


def in_released_order(cells, order):
    """*cells* with those named in *order* (grade ids) in that order; a student's own cell stays behind the one that it followed."""
    place = {name: i for i, name in enumerate(order)}
    groups = [(-1, [])]
    for cell in cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        if name in place:
            groups.append((place[name], [cell]))
        else:
            groups[-1][1].append(cell)
    return [cell for _, group in sorted(groups, key=lambda each: each[0]) for cell in group]


class RestoreCells(OverwriteCells):
    """nbgrader's OverwriteCells for copies that it stops at: duplicated, renamed and missing cells (nbgrader 0.9).

    Locked cells of code come back where they are missing, whether or not they are graded (a graded one only with
    ``add_missing_cells``), and all cells stand in the released order: what a given cell defines is the instructor's. Where ``resources["edition"]`` holds the cells of the copy's own edition, by grade id, those are put back.
    """

    #: Whether set-up cells that a copy lacks come back.
    restore_setup = True

    @default("add_missing_cells")
    def _add_missing_cells_default(self):
        return True

    def preprocess(self, nb, resources):
        for cell in nb.cells:
            # DeduplicateIds leaves an empty entry behind in all but one of the duplicates.
            if not cell.metadata.get("nbgrader", True):
                del cell.metadata["nbgrader"]
        self._graded_too, self.add_missing_cells = self.add_missing_cells, True
        try:
            return super().preprocess(nb, resources)
        finally:
            self.add_missing_cells = self._graded_too

    def preprocess_cell(self, cell, resources, cell_index):
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
        if grade_id in resources.get("edition", {}):
            _put_back(cell, resources["edition"][grade_id])
            return cell, resources
        cell, resources = super().preprocess_cell(cell, resources, cell_index)
        # OverwriteCells takes away an id that the release does not have, and keeps the rest of the entry.
        if "nbgrader" in cell.metadata and "grade_id" not in cell.metadata["nbgrader"]:
            del cell.metadata["nbgrader"]
        return cell, resources

    def add_missing_grade_cells(self, nb, resources):
        """Put each missing test and locked cell of code behind the nearest released cell before it, or before the first one."""
        notebook = self.gradebook.find_notebook(self.notebook_id, self.assignment_id)
        points = {cell.name: cell.max_score for cell in notebook.grade_cells}
        solutions = {cell.name for cell in notebook.solution_cells}
        present = {cell.metadata.get("nbgrader", {}).get("grade_id") for cell in nb.cells}
        before = []
        for source in notebook.source_cells:
            given = source.locked and source.cell_type == "code" and source.name not in points
            if (given or (source.name in points and self._graded_too)) and source.name not in present:
                self.log.warning("Restoring the missing cell %s", source.name)
                restored = from_dict(
                    self.missing_cell_transform(source, points.get(source.name, 0), source.name in solutions)
                )
                if given:
                    restored.metadata.nbgrader.grade = False
                    del restored.metadata.nbgrader["points"]
                if source.name in resources.get("edition", {}):
                    _put_back(restored, resources["edition"][source.name])
                position = {_name(cell): i for i, cell in enumerate(nb.cells, start=1)}
                after = next((position[name] for name in reversed(before) if name in position), None)
                if after is None:
                    following = (position[cell.name] - 1 for cell in notebook.source_cells if cell.name in position)
                    after = next(following, len(nb.cells))
                nb.cells.insert(after, restored)
            before.append(source.name)
        released = [source.name for source in notebook.source_cells]
        ordered = in_released_order(nb.cells, released)
        if ordered != nb.cells:
            self.log.warning("Putting the cells of %s into the released order", self.notebook_id)
            nb.cells = ordered
        essays = points.keys() & solutions
        self._put_right(nb, {cell.name: cell.source for cell in notebook.source_cells if cell.name in essays})
        return nb, resources

    def _put_right(self, nb, essays):
        """What only the instructor's own notebook tells: the set-up, and which texts are the student's."""
        coursedir = self.parent.parent.coursedir
        folder = coursedir.format_path(coursedir.source_directory, ".", self.assignment_id)
        known = release(Path(folder, f"{self.notebook_id}.ipynb"))
        if known is None:
            return
        nb.cells, done = known.take_in_texts(nb.cells, essays)
        if self.restore_setup:
            nb.cells, more = known.put_back_setup(nb.cells)
            done += [f"{self.notebook_id}: {text}" for text in more]
        for text in done:
            note = getattr(self.parent.parent, "note", None)  # that of `postwar grade` shows notes in its report
            note(text) if note else self.log.warning("%s: %s", self.notebook_id, text)

    def add_missing_task_cells(self, nb, resources):
        return super().add_missing_task_cells(nb, resources) if self._graded_too else (nb, resources)


class RestoreGiven(RestoreCells):
    """The same in place of nbgrader's own OverwriteCells, which leaves missing tests out unless it is told otherwise, and set-up too."""

    restore_setup = False

    @default("add_missing_cells")
    def _add_missing_cells_default(self):
        return False
