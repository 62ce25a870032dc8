"""Failures of one ИИН on this station: after too many, the next session has to wait.

The ИИН itself is not stored: rows hold HMAC-SHA-256 under a key of this station. The table is a
convenience for the pre-check and no evidence; the signed log holds the refusals themselves.
"""

import hmac
import sqlite3
import threading
from pathlib import Path
from typing import Any, Final

from sqlite_utils import Database

from workstation.accounts.attempt_budget import AttemptCount
from workstation.errors import OperationRefused

__all__ = ["CoolDown"]

_PURPOSE: Final = b"cool-down/v1\n"
_SCHEMA: Final = (
    "CREATE TABLE IF NOT EXISTS refusal (subject BLOB NOT NULL, at_ms INTEGER NOT NULL)",
    "CREATE INDEX IF NOT EXISTS refusal_subject ON refusal (subject)",
    "CREATE TABLE IF NOT EXISTS lift (subject BLOB PRIMARY KEY, at_ms INTEGER NOT NULL)",
)
_LATER_COLUMNS: Final = {
    "session": "ALTER TABLE refusal ADD COLUMN session TEXT NOT NULL DEFAULT ''",
    "teller": "ALTER TABLE refusal ADD COLUMN teller TEXT NOT NULL DEFAULT ''",
}
"""What files of before are given."""


class CoolDown:
    """The station's own AttemptBudget in a small SQLite file; `key` is 32 secret bytes of it."""

    def __init__(self, path: Path, key: bytes) -> None:
        self._key = key
        self._lock = threading.Lock()
        # Opened by the composition root; counted in a thread io, written by the session thread.
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._database = Database(connection, execute_plugins=False)
        try:
            for statement in _SCHEMA:
                self._execute(statement)
            there = {row[1] for row in self._execute("PRAGMA table_info(refusal)")}
            for column, statement in _LATER_COLUMNS.items():
                if column not in there:
                    self._execute(statement)
        except BaseException:
            self._database.close()
            raise

    def refusals_since(self, iin: str, since_ms: int) -> AttemptCount:
        """Count the failures of this ИИН at or after `since_ms`."""
        subject = self._subject(iin)
        ((refusals, lifted),) = self._execute(
            "SELECT count(*), (SELECT at_ms FROM lift WHERE subject = ?) >= max(at_ms)"
            " FROM refusal WHERE subject = ? AND at_ms >= ?",
            subject,
            subject,
            since_ms,
        )
        return AttemptCount(refusals, bool(lifted))

    def record(
        self, iin: str, at_ms: int, *, keep_ms: int, case: str = "", teller: str = ""
    ) -> None:
        """Remember a failure and forget all that are older than `keep_ms`; ends a lift."""
        subject = self._subject(iin)
        self._execute("DELETE FROM refusal WHERE at_ms < ?", at_ms - keep_ms)
        self._execute("DELETE FROM lift WHERE at_ms < ?", at_ms - keep_ms)
        self._execute(
            "INSERT INTO refusal (subject, at_ms, session, teller) VALUES (?, ?, ?, ?)",
            subject,
            at_ms,
            case,
            teller,
        )
        self.spend_lift(iin, at_ms)

    def lift(self, iin: str, *, by: str, at_ms: int, since_ms: int) -> tuple[str, ...]:
        """Lift the wait for one more session; return the sessions that had led to it.

        Raises OperationRefused: cool_down.not_active, or cool_down.same_person for the teller of
        one of those sessions.
        """
        subject = self._subject(iin)
        rows = self._execute(
            "SELECT session, teller FROM refusal WHERE subject = ? AND at_ms >= ? ORDER BY at_ms",
            subject,
            since_ms,
        )
        if not rows:
            raise OperationRefused("iin", "cool_down.not_active")
        if by in {teller for _, teller in rows}:
            raise OperationRefused("supervisor", "cool_down.same_person")
        self._execute("INSERT OR REPLACE INTO lift VALUES (?, ?)", subject, at_ms)
        return tuple(session for session, _ in rows)

    def spend_lift(self, iin: str, at_ms: int) -> None:
        """End what was lifted until then: the one session more was held."""
        self._execute(
            "DELETE FROM lift WHERE subject = ? AND at_ms <= ?", self._subject(iin), at_ms
        )

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def _subject(self, iin: str) -> bytes:
        return hmac.digest(self._key, _PURPOSE + iin.encode(), "sha256")

    def _execute(self, statement: str, *values: bytes | int | str) -> list[Any]:
        with self._lock:
            return self._database.execute(statement, values).fetchall()
