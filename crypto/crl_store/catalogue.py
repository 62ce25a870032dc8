"""The catalogue of the CRL store: which segment holds the current CRL of which slot.

A small SQLite database in WAL mode. Every change is one short transaction under the write lock,
so a branch's desktop and its command line may share it.
"""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import RLock
from typing import Final

from crypto.crl_store.errors import CrlRefused, CrlStoreUnusable, translate_errors
from crypto.crl_store.segment import CrlFacts
from crypto.strict_json import JsonRefused, strict_decoded

__all__ = ["Catalogue", "Generation"]

VERSION: Final = 2
"""1 was the first store: decimal serial numbers, lists and entries in one database."""

_APPLICATION: Final = 0x4B5A4556
_FACTS: Final = ", ".join(CrlFacts.__slots__)
_COLUMNS: Final = f"id, current, file, file_sha256, {_FACTS}"
_SCHEMA: Final = f"""
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS generation (
    id INTEGER PRIMARY KEY AUTOINCREMENT, current INTEGER NOT NULL, file TEXT NOT NULL UNIQUE,
    file_sha256 TEXT NOT NULL, signer TEXT NOT NULL, slot TEXT NOT NULL, sha256 TEXT NOT NULL,
    issuer BLOB NOT NULL, this_update INTEGER NOT NULL, next_update INTEGER, number TEXT,
    base_number TEXT, scope BLOB, entries INTEGER NOT NULL, octets INTEGER NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS one_current ON generation (slot) WHERE current;
CREATE TABLE IF NOT EXISTS health (url TEXT PRIMARY KEY, members TEXT NOT NULL);
PRAGMA application_id = {_APPLICATION};
PRAGMA user_version = {VERSION};
COMMIT;
"""


@dataclass(frozen=True, slots=True)
class Generation:
    """One CRL that is or was the current one of its slot, and the segment that holds it."""

    id: int
    current: bool
    file: str
    file_sha256: str
    facts: CrlFacts


