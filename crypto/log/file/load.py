"""Loading a log's state from its file and refusing a file that contradicts itself or the past."""

from dataclasses import dataclass, replace
from itertools import pairwise

from crypto.errors import EntryMalformed, KeyRefused, LogRolledBack, LogTampered
from crypto.log.file.faults import LogFault
from crypto.log.file.released import ReleasedMark
from crypto.log.file.rows import EntryRow, Rows
from crypto.log.file.signers import (
    KeyRecord,
    Kind,
    SignerKeys,
    SignerRole,
    begin_key,
    read_named_key,
    read_rules,
)
from crypto.log.format.checkpoint import MAX_SIZE, Checkpoint
from crypto.log.format.entry import LogEntry, parse_entry
from crypto.log.format.merkle import Frontier, inclusion_path, leaf_hash, verify_inclusion
from crypto.log.format.note import NoteVerifier, SignatureLine

__all__ = ["LogState", "find_log_key", "follow_rotations", "load_state", "parse_row"]

RECENT_BODIES = 256
"""Bodies re-hashed at start, so that its cost does not grow with the log; an audit takes all."""


@dataclass(frozen=True, slots=True)
class LogState:
    """What the writer keeps in memory between commits; thrown away after any failure."""

    frontier: Frontier
    root: bytes
    head: EntryRow
    last: LogEntry
    keys: SignerKeys


def load_state(rows: Rows, log_key: NoteVerifier, released: ReleasedMark | None) -> LogState:
    """Rebuild the state and check it (docs/formats/log.md, section 6).

    The caller holds the lock, has set the pragmas and compared the schema, and appends `boot`.

    (1) there is a last row, and its number is one a tile row can carry;
    (2) the log is not shorter than, nor another than, the released head;
    (3) `log_key` is the key in force at the end of the chain of rotations;
    (4) the frontier rebuilt from the rows gives the last root;
    (5) the last root is signed;
    (6) the most recent bodies hash to their leaves;
    (7) every usable signer key was brought by an entry that is in the tree;
    (8) the last entry is in the tree; nothing is appended to a closed log.

    Raises LogTampered, LogRolledBack, or KeyRefused when `log_key` is not the key in force.
    """
    # (1) the last row
    head = rows.last()
    if head is None:
        if released is not None:
            raise LogRolledBack("the log is empty")
        raise LogTampered(LogFault.EMPTY)
    size = head.seq + 1
    if not 0 < size <= MAX_SIZE:
        raise LogTampered(LogFault.SEQUENCE)
    # (2) the released head
    _check_released(rows, size, released)
    # (3) the chain of log keys
    chain = follow_rotations(rows, _read_first_key(rows))
    if chain[-1].verifier != log_key:
        raise KeyRefused("not the log key in force")
    # (4) the frontier
    frontier = Frontier.load(rows, size)
    if frontier.root() != head.root:
        raise LogTampered(LogFault.ROOT, _find_first_bad(rows, 0, size))
    # (5) the signed head
    if not _verify_head(head, find_log_key(chain, head.seq)):
        raise LogTampered(LogFault.TREE_SIGNATURE, head.seq)
    # (6) the most recent bodies
    bad = _find_first_bad(rows, max(0, size - RECENT_BODIES), size)
    if bad is not None:
        raise LogTampered(LogFault.LEAF, bad)
    # (7) the signers' keys
    keys = _load_keys(rows, size, head.root)
    # (8) the last entry
    last = _read_proven_entry(rows, head.seq, size, head.root)
    keys.closed = last.kind == Kind.CLOSE
    return LogState(frontier, head.root, head, last, keys)


def _check_released(rows: Rows, size: int, released: ReleasedMark | None) -> None:
    if released is None:
        return
    if released.size > size:
        raise LogRolledBack(f"{released.size} released, {size} found")
    if released.size == 0 or rows.row(released.size - 1).root != released.root:
        raise LogRolledBack(f"another root at {released.size}")


def _read_first_key(rows: Rows) -> NoteVerifier:
    """Return the key the genesis entry names.

    The file vouches for it alone; step (3) ends at a key that the owner has in hand, and every
    link before it is signed, so a stranger's first key leads nowhere.
    """
    try:
        vkey = parse_entry(rows.row(0).body).data.get("vkey")
    except EntryMalformed as error:
        raise LogTampered(LogFault.ENTRY_MALFORMED, 0) from error
    for record in rows.key_records():
        if record.role is SignerRole.LOG and record.verifier.vkey == vkey:
            return record.verifier
    raise LogTampered(LogFault.KEY_RECORD, 0)


