"""What explorers say: read from ``lessons/explorers/*.toml``, one file for each lesson, one table for each explorer.

The format::

    [bargaining_range]
    question = "…"                       # what to predict; it is about the states that the explorer's `asked` names
    labels.p = "…"                       # of controls whose model gives no better one; a table for menus and grids
    presets.stronger = "A stronger"      # the text of each button
    source = ["PREC004"]                 # optional: rows of the record or works on which question, labels or presets rest

    [[bargaining_range.options]]         # none: the answer is typed, and `estimate` says which quantity it is about
    key = "wider"
    text = "It gets wider"
    right = "after.width > before.width" # or true or false, where the answer is an argument and no number
    said = "…"                           # optional: what is said first to a reader who chose it
    source = ["PREC004"]                 # optional, here and in the lists below: what this text rests on

    [[bargaining_range.verdict]]         # lists: the first entry whose `when` holds is said; the last has no `when`
    say = "…"
    [[bargaining_range.reading]]         # what the present state shows
    when = "width < 0.01"
    say = "Hardly any room is left: {width:.2f}."
    [[bargaining_range.reading]]
    say = "…"
    [[bargaining_range.why]]             # optional, a second paragraph
    say = "…"

A name stands for an input or for a quantity of the picture; in ``right``, ``said`` and ``verdict`` it is preceded by the state
asked about. ``when`` compares, calculates and joins with ``and``, ``or`` and ``not``. A sentence is HTML
without attributes (`TAGS`); braces hold a calculation and, after a colon, a Python format. No number is written out in a sentence: it would stay when the picture moves.
"""

import ast
import re
import tomllib
from dataclasses import dataclass, field
from functools import lru_cache, partial
from html import escape, unescape
from pathlib import Path
from types import SimpleNamespace

import nh3

from postwar import paths

FOLDER = paths.LESSONS / "explorers"

_TABLE = {"question", "options", "estimate", "labels", "presets", "verdict", "reading", "why", "source"}
_OPTION = {"key", "text", "right", "said", "source"}
_SYNTAX = (
    ast.Expression, ast.BoolOp, ast.And, ast.Or, ast.UnaryOp, ast.Not, ast.USub, ast.BinOp, ast.Add, ast.Sub, ast.Mult,
    ast.Div, ast.Compare, ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Name, ast.Load, ast.Attribute,
    ast.Constant, ast.Call,
)  # fmt: skip
_FUNCTIONS = {"abs": abs, "min": min, "max": max}
_FIELD = re.compile(r"\{([^{}]*)\}")
_NUMERAL = re.compile(r"(?<!&#)\d")
#: What a sentence may be marked with.
TAGS = {"b", "br", "code", "em", "i", "strong", "sub", "sup"}
_KEY = re.compile(r"[\w.-]+")
_ALLOWED_NUMERALS = re.compile(r"[Ll]esson \d")


class WordsError(ValueError):
    """A file of words that cannot be used: it names the file, the explorer, the key and what to do."""


class Expression:
    """A calculation with named quantities, such as ``width > 0.2 and not private``."""

    def __init__(self, text: str):
        try:
            tree = ast.parse(text.strip(), mode="eval")
        except SyntaxError as error:
            raise ValueError(f"{text!r} is no calculation ({error.msg})") from None
        self.text, self.names = text.strip(), set()
        called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
        owners = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        for node in ast.walk(tree):
            if not isinstance(node, _SYNTAX):
                raise ValueError(
                    f"{text!r} holds a {type(node).__name__}; use names, numbers, comparisons, and, or, not, + − * /"
                )
            if isinstance(node, ast.Call) and (getattr(node.func, "id", "") not in _FUNCTIONS or node.keywords):
                raise ValueError(f"{text!r} calls something other than {', '.join(_FUNCTIONS)}")
            if isinstance(node, ast.Attribute):
                if not isinstance(node.value, ast.Name) or node.attr.startswith("_"):
                    raise ValueError(f"{text!r}: write a state and a quantity, such as after.width")
                self.names.add(f"{node.value.id}.{node.attr}")
            elif isinstance(node, ast.Name) and id(node) not in called | owners:
                self.names.add(node.id)
        self._code = compile(tree, "<words>", "eval")

    def __call__(self, names: dict):
        return eval(self._code, {"__builtins__": {}} | _FUNCTIONS, names)  # noqa: S307  only what is listed above


