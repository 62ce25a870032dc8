"""How a log's key changed since it was enrolled: the entries that rotated it, one after another.

Laid beside the permits, so that whoever was given the first key once can verify today's heads. Each
entry `key.rotate` names the next key and is signed by the one before and by the new one.
"""

import hashlib
from collections.abc import Sequence
from typing import Annotated, Final, Literal

import msgspec

from crypto.canonical_json import canonical_json
from crypto.errors import EntryMalformed
from crypto.log.file.proven import is_signed_by
from crypto.log.file.store import LogStore
from crypto.log.format.entry import LogEntry, parse_entry
from crypto.log.format.key_record import Kind, read_named_key
from crypto.log.format.note import NoteVerifier
from crypto.strict_json import JsonRefused, strict_decoded
from workstation.errors import PermitRefused

__all__ = ["MAX_ROTATIONS_BYTES", "describe_rotations", "follow_log_keys", "name_rotations"]

MAX_ROTATIONS_BYTES: Final = 8_388_608
"""Twenty years of one rotation a day, at about 1 KiB each."""


class _Rotations(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    v: Literal[1]
    origin: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    entries: tuple[Annotated[str, msgspec.Meta(max_length=8_192)], ...]


def name_rotations(origin: str) -> str:
    """Return the file's name: stations may lay their permits into one folder."""
    return f"log-rotations-{hashlib.sha256(origin.encode()).hexdigest()[:16]}.json"


def describe_rotations(log: LogStore) -> bytes | None:
    """Return the entries that brought the log's keys after the first one; None while there is one.

    Raises LogError.
    """
    first, *later = log.log_keys
    if not later:
        return None
    entries = tuple(log.entry(each.from_seq).body.decode() for each in later)
    rotations = _Rotations(1, first.verifier.name, entries)
    return canonical_json(msgspec.to_builtins(rotations))


def follow_log_keys(untrusted: bytes, known: Sequence[NoteVerifier]) -> tuple[NoteVerifier, ...]:
    """Return the known keys and those that a chain of rotations brought after one of them.

    Entries before the first that a known key signed prove nothing, and are passed over. Raises
    PermitRefused(`rotations`) when the file is none, or a later link does not hold.
    """
    try:
        rotations = strict_decoded(untrusted, _Rotations)
        entries = [parse_entry(each.encode()) for each in rotations.entries]
    except (JsonRefused, EntryMalformed, UnicodeEncodeError):
        raise PermitRefused("rotations") from None
    keys = [each for each in known if each.name == rotations.origin]
    newest: NoteVerifier | None = None
    for entry in entries:
        signers = keys if newest is None else [newest]
        successor = _read_successor(entry, rotations.origin, signers)
        if successor is not None:
            newest = successor
            keys.append(successor)
        elif newest is not None:
            raise PermitRefused("rotations")
    return (*known, *(each for each in keys if each not in known))


def _read_successor(
    entry: LogEntry, origin: str, signers: Sequence[NoteVerifier]
) -> NoteVerifier | None:
    """Return the key that the entry brings when one of these retired itself by it."""
    new = read_named_key(entry.kind, entry.data) if entry.kind == Kind.KEY_ROTATE else None
    if new is None or new.name != origin or entry.header.log != origin:
        return None
    if not is_signed_by(entry, new) or not any(is_signed_by(entry, each) for each in signers):
        return None
    return new
