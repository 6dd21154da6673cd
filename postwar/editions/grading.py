"""Preprocessors for nbgrader's autograding: each copy is tested against its own numbers. Named in ``nbgrader_config.py``."""

from functools import cache
from pathlib import Path

from nbgrader.preprocessors import ClearHiddenTests, ClearMarkScheme, NbGraderPreprocessor
from nbgrader.utils import is_grade, is_locked, is_solution

from postwar.classroom import folder
from postwar.editions import given


class KnowEdition(NbGraderPreprocessor):
    """Comes before the cells are restored: says which edition of the class a copy is.

    In a class with several editions, ``resources["edition"]`` then holds that edition's graded and locked cells by grade id, and
    ``resources["edition_shows"]`` what a student sees of the locked ones. Elsewhere it does nothing.
    """

    def preprocess(self, nb, resources):
        names, root = resources["nbgrader"], Path(self.parent.parent.coursedir.root)
        if not _several_editions(root):
            return nb, resources
        from postwar.editions import versions  # draws, and so needs the numeric libraries

        found = versions.of_class(root)
        what = found.identify(names["assignment"], names["notebook"], nb, names["student"])
        notebook = what.edition.recorded.get(names["notebook"])
        if notebook is None:
            return nb, resources
        if what.note:
            self._note(names["student"], f"{names['notebook']}: {what.note}")
        resources["edition"] = {
            cell.metadata.nbgrader.grade_id: cell for cell in notebook.cells if "nbgrader" in cell.metadata
        }
        resources["edition_shows"] = {
            name: _visible(cell.source) for name, cell in resources["edition"].items() if is_locked(cell)
        }
        return nb, resources

    def _note(self, student, text):
        converter = self.parent.parent
        if hasattr(converter, "note"):  # that of `postwar grade` shows notes in its report
            converter.note(text)
        else:
            self.log.warning("%s: %s", student, text)


def _several_editions(root: Path) -> bool:
    """Whether the class at ``root`` or above it has several editions."""
    try:
        return folder.find(root).editions != 1
    except FileNotFoundError:
        return False


@cache
def _visible(source: str) -> str:
    """The source of a locked cell as students see it."""
    from nbformat import NotebookNode

    cell = NotebookNode(source=source)
    ClearHiddenTests()._remove_hidden_test_region(cell)
    ClearMarkScheme()._remove_mark_scheme_region(cell)
    return cell.source.strip()


class OwnNumbers(NbGraderPreprocessor):
    """Comes after the cells were restored: every test states the given numbers it reads, whatever became of the names."""

    def preprocess(self, nb, resources):
        numbers = [cell for cell in nb.cells if given.is_given(cell)]
        for cell in nb.cells:
            if cell.cell_type == "code" and is_grade(cell) and not is_solution(cell):
                cell.source = given.restate(cell, numbers)
        return nb, resources
