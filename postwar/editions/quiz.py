"""Questions of a quiz: read from a bank, ``solutions/<slug>.quiz.toml``, and written as cells of a notebook.

An item of the bank::

    [[items]]
    id = "denial-and-threshold"              # of its cells in quiz.ipynb; an alternate has an id of its own
    instead_of = "…"                         # alternates only: the item in whose place it may be asked
    objective = "LO4.2"
    stem = "`pa` falls from {pa:g} to {pa_later:g}. What happens to the critical credibility?"
    source = ["T045"]                        # optional: rows or tables of the record on which it rests

    [items.best]
    text = "It falls from {before:.2f} to {after:.2f}"
    explanation = "…"                        # shown to whoever chooses this option; speaks of no letter

    [[items.wrong]]                          # two to four of them
    text = "…"
    misconception = "the threshold moves one for one with pa"
    explanation = "…"

    [items.given]                            # optional: numbers, with the values of the public edition
    pa = 0.7
    [items.vary]                             # where they may lie, as in editions.toml
    pa = [0.6, 0.7, 0.8]
    [items.where]                            # what makes a set acceptable, with the reason
    "0.1 < after < before" = "Denial lowers the threshold without abolishing it."
    [items.compute]                          # names worked out from them, in this order
    before = "(pa * V - C) / (pa - pi)"

Other kinds are named by ``kind``, and have in place of ``best`` and ``wrong``:

- ``"all"`` (choose all that apply): ``[[items.right]]`` with text and explanation, and ``[[items.wrong]]``;
- ``"order"``: ``[[items.steps]]`` with text and explanation, first to last;
- ``"pairs"`` (claim and evidence): ``[[items.pairs]]`` with claim, text (the evidence) and explanation, and perhaps
  ``[[items.spare]]`` with a text that fits no claim.

``confidence = true`` asks of an ordinary question how sure the answer is; that changes no point.

Braces hold calculations over these names, with a format as in f-strings. The options of an item stand in the order of the
bank only here: an edition puts them in an order of its own, so no letter means anything.
"""

import ast
import re
import tomllib
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path

from nbformat import NotebookNode

from postwar.quiz import numbers
from postwar.quiz.draw import Stream
from postwar.quiz.markup import deceiving
from postwar.quiz.numbers import Numbers, fill
from postwar.quiz.rules import Unacceptable

_RIGHT, _WRONG = {"text", "explanation"}, {"text", "explanation", "misconception"}
_KINDS = {
    "one": {"best": _RIGHT, "wrong": _WRONG},
    "all": {"right": _RIGHT, "wrong": _WRONG},
    "order": {"steps": _RIGHT},
    "pairs": {"pairs": _RIGHT | {"claim"}, "spare": {"text"}},
}
_WIDTH = 100
_LETTERS = "abcdefgh"
_NAMES_A_LETTER = re.compile(r"\b(?:[Oo]ptions?|[Aa]nswers?|[Ll]etters?)\s+[“‘\"'(`]?[a-dA-D]\b(?![ ’'][a-z])")


@dataclass(frozen=True)
class Option:
    """What can be chosen, and what its chooser is told; ``misconception`` is empty where it is right.

    ``claim`` is what it is to be paired with, if it is.
    """

    text: str
    explanation: str = ""
    misconception: str = ""
    claim: str = ""


@dataclass(frozen=True)
class Item:
    """One question. Its options stand with the right ones first; of ``kind`` order in the right order."""

    id: str
    objective: str
    stem: str
    options: tuple[Option, ...]
    instead_of: str = ""
    kind: str = "one"
    confidence: bool = False
    numbers: Numbers | None = None

    def filled(self, stream: Stream | None, avoid=()) -> tuple["Item", dict]:
        """The question with numbers in place of its braces, and the numbers; those of the public edition without a stream.

        They differ from those in ``avoid`` unless every set is used up. Raises RuntimeError where none is acceptable.
        """
        if self.numbers is None:
            return self, {}
        values = self.numbers.given if stream is None else self.numbers.draw(stream, self._with, avoid)
        return self._with(values), dict(values)

    def _with(self, values):
        names = self.numbers.namespace(values)
        options = tuple(
            replace(o, text=fill(o.text, names), explanation=fill(o.explanation, names), claim=fill(o.claim, names))
            for o in self.options
        )
        if len({option.text for option in options}) < len(options):
            raise Unacceptable("two options say the same")
        return replace(self, stem=fill(self.stem, names), options=options, numbers=None)


# -- the bank ------------------------------------------------------------------------------------------------------------


