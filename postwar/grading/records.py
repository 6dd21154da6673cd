"""Records that stand in for the gradebook in a helper process: nbgrader's preprocessors read and write them, and no database is there.

`Assignment` is what was released. `Records` add what one student has of it, have the methods of nbgrader's `Gradebook` that the
preprocessors call, and are thrown away but for their `marks`, which the coordinator checks and writes.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

from nbgrader.api import MissingEntry

#: Which rows a submission has for a cell, by nbgrader's kinds of cells.
_TABLES_OF = {"GradeCell": ("grade",), "SolutionCell": ("comment",), "TaskCell": ("grade", "comment")}


@dataclass
class Notebook:
    """A released notebook, with nbgrader's names for its parts."""

    name: str
    kernelspec: str | None
    source_cells: list = field(default_factory=list)
    grade_cells: list = field(default_factory=list)
    solution_cells: list = field(default_factory=list)
    task_cells: list = field(default_factory=list)


class Assignment:
    """What a gradebook says of an assignment, from its *rows* by table (`database.of_assignment`).

    *notebooks* are `Notebook` by name; *identities* says which row is the assignment's, a notebook's and a cell's.
    """

    def __init__(self, rows):
        (assignment,) = rows["assignment"]
        self.name, self.duedate = assignment["name"], assignment["duedate"]
        names = {row["id"]: row["name"] for row in rows["notebook"]}
        self.notebooks = {row["name"]: Notebook(row["name"], row["kernelspec"]) for row in rows["notebook"]}
        self.identities = SimpleNamespace(
            assignment=assignment["id"], notebooks={name: identity for identity, name in names.items()}, cells={}
        )
        points = {row["id"]: row["max_score"] for table in ("grade_cells", "task_cells") for row in rows[table]}
        for row in rows["base_cell"]:
            notebook = self.notebooks[names[row["notebook_id"]]]
            cell = SimpleNamespace(name=row["name"], max_score=points.get(row["id"]))
            kinds = {
                "GradeCell": notebook.grade_cells,
                "SolutionCell": notebook.solution_cells,
                "TaskCell": notebook.task_cells,
            }
            kinds[row["type"]].append(cell)
            for table in _TABLES_OF[row["type"]]:
                self.identities.cells[table, notebook.name, cell.name] = row["id"]
        for row in rows["source_cell"]:
            self.notebooks[names[row["notebook_id"]]].source_cells.append(SimpleNamespace(**row))


@dataclass
class Grade:
    """As nbgrader's: what a person gave counts before what the tests gave."""

    auto_score: float | None = None
    manual_score: float | None = None
    extra_credit: float | None = None
    needs_manual_grade: bool = True

    @property
    def score(self):
        given = self.auto_score if self.manual_score is None else self.manual_score
        return 0.0 if given is None else given + (self.extra_credit or 0.0)


@dataclass
class Comment:
    """What nbgrader says of an answer."""

    auto_comment: str | None = None


@dataclass
class SubmittedNotebook:
    """A student's notebook: grades and comments by cell, and points off for being late."""

    late_submission_penalty: float | None = None
    grades: dict[str, Grade] = field(default_factory=dict)
    comments: dict[str, Comment] = field(default_factory=dict)

    @property
    def score(self):
        return sum((grade.score for grade in self.grades.values()), 0.0)


@dataclass
class Submission:
    """What a student handed in, and by when that was due."""

    duedate: datetime | None
    timestamp: datetime | None
    notebooks: dict[str, SubmittedNotebook]

    @property
    def total_seconds_late(self):
        """As nbgrader counts; 0 where no date is known."""
        if self.timestamp is None or self.duedate is None:
            return 0
        return max(0, (self.timestamp - self.duedate).total_seconds())


class Records:
    """*released*, and the submission of one student, with the rows that the gradebook has of it already (*earlier*, by table)."""

    def __init__(self, released: Assignment, earlier: dict[str, list] | None = None):
        self._released = released
        self.db = SimpleNamespace(commit=lambda: None)
        if earlier and earlier["submitted_assignment"]:
            self.submission = _as_recorded(released, earlier)
        else:
            self.submission = _new(released)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def give_zero(self, name):
        """A notebook that was not handed in earns nothing, and waits for nobody."""
        for grade in self.submission.notebooks[name].grades.values():
            grade.auto_score, grade.needs_manual_grade = 0, False

    def marks(self) -> dict[str, Any]:
        """Timestamp, penalties, scores and comments, as a JSON object; see `marks.checked`."""
        when = self.submission.timestamp
        return {
            "timestamp": when and when.isoformat(),
            "notebooks": {
                name: {
                    "penalty": notebook.late_submission_penalty,
                    "grades": {
                        cell: [grade.auto_score, grade.needs_manual_grade] for cell, grade in notebook.grades.items()
                    },
                    "comments": {cell: [comment.auto_comment] for cell, comment in notebook.comments.items()},
                }
                for name, notebook in self.submission.notebooks.items()
            },
        }

    # What nbgrader's preprocessors call.

    def find_notebook(self, notebook, assignment):
        return _found(self._released.notebooks, notebook)

    def find_source_cell(self, name, notebook, assignment):
        return _named(name, self.find_notebook(notebook, assignment).source_cells)

    def find_graded_cell(self, name, notebook, assignment):
        notebook = self.find_notebook(notebook, assignment)
        return _named(name, [*notebook.grade_cells, *notebook.task_cells])

    def find_submission(self, assignment, student):
        return self.submission

    def find_submission_notebook(self, notebook, assignment, student):
        return _found(self.submission.notebooks, notebook)

    def find_grade(self, cell, notebook, assignment, student):
        return _found(self.find_submission_notebook(notebook, assignment, student).grades, cell)

    def find_comment(self, cell, notebook, assignment, student):
        return _found(self.find_submission_notebook(notebook, assignment, student).comments, cell)


def _new(released):
    """A submission as nbgrader's `Gradebook.add_submission` makes it."""
    notebooks = {name: SubmittedNotebook() for name in released.notebooks}
    for table, name, cell in released.identities.cells:
        if table == "grade":
            notebooks[name].grades[cell] = Grade()
        else:
            notebooks[name].comments[cell] = Comment()
    return Submission(released.duedate, None, notebooks)


def _as_recorded(released, earlier):
    (row,) = earlier["submitted_assignment"]
    duedate = released.duedate and released.duedate + (row["extension"] or timedelta())
    names = {identity: name for name, identity in released.identities.notebooks.items()}
    cells = {identity: cell for (*_, cell), identity in released.identities.cells.items()}
    notebooks = {
        each["id"]: SubmittedNotebook(each["late_submission_penalty"]) for each in earlier["submitted_notebook"]
    }
    for each in earlier["grade"]:
        values = (each[key] for key in ("auto_score", "manual_score", "extra_credit", "needs_manual_grade"))
        notebooks[each["notebook_id"]].grades[cells[each["cell_id"]]] = Grade(*values)
    for each in earlier["comment"]:
        notebooks[each["notebook_id"]].comments[cells[each["cell_id"]]] = Comment(each["auto_comment"])
    by_name = {names[each["notebook_id"]]: notebooks[each["id"]] for each in earlier["submitted_notebook"]}
    return Submission(duedate, row["timestamp"], by_name)


def _found(those, name):
    if name not in those:
        raise MissingEntry(f"nothing is recorded of “{name}”")
    return those[name]


def _named(name, cells):
    return _found({cell.name: cell for cell in cells}, name)
