"""How often an answer that was copied is right by luck: from the public solution, or from a classmate with another edition."""

import ast
import contextlib
import io
from collections import Counter
from dataclasses import dataclass
from functools import cache

import numpy as np
from nbformat import NotebookNode
from nbgrader.utils import is_grade, is_solution

from postwar.editions.tests import Marked
from postwar.quiz import marking


@dataclass(frozen=True)
class Luck:
    """Shares of the points that a copied answer earns on average: the ``public`` one, and that of a ``classmate``."""

    public: float
    classmate: float


def of_numbers(public: Marked, drawn: list[Marked]) -> Luck:
    """Luck of one item that is marked against numbers; ``drawn`` holds it as each edition has it."""
    return Luck(float(_earned([public], drawn).mean()), _between(_earned(drawn, drawn)))


def _earned(copied: list[Marked], tested: list[Marked]) -> np.ndarray:
    """The share of the points that each copied key (rows) earns in each edition (columns)."""
    keys, expected = ([_named(item) for item in items] for items in (copied, tested))
    table = np.zeros((len(copied), len(tested)))
    for names in {tuple(each) for each in expected}:  # a table with other keys is refused
        rows = [i for i, each in enumerate(keys) if each.keys() == set(names)]
        columns = [j for j, each in enumerate(expected) if tuple(each) == names]
        if not rows:
            continue
        given = np.array([[[keys[i][name] for name in names]] for i in rows], float)
        right = np.array([[expected[j][name] for name in names] for j in columns], float)
        within = np.array([[tested[j].arguments["within"]] for j in columns]) + 1e-9
        off = abs(given - right)
        if tested[0].arguments.get("or_percent"):
            off = np.minimum(off, abs(given / 100 - right))
        table[np.ix_(rows, columns)] = (off <= within).mean(axis=2)
    return table


def _named(item: Marked) -> dict:
    expected = item.arguments["expected"]
    return dict(expected) if isinstance(expected, dict) else dict(enumerate(item.key))


def _between(table: np.ndarray) -> float:
    """The mean over pairs of different editions."""
    count = len(table)
    return float((table.sum() - np.trace(table)) / (count * (count - 1)))


# -- letters ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Letters:
    """What a test expects of a question: the marking function, the right letters, and the letters or claims that there are."""

    function: str
    best: str
    options: str


def letters(notebooks: dict[str, NotebookNode]) -> dict[str, Letters]:
    """Every question of an edition, by the name of its test; ``notebooks`` are its solutions."""
    return {
        cell.id: _read(cell.source)
        for notebook in notebooks.values()
        for cell in notebook.cells
        if is_grade(cell) and not is_solution(cell) and "marking.expect_" in cell.source and " best=" in cell.source
    }


def _read(source: str) -> Letters:
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    (call,) = [node for node in calls if getattr(node.func, "attr", "").startswith("mark_")]
    words = {word.arg: word.value for word in call.keywords}
    options = ast.literal_eval(words["options"]) if "options" in words else "".join(n for n in words if len(n) == 1)
    return Letters(call.func.attr, ast.literal_eval(words["best"]), options)


def of_letters(public: Letters, drawn: list[Letters]) -> Luck:
    """Luck of one question, for whoever copies the letters."""
    count, total = Counter(drawn), len(drawn)
    from_public = sum(n * _share(public.best, other) for other, n in count.items()) / total
    pairs = sum(n * m * _share(one.best, other) for one, n in count.items() for other, m in count.items())
    return Luck(from_public, (pairs - total) / (total * (total - 1)))


@cache
def _share(answer: str, question: Letters) -> float:
    why = {"why": [""] * len(question.best), "options": question.options}
    if question.function != "mark_pairs":
        why = dict.fromkeys(question.options, "")
    with contextlib.redirect_stdout(io.StringIO()):
        return getattr(marking, question.function)(answer, best=question.best, **why)


def same_words(drawn: list[tuple]) -> float:
    """In what share of pairs of editions the same question is asked, with the same numbers: then a classmate's words are right."""
    count = Counter(map(repr, drawn))
    return sum(n * (n - 1) for n in count.values()) / (len(drawn) * (len(drawn) - 1))
