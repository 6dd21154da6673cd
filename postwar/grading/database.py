"""An extract of the gradebook, for helper processes: nbgrader reads and writes it as if it were the gradebook, and it is thrown away.

It holds the assignment, and of a student who is graded again the earlier marks; it lives in memory, one copy for each use. It rests
on SQLAlchemy's engine plug-ins; nbgrader knows nothing of it.
"""

import contextlib
import sqlite3
from functools import cached_property
from types import SimpleNamespace

import sqlalchemy
from nbgrader.api import Base, GradeCell, SolutionCell, TaskCell
from sqlalchemy import select
from sqlalchemy.dialects import plugins, registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine import CreateEnginePlugin, make_url
from sqlalchemy.pool import NullPool, StaticPool

ERRORS = (sqlalchemy.exc.SQLAlchemyError, sqlite3.Error)

_PLUGIN = "postwar_extract"
_DRIVER = "sqlite+postwar"
_URL = f"{_DRIVER}:///extract?plugin={_PLUGIN}"
_held = {}
_dialects = {}
_statements = {}
TABLES = Base.metadata.tables


class HeldConnection(sqlite3.Connection):
    """An SQLite connection that stays open: the next part of nbgrader uses the same one."""

    def close(self):
        pass

    def finish(self):
        super().close()


class OneConnection(CreateEnginePlugin):
    """Gives every engine the one held connection, and the statements that were compiled before.

    nbgrader makes about ten engines for each submission; without this, each compiles every statement anew.
    """

    def __init__(self, url, kwargs):
        # Without pool and reset, returning the connection does not roll anything back.
        kwargs.update(creator=lambda: _held[url.database], poolclass=NullPool, pool_reset_on_return=None)
        kwargs["execution_options"] = {"compiled_cache": _statements}

    def update_url(self, url):
        return url.difference_update_query(["plugin"])

    def engine_created(self, engine):
        engine.dialect = _dialects.setdefault(engine.url.database, engine.dialect)


class Dialect(SQLiteDialect_pysqlite):
    """SQLite, but a table that was found once is not looked for again: nbgrader does so with all, at every opening."""

    supports_statement_cache = True

    def __init__(self, *arguments, **keywords):
        super().__init__(*arguments, **keywords)
        self._found = set()

    def has_table(self, connection, table_name, schema=None, **keywords):
        if table_name not in self._found:
            if not super().has_table(connection, table_name, schema, **keywords):
                return False
            self._found.add(table_name)
        return True


plugins.register(_PLUGIN, __name__, "OneConnection")
registry.register(_DRIVER.replace("+", "."), __name__, "Dialect")


class AtOnce:
    """A gradebook that reads what one notebook needs in a few queries and writes all changes when it is closed.

    nbgrader's preprocessors ask for each cell, grade and comment by itself and commit after each.
    """

    def __init__(self, gradebook, notebook, assignment, student):
        self._gradebook = gradebook
        self._names = notebook, assignment
        self._student = student
        self._loaded = []  # a session forgets what nobody holds
        self.db = SimpleNamespace(commit=lambda: None)

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if kind is None:
            self._gradebook.db.commit()
        self._gradebook.close()

    def __getattr__(self, name):
        return getattr(self._gradebook, name)

    @cached_property
    def _notebook(self):
        notebook = self._gradebook.find_notebook(*self._names)
        for kind in (GradeCell, SolutionCell, TaskCell):  # whole, where nbgrader would load the rest of each by itself
            self._loaded.append(self._gradebook.db.query(kind).filter(kind.notebook_id == notebook.id).all())
        return notebook

    @cached_property
    def _source_cells(self):
        return {cell.name: cell for cell in self._notebook.source_cells}

    @cached_property
    def _graded_cells(self):
        return {cell.name: cell for cell in (*self._notebook.task_cells, *self._notebook.grade_cells)}

    @cached_property
    def _submitted(self):
        # Loaded first, so that no grade or comment has to look for its cell.
        self._cells = [*self._graded_cells.values(), *self._notebook.solution_cells]
        return self._gradebook.find_submission_notebook(*self._names, self._student)

    @cached_property
    def _grades(self):
        return {grade.cell.name: grade for grade in self._submitted.grades}

    @cached_property
    def _comments(self):
        return {comment.cell.name: comment for comment in self._submitted.comments}

    def find_source_cell(self, name, *rest):
        return self._source_cells.get(name) or self._gradebook.find_source_cell(name, *rest)

    def find_graded_cell(self, name, *rest):
        return self._graded_cells.get(name) or self._gradebook.find_graded_cell(name, *rest)

    def find_grade(self, name, *rest):
        return self._grades.get(name) or self._gradebook.find_grade(name, *rest)

    def find_comment(self, name, *rest):
        return self._comments.get(name) or self._gradebook.find_comment(name, *rest)


