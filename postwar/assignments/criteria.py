"""The criteria of an essay: their names, and the marks that a reader entered one by one."""

import re

_ROW = re.compile(r"^\|\s*([^|\n]+?)\s*\|[^\n]*\|\s*$", re.MULTILINE)
_LINE = re.compile(
    r"(?:(?P<reader>\w[\w .-]{0,19}):\s*)?(?P<marks>\d+(?:\.\d+)?(?:\s*[+,/ ]\s*\d+(?:\.\d+)?)+)\s*(?:=.*)?"
)
_BETWEEN = re.compile(r"\s*[+,/ ]\s*")


def names(scheme: str) -> list[str]:
    """The criteria of the mark scheme in the text of a cell, from the first column of its table; empty where there is none."""
    table = scheme.partition("**Mark scheme.**")[2]
    return [row for row in _ROW.findall(table) if row != "Criterion" and set(row) - set("-: ")]


def marks(comment: str, count: int) -> tuple[str, list[float]] | None:
    """The reader and the marks on a line of a comment that holds ``count`` numbers and nothing else: ``AB: 3 2 3 1``. None where there is none."""
    for line in (comment or "").splitlines():
        match = _LINE.fullmatch(line.strip())
        if match and len(found := [float(mark) for mark in _BETWEEN.split(match["marks"])]) == count:
            return (match["reader"] or "").strip(), found
    return None


def without_marks(comment: str, count: int) -> str:
    """The comment without that line."""
    return "\n".join(line for line in comment.splitlines() if not marks(line, count)).strip()
