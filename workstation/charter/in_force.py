"""Which charter is in force, and whether the station is what it says: asked at every start.

The log names the charter by digest: in its first entry, in every `charter.change` and in every
`session.open`. So an older one that is put back is not the one in force, however rightly signed.
"""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from crypto.files.durable import write_durably
from crypto.log.audit.reader import LogReader
from crypto.log.file.store import LogStore
from crypto.log.format.entry import LogEntry
from crypto.log.format.key_record import RULES, Kind, is_credential
from crypto.log.format.note import NoteVerifier
from workstation.charter.archive import CharterArchive
from workstation.charter.contents import Contents
from workstation.charter.difference import (
    ChangeCode,
    Difference,
    compare_accounts,
    compare_contents,
    compare_tables,
)
from workstation.charter.document import Charter, CharterAccount
from workstation.charter.signatures import SignedCharter, require_signers
from workstation.charter.succession import read_founded, require_named, require_succession
from workstation.errors import CharterRefused
from workstation.rules.policy_file import MAX_POLICY_BYTES
from workstation.settings.settings import SETTINGS_NAME, LoadedSettings, read_settings
from workstation.settings.toml_file import read_limited, toml_tables

__all__ = [
    "CharterInForce",
    "compare_station",
    "find_charter",
    "find_newest_charter",
    "locate_differences",
    "read_head_office",
    "require_charter",
    "restore_sources",
]

_NAMING: Final = {
    Kind.GENESIS.value: "charter",
    Kind.SESSION_OPEN.value: "charter",
    Kind.CHARTER_CHANGE.value: "sha256",
}
"""Kinds of entries that name the charter in force, and by which member."""

_PAGE: Final = 64


@dataclass(frozen=True, slots=True)
class CharterInForce:
    """The charter that the log names, with who signed it.

    head_office  keys that cosigned the log's first entry
    profile      what that entry says of it: a generation never changes its own
    """

    signed: SignedCharter
    signers: tuple[str, ...]
    head_office: tuple[NoteVerifier, ...]
    profile: str

    @property
    def charter(self) -> Charter:
        """The document."""
        return self.signed.charter

    @property
    def sha256(self) -> str:
        """Its digest, as the log names it."""
        return self.signed.sha256


def find_charter(
    log: LogStore | LogReader, folder: Path, trusted: Sequence[NoteVerifier]
) -> CharterInForce:
    """Return the charter in force, its signatures verified back to one of head office.

    trusted  keys that may have cosigned the log's first entry, from enrolment

    Raises CharterRefused: `log` for a generation of before, `genesis` when nobody trusted began
    the log, `missing` when the folder does not hold the charter that the log names, `signature`.
    """
    (genesis,) = _read(log, 0, 1)
    head_office = read_head_office(genesis, trusted)
    archive = CharterArchive(folder)
    signed = archive.find(_find_digest(log))
    signers = _require_chain(archive, signed, head_office)
    if genesis.data.get("founders"):
        require_named(genesis, archive.find(str(genesis.data["charter"])))
    if signed.charter.origin != genesis.header.log:
        raise CharterRefused("origin_changed: the charter is another log's")
    return CharterInForce(signed, signers, head_office, str(genesis.data.get("profile")))


def find_newest_charter(
    folder: Path, origin: str, trusted: Sequence[NoteVerifier]
) -> SignedCharter:
    """Return the newest charter of this log that leads back to head office, without the log.

    For where the log cannot say which one is in force. CharterRefused(`missing`): there is none.
    """
    archive = CharterArchive(folder)
    head_office = [each for each in trusted if not is_credential(each)]
    for signed in reversed(archive.read_all()):
        if signed.charter.origin == origin:
            with suppress(CharterRefused):
                _require_chain(archive, signed, head_office)
                return signed
    raise CharterRefused(f"missing: no charter of {origin} that head office began")


def read_head_office(
    genesis: LogEntry, trusted: Sequence[NoteVerifier]
) -> tuple[NoteVerifier, ...]:
    """Return the trusted keys that cosigned the log's first entry; CharterRefused: nobody did."""
    if genesis.data.get("rules") != RULES or "charter" not in genesis.data:
        raise CharterRefused(
            "log: begun under rules of before, without a charter; begin a next generation"
            " (of a demo: remove its folder)"
        )
    if genesis.data.get("founders"):
        return read_founded(genesis, trusted)
    known = {each.identity: each for each in trusted if not is_credential(each)}
    found = []
    for line in genesis.note.lines:
        key = known.get((line.name, line.key_id))
        if key is not None and key.verifies(genesis.note.text, line.signature):
            found.append(key)
    if not found:
        raise CharterRefused("genesis: cosigned by nobody who is trusted in enrolment/")
    return tuple(found)


def compare_station(
    in_force: CharterInForce,
    loaded: LoadedSettings,
    found: Contents,
    accounts: Sequence[CharterAccount],
) -> tuple[Difference, ...]:
    """Return everything in which the station differs from its charter, place by place."""
    charter = in_force.charter
    differences = [*compare_contents(charter, found), *compare_accounts(charter.accounts, accounts)]
    if in_force.profile != found.profile.value:
        stated = in_force.profile
        differences.insert(
            0, Difference(ChangeCode.PROFILE_CHANGED, "profile", stated, found.profile.value)
        )
    # The genesis entry and the charter may say the same of the profile.
    return tuple(dict.fromkeys(locate_differences(differences, charter, loaded)))


