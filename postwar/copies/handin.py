"""What is odd about a handed-in notebook: answers beside their cells, text that Python cannot read, another release's questions.

`oddities` only looks; what can be put right is put right by `postwar.assignments.restore`. `postwar grade` notes what is found here
and `postwar doctor` says it to the student beforehand.
"""

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from nbformat import NotebookNode

#: An answer is some lines; parsing what is longer than this may take minutes and gigabytes.
LONGEST = 100_000

_SHOWN = 3

CURLY = set("“”„‘’‚«»")


@dataclass(frozen=True)
class Oddity:
    """Something odd about one cell: its name, what was found, and how its author mends it."""

    cell: str
    what: str
    repair: str


def oddities(cells: list[NotebookNode], stubs: Mapping[str, str]) -> list[Oddity]:
    """Look over the cells of a copy; ``stubs`` are the answer cells as released, source by grade id."""
    found = []
    elsewhere = {name: cell for cell in cells if grade_id(cell) not in stubs for name in defined(cell)}
    for index, cell in enumerate(cells):
        name = grade_id(cell)
        if _has_markers(cell):
            shown = name or f"cell {index + 1}"
            found.append(
                Oddity(
                    shown,
                    "merge markers stand in the cell",
                    "Two versions were merged: keep one and delete the lines that start with <<<<<<<, ======= and >>>>>>>.",
                )
            )
        elif name in stubs and cell.cell_type == "code":
            found += _about(name, cell, stubs[name], _own_below(cells, index), elsewhere)
    return found


def in_words(found: list[Oddity]) -> list[str]:
    """One text for each kind of oddity, with the cells that it was found in."""
    alike = {}
    for each in found:
        alike.setdefault(each.what, []).append(f"“{each.cell}”")
    return [f"{_some(names)}: {what}" for what, names in alike.items()]


def _some(names):
    return (
        ", ".join(names) if len(names) <= _SHOWN + 1 else f"{', '.join(names[:_SHOWN])} and {len(names) - _SHOWN} more"
    )


def _about(name, cell, stub, below, elsewhere):
    if cell.source.strip() == stub.strip():
        beside = sorted(_defined(stub) & elsewhere.keys())
        if below:
            what = "the cell is as released and a new cell follows it"
        elif beside:
            what = f"the cell is as released, and another cell gives {', '.join(beside)}"
        else:
            return
        yield Oddity(name, what, "Move what you wrote into the answer's own cell.")
        return
    tree = parsed(cell.source)
    if isinstance(tree, str):
        yield Oddity(name, tree, _advice(cell.source, tree))
    elif "= ask(" in stub and question(cell.source) != question(stub):
        yield Oddity(
            name,
            "its question or options are not those of the release: an older copy, or edited",
            "Move your answers into a fresh copy of the assignment.",
        )


def parsed(source: str) -> ast.Module | str:
    """The syntax tree of a cell, or in words why there is none. Bounded in time and memory."""
    if len(source) > LONGEST:
        return "the cell is too long for an answer"
    try:
        return ast.parse(_without_magics(source))
    except SyntaxError as error:
        curly = " (curly quotes)" if set(source) & CURLY else ""
        return f"Python cannot read line {error.lineno}: {error.msg}{curly}"
    except (ValueError, RecursionError, MemoryError):
        return "Python cannot read the cell: it holds a forbidden character or is nested too deeply"


def _without_magics(source):
    """IPython's own lines, which Python does not know, are no error of an answer."""
    lines = source.split("\n")
    return "\n".join(line[: len(line) - len(line.lstrip())] + "pass" if line.lstrip()[:1] in "%!" and line.strip() else line for line in lines)  # fmt: skip


def _advice(source, error):
    """How to mend a cell that Python cannot read, by what is commonly the cause."""
    if set(source) & CURLY:
        return "It holds curly quotes, which a word processor makes: type straight ones, \" or ', in their place."
    return "Correct the line and run the cell." if " line " in error else "Write the answer anew in a few plain lines."


def question(source: str) -> tuple | None:
    """Stem and options of the first call of ``ask`` in a cell, without the answer; None where it cannot be read."""
    tree = parsed(source)
    calls = () if isinstance(tree, str) else (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    call = next((each for each in calls if getattr(each.func, "attr", getattr(each.func, "id", "")) == "ask"), None)
    if call is None:
        return None
    shown = [*call.args, *(word.value for word in call.keywords if word.arg not in ("answer", "confidence"))]
    return tuple(ast.dump(each) for each in shown)


def grade_id(cell: NotebookNode) -> str:
    """The cell's name for nbgrader; empty where it has none, or metadata that are no such thing."""
    claim = cell.metadata.get("nbgrader", {})
    name = claim.get("grade_id", "") if isinstance(claim, dict) else ""
    return name if isinstance(name, str) else ""


def _own_below(cells, index):
    """Whether a cell of code that the student added follows directly."""
    below = cells[index + 1] if index + 1 < len(cells) else None
    return below is not None and not grade_id(below) and below.cell_type == "code" and bool(below.source.strip())


def _has_markers(cell):
    lines = cell.source.split("\n")
    return any(line.startswith("<<<<<<< ") for line in lines) and any(line.startswith(">>>>>>> ") for line in lines)


def defined(cell: NotebookNode) -> frozenset[str]:
    """The names that a cell defines, imports or assigns to; none where it is no code that Python can read."""
    return _defined(cell.source) if cell.cell_type == "code" else frozenset()


@lru_cache(maxsize=1000)  # given cells and stubs are the same in a whole class
def _defined(source):
    tree = parsed(source)
    return frozenset() if isinstance(tree, str) else frozenset(_bound(tree))


def _bound(tree):
    found = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            found |= {alias.asname or alias.name.partition(".")[0] for alias in node.names}
    return found
