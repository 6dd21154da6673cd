"""Answers in calls: read them from one version of a cell, and write them into another.

A click writes its answer as a keyword argument: ``check("planning-sorting", answer="RF-")``, ``ask("…", a="…", answer="b")``,
``explore.bargaining_range(prediction="wider")``, ``decide("03-washington", seat="…", …)``.
"""

import ast
import json
import re
from dataclasses import dataclass
from difflib import SequenceMatcher

#: The keyword arguments that a reader's clicks write.
ANSWERS = ("numbers", "answer", "confidence", "prediction", "seat", "choice", "because")
_STUB = re.compile(r"[ \t]*# YOUR ANSWER HERE[ \t]*\n?")
_ALIKE = 0.75  # so much of an option's words stays where it is reworded, not replaced


@dataclass
class Asked:
    """One call that asks: its name and question, the texts it offers by letter or in order, and what was answered."""

    node: ast.Call
    name: str
    question: str
    answers: dict[str, object]
    options: dict[str, str]
    items: list[str]
    ordered: bool = False


def asked(source: str) -> list[Asked]:
    """The calls in a cell that can hold an answer, in order; none where the cell is no Python."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    return [found for node in ast.walk(tree) if isinstance(node, ast.Call) and (found := _read(node))]


def _read(node):
    function = node.func
    if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name) and function.value.id == "explore":
        name = f"explore.{function.attr}"
    elif isinstance(function, ast.Name) and function.id in ("ask", "check", "decide"):
        name = function.id
    else:
        return None
    values = {}
    for keyword in node.keywords:
        try:
            values[keyword.arg] = ast.literal_eval(keyword.value)
        except ValueError:
            continue
    first = node.args[0].value if node.args and isinstance(node.args[0], ast.Constant) else ""
    options = {key: text for key, text in values.items() if key and len(key) == 1 and isinstance(text, str)}
    items = values.get("claims", [])
    if len(node.args) > 1:
        try:
            items = ast.literal_eval(node.args[1])
        except ValueError:
            items = []
    return Asked(
        node,
        name,
        first if isinstance(first, str) else "",
        {key: values[key] for key in ANSWERS if key in values and values[key] not in ("", None)},
        options,
        list(items) if isinstance(items, list | tuple) else [],
        values.get("ordered") is True,
    )


def same(one: Asked, other: Asked) -> bool:
    """Whether two calls ask the same: by question id; a graded question, whose text may change, by its cell."""
    return one.name == other.name and (one.name == "ask" or one.question == other.question)


def moved(answer, mine: Asked, new: Asked) -> tuple[str, bool]:
    """The answer in the letters of the new version, and whether something that was chosen has no place there.

    An option is found by its words; one that stands in its place with most of its words is taken for reworded.
    """
    letters = {key: _find(key, text, mine.options, new.options) for key, text in mine.options.items()}
    if mine.items or new.items:  # one letter for each statement, "-" while it is open
        before, after = dict(enumerate(mine.items)), dict(enumerate(new.items))
        placed, lost = ["-"] * len(after), False
        for i, letter in enumerate(answer.strip()):
            place = _find(i, before[i], before, after) if i in before else None
            if place is not None and letters.get(letter):
                placed[place] = letters[letter]
            elif letter != "-":
                lost = True
        return "".join(placed), lost
    found = [letters.get(key) for key in answer.strip()]
    complete = len(found) in (1, len(new.options)) or not mine.ordered
    return ("", True) if None in found or not complete else ("".join(found), False)


def _find(key, text, old, new):
    for place, words in new.items():
        if _plain(words) == _plain(text):
            return place
    free = {place: words for place, words in new.items() if _plain(words) not in map(_plain, old.values())}
    if key in free and SequenceMatcher(None, _plain(text), _plain(free[key])).ratio() >= _ALIKE:
        return key
    near = [place for place, words in free.items() if SequenceMatcher(None, _plain(text), _plain(words)).ratio() > 0.9]
    return near[0] if len(near) == 1 else None


def _plain(text):
    return " ".join(text.split()).casefold()


def write(source: str, call: Asked, values: dict[str, object]) -> str:
    """The cell's text with these keyword arguments in that call, which was read from ``source``."""
    for key, value in values.items():
        node = next(each.node for each in asked(source) if same(each, call))
        source = _write_one(source, node, key, value)
    return source


def _write_one(source, node, key, value):
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)
    start, end = _offset(source, node.lineno, node.col_offset), _offset(source, node.end_lineno, node.end_col_offset)
    for keyword in node.keywords:
        if keyword.arg == key:
            at = _offset(source, keyword.value.lineno, keyword.value.col_offset)
            until = _offset(source, keyword.value.end_lineno, keyword.value.end_col_offset)
            return source[:at] + text + source[until:]
    body = source[start : end - 1]
    if stub := _STUB.search(body):
        indent = body[stub.start() : stub.end()].partition("#")[0]
        return (
            source[:start] + body[: stub.start()] + f"{indent}{key}={text},\n" + body[stub.end() :] + source[end - 1 :]
        )
    inner = body.rstrip()
    several = "\n" in body[len(inner) :]
    before = "" if inner.endswith(("(", ",")) else ","
    gap = "\n    " if several else "" if inner.endswith("(") else " "
    tail = ",\n" if several else ""
    return source[:start] + inner + before + gap + f"{key}={text}" + tail + source[end - 1 :]


def _offset(source, line, column):
    """Place in the text of a line and a column, which ast counts in bytes."""
    lines = source.splitlines(keepends=True)
    return sum(map(len, lines[: line - 1])) + len(lines[line - 1].encode()[:column].decode())