class Sentence:
    """A text with calculations in braces."""

    def __init__(self, text: str):
        if not isinstance(text, str) or not text.strip():
            raise ValueError("must be a sentence")
        self.text, self.names, self._parts, end = text, set(), [], 0
        for found in _FIELD.finditer(text):
            calculation, _, spec = found[1].partition(":")
            expression = Expression(calculation)
            self.names |= expression.names
            self._parts += [text[end : found.start()], (expression, spec)]
            end = found.end()
        self._parts.append(text[end:])
        check_markup("x".join(part for part in self._parts if isinstance(part, str)))
        plain = "".join(part for part in self._parts if isinstance(part, str))
        if "{" in plain or "}" in plain:
            raise ValueError(f"{text!r} has a brace without its partner")
        if numeral := _NUMERAL.search(_ALLOWED_NUMERALS.sub("", plain)):
            raise ValueError(f"{text!r} writes out the number {numeral[0]}…; name the quantity in braces instead")

    @property
    def fields(self):
        """The calculations in braces with their formats, in order."""
        return [part for part in self._parts if not isinstance(part, str)]

    def __call__(self, names: dict) -> str:
        return "".join(part if isinstance(part, str) else shown(part[0](names), part[1]) for part in self._parts)


def shown(value, spec: str = "") -> str:
    """A value as a sentence shows it: a true minus, and no minus before zero."""
    if isinstance(value, str):
        return escape(value)
    text = format(value, spec)
    if text.startswith("-") and not re.search("[1-9]", text):
        text = text[1:]
    return escape(text, quote=False).replace("-", "−")


def check_markup(text: str) -> None:
    """Raise ValueError where a text holds other HTML than `TAGS` without attributes: what else it holds would act on a reader's page."""
    if unescape(nh3.clean(text, tags=TAGS, attributes={})) != unescape(text):
        raise ValueError(
            f"{text!r} holds more HTML than {', '.join(sorted(TAGS))} without attributes; write &lt; for a plain <"
        )


@dataclass(frozen=True)
class Option:
    """One prediction on offer; ``right`` is a calculation or a plain yes or no."""

    key: str
    text: str
    right: Expression | bool
    said: Sentence | None = None


@dataclass(frozen=True)
class Words:
    """All words of one explorer; ``verdict``, ``reading`` and ``why`` are lists of (`Expression` or None, `Sentence`)."""

    question: str
    options: list[Option] = field(default_factory=list)
    estimate: Expression | None = None
    labels: dict = field(default_factory=dict)
    presets: dict[str, str] = field(default_factory=dict)
    verdict: list = field(default_factory=list)
    reading: list = field(default_factory=list)
    why: list = field(default_factory=list)

    @property
    def names_of_state(self) -> set[str]:
        """Every name that a sentence about the present state uses."""
        return _names(self.reading) | _names(self.why)

    @property
    def names_of_asked(self) -> set[str]:
        """Every name, such as ``after.width``, that the verdict uses."""
        names = _names(self.verdict) | (self.estimate.names if self.estimate else set())
        for option in self.options:
            names |= option.right.names if isinstance(option.right, Expression) else set()
            names |= option.said.names if option.said else set()
        return names


class _Named(dict):
    def __init__(self, entries, stop):
        super().__init__(entries)
        self._stop = stop

    def __missing__(self, name):
        self._stop(f'{name!r} has no words; add {name} = "…"')


def _names(entries):
    return set().union(*((when.names if when else set()) | say.names for when, say in entries))


def first(entries, names: dict) -> str:
    """The first sentence whose condition holds; "" where there are no entries."""
    return next((say(names) for when, say in entries if when is None or when(names)), "")


def states(quantities: dict[str, dict]) -> dict:
    """Let expressions say ``after.width`` of ``{"after": {"width": …}}``."""
    return {state: SimpleNamespace(**values) for state, values in quantities.items()}


def of(explorer: str) -> Words:
    """The words of one explorer.

    Raises
    ------
    WordsError : no file has them, or something in them cannot be used.
    """
    for path in sorted(FOLDER.glob("[0-9]*.toml")):
        tables = _file(path, path.stat().st_mtime_ns)
        if explorer in tables:
            return tables[explorer]
    raise WordsError(f"no file in {FOLDER} has a table [{explorer}]; add one to the file of its lesson")


