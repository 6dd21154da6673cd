"""The editions of a class: drawn when they are asked for, and which one a copy is."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from nbformat import NotebookNode

from postwar.classroom.folder import ClassFolder, find
from postwar.editions import given, quiz
from postwar.editions.dealt import Dealt
from postwar.editions.edition import Edition, Source

#: The assignments as the course had them when the class began, below the class folder.
PINNED = "course"
_LABEL = re.compile(r"\*Edition `([a-z0-9]{6})`\.\*")


@dataclass(frozen=True)
class Found:
    """Which edition a copy is; ``note`` says what an instructor may want to know, or is empty."""

    edition: Edition
    note: str = ""


class Versions(Dealt):
    """The editions of a class, drawn when they are asked for."""

    def __init__(self, folder: ClassFolder):
        super().__init__(folder)
        self._sources = {}
        self._drawn = {}

    # -- editions ----------------------------------------------------------------------------------------------------

    def source(self, slug: str) -> Source:
        if slug not in self._sources:
            self._sources[slug] = Source(slug, self.folder.root / PINNED)
        return self._sources[slug]

    def edition(self, slug: str, version: str) -> Edition:
        """An edition of the class. Numbered ones differ from each other; those for each student are drawn independently."""
        if (slug, version) not in self._drawn:
            before = ()
            if self.folder.editions != "each":
                before = tuple(self.edition(slug, str(number)) for number in range(1, int(version)))
            self._drawn[slug, version] = self.source(slug).draw(self.folder.key(), version, before)
        return self._drawn[slug, version]

    def of(self, slug: str, student: str) -> Edition:
        """The edition of a student."""
        return self.edition(slug, self.version_of(student))

    # -- which one a copy is -----------------------------------------------------------------------------------------

    def identify(self, slug: str, name: str, copy: NotebookNode, student: str) -> Found:
        """The edition that a handed-in notebook is a copy of: by its label, else by its numbers and questions.

        A copy of no edition of this class, such as one of the public course, counts as the student's own: its answers are
        tested against numbers that it does not show.
        """
        own = self.of(slug, student)
        if not self.several or name not in own.solutions:
            return Found(own)
        if (claimed := self._labelled(slug, copy)) is not None:
            return Found(claimed, "" if claimed is own else self._others(claimed))
        if alike(copy, own.solutions[name]) == 1:
            return Found(own)
        editions = (self.edition(slug, version) for version in self.names())
        best = max(editions, key=lambda each: alike(copy, each.solutions[name]))
        if alike(copy, best.solutions[name]) > 1 / 2:
            return Found(best, "" if best is own else self._others(best))
        return Found(own, "shows the numbers of no edition of this class, and was tested against the student's own")

    def _labelled(self, slug, copy):
        claim = copy.metadata.get("postwar", {})
        label = claim.get("edition") if isinstance(claim, dict) else None
        if label is None:
            texts = (cell.source for cell in copy.cells[:3] if cell.cell_type == "markdown")
            label = next((match[1] for match in map(_LABEL.search, texts) if match), None)
        versions = (version for version in self.names() if self.source(slug).label(self.folder.key(), version) == label)
        version = next(versions, None)
        return None if version is None else self.edition(slug, version)

    def _others(self, edition):
        holders = [student for student, version in self.table.items() if version == edition.version]
        whose = f"that of {', '.join(holders[:3])}{' and others' if holders[3:] else ''}" if holders else "nobody's"
        return f"holds edition {edition.label}, {whose}, in place of the student's own; graded as what it is"


def alike(copy: NotebookNode, solution: NotebookNode) -> float:
    """The share of a solution's given numbers and questions that a copy shows, whatever became of its metadata."""
    copied = {cell.metadata.get("nbgrader", {}).get("grade_id") or cell.get("id"): cell for cell in copy.cells}
    same = []
    for cell in solution.cells:
        if given.is_given(cell) or quiz.is_question(cell):
            other = copied.get(cell.id)
            read = quiz.wording if quiz.is_question(cell) else _code
            same.append(other is not None and other.cell_type == "code" and read(other) == read(cell))
    return sum(same) / len(same) if same else 0.0


def _code(cell):
    return "".join(cell.source.split())


# -- a class that is found again -----------------------------------------------------------------------------------------


def of_class(path: Path) -> Versions | None:
    """The versions of the class at ``path`` or above it, kept while its files stay the same; None where there is no class."""
    try:
        folder = find(path)
    except FileNotFoundError:
        return None
    files = [folder.root / name for name in ("class.toml", "class.key", "roster.csv")]
    files += sorted((folder.root / PINNED).rglob("*.*"))
    return _kept(folder.root, tuple(file.stat().st_mtime_ns for file in files if file.is_file()))


@cache
def _kept(root, _changed):
    return Versions(ClassFolder(root))