def require_charter(
    in_force: CharterInForce,
    loaded: LoadedSettings,
    found: Contents,
    accounts: Sequence[CharterAccount],
) -> None:
    """Raise CharterRefused, its faults every place, when the station is not what it says."""
    differences = compare_station(in_force, loaded, found, accounts)
    if differences:
        # Of settings the place says more than that they are others.
        places = [each for each in differences if each.code is not ChangeCode.SETTINGS_CHANGED]
        faults = tuple(str(each) for each in places or differences)
        raise CharterRefused(faults[0], faults)


def restore_sources(in_force: CharterInForce, loaded: LoadedSettings) -> tuple[str, ...]:
    """Write back the settings and policy that the charter in force was made of; return the names.

    CharterRefused(`copies`) when the copies beside the charter are not what it pins.
    """
    charter = in_force.charter
    settings, policy = CharterArchive(loaded.folder).sources(charter.number)
    pins = {each.sha256 for each in charter.policies}
    if _digest(settings) != charter.settings_sha256 or (pins and _digest(policy) not in pins):
        raise CharterRefused("copies: those beside the charter are not what it pins")
    pinned = read_settings(settings).policy.pinned
    if pinned is not None:
        write_durably(loaded.path(pinned[0]), policy)
    write_durably(loaded.folder / SETTINGS_NAME, settings)
    return (SETTINGS_NAME,) if pinned is None else (SETTINGS_NAME, pinned[0])


def _find_digest(log: LogStore | LogReader) -> str:
    """Return the digest of the newest entry that names a charter, from the end back.

    Every sign-in is one, so the way back is as long as one operator's work, whatever the log's
    size; and every entry on it is proven under the log's head by whoever reads it.
    """
    end = log.size
    while end > 0:
        start = max(0, end - _PAGE)
        for entry in reversed(_read(log, start, end)):
            named = entry.data.get(_NAMING.get(entry.kind, ""))
            if entry.kind in _NAMING and isinstance(named, str):
                return named
        end = start
    raise CharterRefused("log: no entry names a charter")


def _read(log: LogStore | LogReader, start: int, end: int) -> tuple[LogEntry, ...]:
    """Return entries proven under one head."""
    if isinstance(log, LogReader):
        return log.page(start, end - start)
    return tuple(log.entries(start, end))


def _require_chain(
    archive: CharterArchive, signed: SignedCharter, head_office: Sequence[NoteVerifier]
) -> tuple[str, ...]:
    """Return who signed; the administrators' own charter is verified in turn.

    Ends at a charter of head office, at the latest with the first, which nobody else can sign.
    """
    chain = [signed]
    while not _is_head_offices(chain[-1], head_office):
        previous = chain[-1].charter.previous
        if previous is None:
            raise CharterRefused("signature: the first charter is not head office's")
        before = archive.find(previous)
        if before.charter.number != chain[-1].charter.number - 1:
            raise CharterRefused("malformed: place in the chain")
        chain.append(before)
    signers: tuple[str, ...] = ()
    before_it: SignedCharter | None = None
    for each in reversed(chain):
        if before_it is None or before_it.charter.origin == each.charter.origin:
            earlier = before_it.charter if before_it else None
            signers = require_signers(each, head_office, earlier)
        else:
            settings, _ = archive.sources(before_it.charter.number)
            signers = require_succession(each, before_it, settings)
        before_it = each
    return signers


def _is_head_offices(signed: SignedCharter, head_office: Sequence[NoteVerifier]) -> bool:
    office = {each.identity for each in head_office}
    return any((line.name, line.key_id) in office for line in signed.note.lines)


def locate_differences(
    differences: Sequence[Difference], charter: Charter, loaded: LoadedSettings
) -> Iterator[Difference]:
    """Iterate over differences; of changed settings and policies each place follows.

    Only where the copy of what the charter pins is there and is what it pins.
    """
    settings, policy = CharterArchive(loaded.folder).sources(charter.number)
    pins = {each.sha256 for each in charter.policies}
    for each in differences:
        yield each
        if each.code is ChangeCode.SETTINGS_CHANGED and _digest(settings) == each.before:
            now = read_limited(loaded.folder / loaded.file, MAX_POLICY_BYTES, CharterRefused)
            yield from _places(ChangeCode.SETTING_CHANGED, settings, now)
        pinned = loaded.values.policy.pinned
        if each.code is ChangeCode.POLICY_REPLACED and pinned and _digest(policy) in pins:
            now = read_limited(loaded.path(pinned[0]), MAX_POLICY_BYTES, CharterRefused)
            yield from _places(ChangeCode.POLICY_VALUE_CHANGED, policy, now)


def _places(code: ChangeCode, before: bytes, after: bytes) -> Iterator[Difference]:
    old, new = (toml_tables(each, CharterRefused) for each in (before, after))
    yield from compare_tables(code, old, new)


def _digest(octets: bytes) -> str:
    return hashlib.sha256(octets).hexdigest()
