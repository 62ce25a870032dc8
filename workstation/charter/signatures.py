"""Who has to sign a charter: head office, or two different administrators of the one before.

The same two ways as for the log's own entries of this weight (docs/formats/log.md, section 2).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from crypto.errors import NoteMalformed
from crypto.log.format.note import Note, NoteSigner, NoteVerifier, parse_note
from workstation.charter.document import (
    MAX_CHARTER_BYTES,
    Charter,
    digest_note,
    encode_charter,
    parse_charter,
)
from workstation.errors import CharterRefused
from workstation.rules.parties import Role, person_key

__all__ = [
    "SignedCharter",
    "add_signature",
    "read_signed",
    "require_signers",
    "sign_charter",
    "signers_of",
]


@dataclass(frozen=True, slots=True)
class SignedCharter:
    """A charter with its signature lines; whether they suffice is `require_signers`'."""

    charter: Charter
    note: Note

    @property
    def octets(self) -> bytes:
        """The file."""
        return self.note.encode()

    @property
    def sha256(self) -> str:
        """Digest of the file, hex: by this the log names a charter."""
        return digest_note(self.octets)


@dataclass(frozen=True, slots=True)
class _Signers:
    head_office: tuple[str, ...]
    administrators: tuple[str, ...]


def sign_charter(charter: Charter, signer: NoteSigner) -> SignedCharter:
    """Return the charter under its first signature; CharterRefused when it cannot be written."""
    text = encode_charter(charter)
    return SignedCharter(charter, Note(text, (signer.sign_line(text),)))


def add_signature(signed: SignedCharter, signer: NoteSigner) -> SignedCharter:
    """Return the charter with one signature more."""
    lines = (*signed.note.lines, signer.sign_line(signed.note.text))
    return SignedCharter(signed.charter, Note(signed.note.text, lines))


def read_signed(untrusted: bytes) -> SignedCharter:
    """Parse a charter's file strictly; CharterRefused(`malformed`). Signatures stay unverified."""
    if len(untrusted) > 2 * MAX_CHARTER_BYTES:
        raise CharterRefused("malformed: too long")
    try:
        note = parse_note(untrusted)
    except NoteMalformed as malformed:
        raise CharterRefused(f"malformed: {malformed.detail}") from None
    if note.encode() != untrusted:
        raise CharterRefused("malformed: not canonical")
    return SignedCharter(parse_charter(note.text), note)


def require_signers(
    signed: SignedCharter, head_office: Sequence[NoteVerifier], before: Charter | None
) -> tuple[str, ...]:
    """Return who signed, head office by its key's name and administrators by their ids.

    head_office  keys that cosigned the log's first entry: one of them suffices
    before       the charter before: two different persons of its administrators suffice

    Raises CharterRefused(`signature: …`): a line of nobody who may sign, a signature that is
    wrong, one person twice in whatever spelling, or one administrator alone.
    """
    found = signers_of(signed, head_office, before)
    persons = {person_key(each) for each in found.administrators}
    if len(persons) != len(found.administrators):
        raise CharterRefused("signature: one person twice")
    if not found.head_office and len(persons) < 2:  # noqa: PLR2004 - four eyes
        raise CharterRefused("signature: one administrator alone")
    return (*found.head_office, *found.administrators)


def signers_of(
    signed: SignedCharter, head_office: Sequence[NoteVerifier], before: Charter | None
) -> _Signers:
    """Return whose signatures these are, every one verified; CharterRefused as above."""
    above = {each.identity: each for each in head_office}
    people = _administrators(before)
    office: list[str] = []
    administrators: list[str] = []
    for line in signed.note.lines:
        identity = (line.name, line.key_id)
        person = people.get(identity)
        key = above.get(identity) or (person[1] if person else None)
        if key is None:
            raise CharterRefused(f"signature: {line.name} may not sign")
        if not key.verifies(signed.note.text, line.signature):
            raise CharterRefused(f"signature: not that of {line.name}")
        if identity in above:
            office.append(line.name)
        elif person:
            administrators.append(person[0])
    if len(set(office)) != len(office):
        raise CharterRefused("signature: one key twice")
    return _Signers(tuple(office), tuple(administrators))


def _administrators(
    charter: Charter | None,
) -> dict[tuple[str, bytes], tuple[str, NoteVerifier]]:
    """Return id and key of every administrator in office, by what a signature line is matched by.

    An account without a credential signs nothing.
    """
    found: dict[tuple[str, bytes], tuple[str, NoteVerifier]] = {}
    for each in () if charter is None else charter.accounts:
        if each.role is Role.ADMIN and not each.disabled and each.vkey:
            try:
                key = NoteVerifier.parse(each.vkey)
            except NoteMalformed:
                raise CharterRefused(f"malformed: key of {each.id}") from None
            found[key.identity] = each.id, key
    return found
