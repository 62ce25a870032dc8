"""Where sealed personal data lie: files by their hash, wrapped keys in a database of their own.

Apart from the log, so that erasing never touches it; never backed up together with it.
"""

import hashlib
import os
import re
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlite_utils import Database

from crypto.errors import PayloadMissing, PayloadRefused, VaultUnwritable
from crypto.files.durable import create_durably, sync_folder
from crypto.files.held_files import remove_file
from crypto.vault.payload import MAX_PAYLOAD_BYTES, SEALING_OVERHEAD, SealedPayload

__all__ = ["PayloadStore"]

_KEY_TABLE = (
    "CREATE TABLE IF NOT EXISTS payload_key (pid TEXT NOT NULL, recipient TEXT NOT NULL,"
    " file TEXT NOT NULL, wrapped BLOB NOT NULL, PRIMARY KEY (pid, recipient)) STRICT"
)
# What was kept since the last start: whether an entry names it is settled at the next one.
_UNSETTLED_TABLE = (
    "CREATE TABLE IF NOT EXISTS unsettled (pid TEXT NOT NULL PRIMARY KEY, file TEXT NOT NULL)"
    " STRICT"
)
# The log whose entries were asked last, and how many it had.
_SETTLED_TABLE = (
    "CREATE TABLE IF NOT EXISTS settled (one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),"
    " origin TEXT NOT NULL, size INTEGER NOT NULL) STRICT"
)
# secure_delete overwrites deleted content with zeroes; FULL keeps a committed key durable.
_PRAGMAS = (("secure_delete", 1), ("synchronous", 2), ("trusted_schema", 0))
_SUFFIX = ".payload"
_DIGEST_NAME = re.compile(r"[0-9a-f]{64}", re.ASCII)


@contextmanager
def _disk_errors() -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise VaultUnwritable(type(error).__name__) from error


def _connect(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, isolation_level=None, check_same_thread=False)


def _connect_reader(path: Path) -> sqlite3.Connection:
    """Open for reading; an empty database where there is none."""
    if not path.is_file():
        empty = sqlite3.connect(":memory:", isolation_level=None)
        empty.execute(_KEY_TABLE)
        return empty
    at = path.absolute().as_uri()
    connection = sqlite3.connect(f"{at}?mode=ro", uri=True, isolation_level=None)
    try:
        # A reader never checkpoints, as in crypto.log.file.schema.
        connection.execute("PRAGMA wal_autocheckpoint=0")
        connection.execute("PRAGMA query_only=1")
        connection.execute("SELECT 1 FROM payload_key LIMIT 1")
    except sqlite3.OperationalError:
        connection.close()
        log = path.with_name(f"{path.name}-wal")
        if log.is_file() and log.stat().st_size:
            raise
        # A copy on a medium that cannot be written (sqlite.org/wal.html, 5): nobody changes it.
        connection = sqlite3.connect(f"{at}?immutable=1", uri=True, isolation_level=None)
    return connection


