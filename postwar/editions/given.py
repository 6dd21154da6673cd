"""The cells of given numbers in a notebook: found, read, and written with other values.

Such a cell is tagged ``parameters`` and locked. It holds one assignment a line, ``name = value``; the value is a number, a text, or a
list or dictionary of these. Numbers that the text of a task repeats carry the name they come from: ``80,000<!--=army-->``.
"""

import ast
import re
from decimal import Decimal
from functools import lru_cache

from nbformat import NotebookNode
from nbgrader.utils import is_grade, is_locked

_SHOWN = re.compile(r"(?P<number>[−-]?\d[\d,]*(?:\.\d+)?)(?P<source><!--=(?P<expression>.+?)-->)")


def is_given(cell: NotebookNode) -> bool:
    """Whether the cell holds given numbers: code that is locked and no test. The tag may be lost in a student's copy."""
    return cell.cell_type == "code" and is_locked(cell) and not is_grade(cell)


def read(cell: NotebookNode) -> dict:
    """The given names and their values; raises ValueError where the cell holds anything else."""
    found = {}
    for name, node in _assignments(cell):
        try:
            found[name] = ast.literal_eval(node)
        except ValueError:
            raise ValueError(f"{cell.id}: the value of {name} must be written out, not computed") from None
    return found


def flat(values: dict) -> dict:
    """The given values with the entries of dictionaries as ``name.entry`` besides."""
    entries = {
        f"{name}.{key}": entry
        for name, value in values.items()
        if isinstance(value, dict)
        for key, entry in value.items()
    }
    return values | entries


def write(cell: NotebookNode, values: dict) -> str:
    """The source of the cell with other values; ``values`` maps ``name``, or ``name.entry`` in a dictionary, to its value."""
    places = {}
    for name, node in _assignments(cell):
        places[name] = node
        if isinstance(node, ast.Dict):
            places |= {
                f"{name}.{ast.literal_eval(key)}": value for key, value in zip(node.keys, node.values, strict=True)
            }
    if unknown := values.keys() - places.keys():
        raise ValueError(f"{cell.id} gives no {', '.join(sorted(unknown))}; it gives {', '.join(places)}")
    lines = [line.encode() for line in cell.source.split("\n")]  # ast counts bytes
    for name in sorted(values, key=lambda name: (places[name].lineno, places[name].col_offset), reverse=True):
        node = places[name]
        if node.lineno != node.end_lineno:
            raise ValueError(f"{cell.id}: the value of {name} must stand on one line")
        line = lines[node.lineno - 1]
        lines[node.lineno - 1] = line[: node.col_offset] + literal(values[name]).encode() + line[node.end_col_offset :]
    return b"\n".join(lines).decode()


def literal(value) -> str:
    """A value as an author would type it: 80_000, 0.35, [4, 3, 2], \"DEU\"."""
    if isinstance(value, bool) or not isinstance(value, int | float | str | list):
        raise ValueError(f"a given value must be a number, a text or a list of these, not {value!r}")
    if isinstance(value, list):
        return f"[{', '.join(map(literal, value))}]"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f"{value:_}" if isinstance(value, int) and abs(value) >= 10_000 else repr(value)


def restate(test: NotebookNode, cells) -> str:
    """The source of a test with the given numbers that it reads stated at its top, in a hidden region.

    A student may use a given name for something else, in a loop or in an answer; the test is to see what was given.
    """
    reads = _names(test.source)
    stated = [
        line
        for cell in cells
        if is_given(cell)
        for name, line in _lines(cell.get("id", ""), cell.source)
        if name in reads
    ]
    if not stated:
        return test.source
    return "\n".join(["### BEGIN HIDDEN TESTS", *stated, "### END HIDDEN TESTS", test.source])


def show(text: str, namespace: dict) -> str:
    """The text of a task with every number that carries its source, ``80,000<!--=army-->``, computed anew.

    A number is written as the one before it: with commas or without, with as many decimals as it takes, or as the format after
    a colon says: ``<!--=threshold:.2f-->``.
    """

    def renew(match):
        try:
            value, spec = _evaluate(match["expression"], namespace)
        except Exception as error:
            raise ValueError(f"the number before {match['source']} cannot be computed: {error}") from None
        if not spec:
            # 100 * 0.07 is 7.000000000000001.
            plain = Decimal(str(round(float(value), 10))).normalize()
            spec = f"{',' if abs(value) >= 10_000 or ',' in match['number'] else ''}f"
            return f"{plain:{spec}}".replace("-", "−") + match["source"]
        return f"{value:{spec}}".replace("-", "−") + match["source"]

    return _SHOWN.sub(renew, text)


def _evaluate(expression: str, namespace: dict):
    code, _, spec = expression.rpartition(":")
    if code and re.fullmatch(r"[,.]?\d*[.,]?\d*[fdg%]?", spec):
        return eval(code, dict(namespace)), spec
    return eval(expression, dict(namespace)), ""


@lru_cache(1000)  # a class is graded copy by copy, and tests are the same in most of them; so are given cells, below
def _names(source):
    return {node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)}


@lru_cache(1000)
def _lines(cell_id, source):
    cell = NotebookNode(id=cell_id, source=source)
    return [(name, f"{name} = {ast.unparse(node)}") for name, node in _assignments(cell)]


def _assignments(cell):
    for node in ast.parse(cell.source).body:
        if not (isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name)):
            raise ValueError(f"{cell.id}: a cell of given numbers holds lines “name = value” and nothing else")
        yield node.targets[0].id, node.value
