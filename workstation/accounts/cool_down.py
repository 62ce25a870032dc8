"""Refused sessions of one ИИН on this station: after too many, the next one has to wait.

The ИИН itself is not stored: rows hold HMAC-SHA-256 under a key of this station. The table is a
convenience for the pre-check and no evidence; the signed log holds the refusals themselves.
"""

import hmac
import sqlite3
from pathlib import Path

from sqlite_utils import Database

__all__ = ["CoolDown"]

_PURPOSE = b"cool-down/v1\n"
_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS refusal (subject BLOB NOT NULL, at_ms INTEGER NOT NULL)",
    "CREATE INDEX IF NOT EXISTS refusal_subject ON refusal (subject)",
)


class CoolDown:
    """Counts refusals per ИИН in a small SQLite file; `key` is 32 secret bytes of the station."""

    def __init__(self, path: Path, key: bytes) -> None:
        self._key = key
        # Opened by the composition root, used by the session thread alone.
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._database = Database(connection, execute_plugins=False)
        try:
            for statement in _SCHEMA:
                self._database.execute(statement)
        except BaseException:
            self._database.close()
            raise

    def refusals_since(self, iin: str, since_ms: int) -> int:
        """Return how many sessions of this ИИН were refused at or after `since_ms`."""
        rows = self._database.execute(
            "SELECT count(*) FROM refusal WHERE subject = ? AND at_ms >= ?",
            (self._subject(iin), since_ms),
        )
        return int(rows.fetchone()[0])

    def record(self, iin: str, at_ms: int, *, keep_ms: int) -> None:
        """Remember a refusal and forget all that are older than `keep_ms`."""
        self._database.execute("DELETE FROM refusal WHERE at_ms < ?", (at_ms - keep_ms,))
        self._database.execute(
            "INSERT INTO refusal (subject, at_ms) VALUES (?, ?)", (self._subject(iin), at_ms)
        )

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def _subject(self, iin: str) -> bytes:
        return hmac.digest(self._key, _PURPOSE + iin.encode(), "sha256")
