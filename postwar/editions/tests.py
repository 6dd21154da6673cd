"""What a test cell expects: the call of ``mark_…`` in it, with its arguments worked out."""

import ast
import contextlib
import io
import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from numbers import Real
from types import CodeType

from nbformat import NotebookNode
from nbgrader.utils import is_grade, is_solution

from postwar.quiz.marking import Mistake
from postwar.quiz.rules import Unacceptable

_HIDDEN = "### BEGIN HIDDEN TESTS"

#: Answers are often rounded to three decimals; slips closer than this could not be told apart.
_APART = 0.001


@dataclass(frozen=True)
class Marked:
    """One item: the function that marks it (``mark_number`` …), the reference solution's answer, and the other arguments by name.

    ``arguments`` hold ``expected`` (a number, a sequence or a mapping) unless a function or a choice is marked.
    """

    item: str
    function: str
    answer: object
    arguments: dict

    @property
    def key(self) -> list[float]:
        """The expected numbers as a flat list; empty for choices and functions."""
        if "expected" not in self.arguments:
            return []
        expected = self.arguments["expected"]
        if isinstance(expected, dict):
            return list(expected.values())
        return list(expected) if hasattr(expected, "__len__") else [expected]

    @property
    def slips(self) -> dict[str, float]:
        return self.arguments.get("slips") or {}

    def check(self) -> None:
        """Raise `Unacceptable` where the key could not be told from a slip, a slip from another, or is no number."""
        if not all(map(_is_number, self.key)):
            raise Unacceptable(f"{self.item}: the key is no number")
        for sentence, wrong in self.slips.items():
            if not _is_number(wrong):
                raise Unacceptable(f"{self.item}: a slip is no number ({sentence})")
            if any(abs(wrong * scale - self.key[0]) <= self.arguments["within"] + _APART for scale in self._scales):
                raise Unacceptable(f"{self.item}: a slip would count as right ({sentence})")
        for (one, a), (other, b) in combinations(self.slips.items(), 2):
            if any(abs(a * scale - b) <= _APART or abs(a - b * scale) <= _APART for scale in self._scales):
                raise Unacceptable(f"{self.item}: two slips give the same ({one} {other})")

    @property
    def _scales(self):
        return (1, 0.01) if self.arguments.get("or_percent") else (1,)


def _is_number(value) -> bool:
    return isinstance(value, Real) and math.isfinite(value)


def marked(cells, namespace: dict) -> Iterator[Marked]:
    """Every item that these test cells mark. ``namespace`` holds what the reference solution left behind.

    Tests without a hidden part look at the form of what is a student's own, and have no key.
    """
    for cell in cells:
        if cell.cell_type == "code" and is_grade(cell) and not is_solution(cell) and _HIDDEN in cell.source:
            yield read(cell, namespace)


def read(cell: NotebookNode, namespace: dict) -> Marked:
    """The item that a test cell marks.

    Raises ValueError where it calls no function of ``postwar.quiz.marking``, `Unacceptable` where it refuses the reference
    solution itself (the bounds of ``expect_…``) or cannot be worked out.
    """
    inside = dict(namespace)
    found = None
    try:
        for part in _parts(cell.source, cell.id):
            if isinstance(part, CodeType):
                with contextlib.redirect_stdout(io.StringIO()):
                    exec(part, inside)
            else:
                function, answer, arguments = part
                values = {name: eval(code, inside) for name, code in arguments.items()}
                found = Marked(cell.metadata.nbgrader.grade_id, function, eval(answer, inside), values)
    except (Mistake, ArithmeticError, TypeError, ValueError) as error:
        raise Unacceptable(f"{cell.id}: {error}") from None
    if found is None:
        raise ValueError(f"the test {cell.id} ends with no call of marking.mark_…")
    return found


@cache
def _parts(source, name):
    """What a test does, in order: compiled statements, and the call of ``mark_…`` with its arguments compiled one by one."""
    parts = []
    for statement in ast.parse(source).body:
        call = getattr(statement, "value", None)
        if isinstance(call, ast.Call) and getattr(call.func, "attr", "").startswith("mark_"):
            positional = {"mark_function": ["cases"]}.get(call.func.attr, ["expected"])
            arguments = dict(zip(positional, call.args[1:], strict=False))
            arguments |= {word.arg: word.value for word in call.keywords}
            compiled = {key: compile(ast.Expression(node), name, "eval") for key, node in arguments.items()}
            answer = compile(ast.Expression(call.args[0]), name, "eval")
            parts.append((call.func.attr, answer, compiled))
        else:
            parts.append(compile(ast.Module([statement], []), name, "exec"))
    return parts
