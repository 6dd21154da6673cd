"""A sheet for a second reader: one row per essay of an anonymous pile, one column per criterion."""

import nbformat
from nbgrader.utils import is_grade, is_solution

from postwar.assignments import criteria
from postwar.classroom.folder import ClassFolder


def sheet(folder: ClassFolder, slug: str, numbers: list[str]) -> list[list[str]]:
    """Header and rows, to be filled in and put into ``readings/<assignment>/<reader>.csv``; empty where nothing is read by hand."""
    essays = _essays(folder, slug)
    if not essays:
        return []
    if len(essays) == 1:
        return [["number", *next(iter(essays.values()))], *([number] for number in numbers)]
    most = max(map(len, essays.values()))
    header = ["number", "item", *(f"criterion {i + 1}" for i in range(most))]
    return [header, *([number, item] for item in essays for number in numbers)]


def _essays(folder, slug) -> dict[str, list[str]]:
    """The criteria of every essay of an assignment."""
    found, names = {}, []
    for name in folder.notebooks(slug):
        for cell in nbformat.read(folder.root / "solutions" / slug / f"{name}.ipynb", as_version=4).cells:
            names = criteria.names(cell.source) or names
            if is_grade(cell) and is_solution(cell):
                found[cell.metadata.nbgrader.grade_id] = names
    return found
