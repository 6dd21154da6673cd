"""A class as tables: who, which items, which points, which answers, which texts. Nothing is written."""

import ast
import sys
from dataclasses import dataclass
from functools import cache

import nbformat
import pandas as pd

from postwar.assignments.criteria import names as names_of
from postwar.classroom import roster
from postwar.classroom.folder import ClassFolder
from postwar.classroom.marks import Mark, every
from postwar.editions import versions
from postwar.editions.edition import label
from postwar.report.copies import read as copies_of

ITEMS = ["assignment", "notebook", "item", "objective", "points", "by_hand", "task"]
GRADES = ["assignment", "notebook", "item", "student", "score", "waiting", "place"]
ANSWERS = ["assignment", "notebook", "item", "student", "kind", "value", "right", "said", "options"]
TEXTS = ["assignment", "notebook", "cell", "student", "kind", "text"]
COMMENTS = ["assignment", "notebook", "item", "student", "comment"]
SHEETS = ["assignment", "item", "student", "reader", "place", "marks"]
COPIES = ["assignment", "notebook", "student", "edition"]


@dataclass(frozen=True)
class Class:
    """What is known of a class. All tables are long: one row per thing named.

    ``students``: id, name, owner (the group, or the student). ``items``: one row per graded item, in the order of the
    notebooks; ``task`` is the answer that it tests. ``grades``: ``score`` in points, ``waiting`` if a person has still to read,
    ``place`` in the order in which formgrader shows the pile. ``answers``: what was read of an answer (``kind`` number or
    option, ``value``, whether ``right``, what the student was told). ``texts``: essays and code as handed in. ``comments``: what was
    written on essays in formgrader; ``sheets``: readings that readers entered in sheets. ``copies``: the edition of each.
    ``criteria``: names of an essay's criteria by (assignment, item). ``released``: texts that everybody was
    given; ``hints``: what is told of a wrong number that is no known slip.
    """

    folder: ClassFolder
    slugs: list[str]
    students: pd.DataFrame
    items: pd.DataFrame
    grades: pd.DataFrame
    answers: pd.DataFrame
    texts: pd.DataFrame
    comments: pd.DataFrame
    sheets: pd.DataFrame
    copies: pd.DataFrame
    marks: dict[str, list[Mark]]
    criteria: dict[tuple[str, str], list[str]]
    released: dict[str, list[str]]
    hints: set[str]


def read(folder: ClassFolder, wanted: list[str] | None = None) -> Class:
    """The tables of a class, of all assignments that somebody has marks in or of those wanted.

    Raises ValueError where an assignment is unknown or nothing is graded yet.
    """
    for slug in wanted or []:
        folder.notebooks(slug)
    grades, comments = _gradebook(folder)
    graded = set(grades["assignment"])
    slugs = [slug for slug in wanted or folder.assignments if slug in graded]
    if not slugs:
        raise ValueError(f"nothing of {', '.join(wanted or ['this class'])} is graded yet: postwar grade ASSIGNMENT")
    students = pd.DataFrame(
        [(student.id, student.name, student.owner) for student in folder.roster()], columns=["student", "name", "owner"]
    )
    items, criteria, released, hints = _sources(folder, slugs)
    on_roster = set(students["student"])
    grades = grades[grades["assignment"].isin(slugs) & grades["student"].isin(on_roster)]
    answers, texts, copies = _copies(folder, slugs, sorted(on_roster))
    return Class(
        folder,
        slugs,
        students,
        items,
        grades.reset_index(drop=True),
        answers,
        texts,
        comments[comments["assignment"].isin(slugs)],
        _sheets(folder, slugs, criteria),
        copies,
        every(folder, slugs),
        criteria,
        released,
        hints,
    )


# -- the gradebook --------------------------------------------------------------------------------------------------------


