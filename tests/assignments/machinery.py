"""Submissions made by code: the released notebooks of an assignment with answers filled in, and the points they must get.

Right answers come from the solutions in ``solutions/``, wrong options from the questions themselves, and typical slips
from ``tests/assignments/<slug>.toml``.
"""

import ast
import copy
import io
import re
import textwrap
import tomllib
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.utils import determine_grade, is_grade, is_solution

from postwar.editions import given
from postwar.editions.edition import Edition
from postwar.paths import EXERCISES, SOLUTIONS

HERE = Path(__file__).parent
SLUGS = sorted(folder.name for folder in SOLUTIONS.iterdir() if folder.is_dir())
STUB = "# YOUR ANSWER HERE"
SOLUTION = re.compile(r"^([ \t]*)### BEGIN SOLUTION\n(.*?)\n[ \t]*### END SOLUTION", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Answer:
    """A cell to be answered: its right code, the items that mark it, and wrong or unusual codes with what they earn."""

    notebook: str
    id: str
    right: str
    items: dict[str, float]
    variants: dict[str, tuple[str, dict[str, float]]]

    def points(self, variant: str) -> dict[str, float]:
        """Points of every item when this variant is handed in; items it does not name keep full marks."""
        return self.items | self.variants[variant][1]

    @property
    def wrong(self) -> list[str]:
        """Names of the variants that lose something."""
        return [name for name, (_, earns) in self.variants.items() if earns]


@dataclass
class Member:
    """One submission of the cast: its notebooks, and the points expected for every item that is not read by a person."""

    name: str
    notebooks: dict[str, NotebookNode]
    expected: dict[str, float]
    why: dict[str, str] = field(default_factory=dict)  # item -> chosen option


class Assignment:
    """An assignment read from ``solutions/``, ``exercises/`` and its file of slips; or one of its editions."""

    def __init__(self, slug: str, edition: Edition | None = None):
        self.slug = slug
        self.source = edition.solutions if edition else _read(SOLUTIONS / slug)
        self.release = edition.release if edition else _read(EXERCISES / slug)
        self.slips = tomllib.loads((HERE / f"{slug}.toml").read_text(encoding="utf-8"))

    @cached_property
    def items(self) -> dict[str, float]:
        """Points of every item that is marked automatically."""
        return {
            cell.metadata.nbgrader.grade_id: cell.metadata.nbgrader.points
            for notebook in self.source.values()
            for cell in notebook.cells
            if is_grade(cell) and not is_solution(cell)
        }

    @cached_property
    def essays(self) -> list[str]:
        """Items read by a person."""
        return [
            cell.metadata.nbgrader.grade_id
            for notebook in self.source.values()
            for cell in notebook.cells
            if is_grade(cell) and is_solution(cell)
        ]

    @cached_property
    def answers(self) -> list[Answer]:
        """Every cell to be answered, in order. The tests between it and the next one are those that mark it."""
        answers = []
        for name, notebook in self.source.items():
            for i, cell in enumerate(notebook.cells):
                if cell.cell_type == "code" and is_solution(cell):
                    tests = []
                    for later in notebook.cells[i + 1 :]:
                        if is_solution(later):
                            break
                        tests += [later] if is_grade(later) else []
                    items = {t.metadata.nbgrader.grade_id: t.metadata.nbgrader.points for t in tests}
                    grade_id = cell.metadata.nbgrader.grade_id
                    right = textwrap.dedent(SOLUTION.search(cell.source)[2])
                    variants = _options(cell, tests) or self._slips(name, grade_id)
                    answers.append(Answer(name, grade_id, right, items, variants))
        return answers

    def _slips(self, notebook: str, grade_id: str) -> dict:
        tables = self.slips.get(notebook, {}).get(grade_id, {})
        return {name: (table["code"].strip("\n"), table.get("earns", {})) for name, table in tables.items()}

    def explanations(self, item: str) -> dict[str, str]:
        """What ``mark_choice`` says about each option; empty where the item is no question."""
        cell = next(c for nb in self.source.values() for c in nb.cells if _grade_id(c) == item)
        return _mark_choice(cell)

    # -- filling in ------------------------------------------------------------------------------------------------

    def fill(self, codes: dict[str, str]) -> dict[str, NotebookNode]:
        """The released notebooks with code in place of the stubs; answers that are not named stay blank."""
        notebooks = copy.deepcopy(self.release)
        for notebook in notebooks.values():
            for cell in notebook.cells:
                if _grade_id(cell) in codes:
                    cell.source = _put(codes[_grade_id(cell)], cell.source)
        return notebooks

    @cached_property
    def right(self) -> dict[str, str]:
        return {answer.id: answer.right for answer in self.answers}

    def names(self, answer: Answer) -> tuple[list[str], list[str]]:
        """The names that an answer is to define: plain values, blank in the release, and functions."""
        body = ast.parse(next(c for c in self.release[answer.notebook].cells if _grade_id(c) == answer.id).source).body
        blanks = [node for node in body if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)]
        functions = [node.name for node in body if isinstance(node, ast.FunctionDef)]
        return [target.id for node in blanks for target in node.targets], functions

    # -- marking without a kernel ----------------------------------------------------------------------------------

    def mark(self, answer: Answer, code: str) -> dict[str, float]:
        """Points of the items of one answer, by nbgrader's rule, run here in a fresh namespace."""
        namespace = dict(self._given[answer.notebook])
        cells = self.source[answer.notebook].cells
        start = next(i for i, cell in enumerate(cells) if _grade_id(cell) == answer.id)
        _run(_put(code, SOLUTION.sub(rf"\1{STUB}", cells[start].source)), namespace)
        points = {}
        for cell in cells[start + 1 :]:
            if _grade_id(cell) in answer.items:
                executed = copy.deepcopy(cell)
                executed.outputs = _run(given.restate(cell, cells), namespace)
                points[_grade_id(cell)], _ = determine_grade(executed)
        return points

    @cached_property
    def _given(self) -> dict[str, dict]:
        """Per notebook the namespace after its ungraded code cells: imports, data and given numbers."""
        ready = {}
        for name, notebook in self.source.items():
            ready[name] = {}
            for cell in notebook.cells:
                if cell.cell_type == "code" and not is_grade(cell) and not is_solution(cell):
                    _run(cell.source, ready[name])
        return ready


