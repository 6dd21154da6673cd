"""Practice questions: read from ``lessons/checks/*.toml`` and checked record by record.

A file is a list of records::

    [[questions]]
    id = "planning-range-costs"        # unique over the course
    objective = "LO1.3"
    bloom = "Understand"
    stem = "…"
    best = "c"
    source = ["T045"]                  # optional: fact ids or a reference

    [questions.options.a]
    text = "…"
    explanation = "…"                  # shown when this option is chosen
    misconception = "…"                # a short name; wrong options only
"""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from postwar import paths

BLOOM = ("Remember", "Understand", "Apply", "Analyse", "Evaluate", "Create")

_REQUIRED = {"id", "objective", "bloom", "stem", "best", "options"}
_ALLOWED = _REQUIRED | {"source"}


@dataclass(frozen=True)
class Option:
    """One option with what it tells the student who chooses it."""

    text: str
    explanation: str
    misconception: str | None


@dataclass(frozen=True)
class PracticeQuestion:
    """One record of a checks file; ``options`` maps a letter to an `Option`."""

    id: str
    objective: str
    bloom: str
    stem: str
    best: str
    options: dict[str, Option]
    source: tuple[str, ...]


def parse(record: dict, where: str) -> PracticeQuestion:
    """Turn one TOML table into a question.

    Raises
    ------
    ValueError : something is missing, unknown, empty or contradictory; the message names the record and the fix.
    """
    name = f"{where}: question {record.get('id', '(without id)')!r}"

    def need(condition, message):
        if not condition:
            raise ValueError(f"{name}: {message}")

    def text(table, key, label):
        value = table.get(key)
        need(isinstance(value, str) and value.strip(), f"{label} must be a text that is not empty")
        return value.strip()

    missing, unknown = sorted(_REQUIRED - record.keys()), sorted(record.keys() - _ALLOWED)
    need(not missing, f"missing {', '.join(missing)}")
    need(not unknown, f"unknown key {', '.join(unknown)}; known are {', '.join(sorted(_ALLOWED))}")
    for key in ("id", "objective", "bloom", "stem", "best"):
        text(record, key, key)
    need(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", record["id"]), "id must be lower-case words joined by hyphens")
    need(re.fullmatch(r"LO\d\.\d", record["objective"]), f"objective {record['objective']!r} must look like LO1.2")
    need(record["bloom"] in BLOOM, f"bloom {record['bloom']!r} must be one of {', '.join(BLOOM)}")

    best, tables = record["best"], record["options"]
    need(isinstance(tables, dict) and all(isinstance(table, dict) for table in tables.values()), "options need tables")
    need(
        list(tables) == list("abcdefgh"[: len(tables)]), f"options must be lettered a, b, c …, not {', '.join(tables)}"
    )
    need(len(tables) > 1, "at least two options are needed")
    need(best in tables, f"best = {best!r} is not one of the options {', '.join(tables)}")
    options = {}
    for letter, table in tables.items():
        unknown = sorted(table.keys() - {"text", "explanation", "misconception"})
        need(not unknown, f"option {letter} has an unknown key {', '.join(unknown)}")
        wrong = letter != best
        need(wrong or "misconception" not in table, f"option {letter} is the best one and names a misconception")
        options[letter] = Option(
            text(table, "text", f"option {letter}: text"),
            text(table, "explanation", f"option {letter}: explanation"),
            text(table, "misconception", f"option {letter}: misconception") if wrong else None,
        )
    need(len({option.text for option in options.values()}) == len(options), "two options have the same text")

    source = record.get("source", [])
    need(isinstance(source, list) and all(isinstance(item, str) for item in source), "source must be a list of texts")
    fields = {key: record[key].strip() for key in ("id", "objective", "bloom", "stem", "best")}
    return PracticeQuestion(**fields, options=options, source=tuple(source))


def read(path: Path) -> tuple[PracticeQuestion, ...]:
    """Return the questions of one checks file, in order."""
    return _read(path, path.stat().st_mtime_ns)


@cache
def _read(path, _changed):
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{path.name} is not valid TOML: {error}") from None
    if content.keys() != {"questions"}:
        raise ValueError(f"{path.name} must hold [[questions]] and nothing else at the top, not {sorted(content)}")
    return tuple(parse(record, path.name) for record in content["questions"])


def collect(files: Iterable[Path] | None = None) -> dict[str, PracticeQuestion]:
    """Return all practice questions of the course by id.

    Raises
    ------
    ValueError : a record is wrong, or an id is used twice.
    """
    found = {}
    origin = {}
    for path in sorted(paths.CHECKS.glob("*.toml")) if files is None else files:
        for question in read(path):
            if question.id in found:
                raise ValueError(f"the id {question.id!r} is used twice: in {origin[question.id]} and in {path.name}")
            found[question.id] = question
            origin[question.id] = path.name
    return found
