"""Which heads of the log left with permits: what the next permit proves its growth from.

A file of sizes is only a hint that saves a search: each is believed because the entry at its end
is a permit's, and the log itself proves the heads.
"""

from collections.abc import Iterator
from pathlib import Path

from crypto.errors import EntryMissing
from crypto.files.durable import write_durably
from crypto.log.file.store import LogStore
from workstation.documents.permit_claims import MAX_EARLIER_HEADS
from workstation.documents.permit_log import PERMIT_ENTRY

__all__ = ["PERMIT_HEADS_NAME", "PermitHeads"]

PERMIT_HEADS_NAME = "permit-heads"
_MAX_BYTES = 200
_SEARCHED = 4_096
"""Entries that are searched without the file: about a second, at the first permit of a start."""


class PermitHeads:
    """The sizes of the heads that the last permits named; owned by the session thread."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._sizes: tuple[int, ...] | None = None

    def advance(self, log: LogStore, size: int) -> tuple[int, ...]:
        """Remember the head of a permit that is about to leave; return those before it.

        The newest first, at most MAX_EARLIER_HEADS. Durable on return, so that a permit that is
        outside is never forgotten; OSError.
        """
        earlier = self._find(log, size) if self._sizes is None else self._sizes
        sizes = (size, *earlier)[:MAX_EARLIER_HEADS]
        write_durably(self._path, "".join(f"{each}\n" for each in sizes).encode())
        self._sizes = sizes
        return earlier

    def list_recent(self, log: LogStore) -> tuple[str, ...]:
        """Return the ids of the last permits: whose files a broken-off run may have left half."""
        sizes = [each for each in set(self._read()) if _ends_with_permit(log, each)]
        return tuple(str(log.entry(each - 1).data["jti"]) for each in sizes)

    def _find(self, log: LogStore, size: int) -> tuple[int, ...]:
        hinted = [each for each in set(self._read()) if 0 < each < size]
        found = {each for each in hinted if _ends_with_permit(log, each)}
        # Without its newest size the file is an old copy: what came after it is searched anew.
        newest = max(found, default=0)
        start = max(newest, size - 1 - _SEARCHED)
        found.update(
            each.seq + 1 for each in log.entries(start, size - 1) if each.kind == PERMIT_ENTRY
        )
        return tuple(sorted(found, reverse=True)[:MAX_EARLIER_HEADS])

    def _read(self) -> Iterator[int]:
        try:
            with self._path.open("rb") as file:
                untrusted = file.read(_MAX_BYTES)
        except FileNotFoundError:
            return
        for line in untrusted.split():
            if line.isdigit():
                yield int(line)


def _ends_with_permit(log: LogStore, size: int) -> bool:
    try:
        return log.entry(size - 1).kind == PERMIT_ENTRY
    except EntryMissing:
        return False