# -- the cast ----------------------------------------------------------------------------------------------------------


def cast(assignment: Assignment, *, damaged: bool = True) -> list[Member]:
    """Every submission of the assignment's cast; the damaged ones put the machinery to the test rather than the assignment."""
    full, right = assignment.items, assignment.right
    nothing = dict.fromkeys(full, 0)
    half = [answer for answer in assignment.answers[::2]]
    members = [
        Member("solved", _with_essay(assignment, assignment.fill(right)), full),
        Member("blank", assignment.fill({}), nothing),
        Member(
            "half-right",
            assignment.fill({answer.id: answer.right for answer in half}),
            nothing | {item: points for answer in half for item, points in answer.items.items()},
        ),
    ]
    for k in range(max(len(answer.variants) for answer in assignment.answers)):
        members.append(_variants(assignment, k))
    in_percent = assignment.slips.get("percent", [])
    members += [
        _with_tail(assignment, "in-per-cent", lambda values, _: [PERCENT.format(v) for v in values if v in in_percent]),
        _with_tail(assignment, "numpy-types", lambda values, _: [NUMPY.format(v) for v in values]),
        _with_tail(assignment, "noisy", lambda _, functions: [NOISE, *(f"{f} = noisy({f})" for f in functions)]),
    ]
    return members + (list(_damaged(assignment)) if damaged else [])


PERCENT = "{0} = [100 * x for x in {0}] if isinstance({0}, list) else 100 * {0}"
NUMPY = "{0} = __import__('numpy').asarray({0})[()]"
NOISE = """
import sys, warnings
print("a note to myself", file=sys.stderr)
warnings.warn("something is deprecated")

def noisy(function):
    def shouting(*args, **kwargs):
        print("called", args, kwargs)
        print("called", args, kwargs, file=sys.stderr)
        warnings.warn("something is deprecated")
        return function(*args, **kwargs)
    return shouting
"""


