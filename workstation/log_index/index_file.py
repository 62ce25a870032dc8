"""The index beside the log: an SQLite file of terms and of the rows that have them.

It is made of the log alone and holds nothing else; it proves nothing. Whoever can write it can hide
rows from a search, and is found out by the digests, by counting, and by chunks that are made anew
and compared. What is shown is read from the log.
"""

import hashlib
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from workstation.log_index.posting import PostingDamaged, count_rows
from workstation.log_index.terms import Term, TermField

__all__ = ["ChunkRow", "IndexFile", "digest_chunk", "index_path", "remove_index"]

_EDITION: Final = "1"
"""Of the tables and of what terms an entry has: an index of another one is made anew."""

_BUSY_MS: Final = 2_000
_MAX_VALUE: Final = 1 << 20
"""Octets: the largest value of ours are the times of a chunk, 128 KiB."""

_SCHEMA: Final = (
    "CREATE TABLE meta (edition TEXT NOT NULL, vkey TEXT NOT NULL) STRICT",
    (
        "CREATE TABLE term (id INTEGER PRIMARY KEY, field TEXT NOT NULL, value TEXT NOT NULL,"
        " UNIQUE (field, value)) STRICT"
    ),
    (
        "CREATE TABLE posting (term INTEGER NOT NULL, chunk INTEGER NOT NULL, places BLOB NOT NULL,"
        " PRIMARY KEY (term, chunk)) STRICT, WITHOUT ROWID"
    ),
    "CREATE INDEX posting_chunk ON posting (chunk)",
    (
        "CREATE TABLE chunk (id INTEGER PRIMARY KEY, size INTEGER NOT NULL, leaf BLOB NOT NULL,"
        " times BLOB NOT NULL, digest BLOB NOT NULL) STRICT"
    ),
    # Only what people typed: codes are few, and their words are the catalogues'.
    (
        "CREATE VIRTUAL TABLE typed USING fts5(text, content='', prefix='2 3',"
        ' tokenize="unicode61 remove_diacritics 0")'
    ),
)
_EXACTLY_ONE: Final = (TermField.KIND, TermField.OUTCOME, TermField.OPERATION)
"""Fields of which every entry has one value, so their rows add up to all rows."""


def index_path(log: Path) -> Path:
    """Return where the index of a log lies: beside it."""
    return log.with_name(f"{log.name}.index.sqlite")


def remove_index(path: Path) -> None:
    """Remove an index with what SQLite keeps beside it; harmless where there is none; OSError."""
    for suffix in ("-wal", "-shm", ""):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class ChunkRow:
    """One chunk: how many rows it has, the leaf hash of its last, and the time of each (ms)."""

    number: int
    size: int
    leaf: bytes
    times: bytes
    digest: bytes


def digest_chunk(
    before: bytes, chunk: ChunkRow, postings: Iterable[tuple[str, str, bytes]]
) -> bytes:
    """Return the digest that chains a chunk with its postings to the chunk before it.

    postings  field, value and places, by field and value
    """
    digest = hashlib.sha256(before)
    head = f"{chunk.number} {chunk.size} {len(chunk.times)} ".encode()
    digest.update(head + chunk.leaf + chunk.times)
    for field, value, places in postings:
        stated = value.encode("utf-8", "surrogatepass")
        digest.update(f"{field} {len(stated)} {len(places)} ".encode() + stated + places)
    return digest.digest()