class Catalogue:
    """An SQLite database, in memory when `path` is None; CrlStoreUnusable from every method."""

    def __init__(self, path: Path | None) -> None:
        self._lock = RLock()
        self._read: tuple[tuple[int, int], tuple[Generation, ...]] | None = None
        with translate_errors():
            self._db = sqlite3.connect(
                ":memory:" if path is None else str(path),
                check_same_thread=False,
                isolation_level=None,
            )
        try:
            self._prepare()
        except BaseException:
            self._db.close()
            raise

    def _prepare(self) -> None:
        with translate_errors():
            version = self._db.execute("PRAGMA user_version").fetchone()[0]
            if version > VERSION:
                raise CrlStoreUnusable(f"schema_version:{version}")
            self._db.execute("PRAGMA journal_mode = WAL")
            # Files are removed right after the commit that stops naming them, so it must be
            # durable: in WAL mode only FULL syncs it (sqlite.org/pragma.html#pragma_synchronous).
            self._db.execute("PRAGMA synchronous = FULL")
            found = self._db.execute("PRAGMA quick_check(1)").fetchone()[0]
            if found != "ok":
                raise CrlStoreUnusable("catalogue_damaged")
            self._db.executescript(_SCHEMA)

    def close(self) -> None:
        """Close the database."""
        with self._lock:
            self._db.close()

    def generations(self) -> tuple[Generation, ...]:
        """Return every generation, oldest first; read anew when anybody has changed the database.

        data_version tells of commits of others, total_changes of our own statements
        (sqlite.org/pragma.html#pragma_data_version). In a transaction nothing is kept: it may
        be rolled back.
        """
        with self._lock, translate_errors():
            state = (
                self._db.execute("PRAGMA data_version").fetchone()[0],
                self._db.total_changes,
            )
            if self._read is not None and self._read[0] == state:
                return self._read[1]
            rows = self._db.execute(f"SELECT {_COLUMNS} FROM generation ORDER BY id").fetchall()  # noqa: S608 - constants
            found = tuple(_generation(row) for row in rows)
            self._read = None if self._db.in_transaction else (state, found)
            return found

    def generation(self, number: int) -> Generation | None:
        """Return one generation; None when it has been removed."""
        query = f"SELECT {_COLUMNS} FROM generation WHERE id = ?"  # noqa: S608 - constants
        with self._lock, translate_errors():
            row = self._db.execute(query, (number,)).fetchone()
        return None if row is None else _generation(row)

    def require_newer(self, offered: CrlFacts) -> None:
        """Raise CrlRefused(`older_than_stored`) when a CRL would not replace the current one."""
        for each in self.generations():
            if each.current and each.facts.slot == offered.slot:
                _require_newer(offered, each.facts)

    def replace_current(
        self, facts: CrlFacts, file: str, file_sha256: str
    ) -> tuple[Generation, tuple[str, ...]]:
        """Make a segment the current one of its slot; CrlRefused when the CRL is older.

        Return it and the files nobody needs any more. The generation before it is kept: whoever
        has it open goes on looking into it.
        """
        with self._lock, translate_errors():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                present = [each for each in self.generations() if each.facts.slot == facts.slot]
                for each in present:
                    if each.current:
                        _require_newer(facts, each.facts)
                # The same CRL once more: what is replaced was found damaged.
                doomed = [
                    each
                    for each in present
                    if not each.current or each.facts.sha256 == facts.sha256
                ]
                self._db.execute("UPDATE generation SET current = 0 WHERE slot = ?", (facts.slot,))
                self._db.executemany(
                    "DELETE FROM generation WHERE id = ?", [(each.id,) for each in doomed]
                )
                marks = ", ".join("?" * (3 + len(facts.row())))
                cursor = self._db.execute(
                    f"INSERT INTO generation (current, file, file_sha256, {_FACTS})"  # noqa: S608 - constants
                    f" VALUES ({marks})",
                    (1, file, file_sha256, *facts.row()),
                )
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")
        made = Generation(
            cursor.lastrowid or 0, current=True, file=file, file_sha256=file_sha256, facts=facts
        )
        return made, tuple(each.file for each in doomed)

    def read_first_version(self) -> tuple[tuple[str, bytes], ...]:
        """Return what a store of version 1 holds: key digest and DER of each CRL."""
        with self._lock, translate_errors():
            if not self._has_first_version():
                return ()
            rows = self._db.execute("SELECT signer, raw FROM list ORDER BY id").fetchall()
        return tuple((str(signer), bytes(raw)) for signer, raw in rows)

    def drop_first_version(self) -> None:
        """Remove the tables of version 1."""
        with self._lock, translate_errors():
            if self._has_first_version():
                self._db.executescript("BEGIN; DROP TABLE entry; DROP TABLE list; COMMIT; VACUUM;")

    def _has_first_version(self) -> bool:
        query = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'list'"
        return self._db.execute(query).fetchone() is not None

    def load_health(self) -> dict[str, Mapping[str, object]]:
        """Return what was saved about each address."""
        with self._lock, translate_errors():
            rows = self._db.execute("SELECT url, members FROM health ORDER BY url").fetchall()
        try:
            return {url: strict_decoded(members, dict[str, object]) for url, members in rows}
        except JsonRefused:
            raise CrlStoreUnusable("health_damaged") from None

    def save_health(self, url: str, members: Mapping[str, object]) -> None:
        """Save what is known about an address."""
        with self._lock, translate_errors():
            self._db.execute(
                "INSERT OR REPLACE INTO health VALUES (?, ?)", (url, json.dumps(members))
            )


def _require_newer(offered: CrlFacts, current: CrlFacts) -> None:
    """Refuse a CRL whose thisUpdate or number goes back (RFC 5280, 5.2.3: numbers grow)."""
    if offered.this_update < current.this_update:
        raise CrlRefused("older_than_stored")
    if current.number is not None and (
        offered.number is None or int(offered.number) < int(current.number)
    ):
        raise CrlRefused("older_than_stored")


def _generation(row: tuple[object, ...]) -> Generation:
    number, current, file, digest, *facts = row
    if not (isinstance(number, int) and isinstance(file, str) and isinstance(digest, str)):
        raise CrlStoreUnusable("catalogue_damaged")
    return Generation(number, bool(current), file, digest, CrlFacts(*facts))  # type: ignore[arg-type]
