"""Record a submission in the gradebook whole or not at all.

nbgrader commits after every cell. In an SQLite gradebook (the default), the commits of one submission become steps of a single
transaction here: each is a savepoint, and the transaction ends with the submission. So a stop at any moment, even by
``kill -9``, leaves whole submissions only. It rests on SQLAlchemy's engine plug-ins; nbgrader knows nothing of it.

Other databases are used as they are, one commit per cell; what was half recorded is recorded again by the next run.
"""

import contextlib
import sqlite3

from sqlalchemy.dialects import plugins
from sqlalchemy.engine import CreateEnginePlugin, make_url
from sqlalchemy.pool import NullPool

_PLUGIN = "postwar_whole_submissions"
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


plugins.register(_PLUGIN, __name__, "WholeSubmissions")


@contextlib.contextmanager
def whole(coursedir, *, keep):
    """One transaction around all that nbgrader does to the gradebook inside; *keep* its changes at the end, or drop them."""
    url = make_url(coursedir.db_url)
    if url.get_backend_name() != "sqlite" or not url.database:
        yield
        return
    connection = sqlite3.connect(url.database, timeout=60, isolation_level=None, factory=HeldConnection)
    before, coursedir.db_url = coursedir.db_url, str(url.update_query_dict({"plugin": _PLUGIN}))
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
