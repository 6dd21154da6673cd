"""A notebook of problems with other given numbers.

The notebook is read in stretches: each begins with a cell of given numbers and ends before the next one. A stretch is drawn until the
reference solution and the tests in it agree that the numbers are good; later stretches may use what earlier ones gave. What depends
on no given number (imports, tasks that are the same for all) is set apart and run once.
"""

import ast
import contextlib
import copy
import io
import warnings
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache

from nbformat import NotebookNode
from nbgrader.utils import is_grade, is_solution

from postwar.editions import given, tests
from postwar.quiz.draw import Stream
from postwar.quiz.rules import Rules, Unacceptable

_TRIES = 400
_STARTS = 12


@dataclass
class Stretch:
    """The cells from one cell of given numbers up to the next; the first stretch has none."""

    cells: list[NotebookNode]
    rules: Rules | None
    written: dict = field(default_factory=dict)  # the values that stand in the source
    marked: list = field(default_factory=list)  # the items of the edition that the source is

    @property
    def name(self) -> str:
        return self.cells[0].id


class Problems:
    """A source notebook of problems, ready to be drawn."""

    def __init__(self, notebook: NotebookNode, rules: dict[str, Rules], where: str):
        self.notebook = notebook
        self.where = where
        names = {cell.id for cell in notebook.cells if given.is_given(cell)}
        if unknown := rules.keys() - names:
            raise ValueError(
                f"{where}: there are rules for {', '.join(sorted(unknown))}, which is no cell of given numbers"
            )
        self.stretches = [Stretch([], None)]
        moving = _moving(notebook.cells)
        for cell in notebook.cells:
            if given.is_given(cell):
                stretch = Stretch([], rules.get(cell.id, Rules(where, {})), given.flat(given.read(cell)))
                _check_digits(stretch.written, stretch.rules)
                self.stretches.append(stretch)
            self.stretches[-1 if cell.id in moving else 0].cells.append(cell)
        self._started = {"display": lambda *shown, **how: None}  # a kernel has it
        _run(self.stretches[0].cells, self._started)
        self._learn_the_source()

    def _learn_the_source(self):
        namespace = dict(self._started)
        names = {}
        for stretch in self.stretches[1:]:
            if twice := sorted(names.keys() & stretch.written.keys()):
                raise ValueError(
                    f"{self.where}: {', '.join(twice)} is given twice, in {names[twice[0]]} and in {stretch.name}; "
                    "a reader who runs cells in another order would get the wrong one"
                )
            names |= dict.fromkeys(stretch.written, stretch.name)
            try:
                stretch.marked = self._outcome(stretch, {}, namespace)
            except Unacceptable as reason:
                raise ValueError(f"{self.where}: the numbers in {stretch.name} break its own rules: {reason}") from None

    # -- drawing -----------------------------------------------------------------------------------------------------

    def draw(self, stream: Stream, avoid=(), *, fresh: bool = False) -> dict[str, dict]:
        """New values by cell of given numbers, each acceptable, and other than in the source and in ``avoid`` (earlier draws).

        Where every set is used up, one of them comes again; with ``fresh``, the cell is left out of the result.

        Raises
        ------
        RuntimeError : no acceptable set was found; the message says which condition failed most often.
        """
        problem = None
        for start in range(_STARTS):
            namespace, drawn = dict(self._started), {}
            try:
                for stretch in self.stretches[1:]:
                    taken = [earlier.get(stretch.name) for earlier in avoid]
                    values = self._draw(stretch, stream / stretch.name / start, namespace, taken, fresh)
                    if values is not None:
                        drawn[stretch.name] = values
                return drawn
            except Unacceptable as error:
                problem = error
        raise RuntimeError(f"{self.where}: {problem}")

    def _draw(self, stretch, stream, namespace, taken, fresh):
        if not stretch.rules.values:
            self._outcome(stretch, {}, namespace)
            return {}
        reasons, again, seen = {}, None, set()
        for attempt in range(_TRIES):
            values = stretch.rules.draw(stream / attempt)
            if values == {name: stretch.written[name] for name in values} or repr(values) in seen:
                continue
            seen.add(repr(values))
            if values in taken:
                again = again or values
                continue
            before = dict(namespace)
            try:
                self._outcome(stretch, values, namespace)
                return values
            except Unacceptable as error:
                reasons[str(error)] = reasons.get(str(error), 0) + 1
                namespace.clear()
                namespace.update(before)
        if again is not None:
            self._outcome(stretch, {} if fresh else again, namespace)
            return None if fresh else again
        worst = max(reasons, key=reasons.get, default="there is only the set of the source")
        raise Unacceptable(f"no acceptable numbers for {stretch.name} in {_TRIES} tries; most often: {worst}")

    def _outcome(self, stretch, values, namespace) -> list[tests.Marked]:
        """Run a stretch with these values in ``namespace``; the items it marks. Raises `Unacceptable`."""
        exec(given.write(stretch.cells[0], values), namespace)
        stretch.rules.check(namespace, only_known=True)
        _run(stretch.cells[1:], namespace)
        stretch.rules.check(namespace)
        items = list(tests.marked(stretch.cells, namespace))
        for item in items:
            item.check()
        return items

    # -- the notebook of a draw --------------------------------------------------------------------------------------

    def write(self, drawn: dict[str, dict]) -> NotebookNode:
        """The source notebook with the drawn values in its cells of given numbers and in the texts that repeat them."""
        notebook = copy.deepcopy(self.notebook)
        cells = {cell.id: cell for cell in notebook.cells}
        namespace = dict(self._started)
        for stretch in self.stretches[1:]:
            source = given.write(stretch.cells[0], drawn.get(stretch.name, {}))
            cells[stretch.name].source = source
            exec(source, namespace)
        for cell in notebook.cells:
            if cell.cell_type == "markdown":
                cell.source = given.show(cell.source, namespace)
        return notebook

    def marked(self, drawn: dict[str, dict]) -> list[tests.Marked]:
        """Every item of a draw, in order, with its key and its slips."""
        namespace, items = dict(self._started), []
        for stretch in self.stretches[1:]:
            items += self._outcome(stretch, drawn.get(stretch.name, {}), namespace)
        return list(tests.marked(self.stretches[0].cells, namespace)) + items


