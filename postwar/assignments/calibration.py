"""The exemplars on the calibration page for graders, copied from the assignments so that the two cannot differ.

``python -m postwar.assignments.calibration`` writes them between the markers in ``solutions/calibration.md``. The page lies
beside the assignments' folders, not in one: nbgrader releases every file of a folder, and nothing beside it.
"""

import re

import nbformat

from postwar.paths import SOLUTIONS

PAGE = SOLUTIONS / "calibration.md"
_PLACE = re.compile(r"(<!-- begin exemplar (\S+) (\S+) (\S+) -->\n).*?(<!-- end exemplar -->)", re.DOTALL)
_SOLUTION = re.compile(r"<!-- BEGIN SOLUTION -->\n(.*?)\n<!-- END SOLUTION -->", re.DOTALL)


def exemplar(assignment: str, notebook: str, item: str) -> str:
    """The exemplar of full marks in an essay's own cell, quoted in Markdown."""
    cells = nbformat.read(SOLUTIONS / assignment / f"{notebook}.ipynb", as_version=4).cells
    (cell,) = (cell for cell in cells if cell.metadata.get("nbgrader", {}).get("grade_id") == item)
    lines = _SOLUTION.search(cell.source)[1].splitlines()
    return "\n".join(f"> {line}".rstrip() for line in lines) + "\n"


def places(text: str) -> list[tuple[str, str, str]]:
    """The ``(assignment, notebook, item)`` of every exemplar that the page has a place for."""
    return [match.groups()[1:4] for match in _PLACE.finditer(text)]


def update(text: str) -> str:
    """The page with the present exemplars in their places."""
    return _PLACE.sub(lambda match: match[1] + exemplar(*match.groups()[1:4]) + match[5], text)


if __name__ == "__main__":
    PAGE.write_text(update(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
