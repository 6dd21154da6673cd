"""Numbers in the texts of a question: given, drawn anew, and filled in where braces stand.

A text such as ``"`pa` falls from {pa} to {pa_later}"`` holds calculations, with formats as in f-strings.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from postwar.quiz.draw import Stream
from postwar.quiz.expressions import calculate
from postwar.quiz.rules import Rules, Unacceptable, parse

_TRIES = 400
_MINUS = re.compile(r"(?<!\w)-(?=\d)")

#: The tables of a record that make up its numbers.
KEYS = {"given", "vary", "where", "compute"}


@dataclass(frozen=True)
class Numbers:
    """The numbers of a question: as they are given, where they may lie, and what is worked out from them, in order."""

    given: dict
    rules: Rules
    compute: dict = field(default_factory=dict)

    def draw(self, stream: Stream, accept: Callable[[dict], object], avoid=()) -> dict:
        """Acceptable numbers, other than the given ones and those in ``avoid`` unless every set is used up.

        ``accept`` raises `Unacceptable` where a set will not do. Raises RuntimeError where none will.
        """
        reason, again = "there is only the set that is given", None
        for attempt in range(_TRIES):
            values = self.given | self.rules.draw(stream / attempt)
            if values in avoid:
                again = again or values
            if values == self.given or values in avoid:
                continue
            try:
                accept(values)
                return values
            except Unacceptable as error:
                reason = error
        if again:
            return again
        raise RuntimeError(f"{self.rules.where_from}: no acceptable numbers in {_TRIES} tries; the last time: {reason}")

    def namespace(self, values: dict) -> dict:
        """The names of a set of numbers with all that is computed; raises `Unacceptable` where a condition fails."""
        namespace = dict(values)
        for name, expression in self.compute.items():
            try:
                namespace[name] = calculate(expression, namespace)
            except ArithmeticError as error:
                raise Unacceptable(f"{name} = {expression}: {error}") from None
        self.rules.check(namespace)
        return namespace


def fill(text: str, namespace: dict) -> str:
    """The text with its braces filled in, and a proper minus sign before numbers."""
    return _MINUS.sub("−", calculate(f"f{text!r}", namespace)) if "{" in text else text


def read(record: dict, where: str) -> Numbers | None:
    """The numbers of a record's tables ``given``, ``vary``, ``where`` and ``compute``; None where it has none.

    Raises ValueError where they do not fit together.
    """
    given, vary = record.get("given", {}), record.get("vary", {})
    if bool(given) != bool(vary):
        raise ValueError(f"{where}: numbers need both a table given and a table vary")
    if not given:
        return None
    rules = parse({**vary, "where": record.get("where", {})}, where)
    if unknown := rules.values.keys() - given.keys():
        raise ValueError(f"{where}: {', '.join(sorted(unknown))} may vary, but has no given value")
    return Numbers(given, rules, record.get("compute", {}))
