"""What a witness remembers: the newest head of every log that it knows, durable and never older.

One small SQLite file. A connection of its own for each use, so that threads and processes never
share one; `synchronous=EXTRA`, because what was cosigned and then forgotten could be rolled back.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from crypto.errors import NoteMalformed
from crypto.log.format.merkle import EMPTY_ROOT
from crypto.log.format.note import NoteVerifier
from workstation.errors import WitnessUnusable

__all__ = ["KnownLog", "WitnessState"]

_BUSY_S: Final = 10.0
_MAX_EVIDENCE: Final = 100
_TABLES: Final = """
CREATE TABLE IF NOT EXISTS log (
    origin TEXT PRIMARY KEY, vkey TEXT NOT NULL, size INTEGER NOT NULL, root BLOB NOT NULL,
    note BLOB NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS retired (
    origin TEXT NOT NULL, vkey TEXT NOT NULL, PRIMARY KEY (origin, vkey)
) STRICT;
CREATE TABLE IF NOT EXISTS evidence (
    id INTEGER PRIMARY KEY, origin TEXT NOT NULL, time_s INTEGER NOT NULL, status INTEGER NOT NULL,
    note BLOB NOT NULL, UNIQUE (origin, note)
) STRICT;
"""


@dataclass(frozen=True, slots=True)
class KnownLog:
    """The key of a log and the newest head of it that was cosigned; size 0 before the first.

    note  that head as the log signed it: what `log verify --head` holds the log against
    """

    key: NoteVerifier
    size: int
    root: bytes
    note: bytes


class WitnessState:
    """The file of one witness. Every method may be called from any thread; WitnessUnusable."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @classmethod
    def create(cls, path: Path) -> "WitnessState":
        """Create the file; one that is there stays as it is."""
        state = cls(path)
        with state._connected(create=True) as database:
            database.executescript(_TABLES)
        return state

    def add(self, key: NoteVerifier) -> bool:
        """Trust a log by its first key; False when one of its origin is known already."""
        with self._connected() as database:
            added = database.execute(
                "INSERT OR IGNORE INTO log (origin, vkey, size, root, note)"
                " VALUES (?, ?, 0, ?, x'')",
                (key.name, key.vkey, EMPTY_ROOT),
            )
            return added.rowcount == 1

    def find(self, origin: str) -> KnownLog | None:
        """Return what is known of a log, None for a stranger's."""
        query = "SELECT vkey, size, root, note FROM log WHERE origin = ?"
        with self._connected() as database:
            row = database.execute(query, (origin,)).fetchone()
        return None if row is None else _known(row)

    def logs(self) -> list[KnownLog]:
        """Return every known log by its origin."""
        query = "SELECT vkey, size, root, note FROM log ORDER BY origin"
        with self._connected() as database:
            rows = database.execute(query).fetchall()
        return [_known(row) for row in rows]

    def replace(self, seen: KnownLog, new: KnownLog) -> bool:
        """Put the new head in the place of the one that was seen; False when it is another now.

        Durable when this returns; of two requests that saw the same head one fails.
        """
        with self._connected() as database:
            # One transaction: a key that is not in force any more is known as such at once.
            database.execute("BEGIN IMMEDIATE")
            changed = database.execute(
                "UPDATE log SET vkey = ?, size = ?, root = ?, note = ?"
                " WHERE origin = ? AND vkey = ? AND size = ? AND root = ?",
                (
                    *(new.key.vkey, new.size, new.root, new.note),
                    *(seen.key.name, seen.key.vkey, seen.size, seen.root),
                ),
            )
            if changed.rowcount == 1 and new.key != seen.key:
                database.execute(
                    "INSERT OR IGNORE INTO retired (origin, vkey) VALUES (?, ?)",
                    (seen.key.name, seen.key.vkey),
                )
            database.execute("COMMIT")
            return changed.rowcount == 1

    def retired_keys(self, origin: str) -> tuple[NoteVerifier, ...]:
        """Return the keys that a log has had and rotated away."""
        query = "SELECT vkey FROM retired WHERE origin = ?"
        with self._connected() as database:
            rows = database.execute(query, (origin,)).fetchall()
        return tuple(NoteVerifier.parse(vkey) for (vkey,) in rows)

    def keep_evidence(self, origin: str, time_s: int, status: int, note: bytes) -> None:
        """Keep a head that the log signed and that was refused: to be looked into, no proof yet.

        Whoever hears an old head can send it again. The first hundred of a log and a status are
        kept, so that those who send many cannot push another out.
        """
        with self._connected() as database:
            database.execute(
                "INSERT OR IGNORE INTO evidence (origin, time_s, status, note)"
                " SELECT ?, ?, ?, ? WHERE"
                " (SELECT count(*) FROM evidence WHERE origin = ? AND status = ?) < ?",
                (origin, time_s, status, note, origin, status, _MAX_EVIDENCE),
            )

    def evidence(self, origin: str) -> list[tuple[int, int, bytes]]:
        """Return time (s), status and note of every refused head that was kept, oldest first."""
        query = "SELECT time_s, status, note FROM evidence WHERE origin = ? ORDER BY id"
        with self._connected() as database:
            return list(database.execute(query, (origin,)).fetchall())

    @contextmanager
    def _connected(self, *, create: bool = False) -> Iterator[sqlite3.Connection]:
        mode = "rwc" if create else "rw"
        uri = f"{self._path.absolute().as_uri()}?mode={mode}"
        try:
            with closing(
                sqlite3.connect(uri, uri=True, isolation_level=None, timeout=_BUSY_S)
            ) as database:
                # Rollback journal, not WAL: several processes write (SQLite's WAL-reset bug).
                database.execute("PRAGMA journal_mode=DELETE")
                database.execute("PRAGMA synchronous=EXTRA")
                yield database
        except sqlite3.Error as error:
            raise WitnessUnusable(type(error).__name__) from error


def _known(row: tuple[str, int, bytes, bytes]) -> KnownLog:
    try:
        return KnownLog(NoteVerifier.parse(row[0]), *row[1:])
    except NoteMalformed as error:
        raise WitnessUnusable("vkey") from error