def at_once(preprocessor):
    """The preprocessor class *preprocessor* of nbgrader's, with an `AtOnce` in place of each gradebook that it opens."""
    if hasattr(preprocessor, "gradebook"):
        return preprocessor

    def opened(self, gradebook):
        self._at_once = AtOnce(gradebook, self.notebook_id, self.assignment_id, getattr(self, "student_id", None))

    return type(preprocessor.__name__, (preprocessor,), {"gradebook": property(lambda self: self._at_once, opened)})


@contextlib.contextmanager
def extract(coursedir, taken, earlier=None):
    """Let nbgrader use a copy of the extract *taken*, with a student's rows *earlier*, in place of the gradebook; gives its connection."""
    connection = sqlite3.connect(":memory:", isolation_level=None, factory=HeldConnection)
    taken.backup(connection)
    before, coursedir.db_url = coursedir.db_url, _URL
    _held[make_url(_URL).database] = connection
    try:
        if earlier:
            with sqlalchemy.create_engine(_URL).begin() as sink:
                _insert(sink, earlier)
        yield connection
    finally:
        coursedir.db_url = before
        _held.clear()
        connection.finish()


def take(engine, assignment):
    """What the gradebook behind *engine* says about *assignment*, as an SQLite connection to a database in memory."""
    taken = sqlite3.connect(":memory:", check_same_thread=False)
    sink = sqlalchemy.create_engine("sqlite://", poolclass=StaticPool)
    Base.metadata.create_all(sink)
    with engine.connect() as source, sink.begin() as connection:
        _insert(connection, _rows(source, _of_assignment(assignment)))
    sink.raw_connection().driver_connection.backup(taken)
    sink.dispose()
    return taken


def rows_of(engine, assignment, student):
    """A student's rows, by table: of the assignment, whatever is in the gradebook behind *engine*."""
    with engine.connect() as source:
        return _rows(source, _of_student(assignment, student))


def _of_assignment(name):
    """Which rows make up an assignment, in an order in which they can be inserted."""
    assignment, notebook, cell = TABLES["assignment"], TABLES["notebook"], TABLES["base_cell"]
    found = assignment.c.name == name
    notebooks = notebook.c.assignment_id.in_(select(assignment.c.id).where(found))
    cells = cell.c.notebook_id.in_(select(notebook.c.id).where(notebooks))
    yield TABLES["course"], sqlalchemy.true()
    yield assignment, found
    yield notebook, notebooks
    yield cell, cells
    for kind in ("grade_cells", "solution_cells", "task_cells"):
        yield TABLES[kind], TABLES[kind].c.id.in_(select(cell.c.id).where(cells))
    source = TABLES["source_cell"]
    yield source, source.c.notebook_id.in_(select(notebook.c.id).where(notebooks))


def _of_student(name, student):
    assignment, submitted, notebook = TABLES["assignment"], TABLES["submitted_assignment"], TABLES["submitted_notebook"]
    mine = submitted.c.assignment_id.in_(select(assignment.c.id).where(assignment.c.name == name))
    mine &= submitted.c.student_id == student
    notebooks = notebook.c.assignment_id.in_(select(submitted.c.id).where(mine))
    yield TABLES["student"], TABLES["student"].c.id == student
    yield submitted, mine
    yield notebook, notebooks
    for each in (TABLES["grade"], TABLES["comment"]):
        yield each, each.c.notebook_id.in_(select(notebook.c.id).where(notebooks))


def _rows(connection, wanted):
    found = ((table, connection.execute(select(table).where(condition)).mappings()) for table, condition in wanted)
    return {table.name: [dict(row) for row in rows] for table, rows in found}


def _insert(connection, rows):
    for table, some in rows.items():
        if some:
            connection.execute(TABLES[table].insert(), some)
