"""A class as tables: who, which items, which points, which answers, what is alike. Nothing is written."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING

from postwar.classroom import records, roster
from postwar.classroom.folder import ClassFolder
from postwar.classroom.marks import Mark, every
from postwar.editions.dealt import Dealt, label
from postwar.report import sources
from postwar.report.copies import Assignment, reading

if TYPE_CHECKING:
    import pandas as pd

ITEMS = ["assignment", "notebook", "item", "objective", "points", "by_hand", "task"]
GRADES = ["assignment", "notebook", "item", "student", "score", "waiting", "place"]
ANSWERS = ["assignment", "notebook", "item", "student", "kind", "value", "right", "said", "chosen", "question", "sure"]
COMMENTS = ["assignment", "notebook", "item", "student", "comment"]
SHEETS = ["assignment", "item", "student", "reader", "place", "marks"]
COPIES = ["assignment", "notebook", "student", "edition"]
_TOLD = 5  # damaged copies are named up to so many


@dataclass(frozen=True)
class Class:
    """What is known of a class. All tables are long: one row per thing named.

    ``students``: id, name, owner (the group, or the student). ``items``: one row per graded item, in the order of the
    notebooks; ``task`` is the answer that it tests. ``grades``: ``score`` in points, ``waiting`` if a person has still to read,
    ``place`` in the order in which formgrader shows the pile. ``answers``: what was read of an answer (``kind`` number, or one, all,
    order, pairs of a question, with what was ``chosen`` part by part, the ``question``, and how ``sure`` the student was; ``value``, whether
    ``right``, what the student was told of a number). ``alike``: what two copies share, by assignment (see `likeness`).
    ``comments``: what was written on essays in formgrader; ``sheets``: readings that readers entered in sheets. ``copies``: the edition
    of each. ``marks``: of the assignments in the report, or of all where it is ``whole``. ``criteria``: names of an essay's criteria by
    (assignment, item). ``hints``: what is told of a wrong number that is no known slip; ``misconceptions``: behind wrong options, by
    explanation without numbers.
    """

    folder: ClassFolder
    slugs: list[str]
    students: pd.DataFrame
    items: pd.DataFrame
    grades: pd.DataFrame
    answers: pd.DataFrame
    alike: dict[str, tuple]
    comments: pd.DataFrame
    sheets: pd.DataFrame
    copies: pd.DataFrame
    marks: dict[str, list[Mark]]
    criteria: dict[tuple[str, str], list[str]]
    hints: set[str]
    misconceptions: dict[str, str]
    whole: bool = True

    @cached_property
    def _parts(self):
        return {}

    def of(self, table: str, slug: str) -> pd.DataFrame:
        """The rows of one assignment, such as ``data.of("grades", slug)``; each table is split once."""
        if table not in self._parts:
            self._parts[table] = dict(iter(getattr(self, table).groupby("assignment", sort=False)))
        found = self._parts[table].get(slug)
        return getattr(self, table).iloc[:0] if found is None else found


def read(folder: ClassFolder, wanted: list[str] | None = None) -> Class:
    """The tables of a class, of all assignments that somebody has marks in or of those wanted.

    Raises ValueError where an assignment is unknown or nothing is graded yet.
    """
    for slug in wanted or []:
        folder.notebooks(slug)
    graded = {slug for (slug,) in records.rows(folder, _GRADED)}
    slugs = [slug for slug in wanted or folder.assignments if slug in graded]
    if not slugs:
        raise ValueError(f"nothing of {', '.join(wanted or ['this class'])} is graded yet: postwar grade ASSIGNMENT")
    members = folder.roster()
    on_roster = sorted(student.id for student in members)
    items, criteria, released, hints = sources.given(folder, slugs)
    tasks, known = {slug: {} for slug in slugs}, _versions(folder, slugs)
    for row in items:
        tasks[row[0]][row[2]] = row[-1]
    assignments = [
        Assignment(slug, _files(folder, slug, on_roster), tasks[slug], released[slug], *known[slug], len(slugs))
        for slug in slugs
    ]
    with reading(assignments) as found:
        # Meanwhile: the gradebook, and what takes seconds to load and is needed next.
        import pandas as pd
        import statsmodels.regression.linear_model  # noqa: F401

        grades, comments = _gradebook(folder, slugs, set(on_roster))
        sheets, marks = _sheets(folder, slugs, criteria), every(folder, slugs if wanted else folder.assignments)
        answers, copies, alike, damaged = found()
    _tell(damaged)
    students = [(student.id, student.name, student.owner) for student in members]
    return Class(
        folder,
        slugs,
        pd.DataFrame(students, columns=["student", "name", "owner"]),
        pd.DataFrame(items, columns=ITEMS),
        pd.DataFrame(grades, columns=GRADES),
        pd.DataFrame(answers, columns=ANSWERS),
        alike,
        pd.DataFrame(comments, columns=COMMENTS),
        pd.DataFrame(sheets, columns=SHEETS),
        pd.DataFrame(copies, columns=COPIES),
        marks,
        criteria,
        hints,
        sources.misconceptions(folder, slugs),
        not wanted,
    )


# -- the gradebook --------------------------------------------------------------------------------------------------------

_PLACE = "assignment.name, notebook.name, base_cell.name, submitted_assignment.student_id"
_GRADED = f"SELECT DISTINCT assignment.name FROM grade {records.PLACES.format('grade')}"
_GRADES = f"""SELECT {_PLACE}, {records.SCORE}, grade.needs_manual_grade, submitted_notebook.id
    FROM grade {records.PLACES.format("grade")}"""
_COMMENTS = f"""SELECT {_PLACE}, comment.manual_comment
    FROM comment {records.PLACES.format("comment")} WHERE comment.manual_comment IS NOT NULL"""


def _gradebook(folder, slugs, on_roster):
    def of_class(rows):
        return [row for row in rows if row[0] in slugs and row[3] in on_roster]

    # Formgrader leads through the copies of a notebook in the order of their ids.
    rows = sorted(records.rows(folder, _GRADES), key=lambda row: row[-1])
    place, seen, last = {}, {}, None
    for row in rows:
        if row[-1] != last:
            last = row[-1]
            place[last] = seen[row[:2]] = seen.get(row[:2], 0) + 1
    grades = [(*row[:5], bool(row[5]), place[row[6]]) for row in of_class(rows)]
    comments = of_class(records.rows(folder, _COMMENTS))
    return grades, comments


def _sheets(folder, slugs, criteria) -> list[tuple]:
    """Readings in ``readings/<assignment>/<reader>.csv``: a column ``student`` (or ``number``, of an anonymous pile), then one per criterion.

    Raises ValueError with the file, the line and what would be right.
    """
    rows = []
    for slug in slugs:
        essays = [item for of, item in criteria if of == slug]
        who = folder.root / "inbox" / slug / "who-is-who.csv"
        numbers = {}
        if who.is_file():
            numbers = {row["number"]: row["student"] for row in roster.table(who)[1]}
        for file in sorted((folder.root / "readings" / slug).glob("*.csv")):
            header, lines = roster.table(file)
            for place, line in enumerate(lines, 1):
                if len(essays) > 1 and line.get("item") not in essays:
                    raise ValueError(f"{file}, line {place + 1}: the column item says which essay: {', '.join(essays)}")
                item = line.get("item") or essays[0]
                names = [name for name in header if name not in ("student", "number", "item", "comment")]
                student = line.get("student") or numbers.get(line.get("number", ""), "")
                given = [line[name].strip().replace(",", ".") for name in names]
                if not any(given):
                    continue  # not read yet
                try:
                    marks = tuple(map(float, given))
                except ValueError:
                    marks = ()
                if not student or len(marks) != len(criteria[slug, item]):
                    wanted = ", ".join(criteria[slug, item])
                    raise ValueError(
                        f"{file}, line {place + 1}: student or number, and a mark for each criterion: {wanted}"
                    )
                rows.append((slug, item, student, file.stem, place, marks))
    return rows


# -- the graded copies ---------------------------------------------------------------------------------------------------


def _tell(damaged):
    for file in damaged[:_TOLD]:
        print(f"{file} cannot be read and is left out; grade it again with --force", file=sys.stderr)
    if len(damaged) > _TOLD:
        print(f"{len(damaged) - _TOLD} more copies cannot be read and are left out", file=sys.stderr)


def _files(folder, slug, students):
    place = str(folder.root / "autograded")
    return [
        (os.path.join(place, student, slug, f"{name}.ipynb"), name, student)
        for name in folder.notebooks(slug)
        for student in students
    ]


def _versions(folder, slugs):
    """By assignment: the version behind each label, and that of each student; nothing in a class with one edition."""
    dealt = Dealt(folder)
    if not dealt.several:
        return dict.fromkeys(slugs, ({}, {}))
    of, key = dealt.known(), folder.key()
    return {slug: ({label(slug, key, name): name for name in set(of.values())}, of) for slug in slugs}


# -- words of the course ---------------------------------------------------------------------------------------------------


@cache
def goals() -> dict[str, str]:
    """What each objective says."""
    from postwar import course

    return {name: text for lesson in course.LESSONS for name, text in lesson.objectives.items()}
