"""Reading and proving under one tree head: what the owner of a log and its readers share."""

from collections.abc import Iterator

from crypto.errors import EntryMissing, LogTampered
from crypto.log.file.faults import Fault
from crypto.log.file.load import find_log_key
from crypto.log.file.pages import ProvenPages
from crypto.log.file.rows import Rows
from crypto.log.file.schema import storage_errors
from crypto.log.file.signers import KeyRecord
from crypto.log.format.checkpoint import Checkpoint, SignedCheckpoint
from crypto.log.format.entry import LogEntry
from crypto.log.format.merkle import (
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
    against the root or a signature; LogTampered otherwise, EntryMissing beyond the end.
    """

    __slots__ = ("_chain", "_pages", "_rows", "size")

    def __init__(self, rows: Rows, size: int, root: bytes, chain: tuple[KeyRecord, ...]) -> None:
        self._rows = rows
        self._chain = chain
        self._pages = ProvenPages(rows, size, root)
        self.size = size

    def checkpoint(self, size: int) -> SignedCheckpoint:
        """Return the signed head the log issued when it had `size` entries."""
        if not 0 < size <= self.size:
            raise EntryMissing(f"head {size}")
        with storage_errors():
            row = self._rows.row(size - 1)
        key = find_log_key(self._chain, row.seq)
        checkpoint = Checkpoint(key.name, size, row.root)
        if not key.verifies(checkpoint.body(), row.signature):
            raise LogTampered(Fault.TREE_SIGNATURE, row.seq)
        return SignedCheckpoint(checkpoint, (SignatureLine(key.name, key.key_id, row.signature),))

    def entry(self, seq: int) -> LogEntry:
        """Return one entry."""
        self._within(seq, self.size)
        return next(self.entries(seq, seq + 1))

    def entries(self, start: int, stop: int) -> Iterator[LogEntry]:
        """Yield the entries start..stop-1, as far as there are any."""
        with storage_errors():
            yield from self._pages.entries(start, stop)

    @staticmethod
    def _within(seq: int, size: int) -> None:
        if not 0 <= seq < size:
            raise EntryMissing(f"entry {seq}")

    def inclusion_proof(self, seq: int, size: int) -> InclusionProof:
        """Prove that entry `seq` is under the head of `size`."""
        head = self.checkpoint(size)
        self._within(seq, size)
        with storage_errors():
            path = inclusion_path(self._rows, seq, size)
            row = self._rows.row(seq)
        leaf = leaf_hash(row.body)
        if not verify_inclusion(leaf, seq, size, path, head.root):
            raise LogTampered(Fault.ROOT if leaf == row.leaf else Fault.LEAF, seq)
        return InclusionProof(seq, size, path)

    def consistency_proof(self, old: int, new: int) -> tuple[bytes, ...]:
        """Prove that the head of `old` is a prefix of the head of `new` (1 <= old <= new)."""
        if old > new:
            raise EntryMissing(f"head {new} is before {old}")
        before, after = self.checkpoint(old), self.checkpoint(new)
        with storage_errors():
            path = consistency_path(self._rows, old, new)
        if not verify_consistency(old, new, path, before.root, after.root):
            raise LogTampered(Fault.ROOT)
        return path

    def receipt(self, seq: int) -> str:
        """Return a tlog-proof of entry `seq` under this view's head."""
        proof = self.inclusion_proof(seq, self.size)
        return make_receipt(seq, proof.path, self.checkpoint(self.size))