def _gradebook(folder):
    from nbgrader.api import (
        Assignment,
        BaseCell,
        Comment,
        Grade,
        Gradebook,
        Notebook,
        SubmittedAssignment,
        SubmittedNotebook,
    )
    from sqlalchemy import select

    def of(record):
        place = (
            select(Assignment.name, Notebook.name, BaseCell.name, SubmittedAssignment.student_id)
            .select_from(record)
            .join(BaseCell, record.cell_id == BaseCell.id)
            .join(SubmittedNotebook, record.notebook_id == SubmittedNotebook.id)
            .join(Notebook, SubmittedNotebook.notebook_id == Notebook.id)
            .join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
            .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
        )
        return place

    with Gradebook(folder.db_url, folder.settings.course_id) as gradebook:
        grades = of(Grade).add_columns(Grade.score, Grade.needs_manual_grade, SubmittedNotebook.id)
        grades = pd.DataFrame(gradebook.db.execute(grades).fetchall(), columns=GRADES)
        said = of(Comment).add_columns(Comment.manual_comment).where(Comment.manual_comment.is_not(None))
        comments = pd.DataFrame(gradebook.db.execute(said).fetchall(), columns=COMMENTS)
    # Formgrader leads through the copies of a notebook in the order of their ids.
    grades["place"] = grades.groupby(["assignment", "notebook"])["place"].rank(method="dense").astype(int)
    return grades, comments


# -- what the class was given ------------------------------------------------------------------------------------------


def _sources(folder, slugs):
    rows, criteria, released, hints = [], {}, {}, set()
    for slug in slugs:
        released[slug] = []
        for name in folder.notebooks(slug):
            notebook = nbformat.read(folder.root / "solutions" / slug / f"{name}.ipynb", as_version=4)
            task, names = "", []
            for cell in notebook.cells:
                grading = cell.metadata.get("nbgrader", {})
                if grading.get("solution"):
                    task = grading["grade_id"]
                if named := names_of(cell.source):
                    names = named
                if grading.get("grade"):
                    objective = cell.metadata.get("postwar", {}).get("objective", "")
                    by_hand = bool(grading["solution"])
                    hints |= set() if by_hand else hints_of(cell.source)
                    rows.append((slug, name, grading["grade_id"], objective, float(grading["points"]), by_hand, task))
                    if by_hand:
                        criteria[slug, grading["grade_id"]] = names
                else:
                    # Reference solutions too: who quotes one has it from the open course, not from a neighbour.
                    released[slug].append(cell.source)
    return pd.DataFrame(rows, columns=ITEMS), criteria, released, hints


def hints_of(test: str) -> set[str]:
    """The hints of a test cell, as they are printed."""
    words = (node for node in ast.walk(ast.parse(test)) if isinstance(node, ast.keyword) and node.arg == "hint")
    return {part.value for word in words for part in ast.walk(word.value) if isinstance(part, ast.Constant)}


def _sheets(folder, slugs, criteria) -> pd.DataFrame:
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
    return pd.DataFrame(rows, columns=SHEETS)


# -- the graded copies ---------------------------------------------------------------------------------------------------


def _copies(folder, slugs, students):
    files = [
        (str(folder.root / "autograded" / student / slug / f"{name}.ipynb"), slug, name, student)
        for slug in slugs
        for name in folder.notebooks(slug)
        for student in students
    ]
    answers, texts, copies, damaged = copies_of(files)
    for file in damaged:
        print(f"{file} cannot be read and is left out; grade it again with --force", file=sys.stderr)
    copies = pd.DataFrame(copies, columns=COPIES)
    copies["edition"] = _version(folder, slugs, copies)
    return pd.DataFrame(answers, columns=ANSWERS), pd.DataFrame(texts, columns=TEXTS), copies


def _version(folder, slugs, copies):
    """The version of each copy by its label; the student's own where it has none, "" in a class with one edition."""
    found = versions.of_class(folder.root)
    if found is None or not found.several:
        return ""
    key = folder.key()
    known = {(slug, label(slug, key, name)): name for slug in slugs for name in found.names()}
    return [
        known.get((row.assignment, row.edition)) or found.version_of(row.student)
        for row in copies.itertuples(index=False)
    ]


# -- words of the course ---------------------------------------------------------------------------------------------------


@cache
def goals() -> dict[str, str]:
    """What each objective says."""
    from postwar import course

    return {name: text for lesson in course.LESSONS for name, text in lesson.objectives.items()}
