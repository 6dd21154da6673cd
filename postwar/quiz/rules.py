"""What may vary: ``solutions/<slug>.editions.toml``, written by an author beside the notebooks.

::

    [attack-given]                                   # the cell of given numbers; a name that is not listed keeps its value
    q = [0.2, 0.3, 0.4, 0.5]                         # one of these
    SQ = { from = 5, to = 20, step = 5 }             # or one of a row of numbers, both ends included
    presence.n = [10, 15, 20]                        # an entry of a dictionary of given numbers

    [attack-given.where]                             # a set of numbers is acceptable if all of these hold
    "attack > SQ" = "Problem 2 says that the Challenger attacks."

    [fixed]                                          # what is the same in every edition, and why
    threshold-answer = "The formula is the exercise; the test tries it on inputs of its own."

    [narrow]                                         # items with so few keys that a copied one is often right, and why
    quiet-prior = "Only shares that come out even are used."

Conditions are calculations (`postwar.quiz.expressions`) over the given names and the names of the reference solution.
"""

import tomllib
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from postwar.quiz.draw import Stream
from postwar.quiz.expressions import calculate


class Unacceptable(Exception):
    """Why a set of numbers is not used, in one sentence."""


@dataclass(frozen=True)
class Rules:
    """What may vary in one place: the values of each name, and the conditions with their reasons."""

    where_from: str
    values: dict[str, list]
    conditions: dict[str, str] = field(default_factory=dict)

    def draw(self, stream: Stream) -> dict:
        """One value for each name that may vary."""
        return {name: (stream / name).choice(values) for name, values in self.values.items()}

    def possible(self) -> int:
        """How many sets of numbers there are before the conditions."""
        count = 1
        for values in self.values.values():
            count *= len(values)
        return count

    def check(self, namespace: dict, *, only_known: bool = False) -> None:
        """Raise `Unacceptable` where a condition does not hold.

        ``only_known`` passes over conditions on names that have no value yet, so that most bad draws end early.
        """
        for condition, reason in self.conditions.items():
            try:
                holds = calculate(condition, namespace)
            except NameError:
                if only_known:
                    continue
                raise ValueError(f"{self.where_from}: the condition {condition!r} uses an unknown name") from None
            except SyntaxError as error:
                raise ValueError(f"{self.where_from}: the condition {condition!r} is not Python: {error.msg}") from None
            if not holds:
                raise Unacceptable(f"{condition}: {reason}")


def read(path: Path) -> tuple[dict[str, Rules], dict[str, str], dict[str, str]]:
    """The rules of each cell of given numbers, and what is fixed or narrow with the reason; all empty where there is no file.

    Raises
    ------
    ValueError : the file is not as described above; the message names the place and the fix.
    """
    if not path.exists():
        return {}, {}, {}
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{path.name} is not valid TOML: {error}") from None
    fixed, narrow = content.pop("fixed", {}), content.pop("narrow", {})
    for place, reasons in (("fixed", fixed), ("narrow", narrow)):
        for name, reason in reasons.items():
            if not (isinstance(reason, str) and reason.strip()):
                raise ValueError(f"{path.name}: [{place}] {name} needs a sentence that says why it cannot vary more")
    return {cell: parse(table, f"{path.name}: [{cell}]") for cell, table in content.items()}, fixed, narrow


def parse(table: dict, where_from: str) -> Rules:
    """The rules in one table; raises ValueError as `read` does."""
    if not isinstance(table, dict):
        raise ValueError(f"{where_from} must be a table of names")
    table = dict(table)
    conditions = table.pop("where", {})
    for condition, reason in conditions.items():
        if not (isinstance(reason, str) and reason.strip()):
            raise ValueError(f"{where_from}: the condition {condition!r} needs a sentence that says why")
    return Rules(where_from, dict(_values(table, where_from)), conditions)


def _values(table, where_from, prefix=""):
    for name, given in table.items():
        label = f"{prefix}{name}"
        if isinstance(given, list) and len(given) > 1:
            yield label, given
        elif isinstance(given, dict) and given.keys() == {"from", "to", "step"}:
            yield label, _row(given, f"{where_from} {label}")
        elif isinstance(given, dict) and "from" not in given:
            yield from _values(given, where_from, f"{label}.")
        else:
            raise ValueError(
                f"{where_from}: {label} must be a list of two values or more, or {{ from = …, to = …, step = … }}"
            )


def _row(given, where_from):
    # Exact arithmetic: 0.1 + 0.2 is to be 0.3.
    low, high, step = (Fraction(str(given[key])) for key in ("from", "to", "step"))
    if step <= 0 or high <= low or (high - low) % step:
        raise ValueError(f"{where_from}: from {given['from']} to {given['to']} is no whole number of steps of {step}")
    whole = all(isinstance(number, int) for number in given.values())
    numbers = (low + i * step for i in range(int((high - low) / step) + 1))
    return [int(number) if whole else float(number) for number in numbers]
