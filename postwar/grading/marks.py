"""What is recorded of a submission: scores, comments and late penalties, checked, and written in one transaction.

A helper process finds the marks (`records`). The coordinator takes nothing on its word: `checked` says whether they have the form and the
bounds that marks of this assignment have.
"""

from datetime import datetime

import sqlalchemy
from sqlalchemy import bindparam, select
from sqlalchemy.engine import make_url

from postwar.grading import database, records
from postwar.grading.database import TABLES

_LONGEST_COMMENT = 10_000
_LARGEST_PENALTY = 1e9


class MarksError(ValueError):
    """What a helper sent are no marks of this assignment."""


def checked(marks, cells):
    """*marks*, if they are marks of the notebooks and *cells* of a `release.Release`, and none beyond its points."""
    try:
        if set(marks) != {"timestamp", "notebooks"} or set(marks["notebooks"]) != set(cells):
            raise MarksError("marks of other notebooks")
        for name, notebook in marks["notebooks"].items():
            graded = {cell: each["points"] for cell, each in cells[name].items() if each["grade"] or each["task"]}
            answers = {cell for cell, each in cells[name].items() if each["solution"] or each["task"]}
            if set(notebook["grades"]) != set(graded) or set(notebook["comments"]) != answers:
                raise MarksError(f"marks of other cells than those of {name}")
            for cell, (score, by_hand) in notebook["grades"].items():
                if not (_is_number(score, graded[cell]) and by_hand in (0, 1)):
                    raise MarksError(f"“{cell}” cannot have {str(score)[:20]} points")
            if not _is_number(notebook["penalty"], _LARGEST_PENALTY):
                raise MarksError(f"{str(notebook['penalty'])[:20]} is no late penalty")
            for (comment,) in notebook["comments"].values():
                if comment is not None and not (isinstance(comment, str) and len(comment) <= _LONGEST_COMMENT):
                    raise MarksError("a comment that is none, or too long")
        if marks["timestamp"] is not None:
            marks["timestamp"] = datetime.fromisoformat(marks["timestamp"][:40])
    except (TypeError, KeyError, AttributeError, ValueError) as error:
        raise error if isinstance(error, MarksError) else MarksError("something that is no marks") from None
    return marks


def _is_number(value, most):
    """None, or a number from 0 to *most*."""
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= most)


class Gradebook:
    """The gradebook in a run of grading: the coordinator alone writes to it, each submission whole or not at all."""

    def __init__(self, db_url, release):
        patience = {"timeout": 60} if make_url(db_url).get_backend_name() == "sqlite" else {}
        self._engine = sqlalchemy.create_engine(db_url, connect_args=patience)
        self._release = release
        with self._engine.connect() as connection:
            self.released = records.Assignment(database.of_assignment(connection, release.assignment))
            self._students = set(connection.scalars(select(TABLES["student"].c.id)))
        self._ids = self.released.identities
        self._engine.dispose()  # nothing stays open while processes are forked

    def knows(self, student):
        """Whether the student is in it."""
        return student in self._students

    def earlier(self, student):
        """What the gradebook holds about the student and this assignment, by table; empty for somebody new."""
        if not self.knows(student):
            return {}
        with self._engine.connect() as connection:
            return database.of_student(connection, self._release.assignment, student)

    def record(self, student, marks, earlier):
        """Write checked *marks*; *earlier* rows are changed where there are any."""
        with self._engine.begin() as connection:
            if student not in self._students:
                connection.execute(TABLES["student"].insert(), {"id": student})
            if earlier.get("submitted_assignment"):
                self._change(connection, marks, earlier)
            else:
                self._add(connection, student, marks)
        self._students.add(student)

    def _add(self, connection, student, marks):
        """The rows that nbgrader's `Gradebook.add_submission` makes, with the marks in them."""
        row = {"assignment_id": self._ids.assignment, "student_id": student, "timestamp": marks["timestamp"]}
        (submission,) = connection.execute(TABLES["submitted_assignment"].insert(), row).inserted_primary_key
        grades, comments = [], []
        for name, notebook in marks["notebooks"].items():
            row = {
                "notebook_id": self._ids.notebooks[name],
                "assignment_id": submission,
                "late_submission_penalty": notebook["penalty"],
            }
            (submitted,) = connection.execute(TABLES["submitted_notebook"].insert(), row).inserted_primary_key
            for cell, values in notebook["grades"].items():
                place = {"notebook_id": submitted, "cell_id": self._ids.cells["grade", name, cell]}
                grades.append(place | _grade(values))
            for cell, (comment,) in notebook["comments"].items():
                place = {"notebook_id": submitted, "cell_id": self._ids.cells["comment", name, cell]}
                comments.append(place | {"auto_comment": comment})
        for table, rows in (("grade", grades), ("comment", comments)):
            if rows:
                connection.execute(TABLES[table].insert(), rows)

    def _change(self, connection, marks, earlier):
        (submission,) = earlier["submitted_assignment"]
        self._update(connection, "submitted_assignment", [{"key": submission["id"], "timestamp": marks["timestamp"]}])
        names = {identity: name for name, identity in self._ids.notebooks.items()}
        notebooks = {row["id"]: names[row["notebook_id"]] for row in earlier["submitted_notebook"]}
        penalties = [
            {"key": identity, "late_submission_penalty": marks["notebooks"][name]["penalty"]}
            for identity, name in notebooks.items()
        ]
        cells = {identity: cell for (*_, cell), identity in self._ids.cells.items()}
        grades = [
            {"key": row["id"]}
            | _grade(marks["notebooks"][notebooks[row["notebook_id"]]]["grades"][cells[row["cell_id"]]])
            for row in earlier["grade"]
        ]
        comments = []
        for row in earlier["comment"]:
            (comment,) = marks["notebooks"][notebooks[row["notebook_id"]]]["comments"][cells[row["cell_id"]]]
            comments.append({"key": row["id"], "auto_comment": comment})
        for table, rows in (("submitted_notebook", penalties), ("grade", grades), ("comment", comments)):
            self._update(connection, table, rows)

    def _update(self, connection, table, rows):
        if rows:
            connection.execute(TABLES[table].update().where(TABLES[table].c.id == bindparam("key")), rows)


def _grade(values):
    score, by_hand = values
    return {"auto_score": score, "needs_manual_grade": bool(by_hand)}
