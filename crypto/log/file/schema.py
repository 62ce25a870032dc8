"""The SQLite file of a log: tables, pragmas set and read back, connections, error mapping."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

from crypto.errors import LogError, LogTampered, LogUnwritable
from crypto.log.file.faults import LogFault

__all__ = [
    "connect_reader",
    "connect_writer",
    "create_schema",
    "has_our_schema",
    "has_our_tables",
    "is_outdated",
    "storage_errors",
]

APPLICATION_ID = 0x54564C47  # "TVLG"
SCHEMA_VERSION = 2
"""Logs of version 1 are read and audited, not written: nothing guarded their key records."""
MAX_VALUE_BYTES = 1 << 20
WRITER_BUSY_MS = 5_000

_TABLES = {
    "entry": (
        "CREATE TABLE entry (seq INTEGER PRIMARY KEY, body BLOB NOT NULL, leaf BLOB NOT NULL,"
        " root BLOB NOT NULL, sig BLOB NOT NULL) STRICT"
    ),
    "tile": "CREATE TABLE tile (id INTEGER PRIMARY KEY, h BLOB NOT NULL) STRICT",
    "keyrec": (
        "CREATE TABLE keyrec (id INTEGER PRIMARY KEY, vkey TEXT NOT NULL, role TEXT NOT NULL,"
        " from_seq INTEGER NOT NULL, to_seq INTEGER) STRICT"
    ),
}
_NO_CHANGE = "BEGIN SELECT RAISE(ABORT, 'append only'); END"
_GUARDS = {
    f"{table}_no_{action.lower()}": (
        f"CREATE TRIGGER {table}_no_{action.lower()} BEFORE {action} ON {table} {_NO_CHANGE}"
    )
    for table in ("entry", "tile")
    for action in ("UPDATE", "DELETE")
}
_KEY_GUARDS = {
    "keyrec_no_delete": f"CREATE TRIGGER keyrec_no_delete BEFORE DELETE ON keyrec {_NO_CHANGE}",
    "keyrec_ends_once": (
        "CREATE TRIGGER keyrec_ends_once BEFORE UPDATE ON keyrec WHEN OLD.to_seq IS NOT NULL"
        " OR NEW.to_seq IS NULL OR NEW.id <> OLD.id OR NEW.vkey <> OLD.vkey"
        f" OR NEW.role <> OLD.role OR NEW.from_seq <> OLD.from_seq {_NO_CHANGE}"
    ),
}
_KEY_INDEX = {"keyrec_vkey": "CREATE UNIQUE INDEX keyrec_vkey ON keyrec (vkey)"}


@dataclass(frozen=True, slots=True)
class _Schema:
    """What holds the rows, and what guards them: an auditor reads on where somebody removed it."""

    tables: dict[str, str]
    guards: dict[str, str]


_SCHEMAS = {
    1: _Schema(_TABLES, _GUARDS),
    2: _Schema(_TABLES | _KEY_INDEX, _GUARDS | _KEY_GUARDS),
}
# sqlite.org/pragma.html; sqlite.org/security.html asks for the three of a foreign file.
_PRAGMAS = (
    ("synchronous", 2),  # FULL: in WAL mode NORMAL may lose the last commits with the power
    ("fullfsync", 1),  # on macOS fsync does not reach the platter
    ("checkpoint_fullfsync", 1),
    ("secure_delete", 1),
    ("trusted_schema", 0),  # no function with side effects in a schema that is not ours
    ("cell_size_check", 1),
    ("mmap_size", 0),  # an I/O error is an error code, not a signal (sqlite.org/mmap.html)
    ("recursive_triggers", 1),  # REPLACE deletes: without it the guard against DELETE is silent
)
_UNWRITABLE = frozenset(
    {
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
    }
)
_PRIMARY_CODE = 0xFF  # the low octet of an extended code (sqlite.org/rescode.html)


def _failure(error: sqlite3.Error) -> LogError:
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & _PRIMARY_CODE
    if code in _UNWRITABLE:
        return LogUnwritable(error.sqlite_errorname)
    return LogTampered(LogFault.NOT_A_LOG if code == sqlite3.SQLITE_NOTADB else LogFault.UNREADABLE)


@contextmanager
def storage_errors() -> Iterator[None]:
    """Turn SQLite's errors into ours: LogUnwritable for the disk's, LogTampered for the file's."""
    try:
        yield
    except sqlite3.Error as error:
        raise _failure(error) from error