def follow_rotations(rows: Rows, pinned: NoteVerifier) -> tuple[KeyRecord, ...]:
    """Follow the rotations from the pinned first key; LogTampered when a link does not hold.

    Each link is the old key's signature over the head that ends with the `key.rotate` entry.
    """
    chain = [record for record in rows.key_records() if record.role is SignerRole.LOG]
    if not chain or chain[0].verifier != pinned or chain[-1].to_seq is not None:
        raise LogTampered(LogFault.KEY_RECORD)
    for old, new in pairwise(chain):
        row = rows.row(new.from_seq)
        if old.to_seq != new.from_seq or not _verify_head(row, old.verifier):
            raise LogTampered(LogFault.KEY_RECORD, new.from_seq)
        # Key records are columns that anybody may edit; the entry is what the old key signed.
        entry = _read_proven_entry(rows, row.seq, row.seq + 1, row.root)
        if entry.kind != Kind.KEY_ROTATE or read_named_key(entry.kind, entry.data) != new.verifier:
            raise LogTampered(LogFault.KEY_RECORD, new.from_seq)
    return tuple(chain)


def find_log_key(chain: tuple[KeyRecord, ...], seq: int) -> NoteVerifier:
    """Return the key that signed the head of row `seq`: a rotation's own row is the old key's."""
    return next(r.verifier for r in chain if r.to_seq is None or seq <= r.to_seq)


def _verify_head(row: EntryRow, key: NoteVerifier) -> bool:
    body = Checkpoint(key.name, row.seq + 1, row.root).body()
    return key.verifies(body, row.signature)


def _find_first_bad(rows: Rows, start: int, stop: int) -> int | None:
    """Return the first row whose body does not hash to its leaf, or that is not there."""
    expected = start
    for row in rows.scan(start, stop):
        if row.seq != expected or leaf_hash(row.body) != row.leaf:
            return expected
        expected += 1
    return None


def _load_keys(rows: Rows, size: int, root: bytes) -> SignerKeys:
    """Load the key records; a usable one is believed only with the entry that brought the key."""
    rules = read_rules(_read_proven_entry(rows, 0, size, root).data)
    if not rules:
        raise LogTampered(LogFault.GENESIS, 0)
    records: list[KeyRecord] = []
    for record in rows.key_records():
        # An ended key signs nothing any more, and the chain of log keys is step (3).
        if record.role is SignerRole.LOG or record.to_seq is not None:
            records.append(record)
            continue
        if not 0 <= record.from_seq < size:
            raise LogTampered(LogFault.KEY_RECORD)
        entry = _read_proven_entry(rows, record.from_seq, size, root)
        proven = _read_key(entry, record, rules)
        # What a key may sign follows from its role: both stand in columns that anybody may edit.
        if proven is None or (proven.verifier, proven.role) != (record.verifier, record.role):
            raise LogTampered(LogFault.KEY_RECORD, record.from_seq)
        records.append(replace(proven, signed=_count_signed(rows, record, size)))
    return SignerKeys(records, rules=rules)


def _read_key(entry: LogEntry, record: KeyRecord, rules: int) -> KeyRecord | None:
    """Read the record of the key from the entry that brought it; None when the entry did not."""
    if entry.kind == Kind.GENESIS:
        cosigned = any(
            (line.name, line.key_id) == record.verifier.identity
            and record.verifier.verifies(entry.note.text, line.signature)
            for line in entry.lines
        )
        return KeyRecord(record.verifier, SignerRole.ENROLLED, 0) if cosigned else None
    key = read_named_key(entry.kind, entry.data)
    if key is None or entry.kind not in {Kind.SESSION_OPEN, Kind.KEY_ENROL}:
        return None
    return begin_key(entry.seq, entry.kind, key, entry.data, rules)


def _count_signed(rows: Rows, record: KeyRecord, size: int) -> int:
    """Count the entries with a line of this key, without parsing them."""
    key = record.verifier
    # Canonical JSON writes a newline in a string as two characters (RFC 8785, 3.2.2.2), so what
    # follows a newline is a signature line. Of the encoded key id four bytes are cut off: the
    # base64 digit whose bits it shares with the signature, the padding and the newline.
    start = SignatureLine(key.name, key.key_id, b"").encode()[:-4]
    return sum(b"\n" + start in row.body for row in rows.scan(record.from_seq + 1, size))


def _read_proven_entry(rows: Rows, seq: int, size: int, root: bytes) -> LogEntry:
    """Return an entry whose re-hashed body is shown to be in the tree, else LogTampered."""
    row = rows.row(seq)
    leaf = leaf_hash(row.body)
    if leaf != row.leaf:
        raise LogTampered(LogFault.LEAF, seq)
    if not verify_inclusion(leaf, seq, size, inclusion_path(rows, seq, size), root):
        raise LogTampered(LogFault.ROOT)
    return parse_row(row)


def parse_row(row: EntryRow) -> LogEntry:
    """Parse the entry of a row; LogTampered when it is malformed or says another number."""
    try:
        entry = parse_entry(row.body)
    except EntryMalformed as error:
        raise LogTampered(LogFault.ENTRY_MALFORMED, row.seq) from error
    if entry.seq != row.seq:
        raise LogTampered(LogFault.SEQUENCE, row.seq)
    return entry
