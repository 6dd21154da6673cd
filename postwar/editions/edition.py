"""A whole assignment: read from ``solutions/``, drawn as an edition, and released as nbgrader releases it."""

import copy
from collections import Counter
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from postwar.editions import quiz, tests
from postwar.editions.dealt import label
from postwar.editions.problems import Problems
from postwar.quiz import rules
from postwar.quiz.draw import PUBLIC, Stream


@dataclass(frozen=True)
class Edition:
    """One edition of an assignment.

    ``solutions`` are its notebooks as an instructor has them, by name; ``numbers`` the drawn values by notebook and cell or
    item; ``chosen`` the item of the bank that each question asks; ``orders`` where each letter's option stands in it. ``label`` is a short readable mark that stands in every
    notebook of the edition.
    """

    assignment: str
    version: str
    label: str
    solutions: dict[str, NotebookNode]
    numbers: dict[str, dict]
    chosen: dict[str, str]
    orders: dict[str, list[int]]

    @cached_property
    def recorded(self) -> dict[str, NotebookNode]:
        """The notebooks as nbgrader's gradebook keeps them: answers taken out, tests and mark schemes in."""
        return {name: released(notebook, hide=False) for name, notebook in self.solutions.items()}

    @cached_property
    def release(self) -> dict[str, NotebookNode]:
        """The notebooks as students get them."""
        return {name: released(notebook) for name, notebook in self.solutions.items()}


