"""Small SQLite files that several processes write: accounts, redeemed permits.

A connection of its own for each use, so that threads and processes never share one. Rollback
journal, not WAL: several writers would meet the WAL-reset bug of SQLite before 3.51.3.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlite_utils import Database

from workstation.errors import WorkstationError

__all__ = ["connect", "transaction"]

_BUSY_S = 10.0


@contextmanager
def connect(path: Path, refused: WorkstationError) -> Iterator[Database]:
    """Open the file for one use; any error of SQLite becomes `refused`."""
    try:
        with closing(sqlite3.connect(path, timeout=_BUSY_S)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")
            connection.execute("PRAGMA synchronous=EXTRA")
            yield Database(connection)
    except sqlite3.Error:
        raise refused from None


@contextmanager
def transaction(database: Database) -> Iterator[None]:
    """One transaction that is the only writer from its first read; durable when it ends."""
    # IMMEDIATE: a transaction that reads first cannot always wait for its turn to write.
    database.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        if database.conn.in_transaction:
            database.execute("ROLLBACK")
        raise
    database.execute("COMMIT")