def read(path: Path) -> list[Item]:
    """The items of a bank, in order; none where there is no file.

    Raises
    ------
    ValueError : an item is not as described above; the message names it and the fix.
    """
    if not path.exists():
        return []
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))["items"]
    except (tomllib.TOMLDecodeError, KeyError) as error:
        raise ValueError(f"{path.name} is not a list of [[items]]: {error}") from None
    items = [_item(table, path.name) for table in tables]
    names = [item.id for item in items]
    if twice := {name for name in names if names.count(name) > 1}:
        raise ValueError(f"{path.name}: the id {min(twice)!r} is used twice")
    originals = {item.id: item for item in items if not item.instead_of}
    for item in items:
        if item.instead_of and item.instead_of not in originals:
            raise ValueError(
                f"{path.name}: {item.id!r} is to be asked instead of {item.instead_of!r}, which is no item"
            )
        if item.instead_of and originals[item.instead_of].objective != item.objective:
            raise ValueError(f"{path.name}: {item.id!r} has another objective than {item.instead_of!r}")
        for text in (item.stem, *(part for option in item.options for part in (option.text, option.explanation))):
            if found := _NAMES_A_LETTER.search(text):
                raise ValueError(f"{path.name}: {item.id!r} says “{found[0]}”; letters differ between editions")
        shown, _ = item.filled(None)
        for text in (
            shown.stem,
            *(part for option in shown.options for part in (option.text, option.explanation, option.claim)),
        ):
            if wrong := _unfit(text):
                raise ValueError(f"{path.name}: {item.id!r} {wrong}")
    return items


def _item(table: dict, file: str) -> Item:
    name = f"{file}: item {table.get('id', '(without id)')!r}"
    kind = table.get("kind", "one")
    if kind not in _KINDS:
        raise ValueError(f"{name}: kind {kind!r} must be one of {', '.join(_KINDS)}")
    known = {
        "id",
        "instead_of",
        "objective",
        "stem",
        "source",
        "kind",
        "confidence",
        "given",
        "vary",
        "where",
        "compute",
        *_KINDS[kind],
    }
    if unknown := table.keys() - known:
        raise ValueError(
            f"{name} has an unknown key {', '.join(sorted(unknown))}; known are {', '.join(sorted(known))}"
        )
    if missing := {"id", "objective", "stem", *_KINDS[kind]} - table.keys() - {"spare"}:
        raise ValueError(f"{name} lacks {', '.join(sorted(missing))}")
    if not re.fullmatch(r"LO\d\.\d", table["objective"]):
        raise ValueError(f"{name}: objective {table['objective']!r} must look like LO1.2")
    if not re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", str(table["id"])):
        raise ValueError(f"{name}: an id is lower-case words joined by hyphens")
    if table.get("confidence") and kind != "one":
        raise ValueError(f"{name}: confidence belongs to an ordinary question")
    options = []
    for part, keys in _KINDS[kind].items():
        found = table.get(part, [])
        options += [_option(each, f"{name}, {part}", keys) for each in (found if isinstance(found, list) else [found])]
    return Item(
        id=table["id"],
        objective=table["objective"],
        stem=table["stem"].strip(),
        options=tuple(options),
        instead_of=table.get("instead_of", ""),
        kind=kind,
        confidence=table.get("confidence", False),
        numbers=numbers.read(table, name),
    )


def _option(table, name, keys):
    if (
        not isinstance(table, dict)
        or table.keys() != keys
        or not all(isinstance(text, str) and text.strip() for text in table.values())
    ):
        raise ValueError(f"{name}: an option needs {', '.join(sorted(keys))}, and nothing else")
    return Option(**{key: text.strip() for key, text in table.items()})


# -- cells of a notebook -------------------------------------------------------------------------------------------------


def is_question(cell: NotebookNode) -> bool:
    """Whether a cell asks a question that is graded."""
    return cell.cell_type == "code" and "= ask(" in cell.source and "nbgrader" in cell.metadata


def wording(answer: NotebookNode) -> tuple | None:
    """Stem and options of a question as somebody's copy shows them; None where the cell is damaged."""
    try:
        ask = _call(answer, "ask")
        texts = [ast.literal_eval(word.value) for word in ask.keywords if word.arg not in ("answer", "confidence")]
        return (*map(ast.literal_eval, ask.args), *texts)
    except (SyntaxError, ValueError, IndexError):
        return None


def from_cells(answer: NotebookNode, test: NotebookNode) -> Item:
    """The question that stands in two cells of a source notebook."""
    ask = _call(answer, "ask")
    if len(ask.args) > 1 or any(word.arg in ("several", "ordered") for word in ask.keywords):
        raise ValueError(f"{answer.id}: a question of this kind needs an item in the bank of its quiz")
    mark = _call(test, "mark_choice")
    stem = ast.literal_eval(ask.args[0])
    texts = {word.arg: ast.literal_eval(word.value) for word in ask.keywords if word.arg != "confidence"}
    why = {word.arg: ast.literal_eval(word.value) for word in mark.keywords if word.arg != "confidence"}
    best = why["best"]
    if texts.pop("answer") != best:
        raise ValueError(f"{answer.id}: the solution and the test name different options")
    # By their text, not by their letters: a question that is written in another order is read as the same.
    letters = [best, *sorted((letter for letter in texts if letter != best), key=texts.get)]
    options = tuple(Option(texts[letter], why[letter]) for letter in letters)
    return Item(test.id, test.metadata.get("postwar", {}).get("objective", ""), stem, options)


