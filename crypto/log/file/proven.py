"""What a row is worth: entries shown to be in the tree, heads by the key that signed them."""

from functools import lru_cache
from itertools import pairwise

from crypto.errors import EntryMalformed, LogTampered
from crypto.log.file.faults import LogFault
from crypto.log.file.rows import EntryRow, Rows
from crypto.log.format.checkpoint import Checkpoint
from crypto.log.format.entry import LogEntry, parse_entry
from crypto.log.format.key_record import KeyRecord, Kind, read_named_key
from crypto.log.format.merkle import inclusion_path, leaf_hash, verify_inclusion
from crypto.log.format.note import NoteVerifier

__all__ = [
    "find_log_key",
    "follow_rotations",
    "is_signed_by",
    "parse_row",
    "read_kind",
    "read_proven_entry",
    "verify_head",
]

_KIND_START = b'"type":"'
_KIND_END = b'","v":1}'


def parse_row(row: EntryRow) -> LogEntry:
    """Parse the entry of a row; LogTampered when it is malformed or says another number."""
    try:
        entry = parse_entry(row.body)
    except EntryMalformed as error:
        raise LogTampered(LogFault.ENTRY_MALFORMED, row.seq) from error
    if entry.seq != row.seq:
        raise LogTampered(LogFault.SEQUENCE, row.seq)
    return entry


def read_kind(body: bytes) -> str:
    """Read the kind of an entry that the log wrote, at a hundredth of the price of parsing it.

    Canonical JSON sorts the members (RFC 8785, section 3.2.3), so `type` is the last but one, and
    writes a quotation mark in a string as two characters.
    """
    text = body[: body.rfind(b"\n\n")].removesuffix(_KIND_END)
    return text[text.rfind(_KIND_START) + len(_KIND_START) :].decode("utf-8", "replace")


def read_proven_entry(rows: Rows, seq: int, size: int, root: bytes) -> LogEntry:
    """Return an entry whose re-hashed body is shown to be in the tree, else LogTampered."""
    row = rows.row(seq)
    leaf = leaf_hash(row.body)
    if leaf != row.leaf:
        raise LogTampered(LogFault.LEAF, seq)
    if not verify_inclusion(leaf, seq, size, inclusion_path(rows, seq, size), root):
        raise LogTampered(LogFault.ROOT)
    return parse_row(row)


def is_signed_by(entry: LogEntry, key: NoteVerifier) -> bool:
    """Whether the entry has a line of the key and its signature holds."""
    return any(
        (line.name, line.key_id) == key.identity and key.verifies(entry.note.text, line.signature)
        for line in entry.lines
    )


def verify_head(row: EntryRow, key: NoteVerifier) -> bool:
    """Whether the key signed the head that ends with the row."""
    body = Checkpoint(key.name, row.seq + 1, row.root).body()
    return key.verifies(body, row.signature)


def follow_rotations(rows: Rows, pinned: NoteVerifier) -> tuple[KeyRecord, ...]:
    """Follow the rotations from the pinned first key; LogTampered when a link does not hold.

    Each link is the old key's signature over the `key.rotate` entry that names the new one, and
    over the head that ends with it.
    """
    chain = rows.log_key_records()
    if not chain or chain[0].verifier != pinned or chain[-1].to_seq is not None:
        raise LogTampered(LogFault.KEY_RECORD)
    for old, new in pairwise(chain):
        row = rows.row(new.from_seq)
        if old.to_seq != row.seq or _read_link(old.verifier, row) != new.verifier:
            raise LogTampered(LogFault.KEY_RECORD, new.from_seq)
    return chain


@lru_cache(maxsize=4096)
def _read_link(old: NoteVerifier, row: EntryRow) -> NoteVerifier | None:
    """Return the key that a row hands over to; None when the old key did not sign that.

    Remembered, since a screen follows the same rotations, one a day, for every page it shows.
    """
    # Key records are columns that anybody may edit; the entry is what the old key signed.
    entry = parse_row(row)
    if entry.kind != Kind.KEY_ROTATE or not verify_head(row, old) or not is_signed_by(entry, old):
        return None
    return read_named_key(entry.kind, entry.data)


def find_log_key(chain: tuple[KeyRecord, ...], seq: int) -> NoteVerifier:
    """Return the key that signed the head of row `seq`: a rotation's own row is the old key's."""
    return next(r.verifier for r in chain if r.to_seq is None or seq <= r.to_seq)
