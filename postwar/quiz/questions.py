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

    [questions.given]                  # optional: numbers that the texts name in braces, as in `postwar.quiz.numbers`;
    pa = 0.7                           # the reader can then ask for new ones
    [questions.vary]
    pa = [0.6, 0.7, 0.8]

    fixed = "…"                        # or, where it has numbers that do not vary: why they do not

and of statements to sort, each into one of a few categories::

    [[sortings]]
    id = "planning-sentences"
    objective = "LO1.1"
    bloom = "Analyse"
    stem = "…"

    [sortings.categories]
    R = "reported position"            # one capital letter each
    F = "…"

    [[sortings.items]]
    text = "…"
    best = "R"
    also = ["F"]                       # optional: defensible with a reason
    explanation = "…"
"""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from postwar import paths
from postwar.quiz import numbers
from postwar.quiz.draw import PUBLIC, Stream
from postwar.quiz.markup import deceiving
from postwar.quiz.numbers import Numbers, fill
from postwar.quiz.rules import Unacceptable

BLOOM = ("Remember", "Understand", "Apply", "Analyse", "Evaluate", "Create")

_REQUIRED = {"id", "objective", "bloom", "stem", "best", "options"}
_ALLOWED = _REQUIRED | {"source", "fixed"} | numbers.KEYS
_SETS = 999
_ID = re.compile("[a-z0-9]+(-[a-z0-9]+)+")


@dataclass(frozen=True)
class Option:
    """One option with what it tells the student who chooses it."""

    text: str
    explanation: str
    misconception: str | None


@dataclass(frozen=True)
class PracticeQuestion:
    """One record of a checks file; ``options`` maps a letter to an `Option`.

    Where the record has numbers, its texts show those that are given, and ``pattern`` keeps the texts with their braces. Where it has
    numbers that do not vary, ``fixed`` says why.
    """

    id: str
    objective: str
    bloom: str
    stem: str
    best: str
    options: dict[str, Option]
    source: tuple[str, ...]
    fixed: str = ""
    numbers: Numbers | None = None
    pattern: "PracticeQuestion | None" = None

    def with_set(self, number: int) -> "PracticeQuestion":
        """The question with the ``number``-th set of new numbers; 0 stands for those that are given.

        Each set differs from all before it, as long as there are enough, and has its options in an order of its own, so that no
        letter can be learnt. Raises ValueError where there can be no such set.
        """
        if number == 0:
            return self
        if self.numbers is None:
            raise ValueError(f"the question {self.id!r} has no numbers that could be drawn anew")
        if not 0 < number <= _SETS:
            raise ValueError(f'numbers="{number}" does not fit: write a number from 1 to {_SETS}')
        before = []
        for n in range(1, number + 1):
            before.append(self.numbers.draw(Stream(PUBLIC, self.id, str(n)), self._with, before))
        return self._with(before[-1])._in_order(Stream(PUBLIC, self.id, str(number), "order"))

    def _in_order(self, stream):
        letters = list(self.options)
        mixed = stream.shuffled(letters)
        options = {letter: self.options[old] for letter, old in zip(letters, mixed, strict=True)}
        return replace(self, options=options, best=letters[mixed.index(self.best)])

    def _with(self, values):
        names = self.numbers.namespace(values)
        options = {
            letter: replace(option, text=fill(option.text, names), explanation=fill(option.explanation, names))
            for letter, option in self.pattern.options.items()
        }
        if len({option.text for option in options.values()}) < len(options):
            raise Unacceptable("two options say the same")
        return replace(self, stem=fill(self.pattern.stem, names), options=options)


@dataclass(frozen=True)
class Item:
    """One statement of a sorting; ``also`` are categories that can be defended."""

    text: str
    best: str
    also: tuple[str, ...]
    explanation: str


@dataclass(frozen=True)
class Sorting:
    """Statements to sort; ``categories`` maps a capital letter to its wording."""

    id: str
    objective: str
    bloom: str
    stem: str
    categories: dict[str, str]
    items: tuple[Item, ...]


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
        need(not deceiving(value), f"{label} holds {deceiving(value)}, which makes it look other than it is")
        return value.strip()

    missing, unknown = sorted(_REQUIRED - record.keys()), sorted(record.keys() - _ALLOWED)
    need(not missing, f"missing {', '.join(missing)}")
    need(not unknown, f"unknown key {', '.join(unknown)}; known are {', '.join(sorted(_ALLOWED))}")
    for key in ("id", "objective", "bloom", "stem", "best"):
        text(record, key, key)
    need(_ID.fullmatch(record["id"]), "id must be lower-case words joined by hyphens")
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
    fixed = text(record, "fixed", "fixed") if "fixed" in record else ""
    need(not (fixed and "vary" in record), "its numbers vary, and fixed says that they do not")
    question = PracticeQuestion(**fields, options=options, source=tuple(source), fixed=fixed)
    given = numbers.read(record, name)
    if given is None:
        return question
    try:
        return replace(question, numbers=given, pattern=question)._with(given.given)
    except Unacceptable as reason:
        raise ValueError(f"{name}: its given numbers break its own rules: {reason}") from None


def parse_sorting(record: dict, where: str) -> Sorting:
    """Turn one TOML table into a sorting; errors as in `parse`."""
    name = f"{where}: sorting {record.get('id', '(without id)')!r}"

    def need(condition, message):
        if not condition:
            raise ValueError(f"{name}: {message}")

    fields = ("id", "objective", "bloom", "stem")
    missing = sorted({*fields, "categories", "items"} - record.keys())
    need(not missing, f"missing {', '.join(missing)}")

    def need_text(value, label):
        need(isinstance(value, str) and value.strip(), f"{label} must be a text that is not empty")
        need(not deceiving(value), f"{label} holds {deceiving(value)}, which makes it look other than it is")

    for key in fields:
        need_text(record[key], key)
    need(_ID.fullmatch(record["id"]), "id must be lower-case words joined by hyphens")
    need(record["bloom"] in BLOOM, f"bloom {record['bloom']!r} must be one of {', '.join(BLOOM)}")
    categories = record["categories"]
    need(
        len(categories) > 1 and all(re.fullmatch("[A-Z]", key) for key in categories), "categories need capital letters"
    )
    for key, wording in categories.items():
        need_text(wording, f"category {key}")
    items = []
    for number, item in enumerate(record["items"], 1):
        need(item.keys() <= {"text", "best", "also", "explanation"}, f"item {number} has an unknown key")
        need(item.get("best") in categories, f"item {number}: best = {item.get('best')!r} is not a category")
        also = tuple(item.get("also", ()))
        need(set(also) < categories.keys() - {item["best"]}, f"item {number}: also must name other categories")
        for key in ("text", "explanation"):
            need_text(item.get(key), f"item {number}: {key}")
        items.append(Item(item["text"].strip(), item["best"], also, item["explanation"].strip()))
    need(len(items) > 1, "at least two items are needed")
    return Sorting(**{key: record[key].strip() for key in fields}, categories=dict(categories), items=tuple(items))


def read(path: Path) -> tuple[PracticeQuestion, ...]:
    """Return the questions of one checks file, in order."""
    return _read(path, path.stat().st_mtime_ns)[0]


@cache
def _read(path, _changed):
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{path.name} is not valid TOML: {error}") from None
    if "questions" not in content or content.keys() - {"questions", "sortings"}:
        raise ValueError(
            f"{path.name} holds [[questions]], perhaps [[sortings]], and nothing else, not {sorted(content)}"
        )
    return (
        tuple(parse(record, path.name) for record in content["questions"]),
        tuple(parse_sorting(record, path.name) for record in content.get("sortings", ())),
    )


def collect(files: Iterable[Path] | None = None) -> dict[str, PracticeQuestion]:
    """Return all practice questions of the course by id.

    Raises
    ------
    ValueError : a record is wrong, or an id is used twice.
    """
    return _collect(files, 0)


def collect_sortings(files: Iterable[Path] | None = None) -> dict[str, Sorting]:
    """Return all sortings of the course by id; raises as `collect` does."""
    return _collect(files, 1)


def _collect(files, kind):
    found = ({}, {})
    origin = {}
    for path in sorted(paths.CHECKS.glob("*.toml")) if files is None else files:
        for records, into in zip(_read(path, path.stat().st_mtime_ns), found, strict=True):
            for record in records:
                if record.id in origin:
                    raise ValueError(f"the id {record.id!r} is used twice: in {origin[record.id]} and in {path.name}")
                into[record.id] = record
                origin[record.id] = path.name
    return found[kind]