def write(answer: NotebookNode, test: NotebookNode, item: Item, order: list[int]) -> None:
    """Put a question into its two cells, with its options in ``order`` (indices into ``item.options``)."""
    name = re.match(r"(\w+) = ask\(", answer.source)[1]
    letter = {i: _LETTERS[at] for at, i in enumerate(order)}
    right = [letter[i] for i, option in enumerate(item.options) if not option.misconception]
    claims = [option for option in item.options if option.claim]
    best = {
        "one": letter[0],
        "all": "".join(sorted(right)),
        "order": "".join(right),
        "pairs": "".join(right[: len(claims)]),
    }
    best = best[item.kind]

    lines = [f"{name} = ask(", *_argument(item.stem)]
    if claims:
        lines += ["    [", *(f"    {line}" for option in claims for line in _argument(option.claim)), "    ],"]
    lines += [line for i in order for line in _argument(item.options[i].text, letter[i])]
    lines += {"all": ["    several=True,"], "order": ["    ordered=True,"]}.get(item.kind, [])
    lines += ['    confidence="",'] if item.confidence else []
    lines += ["    ### BEGIN SOLUTION", f'    answer="{best}",', "    ### END SOLUTION", ")", name]
    answer.source = "\n".join(lines)

    letters = _LETTERS[: len(order)]
    expect, mark = {
        "one": (f"expect_choice({name}.answer)", "mark_choice"),
        "all": (f'expect_choices({name}.answer, "{letters}")', "mark_choices"),
        "order": (f'expect_order({name}.answer, "{letters}")', "mark_order"),
        "pairs": (f'expect_pairs({name}.answer, {len(claims)}, "{letters}")', "mark_pairs"),
    }[item.kind]
    lines = ["from postwar.quiz import marking", "", f"marking.{expect}", "### BEGIN HIDDEN TESTS"]
    lines += [f"marking.{mark}(", f"    {name}.answer,", f'    best="{best}",']
    lines += [f"    confidence={name}.confidence,"] if item.confidence else []
    if claims:
        lines += [f'    options="{letters}",', "    why=["]
        lines += [*(f"    {line}" for option in claims for line in _argument(option.explanation)), "    ],"]
    else:
        lines += [line for i in order for line in _argument(item.options[i].explanation, letter[i])]
    test.source = "\n".join([*lines, ")", "### END HIDDEN TESTS"])


def order(item: Item, place: int | None, stream: Stream) -> list[int]:
    """An order of the options: with the best one of an ordinary question at ``place``, and no ordering half solved."""
    if item.kind == "one":
        rest = stream.shuffled(range(1, len(item.options)))
        return [*rest[:place], 0, *rest[place:]]
    mixed = stream.shuffled(range(len(item.options)))
    pairs = list(combinations(mixed, 2))
    return mixed[::-1] if item.kind == "order" and sum(a < b for a, b in pairs) > len(pairs) / 2 else mixed


def places(sizes: list[int], stream: Stream) -> list[int]:
    """Where the best option of each question stands, for questions of so many options: every letter about equally often."""
    turn = {size: [] for size in sizes}
    found = []
    for i, size in enumerate(sizes):
        if not turn[size]:
            turn[size] = (stream / i).shuffled(range(size))
        found.append(turn[size].pop())
    return found


def _argument(text: str, letter: str = "") -> list[str]:
    """The lines of one argument of a call: a string, broken into several where it is long."""
    if wrong := _unfit(text):
        raise ValueError(f"a question {wrong}: {text!r}")
    start = f"    {letter}=" if letter else "    "
    parts = [""]
    for word in re.findall(r"\S+\s*", text):
        if parts[-1] and len(parts[-1] + word) > _WIDTH:
            parts.append("")
        parts[-1] += word
    lines = [start + _quoted(parts[0]), *(f"    {_quoted(part)}" for part in parts[1:])]
    return [*lines[:-1], lines[-1] + ","]


def _unfit(text: str) -> str:
    """Why a text cannot stand in a cell of code, whose lines nbgrader and `postwar grade` look through for marks; "" where it can."""
    if len(text.splitlines()) > 1:
        return "has a text of several lines; write it on one"
    if "###" in text:
        return "has a text with ###, which marks solutions and hidden tests"
    return f"has a text with {found}, which makes it look other than it is" if (found := deceiving(text)) else ""


def _quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _call(cell, name):
    calls = (node for node in ast.walk(ast.parse(cell.source)) if isinstance(node, ast.Call))
    found = [call for call in calls if getattr(call.func, "attr", getattr(call.func, "id", "")) == name]
    if len(found) != 1:
        raise ValueError(f"{cell.id} calls {name} {len(found)} times; it should do so once")
    return found[0]
