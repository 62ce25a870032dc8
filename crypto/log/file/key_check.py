"""The keys of a log at its end, from the last start on: what the key records say is re-derived.

Key records are columns that anybody may edit. Believing one writes on with a key that the entries
have ended, or closes a session that was closed: the station itself would make its log invalid.
"""

import hashlib
from base64 import b64encode
from collections.abc import Iterable, Sequence
from dataclasses import replace

from crypto.canonical_json import JsonValue
from crypto.errors import LogTampered
from crypto.log.file.faults import LogFault
from crypto.log.file.proven import is_signed_by, parse_row, read_proven_entry
from crypto.log.file.rows import Rows
from crypto.log.file.signers import SignerKeys
from crypto.log.format.entry import LogEntry
from crypto.log.format.key_record import (
    KeyRecord,
    Kind,
    SignerRole,
    begin_genesis_keys,
    begin_key,
    read_named_key,
    read_rules,
)
from crypto.log.format.note import NoteVerifier, SignatureLine

__all__ = ["KEYS_MEMBER", "KEY_KINDS", "derive_keys", "digest_keys", "signature_start"]

KEY_KINDS = frozenset(
    {
        Kind.SESSION_OPEN,
        Kind.SESSION_CLOSE,
        Kind.KEY_ENROL,
        Kind.KEY_REVOKE,
        Kind.KEY_ROTATE,
    }
)
"""Entries that bring a key or end one."""

KEYS_MEMBER = "keys"
"""Member of a `boot` entry: digest of the usable keys that are no session's (`digest_keys`)."""


def digest_keys(records: Iterable[KeyRecord]) -> str:
    """Return SHA-256 in base64 over the usable keys that are no session's, in order of arrival.

    One line per key: entry that brought it, role, account and its role, vkey.
    """
    usable = [r for r in records if r.role is not SignerRole.SESSION and r.to_seq is None]
    lines = sorted(
        (r.from_seq, f"{r.role}|{r.account}|{r.account_role}|{r.verifier.vkey}") for r in usable
    )
    text = "".join(f"{seq}|{rest}\n" for seq, rest in lines)
    return b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")


def signature_start(record: KeyRecord) -> bytes:
    """Return the octets by which a body shows, unparsed, that it has a line of this key.

    Canonical JSON writes a newline in a string as two characters (RFC 8785, 3.2.2.2), so what
    follows a newline is a signature line. Of the encoded key id four octets are cut off: the
    base64 digit whose bits it shares with the signature, the padding and the newline.
    """
    key = record.verifier
    return b"\n" + SignatureLine(key.name, key.key_id, b"").encode()[:-4]


def derive_keys(
    rows: Rows,
    size: int,
    root: bytes,
    first: LogEntry,
    events: Sequence[LogEntry],
    signed: dict[str, int],
) -> SignerKeys:
    """Return the keys in force at the end of the tree; LogTampered when a record differs.

    first   the `boot` from which the records are re-derived, or the genesis entry
    events  every entry after it that brings or ends a key, in order
    signed  how many entries each session signed that its record calls open, by vkey

    The keys of before `first` are those of which it holds the digest; what became of them and of
    the others since, the events say. `first` and the events have to be proven to be in the tree.
    So the cost is that of one run of the station, and whoever edits a record would have to edit
    an entry that the log key has signed.
    """
    genesis = first if first.seq == 0 else read_proven_entry(rows, 0, size, root)
    rules = read_rules(genesis.data)
    if not rules:
        raise LogTampered(LogFault.GENESIS, 0)
    records = rows.key_records(since=first.seq)
    before = [replace(r, to_seq=None) for r in records if r.from_seq <= first.seq]
    keys = SignerKeys(
        _believe(rows, before, first, (size, root), rules) if first.seq else _found(before, first),
        rules=rules,
    )
    for entry in events:
        try:
            keys.apply(entry.seq, entry.kind, entry.data, ())
        except (KeyError, StopIteration):
            raise LogTampered(LogFault.KEY_RECORD, entry.seq) from None
    derived = {_columns(record) for record in keys.records}
    for record in records:
        if _columns(record) not in derived:
            raise LogTampered(LogFault.KEY_RECORD, record.from_seq)
    if len(records) != len(derived):
        raise LogTampered(LogFault.KEY_RECORD)
    counted = (replace(r, signed=signed.get(r.verifier.vkey, 0)) for r in keys.records)
    enrolled = sum(entry.kind == Kind.KEY_ENROL for entry in events)
    return SignerKeys(counted, rules=rules, founding=size == 1 + enrolled)


