"""Making the index of a log and following the log with it: one thread's, beside the station."""

import logging
import secrets
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

import msgspec
import numpy as np

from crypto.errors import LogError
from crypto.log.audit.reader import LogReader
from crypto.log.file.view import TreeView
from crypto.log.format.merkle import TILE_WIDTH, leaf_hash
from workstation.log_index.index_file import ChunkRow, IndexFile, digest_chunk, remove_index
from workstation.log_index.matching import read_facts
from workstation.log_index.posting import CHUNK, decode_rows, encode_rows
from workstation.log_index.terms import Term, TermField, fold

__all__ = ["IndexBuilder"]

_log = logging.getLogger(__name__)
_NO_TERMS: Final[frozenset[Term]] = frozenset(
    {(TermField.KIND, ""), (TermField.OUTCOME, ""), (TermField.OPERATION, "")}
)
"""Of an entry whose members nobody writes: it is counted, and found by nothing."""


class _OpenChunk:
    """The chunk that is being filled, in memory."""

    def __init__(self, number: int, before: bytes) -> None:
        self.number, self.before = number, before
        self.places: dict[Term, list[int]] = {}
        self.times: list[int] = []
        self.leaf = b""
        self.changed: set[Term] = set()

    def add(self, body: bytes) -> None:
        """Take the next entry, which the log has proven."""
        try:
            facts = read_facts(body)
            terms, time_ms = facts.terms, facts.t
        except msgspec.DecodeError:
            terms, time_ms = _NO_TERMS, 0
        place = len(self.times)
        for term in terms:
            self.places.setdefault(term, []).append(place)
        self.changed |= terms
        self.times.append(time_ms)
        self.leaf = leaf_hash(body)

    def row(self) -> ChunkRow:
        """Return the chunk as it is written, with its digest."""
        times = np.asarray(self.times, dtype="<i8").tobytes()
        bare = ChunkRow(self.number, len(self.times), self.leaf, times, b"")
        return replace(bare, digest=digest_chunk(self.before, bare, self.postings()))

    def postings(self) -> list[tuple[str, str, bytes]]:
        """Return field, value and places of every term, as `IndexFile.postings_of` does."""
        return [
            (field.value, value, encode_rows(places))
            for (field, value), places in sorted(self.places.items())
        ]


class IndexBuilder:
    """Keeps the index of a log; `step` does a little at a time, and `size` says how far it is.

    log, vkey  the log and its first key
    cancelled  whether to leave off
    """

    def __init__(
        self, path: Path, log: Path, vkey: str, cancelled: Callable[[], bool] = lambda: False
    ) -> None:
        self._path, self._log, self._vkey = path, log, vkey
        self._cancelled = cancelled
        self._reader: LogReader | None = None
        self._file: IndexFile | None = None
        self._chunk = _OpenChunk(0, b"")
        self._version = 0
        self.rebuilt = 0

    @property
    def size(self) -> int:
        """How many entries are in the index."""
        return self._chunk.number * CHUNK + len(self._chunk.times) if self._file else 0

    def step(self) -> bool:
        """Take in at most one chunk of what is new; return whether there is more.

        An index that is missing, damaged, edited or of another log is made anew. Raises LogError,
        sqlite3.Error, OSError: the next call begins where the file stands.
        """
        try:
            return self._step()
        except (LogError, sqlite3.Error, OSError):
            self.close()
            raise

    def _step(self) -> bool:
        if self._reader is None:
            self._reader = LogReader(self._log, self._vkey)
        with self._reader.snapshot() as view:
            file = self._open(view)
            start = self.size
            if len(self._chunk.times) == CHUNK:
                self._chunk = _OpenChunk(self._chunk.number + 1, self._chunk.row().digest)
            stop = min(view.size, (self._chunk.number + 1) * CHUNK)
            for body in view.bodies(start, stop):
                self._chunk.add(body)
                if len(self._chunk.times) % TILE_WIDTH == 0 and self._cancelled():
                    break
            more = self.size < view.size
        if self._chunk.changed:
            self._write(file)
        return more and not self._cancelled()

    def doubt(self) -> bool:
        """Make one chunk anew, drawn at random, and compare; return whether the index has lied.

        One that has is thrown away; `step` makes it anew.
        """
        if self._reader is None or self._file is None:
            return False
        with self._reader.snapshot() as view:
            if self._is_true(view, secrets.randbelow(self._chunk.number + 1)):
                return False
        self.discard("a chunk is another one than the log's")
        return True

    def discard(self, why: str) -> None:
        """Throw the index away."""
        _log.warning("index of the log is made anew: %s", why)
        self.close()
        remove_index(self._path)

    def close(self) -> None:
        """Let go of the files. Repeating is harmless."""
        if self._file is not None:
            self._file.close()
            self._file = None
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    def _open(self, view: TreeView) -> IndexFile:
        if self._file is not None and not (
            self._file.is_in_place() and self._file.version() == self._version
        ):
            # Nobody else writes it, nor takes it away: somebody has.
            self._file.close()
            self._file = None
        if self._file is None:
            self._file = self._find(view) or self._create()
            self._version = self._file.version()
        return self._file

    def _create(self) -> IndexFile:
        self.rebuilt += 1
        self._chunk = _OpenChunk(0, b"")
        return IndexFile.create(self._path, self._vkey)

    def _find(self, view: TreeView) -> IndexFile | None:
        """Return the index that is there, when it is whole and of this log."""
        if not self._path.is_file():
            return None
        file = None
        try:
            file = IndexFile(self._path, writing=True)
            if file.is_of(self._vkey) and self._load(file, view):
                return file
        except (sqlite3.Error, ValueError, TypeError):
            _log.warning("index of the log cannot be read")
        if file is not None:
            file.close()
        return None

    def _load(self, file: IndexFile, view: TreeView) -> bool:
        """Check every chunk, and take the last one into memory."""
        before, last, chunks = b"", _OpenChunk(0, b""), file.chunks()
        for number, chunk in enumerate(chunks):
            whole = chunk.number == number and len(chunk.times) == chunk.size * 8
            full = chunk.size == CHUNK or (0 < chunk.size < CHUNK and number == len(chunks) - 1)
            if not whole or not full or not file.is_sound(chunk, before) or self._cancelled():
                return False
            last, before = _OpenChunk(number, before), chunk.digest
        if not chunks:
            return False
        found = chunks[-1]
        newest = found.number * CHUNK + found.size - 1
        if newest >= view.size or view.entry(newest).leaf != found.leaf:
            return False
        last.times, last.leaf = np.frombuffer(found.times, "<i8").tolist(), found.leaf
        for field, value, places in file.postings_of(found.number):
            last.places[TermField(field), value] = decode_rows(places).tolist()
        self._chunk = last
        return True

    def _write(self, file: IndexFile) -> None:
        chunk = self._chunk
        with file.transaction():
            rows = []
            for term in sorted(chunk.changed):
                text = fold(term[1]) if term[0] is TermField.TEXT else ""
                rows.append((file.term_id(term, text), encode_rows(chunk.places[term])))
            file.write_chunk(chunk.row(), rows)
        chunk.changed.clear()

    def _is_true(self, view: TreeView, number: int) -> bool:
        """Whether a chunk of the file is the one that the log makes."""
        if self._file is None:
            return True
        written = self._file.postings_of(number)
        made = _OpenChunk(number, b"")
        stop = min(self.size, (number + 1) * CHUNK)
        for body in view.bodies(number * CHUNK, stop):
            made.add(body)
            if self._cancelled():
                return True
        return written == made.postings()