def _moving(cells) -> set[str]:
    """Ids of the cells that depend on a given number: an answer and its tests go together."""
    depending, ids, answer = set(), set(), None
    for cell in cells:
        if cell.cell_type != "code":
            continue
        reads, binds = names_of(cell.source)
        if is_grade(cell) and not is_solution(cell):
            moves = bool(reads & depending) or answer in ids
            if moves and answer not in ids:
                raise ValueError(f"{cell.id} uses given numbers, but the answer that it marks, {answer}, does not")
        else:
            answer = cell.id
            moves = given.is_given(cell) or bool(reads & depending)
        if moves:
            ids.add(cell.id)
            depending |= binds
    return ids


def names_of(source: str) -> tuple[set[str], set[str]]:
    """The names that a cell reads, and those that it gives a value at its top level."""
    tree = ast.parse(source)
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    parameters = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    reads = {node.id for node in nodes if isinstance(node.ctx, ast.Load)}
    binds = {node.id for node in nodes if isinstance(node.ctx, ast.Store)} | functions
    return reads - (parameters if functions else set()), binds


def _run(cells, namespace):
    """Run the ungraded code cells and the reference solutions."""
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        for cell in cells:
            if cell.cell_type == "code" and (is_solution(cell) or "nbgrader" not in cell.metadata):
                try:
                    exec(_compiled(cell.source, cell.id), namespace)
                except (ArithmeticError, TypeError, ValueError) as error:
                    raise Unacceptable(f"the reference solution {cell.id} stops with {error}") from None


@cache
def _compiled(source, name):
    return compile(source, name, "exec")


def _check_digits(written: dict, rules: Rules) -> None:
    """A drawn number may not be longer than the one in the source (or two digits): 0.65 in place of 0.7, but not 0.655."""
    for name, values in rules.values.items():
        if name not in written:
            raise ValueError(
                f"{rules.where_from} names {name}, which the cell does not give; it gives {', '.join(written)}"
            )
        longest = max(2, _digits(written[name]))
        if long := [value for value in values if _digits(value) > longest]:
            raise ValueError(
                f"{rules.where_from}: {long[0]} is harder on the eye than the {written[name]} of the source"
            )


def _digits(value) -> int:
    """Significant digits of a number as written: 2 for 0.65 and for 120; 0 for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return 0
    return len(Decimal(str(value)).normalize().as_tuple().digits)
