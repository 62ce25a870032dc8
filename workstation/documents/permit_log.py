"""A permit's place in the signed log: shown by the station, verified by core banking.

The entry `verify.permit` holds the digest of the permit's facts, so a proof that was taken from
another permit fits no other facts. Which key signed the head is judged last, by keys that the
verifier has from elsewhere.
"""

import base64
from collections.abc import Sequence
from typing import NoReturn, Protocol

from crypto.canonical_json import JsonValue
from crypto.errors import EntryMalformed, KeyRefused, NoteMalformed
from crypto.log.file.store import Appended, LogStore
from crypto.log.format.checkpoint import Checkpoint, SignedCheckpoint, open_checkpoint
from crypto.log.format.entry import LogEntry, parse_entry
from crypto.log.format.merkle import verify_consistency, verify_inclusion
from crypto.log.format.note import SIGNATURE_BYTES, NoteVerifier, parse_note, strict_base64
from workstation.documents.permit_claims import (
    EarlierHead,
    PermitClaims,
    PermitFacts,
    digest_facts,
)
from workstation.errors import PermitRefused

__all__ = [
    "PERMIT_ENTRY",
    "describe_earlier",
    "open_head",
    "prove_in_log",
    "require_in_log",
    "state_permit",
    "verify_head",
]

PERMIT_ENTRY = "verify.permit"


class _Tree(Protocol):
    """The log itself, or one look into it."""

    def checkpoint(self, size: int) -> SignedCheckpoint: ...

    def consistency_proof(self, old: int, new: int) -> tuple[bytes, ...]: ...


def state_permit(facts: PermitFacts) -> dict[str, JsonValue]:
    """Return the data of the entry that has to stand in the log before the permit is signed."""
    return {
        "jti": facts.jti,
        "facts_sha256": digest_facts(facts),
        "nbf": facts.nbf,
        "exp": facts.exp,
        "result": facts.log_index,
    }


def prove_in_log(
    facts: PermitFacts, log: LogStore, recorded: Appended, earlier: Sequence[int]
) -> PermitClaims:
    """Return the whole claims: the facts with their entry, its path, the head and earlier heads.

    earlier  sizes of the heads of the permits before, the newest first
    Raises LogError when the log cannot prove them.
    """
    head, entry = recorded.checkpoint, recorded.entry
    return PermitClaims(
        **{name: getattr(facts, name) for name in PermitFacts.__struct_fields__},
        log_entry=entry.body.decode(),
        log_proof=_encode(log.inclusion_proof(entry.seq, head.size).path),
        log_size=head.size,
        log_root=_base64(head.root),
        log_head=head.text,
        log_previous=tuple(describe_earlier(log, size, head.size) for size in earlier),
    )


def describe_earlier(log: _Tree, old: int, new: int) -> EarlierHead:
    """Return the head of size `old` with the proof that the one of size `new` grew from it."""
    path = log.consistency_proof(old, new)
    return EarlierHead(old, _base64(log.checkpoint(old).root), _encode(path))


def require_in_log(claims: PermitClaims) -> None:
    """Refuse with PermitRefused(`log`) claims whose entry, path or heads do not fit together."""
    try:
        note = parse_note(claims.log_head.encode())
        head = Checkpoint.parse(note.text)
        entry = parse_entry(claims.log_entry.encode())
        path = tuple(strict_base64(each) for each in claims.log_proof)
        root = strict_base64(claims.log_root)
        fits = (head.origin, head.size, head.root) == (claims.iss, claims.log_size, root)
        # One signature of the log, so that the key it is by is no matter of who reads.
        by_log = [line.signature for line in note.lines if line.name == head.origin]
        if not fits or [len(each) for each in by_log] != [SIGNATURE_BYTES]:
            _refuse("log")
        if not _is_over(entry, claims):
            _refuse("log")
        if not verify_inclusion(entry.leaf, entry.seq, head.size, path, head.root):
            _refuse("log")
        _require_growth(claims.log_previous, head)
    except (NoteMalformed, EntryMalformed, UnicodeEncodeError):
        raise PermitRefused("log") from None


def _is_over(entry: LogEntry, claims: PermitClaims) -> bool:
    """Whether this is the permit's own entry: of its log, its case, its facts."""
    stated = state_permit(claims) | {"case": claims.session}
    return (
        entry.header.log == claims.iss
        and entry.kind == PERMIT_ENTRY
        and entry.data == stated
        and claims.log_index < entry.seq
    )


def _require_growth(earlier: Sequence[EarlierHead], head: Checkpoint) -> None:
    newer = head.size
    for each in earlier:
        if not 0 < each.size < newer:
            _refuse("log")
        newer = each.size
        path = tuple(strict_base64(node) for node in each.path)
        old = strict_base64(each.root)
        if not verify_consistency(each.size, head.size, path, old, head.root):
            _refuse("log")


def verify_head(claims: PermitClaims, log_keys: Sequence[NoteVerifier]) -> SignedCheckpoint:
    """Return the head when one of the log's keys signed it.

    log_keys  those the verifier knows: the first one and what rotations brought
    Raises PermitRefused(`head`) when none did, so also when no key is known.
    """
    return open_head(claims.log_head, log_keys)


def open_head(untrusted: str, log_keys: Sequence[NoteVerifier]) -> SignedCheckpoint:
    """Return a signed head of the log of one of these keys; PermitRefused(`head`)."""
    for key in log_keys:
        try:
            return open_checkpoint(untrusted.encode(), key)
        except (KeyRefused, NoteMalformed, UnicodeEncodeError):
            continue
    raise PermitRefused("head")


def _encode(path: Sequence[bytes]) -> tuple[str, ...]:
    return tuple(_base64(each) for each in path)


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")


def _refuse(detail: str) -> NoReturn:
    raise PermitRefused(detail)
