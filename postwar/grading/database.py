"""Rows of the gradebook, read in few queries: what it says of an assignment, and of one student's submission."""

import sqlite3

import sqlalchemy
from nbgrader.api import Base
from sqlalchemy import select

ERRORS = (sqlalchemy.exc.SQLAlchemyError, sqlite3.Error)
TABLES = Base.metadata.tables


def of_assignment(connection, name):
    """The rows of an assignment by table, without any student's."""
    assignment, notebook, cell = TABLES["assignment"], TABLES["notebook"], TABLES["base_cell"]
    found = assignment.c.name == name
    notebooks = notebook.c.assignment_id.in_(select(assignment.c.id).where(found))
    cells = cell.c.notebook_id.in_(select(notebook.c.id).where(notebooks))
    wanted = {"assignment": found, "notebook": notebooks, "base_cell": cells}
    wanted |= {table: TABLES[table].c.id.in_(select(cell.c.id).where(cells)) for table in ("grade_cells", "task_cells")}
    wanted["source_cell"] = TABLES["source_cell"].c.notebook_id.in_(select(notebook.c.id).where(notebooks))
    return _rows(connection, wanted)


def of_student(connection, name, student):
    """The rows of a student's submission of the assignment *name*, by table."""
    assignment, submitted, notebook = TABLES["assignment"], TABLES["submitted_assignment"], TABLES["submitted_notebook"]
    mine = submitted.c.assignment_id.in_(select(assignment.c.id).where(assignment.c.name == name))
    mine &= submitted.c.student_id == student
    notebooks = notebook.c.assignment_id.in_(select(submitted.c.id).where(mine))
    wanted = {"submitted_assignment": mine, "submitted_notebook": notebooks}
    for table in ("grade", "comment"):
        wanted[table] = TABLES[table].c.notebook_id.in_(select(notebook.c.id).where(notebooks))
    return _rows(connection, wanted)


def _rows(connection, wanted):
    found = (
        (table, connection.execute(select(TABLES[table]).where(those)).mappings()) for table, those in wanted.items()
    )
    return {table: [dict(row) for row in rows] for table, rows in found}
