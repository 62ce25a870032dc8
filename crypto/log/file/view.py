"""Reading and proving under one tree head: what the owner of a log and its readers share."""

from collections.abc import Iterator

from crypto.errors import EntryMissing, LogTampered
from crypto.log.file.faults import LogFault
from crypto.log.file.proven import find_log_key, parse_row
from crypto.log.file.rows import EntryRow, Rows
from crypto.log.file.schema import storage_errors
from crypto.log.format.checkpoint import Checkpoint, SignedCheckpoint
from crypto.log.format.entry import LogEntry
from crypto.log.format.key_record import KeyRecord
from crypto.log.format.merkle import (
    TILE_WIDTH,
    consistency_path,
    inclusion_path,
    leaf_hash,
    verify_consistency,
    verify_inclusion,
)
from crypto.log.format.note import SignatureLine
from crypto.log.format.proof import InclusionProof, make_receipt

__all__ = ["TreeView"]


class TreeView:
    """The first `size` entries of a file, whose root the caller has verified.

    `chain` holds the log's keys in the order they were in force. Everything returned is checked
    against the root or a signature; LogTampered otherwise, EntryMissing beyond the end. A view
    remembers the leaves it has proven, so it is good for one read transaction or one owner.
    """

    __slots__ = ("_proven", "_rows", "chain", "root", "size")

    def __init__(self, rows: Rows, size: int, root: bytes, chain: tuple[KeyRecord, ...]) -> None:
        self._rows = rows
        self.root = root
        self.chain = chain
        self._proven: dict[int, list[bytes]] = {}
        self.size = size

    def checkpoint(self, size: int) -> SignedCheckpoint:
        """Return the signed head the log issued when it had `size` entries."""
        if not 0 < size <= self.size:
            raise EntryMissing(f"head {size}")
        with storage_errors():
            row = self._rows.row(size - 1)
        key = find_log_key(self.chain, row.seq)
        checkpoint = Checkpoint(key.name, size, row.root)
        if not key.verifies(checkpoint.body(), row.signature):
            raise LogTampered(LogFault.TREE_SIGNATURE, row.seq)
        return SignedCheckpoint(checkpoint, (SignatureLine(key.name, key.key_id, row.signature),))

    def entry(self, seq: int) -> LogEntry:
        """Return one entry."""
        _check_within(seq, self.size)
        return next(self.entries(seq, seq + 1))

    def entries(self, start: int, stop: int) -> Iterator[LogEntry]:
        """Yield the entries start..stop-1, as far as there are any.

        Every body is hashed and compared with a proven leaf; LogTampered at the first bad one.
        """
        expected, stop = max(start, 0), min(stop, self.size)
        with storage_errors():
            for row in self._rows.scan(expected, stop):
                # A hole shows here too: a tile with a row missing is not proven.
                if leaf_hash(row.body) != self._proven_leaf(row.seq):
                    raise LogTampered(LogFault.LEAF, row.seq)
                yield parse_row(row)
                expected += 1
        if expected < stop:
            raise LogTampered(LogFault.SEQUENCE, expected)

    def bodies(self, start: int, stop: int) -> Iterator[bytes]:
        """Yield the bodies of start..stop-1 as proven as by `entries`, unparsed.

        A tenth of the time: for whoever looks into few members of very many entries.
        """
        expected, stop = max(start, 0), min(stop, self.size)
        with storage_errors():
            for seq, body in self._rows.bodies(expected, stop):
                if leaf_hash(body) != self._proven_leaf(seq):
                    raise LogTampered(LogFault.LEAF, seq)
                yield body
                expected += 1
        if expected < stop:
            raise LogTampered(LogFault.SEQUENCE, expected)

    def rows(self) -> Iterator[EntryRow]:
        """Yield the stored rows in order, none of them checked: the caller rebuilds the root."""
        with storage_errors():
            yield from self._rows.scan(0, self.size)

    def _proven_leaf(self, seq: int) -> bytes:
        tile, offset = divmod(seq, TILE_WIDTH)
        if tile not in self._proven:
            self._proven[tile] = self._prove_tile(tile * TILE_WIDTH)
        return self._proven[tile][offset]

    def _prove_tile(self, first: int) -> list[bytes]:
        """Return the leaf hashes of the tile that begins with `first`, proven by one path.

        The inclusion path of a tile's first leaf is computed from all the other leaves of the
        tile (RFC 6962, section 2.1.1: each sibling is the root of a range), so when it leads to
        the root, all of them are in the tree. 256 rows are shown for the price of one proof.
        """
        leaves = self._rows.nodes(0, first, min(TILE_WIDTH, self.size - first))
        path = inclusion_path(self._rows, first, self.size)
        if not verify_inclusion(leaves[0], first, self.size, path, self.root):
            raise LogTampered(LogFault.ROOT, first)
        return leaves

    def key_records(self) -> tuple[KeyRecord, ...]:
        """Return which entry brought and ended each key: a hint, believed only with that entry."""
        with storage_errors():
            return self._rows.key_records()

    def find(self, octets: bytes, start: int = 0, stop: int | None = None) -> Iterator[int]:
        """Yield the numbers of the entries start..stop-1 that hold the octets, unproven.

        Every row is read: 1.5 us each.
        """
        with storage_errors():
            yield from self._rows.find(
                octets, start, self.size if stop is None else min(stop, self.size)
            )

    def inclusion_proof(self, seq: int, size: int) -> InclusionProof:
        """Prove that entry `seq` is under the head of `size`."""
        head = self.checkpoint(size)
        _check_within(seq, size)
        with storage_errors():
            path = inclusion_path(self._rows, seq, size)
            row = self._rows.row(seq)
        leaf = leaf_hash(row.body)
        if not verify_inclusion(leaf, seq, size, path, head.root):
            raise LogTampered(LogFault.ROOT if leaf == row.leaf else LogFault.LEAF, seq)
        return InclusionProof(seq, size, path)

    def consistency_proof(self, old: int, new: int) -> tuple[bytes, ...]:
        """Prove that the head of `old` is a prefix of the head of `new` (1 <= old <= new)."""
        if old > new:
            raise EntryMissing(f"head {new} is before {old}")
        before, after = self.checkpoint(old), self.checkpoint(new)
        with storage_errors():
            path = consistency_path(self._rows, old, new)
        if not verify_consistency(old, new, path, before.root, after.root):
            raise LogTampered(LogFault.ROOT)
        return path

    def receipt(self, seq: int) -> str:
        """Return a tlog-proof of entry `seq` under this view's head."""
        proof = self.inclusion_proof(seq, self.size)
        return make_receipt(seq, proof.path, self.checkpoint(self.size))


def _check_within(seq: int, size: int) -> None:
    if not 0 <= seq < size:
        raise EntryMissing(f"entry {seq}")
