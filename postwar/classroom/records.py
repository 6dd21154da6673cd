"""What the gradebook holds, read from its file alone: nbgrader's own interface takes seconds to load and may write.

The tables are nbgrader's; a test compares what is read here with what nbgrader says.
"""

import sqlite3
from contextlib import closing

from postwar.classroom.folder import ClassFolder

#: The score of a row of ``grade``: what a person gave or else what was tested, and extra credit.
SCORE = "coalesce(coalesce(grade.manual_score, grade.auto_score) + coalesce(grade.extra_credit, 0.0), 0.0)"

#: From a row of ``grade`` or ``comment`` to names: assignment, notebook, cell and student.
PLACES = """
    JOIN base_cell ON base_cell.id = {0}.cell_id
    JOIN submitted_notebook ON submitted_notebook.id = {0}.notebook_id
    JOIN notebook ON notebook.id = submitted_notebook.notebook_id
    JOIN submitted_assignment ON submitted_assignment.id = submitted_notebook.assignment_id
    JOIN assignment ON assignment.id = submitted_assignment.assignment_id
"""


def rows(folder: ClassFolder, query: str) -> list[tuple]:
    """What a query finds; nothing where no gradebook is there yet. Raises ValueError with the file and what to do where it is damaged."""
    file = folder.root / "gradebook.db"
    if not file.is_file() or not file.stat().st_size:
        return []
    try:
        with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as gradebook:
            return gradebook.execute(query).fetchall()
    except sqlite3.DatabaseError as error:
        raise ValueError(
            f"{file} cannot be read as a gradebook ({error}). If it is in use, try again; if it comes from an older nbgrader, run "
            "`nbgrader db upgrade` in the class folder; if it is damaged, restore it from a back-up."
        ) from None