def _columns(record: KeyRecord) -> tuple[str, SignerRole, int, int | None]:
    return record.verifier.vkey, record.role, record.from_seq, record.to_seq


def _found(records: Sequence[KeyRecord], genesis: LogEntry) -> Sequence[KeyRecord]:
    """Return the keys that the genesis entry begins with, the log's own first: all, and no other.

    Who signed it is there, and whom it names as head office beside those.
    """
    found = _read_genesis(genesis, [record.verifier for record in records])
    if found is None or {_columns(each) for each in found} != {_columns(each) for each in records}:
        raise LogTampered(LogFault.KEY_RECORD, 0)
    signers = [(line.name, line.key_id) for line in genesis.lines]
    signed = [each.verifier for each in found if each.verifier.identity in signers]
    whole = len(signed) == len(genesis.lines) and len(found) == len(records)
    if not whole or not all(is_signed_by(genesis, key) for key in signed):
        raise LogTampered(LogFault.KEY_RECORD, 0)
    return found


def _read_genesis(genesis: LogEntry, known: Sequence[NoteVerifier]) -> tuple[KeyRecord, ...] | None:
    """Return the keys that a genesis entry begins with; None where the log's is not known."""
    log_key = next((key for key in known if key.vkey == genesis.data.get("vkey")), None)
    if log_key is None:
        return None
    signers = [(line.name, line.key_id) for line in genesis.lines]
    others = [key for key in known if key != log_key]
    return begin_genesis_keys(genesis.data, log_key, signers, others)


def _believe(
    rows: Rows,
    records: Sequence[KeyRecord],
    boot: LogEntry,
    head: tuple[int, bytes],
    rules: int,
) -> Sequence[KeyRecord]:
    """Return the keys usable before a start, each as the entry that brought it says."""
    digest: JsonValue = boot.data.get(KEYS_MEMBER)
    read: list[KeyRecord] = []
    for record in records:
        if not 0 <= record.from_seq < boot.seq:
            raise LogTampered(LogFault.KEY_RECORD)
        # The digest proves what the entry says; a start of before has none, so a path does.
        entry = (
            read_proven_entry(rows, record.from_seq, *head)
            if digest is None
            else parse_row(rows.row(record.from_seq))
        )
        proven = _read_key(entry, record, rules)
        # What a key may sign follows from its role: both stand in columns that anybody may edit.
        if proven is None or _columns(proven) != _columns(record):
            raise LogTampered(LogFault.KEY_RECORD, record.from_seq)
        read.append(proven)
    if digest is not None and digest != digest_keys(read):
        raise LogTampered(LogFault.KEY_RECORD)
    return read


def _read_key(entry: LogEntry, record: KeyRecord, rules: int) -> KeyRecord | None:
    """Read the record of the key from the entry that brought it; None when the entry did not."""
    key = read_named_key(entry.kind, entry.data)
    if entry.kind == Kind.GENESIS:
        key = record.verifier
        signers = [(line.name, line.key_id) for line in entry.lines]
        # Head office may be named without having signed: by the founders, who did.
        right = key.identity not in signers or is_signed_by(entry, key)
        log_key, *others = begin_genesis_keys(entry.data, key, signers, [key])
        found = log_key if entry.data.get("vkey") == key.vkey else next(iter(others), None)
        return found if right else None
    if key is None or entry.kind not in {Kind.SESSION_OPEN, Kind.KEY_ENROL, Kind.KEY_ROTATE}:
        return None
    return begin_key(entry.seq, entry.kind, key, entry.data, rules)
