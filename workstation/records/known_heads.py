"""Heads of the log that left the station: in released heads, permits, receipts and checkpoints.

Whoever holds the log's key can rewrite the log; he cannot take back a head that somebody else has.
Signatures are the audit's part: it knows the log's keys.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from crypto.errors import NoteMalformed
from crypto.log.file.released import ReleasedHead, ReleasedMark
from crypto.log.format.checkpoint import Checkpoint
from crypto.log.format.note import MAX_NOTE_BYTES, SIGNATURE_BYTES, parse_note
from workstation.documents.permit import MAX_PERMIT_BYTES, pick_key, read_claims
from workstation.errors import PermitRefused

__all__ = ["KnownHeads", "parse_head", "read_heads"]

_RECEIPT = "c2sp.org/tlog-proof@v1\n"
_PERMIT_SUFFIX = ".jws"


@dataclass(frozen=True, slots=True)
class KnownHeads:
    """Heads of one log that were found outside of it, and files that tell only of other logs."""

    marks: tuple[ReleasedMark, ...]
    elsewhere: tuple[str, ...]


def read_heads(
    origin: str,
    *,
    released: Sequence[Path] = (),
    permits: Sequence[Path] = (),
    permit_keys: Sequence[Ed25519PublicKey] = (),
    heads: Sequence[Path] = (),
) -> KnownHeads:
    """Read every head of the log `origin` in files, and in folders of permits.

    released    files of released heads; one that is not there remembers nothing
    permits     files, or folders whose `*.jws` are taken; verified with one of `permit_keys`
    heads       checkpoints, receipts (tlog-proof), or the text of a receipt's QR code

    Raises NoteMalformed naming the file that is none of these, LogTampered for a damaged file of
    released heads, LogUnwritable when one cannot be read, OSError for the others.
    """
    marks: list[ReleasedMark] = []
    elsewhere: list[str] = []
    found = (
        *((path.name, ReleasedHead(path).marks()) for path in released),
        *((path.name, (_read_permit(path, permit_keys),)) for path in _list_permits(permits)),
        *((path.name, (_read_head(path),)) for path in heads),
    )
    for name, told in found:
        own = [mark for mark in told if mark.names(origin)]
        marks += own
        if told and not own:
            elsewhere.append(name)
    return KnownHeads(tuple(dict.fromkeys(marks)), tuple(elsewhere))


def _list_permits(places: Sequence[Path]) -> Iterator[Path]:
    for place in places:
        yield from sorted(place.glob(f"*{_PERMIT_SUFFIX}")) if place.is_dir() else (place,)


def _read_permit(path: Path, keys: Sequence[Ed25519PublicKey]) -> ReleasedMark:
    if not keys:
        raise NoteMalformed("permits need the station's permit key")
    untrusted = _read(path, MAX_PERMIT_BYTES + 2).decode("ascii", "replace").rstrip("\r\n")
    try:
        claims = read_claims(untrusted, pick_key(untrusted, keys))
    except PermitRefused as refused:
        raise NoteMalformed(f"{path.name}: {refused.detail}") from None
    return parse_head(claims.log_head.encode())


def _read_head(path: Path) -> ReleasedMark:
    try:
        return parse_head(_read(path, MAX_NOTE_BYTES))
    except NoteMalformed as error:
        raise NoteMalformed(f"{path.name}: {error.detail}") from None


def _read(path: Path, limit: int) -> bytes:
    with path.open("rb") as file:
        return file.read(limit + 1)


def parse_head(untrusted: bytes) -> ReleasedMark:
    """Return the head in a checkpoint or a receipt, its signature unverified; NoteMalformed.

    A text that went through a scanner or an editor may have other line ends, or none at its end.
    """
    try:
        text = untrusted.decode("utf-8").replace("\r\n", "\n").rstrip("\n") + "\n"
    except UnicodeDecodeError:
        raise NoteMalformed("not UTF-8") from None
    if text.startswith(_RECEIPT):
        text = text.partition("\n\n")[2]
    note = parse_note(text.encode())
    head = Checkpoint.parse(note.text)
    # The log's own line: cosignatures are longer by their time (c2sp.org/tlog-cosignature).
    own = (each for each in note.lines if each.name == head.origin)
    for line in own:
        if len(line.signature) == SIGNATURE_BYTES:
            return ReleasedMark(head.origin, head.size, head.root, line.signature)
    raise NoteMalformed("no signature of the log")
