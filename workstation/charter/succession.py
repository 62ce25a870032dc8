"""The charter with which a next generation of the log begins: the one before under a new name.

A supervisor and an administrator sign it, who alone may change nothing else. So it is the charter
before in every member but the log's name, and the settings but for the one line of that name.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from crypto.canonical_json import JsonValue
from crypto.log.format.entry import LogEntry
from crypto.log.format.key_record import SignerRole, begin_genesis_keys
from crypto.log.format.note import NoteVerifier
from workstation.charter.document import Charter, CharterAccount
from workstation.charter.signatures import SignedCharter
from workstation.errors import CharterRefused
from workstation.rules.parties import Role, person_key
from workstation.settings.origin import name_next_generation, replace_origin

__all__ = [
    "compose_successor",
    "read_founded",
    "require_founders",
    "require_named",
    "require_succession",
]

_ROLES: Final = frozenset({Role.SUPERVISOR, Role.ADMIN})


def compose_successor(before: SignedCharter, settings: bytes, made_ms: int) -> Charter:
    """Return the charter of the next generation.

    settings  the file with the next generation's name in it
    """
    return msgspec.structs.replace(
        before.charter,
        origin=name_next_generation(before.charter.origin),
        number=before.charter.number + 1,
        previous=before.sha256,
        made_ms=made_ms,
        settings_sha256=hashlib.sha256(settings).hexdigest(),
    )


def require_succession(
    signed: SignedCharter, before: SignedCharter, settings: bytes
) -> tuple[str, ...]:
    """Return the ids of the two people who signed a next generation's charter.

    settings  the copy of those that the charter before was made of
    Raises CharterRefused: more changed than the name, the copy is another, or others signed.
    """
    earlier = before.charter
    if hashlib.sha256(settings).hexdigest() != earlier.settings_sha256:
        raise CharterRefused("copies: those beside the charter are not what it pins")
    renamed = replace_origin(settings, earlier.origin, name_next_generation(earlier.origin))
    if signed.charter != compose_successor(before, renamed, signed.charter.made_ms):
        raise CharterRefused("origin_changed: a next generation changes nothing else")
    return require_founders(signed, earlier)


def require_founders(signed: SignedCharter, before: Charter) -> tuple[str, ...]:
    """Return the two ids; CharterRefused unless one is a supervisor's, one an administrator's."""
    people = {_identify(each): each for each in before.accounts if each.vkey and not each.disabled}
    found: list[CharterAccount] = []
    for line in signed.note.lines:
        account = people.get((line.name, line.key_id))
        if account is None or account.role not in _ROLES:
            raise CharterRefused(f"signature: {line.name} may not sign")
        if not NoteVerifier.parse(account.vkey).verifies(signed.note.text, line.signature):
            raise CharterRefused(f"signature: not that of {line.name}")
        found.append(account)
    if len({person_key(each.id) for each in found}) != len(found):
        raise CharterRefused("signature: one person twice")
    if {each.role for each in found} != _ROLES:
        raise CharterRefused("signature: a supervisor and an administrator are needed")
    return tuple(each.id for each in found)


def _identify(account: CharterAccount) -> tuple[str, bytes]:
    return NoteVerifier.parse(account.vkey).identity


def read_founded(genesis: LogEntry, trusted: Sequence[NoteVerifier]) -> tuple[NoteVerifier, ...]:
    """Return head office's keys as the founders of a generation name them.

    trusted  head office's keys, from enrolment
    Raises CharterRefused unless all that signed the entry are the log's key, the founders and head
    office, and each signature is right. Who the founders are the charter says (`require_named`).
    """
    data = genesis.data
    listed = [*_vkeys(data), str(data.get("vkey"))]
    known = {key.identity: key for key in (*trusted, *map(NoteVerifier.parse, listed))}
    signers = [(line.name, line.key_id) for line in genesis.lines]
    for line in genesis.lines:
        key = known.get((line.name, line.key_id))
        if key is None or not key.verifies(genesis.note.text, line.signature):
            raise CharterRefused("genesis: a signature that is not its founders'")
    log_key = NoteVerifier.parse(str(data.get("vkey")))
    others = [key for key in known.values() if key != log_key]
    records = begin_genesis_keys(data, log_key, signers, others)
    roles = {each.account_role for each in records if each.account}
    if not {each.value for each in _ROLES} <= roles:
        raise CharterRefused("genesis: a supervisor and an administrator have to begin it")
    office = {key.vkey for key in trusted}
    return tuple(
        each.verifier
        for each in records
        if each.role is SignerRole.ENROLLED and each.is_head_office and each.verifier.vkey in office
    )


def _vkeys(data: Mapping[str, JsonValue]) -> list[str]:
    listed = data.get("founders")
    found = listed if isinstance(listed, list) else []
    return [str(each.get("vkey")) for each in found if isinstance(each, dict)]


def require_named(genesis: LogEntry, signed: SignedCharter) -> None:
    """Raise CharterRefused when others began the generation than signed its first charter."""
    named = {NoteVerifier.parse(each).identity for each in _vkeys(genesis.data)}
    lines = {(line.name, line.key_id) for line in signed.note.lines}
    if not named or not named <= lines:
        raise CharterRefused("genesis: others began it than signed its charter")
