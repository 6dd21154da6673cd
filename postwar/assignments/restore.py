"""Bring a handed-in notebook back to the released structure, so that a damaged copy is still graded."""

from nbgrader.preprocessors import OverwriteCells
from traitlets import default


def _name(cell) -> str:
    # The released cell id equals the grade id, and survives tools that drop nbgrader's metadata.
    return cell.metadata.get("nbgrader", {}).get("grade_id") or cell.get("id", "")


class RestoreCells(OverwriteCells):
    """nbgrader's OverwriteCells for copies that it stops at: duplicated, renamed and missing cells (nbgrader 0.9)."""

    @default("add_missing_cells")
    def _add_missing_cells_default(self):
        return True

    def preprocess(self, nb, resources):
        for cell in nb.cells:
            # DeduplicateIds leaves an empty entry behind in all but one of the duplicates.
            if not cell.metadata.get("nbgrader", True):
                del cell.metadata["nbgrader"]
        return super().preprocess(nb, resources)

    def preprocess_cell(self, cell, resources, cell_index):
        cell, resources = super().preprocess_cell(cell, resources, cell_index)
        # OverwriteCells takes away an id that the release does not have, and keeps the rest of the entry.
        if "nbgrader" in cell.metadata and "grade_id" not in cell.metadata["nbgrader"]:
            del cell.metadata["nbgrader"]
        return cell, resources

    def add_missing_grade_cells(self, nb, resources):
        """Put each missing grade cell behind the nearest released cell before it; at the end if there is none."""
        notebook = self.gradebook.find_notebook(self.notebook_id, self.assignment_id)
        points = {cell.name: cell.max_score for cell in notebook.grade_cells}
        solutions = {cell.name for cell in notebook.solution_cells}
        before = []
        for source in notebook.source_cells:
            present = {cell.metadata.get("nbgrader", {}).get("grade_id") for cell in nb.cells}
            if source.name in points and source.name not in present:
                self.log.warning("Restoring the missing cell %s", source.name)
                restored = self.missing_cell_transform(source, points[source.name], source.name in solutions)
                position = {_name(cell): i for i, cell in enumerate(nb.cells, start=1)}
                after = next((position[name] for name in reversed(before) if name in position), len(nb.cells))
                nb.cells.insert(after, restored)
            before.append(source.name)
        return nb, resources
