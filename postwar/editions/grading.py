"""Preprocessors for nbgrader's autograding: each copy is tested against its own numbers. Named in ``nbgrader_config.py``."""

from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import is_grade, is_solution

from postwar.editions import given


class OwnNumbers(NbGraderPreprocessor):
    """Comes after the cells were restored: every test states the given numbers it reads, whatever became of the names."""

    def preprocess(self, nb, resources):
        for cell in nb.cells:
            if cell.cell_type == "code" and is_grade(cell) and not is_solution(cell):
                cell.source = given.restate(cell, nb.cells)
        return nb, resources