class Source:
    """An assignment as its author wrote it, ready to be drawn.

    ``folder`` holds ``<slug>/`` with the notebooks, and beside it ``<slug>.editions.toml`` and ``<slug>.quiz.toml``. Raises
    FileNotFoundError where there is no such assignment, ValueError where a file in it is wrong.
    """

    def __init__(self, slug: str, folder: Path):
        self.slug = slug
        self.folder = folder
        files = sorted((folder / slug).glob("*.ipynb"))
        if not files:
            raise FileNotFoundError(f"There is no assignment {slug!r} in {folder}.")
        found, self.fixed, self.narrow = rules.read(folder / f"{slug}.editions.toml")
        self.bank = quiz.read(folder / f"{slug}.quiz.toml")
        self.notebooks = {}
        for file in files:
            notebook = nbformat.read(file, as_version=4)
            names = {cell.id for cell in notebook.cells}
            here = {name: found.pop(name) for name in [*found] if name in names}
            self.notebooks[file.stem] = Problems(notebook, here, f"{slug}/{file.name}")
        if found:
            raise ValueError(f"{slug}.editions.toml has rules for {', '.join(found)}, which no notebook of it has")

    # -- drawing -----------------------------------------------------------------------------------------------------

    def draw(self, key: bytes, version: str, avoid: tuple[Edition, ...] = (), *, fresh: bool = False) -> Edition:
        """The edition that a secret gives to ``version``: the same for the same secret, version and source.

        Its numbers differ from those of the source, and from those of the editions in ``avoid`` where there are enough sets of
        them; its questions are those that were asked least there. With ``fresh``, numbers that are used up are missing.
        """
        stream = Stream(key, self.slug, version)
        label = self.label(key, version)
        solutions, numbers, chosen, orders = {}, {}, {}, {}
        for name, problems in self.notebooks.items():
            earlier = [other.numbers.get(name, {}) for other in avoid]
            numbers[name] = problems.draw(stream / name, earlier, fresh=fresh)
            notebook = problems.write(numbers[name])
            asked, drawn, placed = self._ask(notebook, stream / name / "questions", drawing=True, avoid=avoid)
            chosen |= asked
            orders |= placed
            numbers.setdefault("items", {}).update(drawn)
            notebook.metadata["postwar"] = {"edition": label}
            notebook.cells[0].source += f"\n\n*Edition `{label}`.*"
            solutions[name] = notebook
        return Edition(self.slug, version, label, solutions, numbers, chosen, orders)

    def label(self, key: bytes, version: str) -> str:
        """The label of an edition, without drawing it."""
        return label(self.slug, key, version)

    def public(self) -> dict[str, NotebookNode]:
        """The notebooks with the numbers of the source, and the questions of the bank in the order of the public edition."""
        stream = Stream(PUBLIC, self.slug, "public")
        found = {}
        for name, problems in self.notebooks.items():
            found[name] = problems.write({})
            self._ask(found[name], stream / name / "questions", drawing=False)
        return found

    def _ask(self, notebook, stream, *, drawing, avoid=()):
        """Put questions into the notebook: an alternate or the original, its numbers, and its options in a new order."""
        cells = notebook.cells
        pairs = [(cell, cells[i + 1]) for i, cell in enumerate(cells) if quiz.is_question(cell)]
        chosen, numbers, orders, items = {}, {}, {}, []
        for answer, test in pairs:
            slot = test.metadata.nbgrader.grade_id
            among = [item for item in self.bank if slot in (item.id, item.instead_of)] or [
                quiz.from_cells(answer, test)
            ]
            here = stream / slot
            if drawing:
                used = Counter(other.chosen.get(slot) for other in avoid)
                fewest = min(used[item.id] for item in among)
                item = (here / "item").choice([item for item in among if used[item.id] == fewest])
            else:
                item = among[0]
            taken = [other.numbers["items"].get(slot) for other in avoid]
            item, numbers[slot] = item.filled(here / "numbers" if drawing else None, taken)
            items.append(item)
            chosen[slot] = item.id
        if drawing or self.bank:
            places = iter(quiz.places([len(item.options) for item in items if item.kind == "one"], stream / "places"))
            for (answer, test), item in zip(pairs, items, strict=True):
                place = next(places) if item.kind == "one" else None
                order = orders[test.metadata.nbgrader.grade_id] = quiz.order(item, place, stream / item.id / "order")
                quiz.write(answer, test, item, order)
        return chosen, {slot: drawn for slot, drawn in numbers.items() if drawn}, orders

    def item(self, slot: str, chosen: str) -> quiz.Item:
        """The item of the bank that is asked in a slot, with its braces; or the question that stands in the notebook."""
        for item in self.bank:
            if item.id == chosen:
                return item
        for problems in self.notebooks.values():
            cells = problems.notebook.cells
            for i, cell in enumerate(cells):
                if quiz.is_question(cell) and cells[i + 1].id == slot:
                    return quiz.from_cells(cell, cells[i + 1])
        raise KeyError(slot)

    # -- looking at it -----------------------------------------------------------------------------------------------

    def written(self) -> list[tests.Marked]:
        """Every item of the source itself that is marked automatically."""
        return [item for problems in self.notebooks.values() for item in problems.marked({})]

    def objectives(self) -> dict[str, str]:
        """The objective of every test, by its name; empty where it has none."""
        cells = (cell for problems in self.notebooks.values() for cell in problems.notebook.cells)
        return {cell.id: cell.metadata.get("postwar", {}).get("objective", "") for cell in cells}

    def marked(self, edition: Edition) -> list[tests.Marked]:
        """Every item of an edition that is marked automatically, with its key and its slips."""
        return [
            item
            for name, problems in self.notebooks.items()
            for item in problems.marked({k: v for k, v in edition.numbers[name].items()})
        ]


def released(notebook: NotebookNode, *, hide: bool = True) -> NotebookNode:
    """A notebook as nbgrader releases it: the steps of ``nbgrader generate_assignment``, without a gradebook.

    Without ``hide`` it stops where nbgrader records the cells, with hidden tests and mark schemes still in place.
    """
    from nbgrader.converters import GenerateAssignment
    from nbgrader.preprocessors import SaveCells

    notebook, resources, config = copy.deepcopy(notebook), {}, _settings()
    for step in GenerateAssignment.preprocessors.default():
        if step is not SaveCells:
            notebook, resources = step(config=config, enabled=True)(notebook, resources)
        elif not hide:
            break
    return notebook


@cache
def _settings():
    from traitlets.config import PyFileConfigLoader

    from postwar.paths import COURSE

    return PyFileConfigLoader("nbgrader_config.py", path=str(COURSE)).load_config()