def _connect(path: Path, mode: str, busy_ms: int) -> Database:
    # The uri never creates; threads hand the connection over, they never share it.
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}",
        uri=True,
        isolation_level=None,
        check_same_thread=False,
        timeout=busy_ms / 1000,
    )
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_VALUE_BYTES)
    return Database(connection, execute_plugins=False)


@contextmanager
def _closed_on_failure(db: Database) -> Iterator[None]:
    # Until the collector comes by, Windows would neither replace nor delete the file.
    try:
        with storage_errors():
            yield
    except BaseException:
        db.close()
        raise


def _pragma(db: Database, name: str) -> object:
    row = db.execute(f"PRAGMA {name}").fetchone()
    return row[0] if row else 0


def connect_writer(path: Path) -> Database:
    """Open an existing file for its one writer; every pragma is set and read back.

    Raises LogUnwritable when the disk or the build of SQLite refuses, LogTampered(unreadable)
    when the file is no database.
    """
    with storage_errors():
        db = _connect(path, "rw", WRITER_BUSY_MS)
    with _closed_on_failure(db):
        _set_pragmas(db)
    return db


def _set_pragmas(db: Database) -> None:
    for name, value in _PRAGMAS:
        db.execute(f"PRAGMA {name}={value}")
        if _pragma(db, name) != value:
            raise LogUnwritable(f"pragma {name}")
    # SQLite answers with the mode it is in, not with an error (sqlite.org/wal.html, 2).
    db.execute("PRAGMA journal_mode=WAL")
    if _pragma(db, "journal_mode") != "wal":
        raise LogUnwritable("pragma journal_mode")


def connect_reader(path: Path, busy_ms: int) -> Database:
    """Open for reading only.

    A reader never checkpoints: SQLite before 3.51.3 may corrupt the file when two connections
    do so at the same instant (sqlite.org/wal.html#walresetbug).
    """
    with storage_errors():
        db = _connect(path, "ro", busy_ms)
    with _closed_on_failure(db):
        for setting in ("query_only=1", "trusted_schema=0", "cell_size_check=1", "mmap_size=0"):
            db.execute(f"PRAGMA {setting}")
        db.execute("PRAGMA wal_autocheckpoint=0")
    return db


def create_schema(db: Database) -> None:
    """Create the tables and triggers inside the caller's transaction."""
    db.execute(f"PRAGMA application_id={APPLICATION_ID}")
    db.execute(f"PRAGMA user_version={SCHEMA_VERSION}")
    schema = _SCHEMAS[SCHEMA_VERSION]
    for statement in (*schema.tables.values(), *schema.guards.values()):
        db.execute(statement)


def is_outdated(db: Database) -> bool:
    """Whether the file has a schema of before, which no station writes to any more."""
    return _pragma(db, "user_version") != SCHEMA_VERSION


def has_our_schema(db: Database) -> bool:
    """Whether the file holds exactly our tables and triggers, word for word.

    Anything more (a view, a foreign trigger) could run inside our own statements.
    """
    ours = _find_schema(db)
    return ours is not None and _schema(db) == (ours.tables | ours.guards).items()


def has_our_tables(db: Database) -> bool:
    """Whether the file holds our tables and nothing that is not ours.

    Enough for an audit, which must still name the first bad entry where somebody removed the
    triggers before editing.
    """
    ours = _find_schema(db)
    if ours is None:
        return False
    return ours.tables.items() <= _schema(db) <= (ours.tables | ours.guards).items()


def _find_schema(db: Database) -> _Schema | None:
    version = _pragma(db, "user_version")
    if _pragma(db, "application_id") != APPLICATION_ID or not isinstance(version, int):
        return None
    return _SCHEMAS.get(version)


def _schema(db: Database) -> set[tuple[str, str]]:
    # Pairs, not a mapping: a trigger may have the name of a table.
    return set(db.execute("SELECT name, sql FROM sqlite_schema LIMIT 100").fetchall())
