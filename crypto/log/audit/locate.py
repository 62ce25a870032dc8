"""Which entry is the bad one, where only the whole range shows that one of them is."""

from crypto.errors import EntryMalformed, LogTampered
from crypto.log.file.proven import find_log_key, follow_rotations
from crypto.log.file.rows import EntryRow, Rows
from crypto.log.format.checkpoint import Checkpoint
from crypto.log.format.entry import parse_entry
from crypto.log.format.key_record import KeyRecord, SignerRole
from crypto.log.format.merkle import Frontier, leaf_hash
from crypto.log.format.note import NoteVerifier

__all__ = ["find_log_keys", "locate_fault", "names_predecessor"]


def find_log_keys(rows: Rows, pinned: NoteVerifier) -> tuple[KeyRecord, ...]:
    """Return the log's keys in the order they were in force, the pinned one at the least.

    Where the chain of rotations does not hold, that is a fault of its own, named elsewhere.
    """
    try:
        return follow_rotations(rows, pinned)
    except LogTampered:
        return (KeyRecord(pinned, SignerRole.LOG, 0),)


def locate_fault(rows: Rows, chain: tuple[KeyRecord, ...], low: int, high: int) -> int | None:
    """Return the first bad entry of low..high-1, None when each fits to what stands beside it.

    The entries before `low` are known to be good. Three things beside an entry show that it was
    replaced: its row's root, the log's signature over that root, and `prev` of the entry after it.
    """
    frontier = Frontier.load(rows, low)
    leaf: bytes | None = None
    for row in rows.scan(low, high + 1):
        if leaf is not None and not names_predecessor(row, leaf):
            return row.seq - 1
        if row.seq == high:
            break
        leaf = leaf_hash(row.body)
        frontier, _ = frontier.push(leaf)
        key = find_log_key(chain, row.seq)
        body = Checkpoint(key.name, frontier.size, row.root).body()
        if row.root != frontier.root() or not key.verifies(body, row.signature):
            return row.seq
    return None


def names_predecessor(row: EntryRow, leaf: bytes) -> bool:
    """Whether an entry states this leaf hash as that of the entry before it."""
    try:
        return parse_entry(row.body).header.prev == leaf
    except EntryMalformed:
        return True  # it says nothing of another entry