def _variants(assignment: Assignment, k: int) -> Member:
    """Every answer in its k-th wrong or unusual variant; right where it has no k-th variant."""
    codes, expected, why = dict(assignment.right), dict(assignment.items), {}
    for answer in assignment.answers:
        for name in islice(answer.variants, k, k + 1):
            codes[answer.id] = answer.variants[name][0]
            expected |= answer.points(name)
            if name in assignment.explanations(next(iter(answer.items))):
                why[next(iter(answer.items))] = name
    notebooks = {name: nb for name, nb in assignment.fill(codes).items() if _differs(nb, assignment, name)}
    missing = {a.notebook for a in assignment.answers} - set(notebooks)
    lost = {item: 0 for answer in assignment.answers if answer.notebook in missing for item in answer.items}
    return Member(f"variant-{k + 1}", notebooks, expected | lost, why)


def _differs(notebook, assignment, name) -> bool:
    solved = assignment.fill(assignment.right)[name]
    return any(a.source != b.source for a, b in zip(notebook.cells, solved.cells, strict=True))


def _with_tail(assignment: Assignment, name: str, tail) -> Member:
    """Right answers, with lines on the names that an answer defines after it; only the notebooks that get any."""
    notebooks, expected = assignment.fill(assignment.right), dict.fromkeys(assignment.items, 0)
    tails = {answer.id: tail(*assignment.names(answer)) for answer in assignment.answers}
    kept = {answer.notebook for answer in assignment.answers if tails[answer.id]}
    for notebook in notebooks.values():
        for cell in notebook.cells:
            cell.source += "\n".join(["", *tails.get(_grade_id(cell), [])])
    for answer in assignment.answers:
        if answer.notebook in kept:
            expected |= answer.items
    return Member(name, {name: notebooks[name] for name in kept}, expected)


def _damaged(assignment: Assignment):
    """Copies damaged in one way each; the quiz is enough to show it."""
    quiz = [answer for answer in assignment.answers if answer.notebook == "quiz"]
    first, second = quiz[0], quiz[1]
    item = next(iter(first.items))
    solved = {i: p for answer in quiz for i, p in answer.items.items()}
    expected = dict.fromkeys(assignment.items, 0) | solved

    def damaged(name, change, lost=()):
        notebook = assignment.fill(assignment.right)["quiz"]
        at = {_grade_id(cell): i for i, cell in enumerate(notebook.cells)}
        change(notebook.cells, at)
        return Member(name, {"quiz": notebook}, expected | dict.fromkeys(lost, 0))

    def delete(*names):
        def change(cells, at):
            for name in sorted(names, key=at.get, reverse=True):
                del cells[at[name]]

        return change

    def duplicate(name, first_blank=False):
        def change(cells, at):
            twin = copy.deepcopy(cells[at[name]])
            if first_blank:
                cells[at[name]].source = next(
                    c.source for c in assignment.release["quiz"].cells if _grade_id(c) == name
                )
            twin.id = "copied"
            cells.insert(at[name] + 1, twin)

        return change

    def retype(name):
        def change(cells, at):
            old = cells[at[name]]
            cells[at[name]] = nbformat.v4.new_markdown_cell(old.source, id=old.id, metadata=old.metadata)

        return change

    def rename(name):
        def change(cells, at):
            cells[at[name]].metadata.nbgrader.grade_id = "renamed"

        return change

    def strip(cells, at):
        for cell in cells:
            cell.metadata = NotebookNode()

    def age(cells, at):
        cells[at[item]].source = "assert True"
        cells[at[item]].metadata.nbgrader.points = 5
        for name in (second.id, *second.items):
            cells[at[name]].metadata.nbgrader.grade_id = f"retired-{name}"
        cells[at[second.id]].source = "retired = None"

    yield damaged("deleted-test", delete(item))
    yield damaged("deleted-answer", delete(first.id), lost=first.items)
    yield damaged("deleted-both", delete(first.id, item), lost=first.items)
    yield damaged("duplicated-test", duplicate(item))
    yield damaged("duplicated-answer", duplicate(first.id, first_blank=True))
    yield damaged("retyped-test", retype(item))
    yield damaged("retyped-answer", retype(first.id))
    yield damaged("renamed-test", rename(item))
    yield damaged("renamed-answer", rename(first.id))
    yield damaged("stripped-of-metadata", strip)
    yield damaged("old-release", age, lost=second.items)


