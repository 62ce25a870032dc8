"""Read-only view of a log file for screens and command lines: needs neither lock nor key."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from crypto.errors import LogMissing, LogRolledBack, LogTampered
from crypto.log.file.faults import LogFault
from crypto.log.file.proven import find_log_key, follow_rotations
from crypto.log.file.released import ReleasedMark
from crypto.log.file.rows import Rows
from crypto.log.file.schema import connect_reader, has_our_schema, storage_errors
from crypto.log.file.view import TreeView
from crypto.log.format.checkpoint import MAX_SIZE, Checkpoint, SignedCheckpoint
from crypto.log.format.entry import LogEntry
from crypto.log.format.note import NoteVerifier

__all__ = ["LogReader"]


class LogReader:
    """Shows entries of a live log; every body shown is re-hashed against the signed tree.

    `vkey` is the log's first key (from enrolment, not from the file); rotations are followed.
    Raises LogMissing, LogTampered, NoteMalformed (the vkey), LogUnwritable (cannot be read).
    """

    def __init__(self, path: Path, vkey: str, *, busy_ms: int = 5_000) -> None:
        self._pinned = NoteVerifier.parse(vkey)
        if not path.is_file():
            raise LogMissing
        self._db = connect_reader(path, busy_ms)
        self._rows = Rows(self._db)
        try:
            with self.snapshot():
                pass
        except BaseException:
            self._db.close()
            raise

    @contextmanager
    def snapshot(self) -> Iterator[TreeView]:
        """Open one read transaction: what is shown belongs to the head that was verified."""
        with storage_errors():
            self._db.execute("BEGIN")
            try:
                yield self._verified_head()
            finally:
                self._db.execute("ROLLBACK")

    def _verified_head(self) -> TreeView:
        if not has_our_schema(self._db):
            raise LogTampered(LogFault.NOT_A_LOG)
        head = self._rows.last()
        if head is None:
            raise LogTampered(LogFault.EMPTY)
        size = head.seq + 1
        if not 0 < size <= MAX_SIZE:
            raise LogTampered(LogFault.SEQUENCE)
        chain = follow_rotations(self._rows, self._pinned)
        key = find_log_key(chain, head.seq)
        if not key.verifies(Checkpoint(key.name, size, head.root).body(), head.signature):
            raise LogTampered(LogFault.TREE_SIGNATURE, head.seq)
        return TreeView(self._rows, size, head.root, chain)

    @property
    def size(self) -> int:
        """How many entries the log holds now."""
        with self.snapshot() as view:
            return view.size

    def entry(self, seq: int) -> LogEntry:
        """Return one entry; EntryMissing beyond the end."""
        with self.snapshot() as view:
            return view.entry(seq)

    def page(self, start: int, count: int) -> tuple[LogEntry, ...]:
        """Return up to `count` entries beginning with `start`; fewer at the end."""
        with self.snapshot() as view:
            return tuple(view.entries(start, start + count))

    def checkpoint(self) -> SignedCheckpoint:
        """Return the newest signed head."""
        with self.snapshot() as view:
            return view.checkpoint(view.size)

    def log_keys(self) -> tuple[NoteVerifier, ...]:
        """Return the log's own keys in the order they were in force; the last one signs now."""
        with self.snapshot():
            return tuple(each.verifier for each in follow_rotations(self._rows, self._pinned))

    def key_in_force(self) -> NoteVerifier:
        """Return the log key that signs now, after every rotation."""
        return self.log_keys()[-1]

    def require_released(self, mark: ReleasedMark) -> None:
        """Raise LogRolledBack when the log does not hold a head that was released."""
        with self.snapshot() as view:
            if mark.size > view.size:
                raise LogRolledBack(f"{mark.size} released, {view.size} found")
            if mark.size == 0 or view.checkpoint(mark.size).checkpoint.root != mark.root:
                raise LogRolledBack(f"another root at {mark.size}")
            # The root beside a row is a column; what the leaves make of it is this.
            view.consistency_proof(mark.size, view.size)

    def receipt(self, seq: int) -> str:
        """Return a tlog-proof of the entry under the newest head."""
        with self.snapshot() as view:
            return view.receipt(seq)

    def close(self) -> None:
        """Close the file. Repeating is harmless."""
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
