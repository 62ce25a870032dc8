"""Leaf hashes proven to be in the tree, a tile at a time: how many rows are shown cheaply."""

from collections.abc import Iterator

from crypto.errors import EntryMalformed, LogTampered
from crypto.log.file.faults import Fault
from crypto.log.file.rows import Rows
from crypto.log.format.entry import LogEntry, parse_entry
from crypto.log.format.merkle import TILE_WIDTH, inclusion_path, leaf_hash, verify_inclusion

__all__ = ["ProvenPages"]


class ProvenPages:
    """Entries under one tree head. Every body shown is hashed and compared with a proven leaf.

    The first leaf's inclusion path folds all its neighbours in the tile, so one verified path
    proves all leaves of a tile; the caller's read transaction keeps them the same.
    """

    __slots__ = ("_leaves", "_root", "_rows", "_size")

    def __init__(self, rows: Rows, size: int, root: bytes) -> None:
        self._rows = rows
        self._size = size
        self._root = root
        self._leaves: dict[int, list[bytes]] = {}

    def entries(self, start: int, stop: int) -> Iterator[LogEntry]:
        """Yield entries start..stop-1, cut to the head's size; LogTampered at the first bad one."""
        expected = max(start, 0)
        stop = min(stop, self._size)
        for row in self._rows.scan(expected, stop):
            # A hole shows here too: a tile with a row missing is not proven.
            if leaf_hash(row.body) != self._leaf(row.seq):
                raise LogTampered(Fault.LEAF, row.seq)
            yield self._parse(row.body, row.seq)
            expected += 1
        if expected < stop:
            raise LogTampered(Fault.SEQUENCE, expected)

    def _parse(self, body: bytes, seq: int) -> LogEntry:
        try:
            entry = parse_entry(body)
        except EntryMalformed as error:
            raise LogTampered(Fault.ENTRY_MALFORMED, seq) from error
        if entry.seq != seq:
            raise LogTampered(Fault.SEQUENCE, seq)
        return entry

    def _leaf(self, seq: int) -> bytes:
        tile, offset = divmod(seq, TILE_WIDTH)
        if tile not in self._leaves:
            self._leaves[tile] = self._prove(tile * TILE_WIDTH)
        return self._leaves[tile][offset]

    def _prove(self, first: int) -> list[bytes]:
        leaves = self._rows.nodes(0, first, min(TILE_WIDTH, self._size - first))
        path = inclusion_path(self._rows, first, self._size)
        if not verify_inclusion(leaves[0], first, self._size, path, self._root):
            raise LogTampered(Fault.ROOT, first)
        return leaves