def _with_essay(assignment, notebooks):
    for notebook in notebooks.values():
        for cell in notebook.cells:
            if _grade_id(cell) in assignment.essays:
                cell.source = (
                    "Both sides lose from war, and yet they may not find, or not keep, a deal that both prefer."
                )
    return notebooks


# -- small helpers -----------------------------------------------------------------------------------------------------


def _read(folder: Path) -> dict[str, NotebookNode]:
    return {path.stem: nbformat.read(path, as_version=4) for path in sorted(folder.glob("*.ipynb"))}


def _grade_id(cell) -> str:
    return cell.metadata.get("nbgrader", {}).get("grade_id", "")


def _put(code: str, source: str) -> str:
    """The source with code in place of its stub, indented as the stub is."""
    stub = re.search(rf"^([ \t]*){re.escape(STUB)}$", source, re.MULTILINE)
    if not stub:
        raise ValueError(f"no line {STUB!r} in\n{source}")
    return source[: stub.start()] + textwrap.indent(textwrap.dedent(code), stub[1]) + source[stub.end() :]


def _mark_choice(cell) -> dict[str, str]:
    for node in ast.walk(ast.parse(cell.source)):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "mark_choice":
            known = {word.arg: word.value.value for word in node.keywords if isinstance(word.value, ast.Constant)}
            return {key: why for key, why in known.items() if key not in ("best", "points")}
    return {}


def _options(cell, tests) -> dict:
    """The wrong answers of a question, with what each earns; empty where the cell is no question."""
    if not tests or "= ask(" not in cell.source:
        return {}
    item, points = tests[0].metadata.nbgrader.grade_id, tests[0].metadata.nbgrader.points
    best = re.search(r'answer="(\w+)"', cell.source)[1]
    if explained := _mark_choice(tests[0]):
        wrong = {key: 0 for key in explained if key != best}
    else:
        letters = re.findall(r"^    ([a-h])=", cell.source, flags=re.MULTILINE)
        wrong = _wrong_of_several_parts(cell, best, letters, points)
    return {answer: (f'answer="{answer}",', {item: earned}) for answer, earned in wrong.items()}


def _wrong_of_several_parts(cell, best, letters, points) -> dict[str, float]:
    """Wrong answers to choose-all, ordering and pairing questions, with their points."""
    n = len(letters)
    if "several=True" in cell.source:
        other = "".join(letter for letter in letters if letter not in best)
        one_more = "".join(sorted(best + other[0]))
        return {
            other: 0,
            one_more: points * (2 * (n - 1) / n - 1),
            "".join(letters): points * max(0, 2 * len(best) / n - 1),
        }
    if "ordered=True" in cell.source:
        pairs = n * (n - 1) / 2
        swapped, rotated = best[1] + best[0] + best[2:], best[1:] + best[0]
        return {
            best[::-1]: 0,
            swapped: points * (2 * (pairs - 1) / pairs - 1),
            rotated: points * max(0, 2 * (pairs - n + 1) / pairs - 1),
        }
    spare = next((letter for letter in letters if letter not in best), best[0])
    first_wrong = spare if spare != best[0] else best[1]
    return {
        best[1:] + best[0]: 0,
        first_wrong + best[1:]: points * (len(best) - 1) / len(best),
        best[:1] + "-" * (len(best) - 1): 0,  # claims left open: the visible part of the test stops
    }


def _run(source: str, namespace: dict) -> list[NotebookNode]:
    """Run a cell as a kernel would, as far as nbgrader's rule looks at it: error, stderr and the last value."""
    tree = ast.parse(source)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    noise, outputs = io.StringIO(), []
    try:
        with redirect_stdout(io.StringIO()), redirect_stderr(noise):
            exec(compile(tree, "cell", "exec"), namespace)
            value = eval(compile(ast.Expression(last.value), "cell", "eval"), namespace) if last else None
        if value is not None:
            outputs.append(nbformat.v4.new_output("execute_result", {"text/plain": repr(value)}))
    except Exception as error:
        outputs.append(nbformat.v4.new_output("error", ename=type(error).__name__, evalue=str(error), traceback=[]))
    if noise.getvalue():
        outputs.append(nbformat.v4.new_output("stream", name="stderr", text=noise.getvalue()))
    return outputs
