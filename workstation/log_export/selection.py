"""The entries that an export is of, read a few thousand at a time and proven as on the screen."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from crypto.log.audit.reader import LogReader
from crypto.log.format.checkpoint import SignedCheckpoint
from crypto.log.format.entry import LogEntry
from workstation.log_export.draft import Progress
from workstation.log_index.query import LogQuery
from workstation.log_index.search import LogSearch

__all__ = ["LogSelection", "select_entries"]

_AT_ONCE: Final = 2_048
"""Entries of one read transaction: a longer one keeps the log's own file from being tidied."""


@dataclass(frozen=True, slots=True)
class LogSelection:
    """Numbers of entries, ascending, and the head that they were found under."""

    reader: LogReader
    search: LogSearch
    seqs: Sequence[int]
    head: SignedCheckpoint

    def entries(self, progress: Progress, last: int | None = None) -> Iterator[LogEntry]:
        """Yield the entries that answer, the `last` newest of them; raises LogError."""
        seqs = self.seqs if last is None else self.seqs[-last:]
        for start in range(0, len(seqs), _AT_ONCE):
            progress(start, len(seqs))
            with self.reader.snapshot() as view:
                for seq in seqs[start : start + _AT_ONCE]:
                    if self.search.confirms(entry := view.entry(seq)):
                        yield entry
        progress(len(seqs), len(seqs))


def select_entries(
    reader: LogReader, search: LogSearch, query: LogQuery, progress: Progress
) -> LogSelection:
    """Find the entries of a query; raises LogError."""
    progress(0, 0)
    with reader.snapshot() as view:
        head = view.checkpoint(view.size)
        whole = query.is_empty
        found = search.find(view, query)
        seqs = range(view.size) if whole else _with_gap(view.size, found.seqs, found.searched)
    return LogSelection(reader, search, seqs, head)


def _with_gap(size: int, seqs: Sequence[int], searched: int) -> Sequence[int]:
    """Return the numbers; all of them where the index does not know the log yet.

    `confirms` then leaves out those that do not answer: an export is never cut short.
    """
    return seqs if searched >= size else range(size)
