"""The charter's text: one line of canonical JSON (docs/formats/charter.md).

Nothing personal but ids and roles, so it may leave the station with its log.
"""

import hashlib
from typing import Annotated, Final

import msgspec

from crypto.canonical_json import JsonNotCanonical, canonical_json
from crypto.strict_json import JsonRefused, strict_decoded
from workstation.errors import CharterRefused
from workstation.rules.parties import Role, person_key
from workstation.settings.settings import Profile

__all__ = [
    "MAX_CHARTER_BYTES",
    "Charter",
    "CharterAccount",
    "CharterRecipient",
    "PinnedFile",
    "PinnedPolicy",
    "digest_note",
    "encode_charter",
    "parse_charter",
]

MAX_CHARTER_BYTES: Final = 262_144
_VERSION: Final = 1
_DEPTH: Final = 4

_Digest = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]
_Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
_Path = Annotated[str, msgspec.Meta(min_length=1, max_length=1024)]
_Number = Annotated[int, msgspec.Meta(ge=1, le=999_999)]


class _Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A struct of the document: no member more, none less."""


class PinnedFile(_Part, frozen=True):
    """A file that the settings name, as they write its path, and the digest of its octets."""

    path: _Path
    sha256: _Digest


class PinnedPolicy(_Part, frozen=True):
    """A policy by the id it calls itself and the digest of its octets."""

    id: _Name
    sha256: _Digest


class CharterRecipient(_Part, frozen=True):
    """Who can open sealed personal data: a name and the raw X25519 public key in hex."""

    name: _Name
    x25519: _Digest


class CharterAccount(_Part, frozen=True):
    """Who may sign in; `vkey` is the public half of the account's credential."""

    id: Annotated[str, msgspec.Meta(min_length=1, max_length=32)]
    role: Role
    vkey: Annotated[str, msgspec.Meta(max_length=300)]
    disabled: bool


class Charter(_Part, frozen=True):
    """The document.

    number, previous  its place in the chain: 1 and None, else one more and the digest of the
                      charter before, hex SHA-256 of its file
    made_ms           when it was composed: a proposal that waits too long is not countersigned
    """

    v: Annotated[int, msgspec.Meta(ge=_VERSION, le=_VERSION)]
    origin: _Name
    number: _Number
    previous: _Digest | None
    made_ms: Annotated[int, msgspec.Meta(ge=0, le=2**53 - 1)]
    profile: Profile
    settings_sha256: _Digest
    policies: Annotated[list[PinnedPolicy], msgspec.Meta(max_length=10)]
    files: Annotated[list[PinnedFile], msgspec.Meta(max_length=500)]
    recipients: Annotated[list[CharterRecipient], msgspec.Meta(max_length=8)]
    accounts: Annotated[list[CharterAccount], msgspec.Meta(min_length=1, max_length=1000)]

    def account(self, operator_id: str) -> CharterAccount | None:
        """Return the account of this very spelling of an id; None when there is none."""
        return next((each for each in self.accounts if each.id == operator_id), None)


def encode_charter(charter: Charter) -> bytes:
    """Return the document's line with its newline: what is signed; CharterRefused(`malformed`)."""
    try:
        text = canonical_json(msgspec.to_builtins(charter)) + b"\n"
    except JsonNotCanonical as refused:
        raise CharterRefused(f"malformed: {refused}") from None
    if parse_charter(text) != charter:
        raise CharterRefused("malformed")
    return text


def parse_charter(untrusted: bytes) -> Charter:
    """Read the document strictly; CharterRefused(`malformed`): one value has one spelling."""
    if len(untrusted) > MAX_CHARTER_BYTES:
        raise CharterRefused("malformed: too long")
    try:
        charter = strict_decoded(untrusted, Charter, depth=_DEPTH)
        spelled = canonical_json(msgspec.to_builtins(charter)) + b"\n"
    except (JsonRefused, JsonNotCanonical) as refused:
        raise CharterRefused(f"malformed: {refused}") from None
    if spelled != untrusted:
        raise CharterRefused("malformed: not canonical")
    if (charter.number == 1) != (charter.previous is None):
        raise CharterRefused("malformed: place in the chain")
    _require_once("account", [person_key(each.id) for each in charter.accounts])
    _require_once("file", [each.path for each in charter.files])
    _require_once("recipient", [each.name for each in charter.recipients])
    _require_once("policy", [each.id for each in charter.policies])
    return charter


def _require_once(what: str, names: list[str]) -> None:
    """Refuse two of one name, and any order but one, so that equal contents are equal octets."""
    if len(set(names)) != len(names):
        raise CharterRefused(f"malformed: {what} twice")
    if names != sorted(names):
        raise CharterRefused(f"malformed: {what}s not in order")


def digest_note(note: bytes) -> str:
    """Return the digest that names a charter: hex SHA-256 of its whole file, signatures too."""
    return hashlib.sha256(note).hexdigest()