class IndexFile:
    """One connection to the index; raises sqlite3.Error."""

    def __init__(self, path: Path, *, writing: bool = False) -> None:
        self._path = path
        mode = "rw" if writing else "ro"
        self.connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode={mode}",
            uri=True,
            isolation_level=None,
            check_same_thread=False,
            timeout=_BUSY_MS / 1000,
        )
        self.connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _MAX_VALUE)
        try:
            for setting in ("trusted_schema=0", "cell_size_check=1", "mmap_size=0"):
                self.connection.execute(f"PRAGMA {setting}")
            if writing:
                # What is lost with the power is made anew from the log.
                self.connection.execute("PRAGMA journal_mode=WAL")
                self.connection.execute("PRAGMA synchronous=NORMAL")
            self._lies = _find_place(path)
        except BaseException:
            self.connection.close()
            raise

    @classmethod
    def create(cls, path: Path, vkey: str) -> "IndexFile":
        """Put an empty index in the place of whatever lies there; raises OSError, too."""
        remove_index(path)
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        made = cls(path, writing=True)
        with made.transaction():
            for statement in _SCHEMA:
                made.connection.execute(statement)
            made.connection.execute("INSERT INTO meta VALUES (?, ?)", (_EDITION, vkey))
        return made

    @contextmanager
    def transaction(self, kind: str = "IMMEDIATE") -> Iterator[None]:
        """Open a transaction; undone when it fails."""
        self.connection.execute(f"BEGIN {kind}")
        try:
            yield
        except BaseException:
            with suppress(sqlite3.Error):
                self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")

    def is_of(self, vkey: str) -> bool:
        """Whether it is an index of this edition, of the log with this first key, and no more."""
        # A view or a trigger would run inside our own statements.
        query = "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT GLOB 'typed_*'"
        if {row[0] for row in self.connection.execute(query)} != set(_SCHEMA):
            return False
        found = self.connection.execute("SELECT edition, vkey FROM meta LIMIT 2").fetchall()
        return found == [(_EDITION, vkey)]

    def is_in_place(self) -> bool:
        """Whether the file under the name is still the one that was opened."""
        return self._lies is not None and self._lies == _find_place(self._path)

    def version(self) -> int:
        """Return a number that changes when another connection has written."""
        return int(self.connection.execute("PRAGMA data_version").fetchone()[0])

    def chunks(self) -> list[ChunkRow]:
        """Return all chunks in order."""
        query = "SELECT id, size, leaf, times, digest FROM chunk ORDER BY id"
        return [ChunkRow(*row) for row in self.connection.execute(query)]

    def last_chunk(self) -> ChunkRow | None:
        """Return the chunk that is being filled, or was filled last."""
        query = "SELECT id, size, leaf, times, digest FROM chunk ORDER BY id DESC LIMIT 1"
        row = self.connection.execute(query).fetchone()
        return None if row is None else ChunkRow(*row)

    def postings_of(self, chunk: int) -> list[tuple[str, str, bytes]]:
        """Return field, value and places of every term in a chunk, by field and value."""
        query = (
            "SELECT field, value, places FROM posting JOIN term ON id = term WHERE chunk = ?"
            " ORDER BY field, value"
        )
        return self.connection.execute(query, (chunk,)).fetchall()

    def find_typed(self, word: str) -> list[int]:
        """Return the terms in which somebody typed a word that begins so; letters and digits."""
        query = "SELECT rowid FROM typed WHERE typed MATCH ?"
        return [row[0] for row in self.connection.execute(query, (f'"{word}"*',))]

    def find_value(self, field: TermField, value: str) -> list[int]:
        """Return the term with this value."""
        query = "SELECT id FROM term WHERE field = ? AND value = ?"
        return [row[0] for row in self.connection.execute(query, (field, value))]

    def find_beginning(self, field: TermField, word: str) -> list[int]:
        """Return the terms whose value begins so; letters and digits."""
        query = "SELECT id FROM term WHERE field = ? AND value >= ? AND value < ?"
        bounds = (field, word, f"{word}\U0010ffff")
        return [row[0] for row in self.connection.execute(query, bounds)]

    def codes(self) -> list[tuple[int, Term]]:
        """Return the terms that have words of their own: all but cases and what was typed."""
        query = "SELECT id, field, value FROM term WHERE field NOT IN (?, ?)"
        rows = self.connection.execute(query, (TermField.CASE, TermField.TEXT))
        return [(number, (TermField(field), value)) for number, field, value in rows]

    def places(self, terms: Sequence[int]) -> Iterator[tuple[int, bytes]]:
        """Yield chunk and places of every posting of these terms."""
        for start in range(0, len(terms), 500):
            asked = terms[start : start + 500]
            marks = ",".join("?" * len(asked))
            query = f"SELECT chunk, places FROM posting WHERE term IN ({marks})"  # noqa: S608
            yield from self.connection.execute(query, asked)

    def term_id(self, term: Term, text: str) -> int:
        """Return the number of a term, a new one where there was none.

        text  as it is searched, for what somebody typed
        """
        query = "SELECT id FROM term WHERE field = ? AND value = ?"
        row = self.connection.execute(query, term).fetchone()
        if row is not None:
            return int(row[0])
        made = self.connection.execute("INSERT INTO term (field, value) VALUES (?, ?)", term)
        number = int(made.lastrowid or 0)
        if text:
            insert = "INSERT INTO typed (rowid, text) VALUES (?, ?)"
            self.connection.execute(insert, (number, text))
        return number

    def write_chunk(self, chunk: ChunkRow, postings: Iterable[tuple[int, bytes]]) -> None:
        """Write a chunk and those of its postings that are new."""
        rows = ((term, chunk.number, places) for term, places in postings)
        self.connection.executemany("INSERT OR REPLACE INTO posting VALUES (?, ?, ?)", rows)
        self.connection.execute(
            "INSERT OR REPLACE INTO chunk VALUES (?, ?, ?, ?, ?)",
            (chunk.number, chunk.size, chunk.leaf, chunk.times, chunk.digest),
        )

    def is_sound(self, chunk: ChunkRow, before: bytes) -> bool:
        """Whether a chunk is as it was written, and no row of it is missing or there twice."""
        postings = self.postings_of(chunk.number)
        if digest_chunk(before, chunk, postings) != chunk.digest:
            return False
        try:
            counted = [sum(count_rows(p) for f, _, p in postings if f == t) for t in _EXACTLY_ONE]
        except PostingDamaged:
            return False
        return counted == [chunk.size] * len(_EXACTLY_ONE)

    def close(self) -> None:
        """Let go of the file. Repeating is harmless."""
        self.connection.close()


def _find_place(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
