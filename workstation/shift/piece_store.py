"""Pieces of counted log beside it, so that a year is counted once: never trusted by the audit.

Each is of entries that never change. It names the hash of its last entry, which names the entry
before it, and so on: pieces of another log, or of one that was rewritten, are thrown away. So are
those without a MAC of the station: whoever can write the file would hide a teller's figures.
"""

import hashlib
import hmac
import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

from workstation.shift.teller_count import Piece

__all__ = ["PIECE", "PieceStore", "place_pieces"]

PIECE: Final = 8192
"""Entries of a piece."""

_SCHEMA: Final = "CREATE TABLE piece (number INTEGER PRIMARY KEY, leaf BLOB, body BLOB, mac BLOB)"
_VERSION: Final = 2
"""Of the table and of what is counted."""

_MAX_VALUE: Final = 8 << 20
_decode = msgspec.json.Decoder(Piece).decode


def place_pieces(log: Path) -> Path:
    """Return where the pieces of a log lie: beside it."""
    return log.with_name(f"{log.name}.tellers.sqlite")


class PieceStore:
    """One thread's. Whatever fails here costs time and nothing else: it is counted again."""

    def __init__(self, path: Path, key: bytes) -> None:
        """Open the file, or make it anew in the place of whatever else lies there.

        key  32 secret bytes of the station
        """
        self._path = path
        self._key = key
        self._database = self._open() or self._open_anew()

    def _open(self) -> sqlite3.Connection | None:
        if self._path.is_symlink():
            return None
        database = None
        try:
            database = sqlite3.connect(self._path, timeout=1.0)
            database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _MAX_VALUE)
            database.execute("PRAGMA trusted_schema = 0")
            # Before anything is written: it may be another's file, and a view or a trigger in it
            # would run inside our own statements.
            found = database.execute("SELECT sql FROM sqlite_schema").fetchall()
            version = database.execute("PRAGMA user_version").fetchone()[0]
            if (found, version) == ([], 0):
                database.execute(_SCHEMA)
                database.execute(f"PRAGMA user_version = {_VERSION}")
                database.commit()
            elif (found, version) != ([(_SCHEMA,)], _VERSION):
                raise sqlite3.DatabaseError
        except sqlite3.Error:
            if database is not None:
                database.close()
            return None
        return database

    def _open_anew(self) -> sqlite3.Connection | None:
        with suppress(OSError):
            self._path.unlink()
            return self._open()
        return None

    def find(self, number: int, leaf: bytes) -> Piece | None:
        """Return the piece of this number whose last entry has this leaf hash."""
        if self._database is None:
            return None
        query = "SELECT body, mac FROM piece WHERE number = ? AND leaf = ?"
        try:
            row = self._database.execute(query, (number, leaf)).fetchone()
            if row is None or not hmac.compare_digest(self._sign(number, leaf, row[0]), row[1]):
                return None
            return _decode(row[0])
        except (sqlite3.Error, msgspec.MsgspecError, TypeError):
            return None

    def keep(self, number: int, leaf: bytes, piece: Piece) -> None:
        """Keep a piece, in the place of what was there."""
        if self._database is None:
            return
        body = msgspec.json.encode(piece)
        row = (number, leaf, body, self._sign(number, leaf, body))
        with suppress(sqlite3.Error):
            self._database.execute("INSERT OR REPLACE INTO piece VALUES (?, ?, ?, ?)", row)
            self._database.commit()

    def _sign(self, number: int, leaf: bytes, body: bytes) -> bytes:
        stated = f"{number} {len(leaf)} ".encode() + leaf + body
        return hmac.digest(self._key, stated, hashlib.sha256)

    def close(self) -> None:
        """Let go of the file."""
        if self._database is not None:
            self._database.close()
