"""Which edition each student of a class has: who was dealt what, and the label that a copy shows. Draws nothing.

Students are dealt to editions in an order that the class's secret decides; ``versions.csv`` in the class folder keeps the result,
so that whoever joins later changes nothing for the others. Students of one group (a column ``group`` in the roster) share theirs.
"""

import csv
import os
from collections import Counter
from functools import cached_property

from postwar.classroom.folder import ClassFolder
from postwar.classroom.roster import Student
from postwar.quiz.draw import Stream

TABLE = "versions.csv"


def label(slug: str, key: bytes, version: str) -> str:
    """The label that the edition ``version`` of an assignment shows under its title."""
    return (Stream(key, slug, version) / "label").token()


class Dealt:
    """Who has which edition of the class in ``folder``."""

    def __init__(self, folder: ClassFolder):
        self.folder = folder

    @property
    def several(self) -> bool:
        """Whether there is more than one edition."""
        return self.folder.editions != 1

    def known(self) -> dict[str, str]:
        """Version by student as ``versions.csv`` has it; nobody is added."""
        path = self.folder.root / TABLE
        if not path.exists():
            return {}
        with path.open(encoding="utf-8", newline="") as file:
            return {row["student_id"]: row["version"] for row in csv.DictReader(file)}

    @cached_property
    def table(self) -> dict[str, str]:
        """Version by student, for everybody on the roster; what is new is added to ``versions.csv``."""
        path, known = self.folder.root / TABLE, self.known()
        table = self.deal(self.folder.roster(), known)
        if table != known:
            new = path.with_suffix(f".{os.getpid()}.new")  # helpers may deal at the same time, and deal alike
            with new.open("w", encoding="utf-8", newline="") as file:
                writer = csv.writer(file)
                writer.writerow(("student_id", "version"))
                writer.writerows(table.items())
            new.replace(path)
        return table

    def deal(self, roster: list[Student], known: dict[str, str]) -> dict[str, str]:
        """``known`` with a version for every student of the roster who has none: of the least used, as the secret decides."""
        table = dict(known)
        groups = {student.id: student.owner for student in roster}
        self._refuse_another_kind(known, groups)
        of_group = {groups[student]: version for student, version in known.items() if student in groups}
        secret = Stream(self.folder.key(), "versions")
        for student in sorted(groups.keys() - known.keys(), key=lambda name: (secret / groups[name] / name).digest()):
            group = groups[student]
            if group not in of_group:
                of_group[group] = self._least_used(table, group, secret)
            table[student] = of_group[group]
        return table

    def _refuse_another_kind(self, known, groups):
        """Raise ValueError where ``editions`` has changed between a number and "each": everybody's numbers would change."""
        each = self.folder.editions == "each"
        owners = known.keys() | set(groups.values())
        named = any(not version.isdecimal() or len(version) > 3 for version in known.values())
        if known and (not owners & set(known.values()) if each else named):
            was, now = ("a number", '"each"') if each else ('"each"', self.folder.editions)
            raise ValueError(
                f"{self.folder.root / TABLE}: these versions were dealt while editions in class.toml was {was}; now it is {now}, "
                "and everybody's numbers would change. Put it back."
            )

    def _least_used(self, table, group, secret):
        if self.folder.editions == "each":
            return group
        names = [str(number) for number in range(1, self.folder.editions + 1)]
        used = Counter(table.values())
        fewest = min(used[name] for name in names)
        return (secret / group / "version").choice([name for name in names if used[name] == fewest])

    def version_of(self, student: str) -> str:
        """The student's version; somebody who is not on the roster has the one that is next in line."""
        if student not in self.table:
            return self.deal([Student(student)], self.table)[student]
        return self.table[student]

    def names(self) -> list[str]:
        """All versions of the class."""
        if self.folder.editions == "each":
            return sorted(set(self.table.values()))
        dealt = {int(version) for version in self.table.values()}  # more than now, if there were more editions once
        return [str(number) for number in sorted({*range(1, self.folder.editions + 1), *dealt})]
