"""What an open log can be asked, whoever holds it: sizes, entries, heads, proofs, receipts."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from types import TracebackType
from typing import Self

from crypto.log.file.view import TreeView
from crypto.log.format.checkpoint import SignedCheckpoint
from crypto.log.format.entry import LogEntry
from crypto.log.format.proof import InclusionProof

__all__ = ["ReadableLog"]


class ReadableLog(ABC):
    """Answers from the newest verified tree head. Raises EntryMissing, LogTampered."""

    @abstractmethod
    def _view(self) -> TreeView:
        """Return the view under the newest head."""

    @abstractmethod
    def close(self) -> None:
        """Let go of the file. Repeating is harmless."""

    @property
    def size(self) -> int:
        """How many entries the log holds."""
        return self._view().size

    def entry(self, seq: int) -> LogEntry:
        """Return one entry, proven to be in the tree; EntryMissing beyond its end."""
        return self._view().entry(seq)

    def entries(self, start: int = 0, stop: int | None = None) -> Iterator[LogEntry]:
        """Yield entries in order as of this call, each proven; LogTampered at the first bad one."""
        view = self._view()
        return view.entries(start, view.size if stop is None else stop)

    def checkpoint(self, size: int | None = None) -> SignedCheckpoint:
        """Return the signed head of the log, or the one issued when it had `size` entries."""
        view = self._view()
        return view.checkpoint(view.size if size is None else size)

    def inclusion_proof(self, seq: int, size: int | None = None) -> InclusionProof:
        """Prove that entry `seq` is under the head of `size`; checked before it is returned."""
        view = self._view()
        return view.inclusion_proof(seq, view.size if size is None else size)

    def consistency_proof(self, old: int, new: int) -> tuple[bytes, ...]:
        """Prove that the head of `old` is a prefix of the head of `new`; checked before."""
        return self._view().consistency_proof(old, new)

    def receipt(self, seq: int) -> str:
        """Return a tlog-proof of the entry under the newest head."""
        return self._view().receipt(seq)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