class PayloadStore:
    """Keeps, gives back and erases sealed payloads; owned by one thread at a time."""

    def __init__(self, folder: Path, *, read_only: bool = False) -> None:
        """Open the store in an existing folder; VaultUnwritable when it cannot be used.

        read_only  for whoever looks only: nothing is made, and keys that are gone are none
        """
        self._folder = folder
        with _disk_errors():
            path = folder / "payload_keys.db"
            connection = _connect_reader(path) if read_only else _connect(path)
        self._db = Database(connection, execute_plugins=False)
        if read_only:
            return
        try:
            self._prepare()
        except BaseException:
            self._db.close()
            raise

    def _prepare(self) -> None:
        with _disk_errors():
            self._db.execute("PRAGMA journal_mode=WAL")
            for name, value in _PRAGMAS:
                self._db.execute(f"PRAGMA {name}={value}")
                if self._db.execute(f"PRAGMA {name}").fetchone()[0] != value:
                    raise VaultUnwritable(f"pragma {name}")
            for table in (_KEY_TABLE, _UNSETTLED_TABLE, _SETTLED_TABLE):
                self._db.execute(table)

    def _path(self, file: str) -> Path:
        # The name is a row's, which somebody else may have written: it leads nowhere else.
        if _DIGEST_NAME.fullmatch(file) is None:
            raise PayloadMissing(file)
        return self._folder / f"{file}{_SUFFIX}"

    def keep(self, sealed: SealedPayload) -> None:
        """Store the file, then its keys, durably; do this before the log entry that commits to it.

        PayloadRefused when the payload is already there.
        """
        name = sealed.digest.hex()
        with _disk_errors():
            taken = self._db.execute("SELECT 1 FROM payload_key WHERE pid = ?", (sealed.pid,))
            if taken.fetchone() is not None:
                raise PayloadRefused("already kept")
            self._db.execute("INSERT OR REPLACE INTO unsettled VALUES (?, ?)", (sealed.pid, name))
            try:
                create_durably(self._path(name), sealed.file)
            except FileExistsError as error:
                raise PayloadRefused("already kept") from error
        rows = ((sealed.pid, to, name, wrapped) for to, wrapped in sealed.wrapped.items())
        with _disk_errors(), self._transaction():
            for row in rows:
                self._db.execute("INSERT INTO payload_key VALUES (?, ?, ?, ?)", row)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._db.execute("COMMIT")
        finally:
            if self._db.conn.in_transaction:
                self._db.execute("ROLLBACK")

    def load(self, pid: str, recipient: str) -> tuple[bytes, bytes]:
        """Return the sealed file and the key wrapped for the recipient, both unverified.

        PayloadMissing when it was erased or never kept.
        """
        with _disk_errors():
            row = self._db.execute(
                "SELECT file, wrapped FROM payload_key WHERE pid = ? AND recipient = ?",
                (pid, recipient),
            ).fetchone()
        if row is None or not row[1]:
            raise PayloadMissing(pid)
        try:
            with self._path(row[0]).open("rb") as file:
                return file.read(MAX_PAYLOAD_BYTES + SEALING_OVERHEAD), row[1]
        except FileNotFoundError as error:
            raise PayloadMissing(pid) from error

    def recipients(self, pid: str) -> tuple[str, ...]:
        """Return for whom the payload's key is wrapped; empty when it was erased or never kept."""
        query = "SELECT recipient FROM payload_key WHERE pid = ? AND wrapped <> x''"
        with _disk_errors():
            return tuple(str(row[0]) for row in self._db.execute(f"{query} ORDER BY 1", (pid,)))

    def erase(self, pid: str) -> None:
        """Destroy the wrapped keys, then the file; the caller logs `payload.erase` before.

        When this returns no copy of a wrapped key is left in the database or its write-ahead
        log. What a disk keeps in remapped cells, or a backup kept elsewhere, is out of reach.
        Repeating finishes an erasure that was interrupted; PayloadMissing when nothing is left.
        """
        with _disk_errors():
            query = "SELECT file FROM payload_key WHERE pid = ? UNION SELECT file FROM unsettled"
            files = [row[0] for row in self._db.execute(f"{query} WHERE pid = ?", (pid, pid))]
            if not files:
                raise PayloadMissing(pid)
            # The keys first: without them the file is noise. Their rows go last, for a repeat.
            self._db.execute("UPDATE payload_key SET wrapped = x'' WHERE pid = ?", (pid,))
            if self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
                raise VaultUnwritable("write-ahead log in use")
            others = "SELECT 1 FROM payload_key WHERE file = ? AND pid <> ?"
            for file in files:
                # A row that somebody wrote takes no other payload's file along.
                if self._db.execute(others, (file, pid)).fetchone() is None:
                    self.remove_file(file)
            sync_folder(self._folder)
            with self._transaction():
                self._db.execute("DELETE FROM payload_key WHERE pid = ?", (pid,))
                self._db.execute("DELETE FROM unsettled WHERE pid = ?", (pid,))

    def remove_file(self, file: str) -> None:
        """Remove a sealed file by its digest in hex; nothing where the name is no digest."""
        if _DIGEST_NAME.fullmatch(file) is not None:
            with _disk_errors():
                remove_file(self._path(file))

    def unsettled(self) -> tuple[str, ...]:
        """Return the payloads kept since the last `settle`: a log entry may not name them."""
        with _disk_errors():
            return tuple(str(row[0]) for row in self._db.execute("SELECT pid FROM unsettled"))

    def settled_size(self, origin: str) -> int | None:
        """Return how many entries the log had at the last `settle`; None when it was another's."""
        query = "SELECT size FROM settled WHERE origin = ?"
        with _disk_errors():
            row = self._db.execute(query, (origin,)).fetchone()
        return None if row is None else int(row[0])

    def settle(self, origin: str, size: int) -> None:
        """State that entries of this log below `size` name all that is kept."""
        with _disk_errors(), self._transaction():
            self._db.execute("DELETE FROM unsettled")
            self._db.execute("INSERT OR REPLACE INTO settled VALUES (1, ?, ?)", (origin, size))

    def wrapped_keys(self, pid: str) -> Mapping[str, tuple[str, bytes]]:
        """Return file name and wrapped key by recipient, unverified; an erased key is empty."""
        query = "SELECT recipient, file, wrapped FROM payload_key WHERE pid = ?"
        with _disk_errors():
            return {str(to): (file, key) for to, file, key in self._db.execute(query, (pid,))}

    def list_payloads(self) -> Iterator[tuple[str, str]]:
        """Yield id and file name of everything that has keys, each once."""
        with _disk_errors():
            yield from self._db.execute("SELECT DISTINCT pid, file FROM payload_key")

    def files(self) -> Iterator[str]:
        """Yield the digests in hex by which sealed files are named in the folder."""
        with _disk_errors(), os.scandir(self._folder) as found:
            for each in found:
                digest = each.name.removesuffix(_SUFFIX)
                if digest != each.name and _DIGEST_NAME.fullmatch(digest) is not None:
                    yield digest

    def measure_file(self, file: str) -> int | None:
        """Return the length of a sealed file in octets; None when there is no such file."""
        try:
            return self._path(file).stat().st_size
        except (OSError, PayloadMissing):
            return None

    def digest_file(self, file: str) -> bytes | None:
        """Return the SHA-256 of a sealed file; None when it cannot be read."""
        try:
            with self._path(file).open("rb") as opened:
                return hashlib.file_digest(opened, "sha256").digest()
        except (OSError, PayloadMissing):
            return None

    def close(self) -> None:
        """Let go of the database. Repeating is harmless."""
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