@lru_cache(maxsize=1)
def panel() -> dict[str, str]:
    """The words that all explorers share; raises `WordsError` where one cannot be used."""
    shared = tomllib.loads((FOLDER / "panel.toml").read_text(encoding="utf-8"))
    for key, text in shared.items():
        try:
            check_markup(text)
        except ValueError as error:
            raise WordsError(f"panel.toml, {key}: {error}") from None
    return shared


_PERCENT = re.compile(r"(?<![\w.])(\d+(?:[.,]\d+)?|[.,]\d+)\s*(%|per ?cent)?", re.IGNORECASE)


def percentage(typed: str) -> float | None:
    """The share that somebody typed, in per cent: ``40``, ``40%`` and ``0.4`` are the same; None where there is not one."""
    found = _PERCENT.findall(typed)
    if len(found) != 1 or re.search(r"[-−]\s*[\d.,]", typed):
        return None
    number, sign = float(found[0][0].replace(",", ".")), found[0][1]
    if not sign and 0 < number <= 1:  # a probability
        number *= 100
    return number if number <= 100 else None


@lru_cache(maxsize=32)
def _file(path: Path, _changed: int) -> dict[str, Words]:
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise WordsError(f"{path.name} is not valid TOML: {error}") from None
    return {name: parse(table, path.name, name) for name, table in tables.items()}


def parse(table: dict, file: str = "words", name: str = "explorer") -> Words:
    """Check one explorer's table and make its `Words`; a `WordsError` says where what is wrong."""

    def stop(key, problem):
        raise WordsError(f"{file}, [{name}], {key}: {problem}")

    def made(kind, text, key):
        try:
            return kind(text)
        except ValueError as error:
            stop(key, error)

    def entries(key):
        listed = table.get(key, [])
        result = []
        for place, entry in enumerate(listed, 1):
            where = f"{key}, entry {place}"
            if not isinstance(entry, dict) or not {"say"} <= set(entry) <= {"when", "say", "source"}:
                stop(where, "an entry has `say`, perhaps `when` and `source`, and nothing else")
            sourced(entry, where)
            if ("when" in entry) == (place == len(listed)):
                stop(where, "every entry but the last needs a `when`, and the last has none")
            when = made(Expression, entry["when"], where) if "when" in entry else None
            result.append((when, made(Sentence, entry["say"], where)))
        return result

    def sourced(record, where):
        source = record.get("source", [])
        if not isinstance(source, list) or not all(isinstance(item, str) for item in source):
            stop(where, '`source` is a list of texts, such as ["PREC004"]')

    sourced(table, "source")
    if unknown := set(table) - _TABLE:
        stop(min(unknown), f"is not known here; there are {', '.join(sorted(_TABLE))}")
    for key in ("question", "verdict", "reading"):
        if not table.get(key):
            stop(key, "is missing; every explorer asks, judges the prediction and reads its picture")
    if bool(table.get("options")) == ("estimate" in table):
        stop("options", "an explorer has options to choose from, or an `estimate` for a typed number")
    options = []
    for place, record in enumerate(table.get("options", []), 1):
        where = f"options, entry {place}"
        if not {"key", "text", "right"} <= set(record) <= _OPTION:
            stop(where, "an option has `key`, `text`, `right` and perhaps `said` and `source`")
        sourced(record, where)
        if not (isinstance(record["key"], str) and _KEY.fullmatch(record["key"])):
            stop(where, "its `key` is one word")
        right = record["right"]
        options.append(
            Option(
                record["key"],
                record["text"],
                right if isinstance(right, bool) else made(Expression, right, where),
                made(Sentence, record["said"], where) if "said" in record else None,
            )
        )
    return Words(
        question=table["question"],
        options=options,
        estimate=made(Expression, table["estimate"], "estimate") if "estimate" in table else None,
        labels=_Named(table.get("labels", {}), partial(stop, "labels")),
        presets=_Named(table.get("presets", {}), partial(stop, "presets")),
        verdict=entries("verdict"),
        reading=entries("reading"),
        why=entries("why"),
    )
