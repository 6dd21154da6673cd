"""Record a submission in the gradebook whole or not at all.

nbgrader commits after every cell. In an SQLite gradebook (the default), the commits of one submission become steps of a single
transaction here: each is a savepoint, and the transaction ends with the submission. So a stop at any moment, even by
``kill -9``, leaves whole submissions only. It rests on SQLAlchemy's engine plug-ins; nbgrader knows nothing of it.

Other databases are used as they are, one commit per cell; what was half recorded is recorded again by the next run.
"""

import contextlib
import sqlite3
from functools import cached_property
from types import SimpleNamespace

from sqlalchemy.dialects import plugins, registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine import CreateEnginePlugin, make_url
from sqlalchemy.pool import NullPool

_PLUGIN = "postwar_whole_submissions"
_DRIVER = "sqlite+postwar"
_held = {}
_dialects = {}
_statements = {}


class HeldConnection(sqlite3.Connection):
    """An SQLite connection whose commits and rollbacks are steps inside one transaction."""

    def hold(self):
        self.execute("BEGIN IMMEDIATE")
        self.execute("SAVEPOINT step")

    def commit(self):
        self.execute("RELEASE step")
        self.execute("SAVEPOINT step")

    def rollback(self):
        self.execute("ROLLBACK TO step")

    def close(self):
        """Stay open: the next part of nbgrader uses the same connection."""

    def finish(self, keep):
        try:
            self.execute("COMMIT" if keep else "ROLLBACK")
        finally:
            super().close()


class WholeSubmissions(CreateEnginePlugin):
    """Gives every engine for the same gradebook the one held connection, and the statements that were compiled before.

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


plugins.register(_PLUGIN, __name__, "WholeSubmissions")
registry.register(_DRIVER.replace("+", "."), __name__, "Dialect")


class AtOnce:
    """A gradebook that reads what one notebook needs in a few queries and writes all changes when it is closed.

    nbgrader's preprocessors ask for each cell, grade and comment by itself and commit after each.
    """

    def __init__(self, gradebook, notebook, assignment, student):
        self._gradebook = gradebook
        self._names = notebook, assignment
        self._student = student
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
        return self._gradebook.find_notebook(*self._names)

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
def whole(coursedir, *, keep):
    """One transaction around all that nbgrader does to the gradebook inside; *keep* its changes at the end, or drop them."""
    url = make_url(coursedir.db_url)
    if url.get_backend_name() != "sqlite" or not url.database:
        yield
        return
    connection = sqlite3.connect(url.database, timeout=60, isolation_level=None, factory=HeldConnection)
    held = url.set(drivername=_DRIVER).update_query_dict({"plugin": _PLUGIN})
    before, coursedir.db_url = coursedir.db_url, str(held)
    _held[url.database] = connection
    try:
        connection.hold()
        yield
    except BaseException:
        connection.finish(keep=False)
        raise
    else:
        connection.finish(keep)
    finally:
        coursedir.db_url = before
        del _held[url.database]
