"""Pieces of counted log beside it, so that a year is counted once: never trusted by the audit.

Each is of entries that never change. It names the hash of its last entry, which names the entry
before it, and so on: pieces of another log, or of one that was rewritten, are thrown away.
"""

import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

from workstation.shift.teller_count import Piece

__all__ = ["PIECE", "PieceStore", "place_pieces"]

PIECE: Final = 8192
"""Entries of a piece."""

_VERSION: Final = 1
_SCHEMA: Final = (
    "CREATE TABLE IF NOT EXISTS piece (number INTEGER PRIMARY KEY, leaf BLOB, body BLOB)"
)
_decode = msgspec.json.Decoder(Piece).decode


def place_pieces(log: Path) -> Path:
    """Return where the pieces of a log lie: beside it."""
    return log.with_name(f"{log.name}.tellers.sqlite")


class PieceStore:
    """One thread's. Whatever fails here costs time and nothing else: it is counted again."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._database = self._open() or self._open_anew()

    def _open(self) -> sqlite3.Connection | None:
        database = None
        try:
            database = sqlite3.connect(self._path, timeout=1.0)
            if database.execute("PRAGMA user_version").fetchone()[0] not in {0, _VERSION}:
                raise sqlite3.DatabaseError
            database.execute(_SCHEMA)
            database.execute(f"PRAGMA user_version = {_VERSION}")
            database.commit()
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
        query = "SELECT body FROM piece WHERE number = ? AND leaf = ?"
        try:
            row = self._database.execute(query, (number, leaf)).fetchone()
            return None if row is None else _decode(row[0])
        except (sqlite3.Error, msgspec.MsgspecError, TypeError):
            return None

    def keep(self, number: int, leaf: bytes, piece: Piece) -> None:
        """Keep a piece, in the place of what was there."""
        if self._database is None:
            return
        row = (number, leaf, msgspec.json.encode(piece))
        with suppress(sqlite3.Error):
            self._database.execute("INSERT OR REPLACE INTO piece VALUES (?, ?, ?)", row)
            self._database.commit()

    def close(self) -> None:
        """Let go of the file."""
        if self._database is not None:
            self._database.close()
