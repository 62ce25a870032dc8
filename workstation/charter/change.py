"""Putting a charter in force: checked against the station, recorded in the log, then obeyed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from crypto.canonical_json import JsonValue
from crypto.log.file.store import LogStore
from crypto.log.format.key_record import Kind
from crypto.log.format.note import NoteSigner
from workstation.accounts.staging import StagedAccounts
from workstation.charter.archive import CharterArchive
from workstation.charter.contents import (
    OPERATORS_NAME,
    Contents,
    compose,
    describe_accounts,
    describe_station,
    read_stated_settings,
)
from workstation.charter.difference import (
    Difference,
    compare_accounts,
    compare_contents,
    difference_facts,
)
from workstation.charter.document import Charter, CharterAccount
from workstation.charter.enrolment import enrol_accounts
from workstation.charter.in_force import (
    CharterInForce,
    find_charter,
    locate_differences,
)
from workstation.charter.signatures import SignedCharter, require_signers
from workstation.errors import CharterRefused
from workstation.records.keys import read_trusted_cosigners
from workstation.rules.policy_file import MAX_POLICY_BYTES
from workstation.settings.settings import LoadedSettings
from workstation.settings.toml_file import read_limited

__all__ = ["PROPOSAL_LIFE_MS", "Enacted", "compose_next", "enact", "list_changes"]

PROPOSAL_LIFE_MS: Final = 7 * 24 * 3_600_000
"""A proposal older than a week is proposed anew: whoever signed it may have forgotten why."""

_CLOCK_MS: Final = 60_000


@dataclass(frozen=True, slots=True)
class Enacted:
    """What was put in force, and the entry of the log that says so."""

    signed: SignedCharter
    signers: tuple[str, ...]
    entry: int
    changes: tuple[Difference, ...]


def compose_next(
    in_force: CharterInForce,
    found: Contents,
    accounts: Sequence[CharterAccount],
    made_ms: int,
) -> Charter:
    """Return the charter that would follow, of what the folder holds now.

    Raises CharterRefused: another origin or profile, which a generation never changes.
    """
    for name, before, after in (
        ("origin_changed", in_force.charter.origin, found.origin),
        ("profile_changed", in_force.profile, found.profile.value),
    ):
        if before != after:
            raise CharterRefused(f"{name}: {before} is for good; begin another station")
    return compose(
        found,
        accounts,
        made_ms,
        number=in_force.charter.number + 1,
        previous=in_force.sha256,
    )


def list_changes(
    in_force: CharterInForce, charter: Charter, loaded: LoadedSettings
) -> tuple[Difference, ...]:
    """Return in what a proposed charter differs from the one in force, place by place."""
    changes = (
        *compare_contents(in_force.charter, _contents_of(charter)),
        *compare_accounts(in_force.charter.accounts, charter.accounts),
    )
    return tuple(locate_differences(changes, in_force.charter, loaded))


def enact(
    loaded: LoadedSettings,
    log: LogStore,
    signed: SignedCharter,
    order: Sequence[NoteSigner],
    now_ms: int,
) -> Enacted:
    """Record a signed charter as the one in force; staged accounts that it states become accounts.

    order  the keys of those who signed the charter: the log's entries need them too

    What it pins must be what the folder holds at this moment, so nobody signs one thing and gets
    another. Done again after an interruption, it goes on. Raises CharterRefused, SettingsRefused,
    PolicyRefused, OperatorRefused, LogError, OSError.
    """
    in_force = find_charter(log, loaded.folder, read_trusted_cosigners(loaded))
    charter = signed.charter
    age = now_ms - charter.made_ms
    if not -_CLOCK_MS <= age <= PROPOSAL_LIFE_MS:
        raise CharterRefused("proposal: older than a week, or from the future; propose it anew")
    if (charter.number, charter.previous) != (in_force.charter.number + 1, in_force.sha256):
        raise CharterRefused("proposal: another charter came into force since; propose it anew")
    names = require_signers(signed, in_force.head_office, in_force.charter)
    found = describe_station(loaded)
    staged = StagedAccounts(loaded.folder / OPERATORS_NAME)
    accounts = staged.accounts()
    wanted = compose_next(in_force, found, describe_accounts(accounts), charter.made_ms)
    if charter != wanted:
        raise CharterRefused("proposal: settings, files or accounts changed since; propose it anew")
    changes = list_changes(in_force, charter, loaded)
    if not changes:
        raise CharterRefused("unchanged: the station is what its charter says")
    settings = read_stated_settings(loaded)
    archive = CharterArchive(loaded.folder)
    # First the file, then the entry that names it: one that no entry names is not in force.
    archive.keep(signed, settings, _read_pinned_policy(loaded))
    data: dict[str, JsonValue] = {
        "number": charter.number,
        "sha256": signed.sha256,
        "previous": charter.previous,
        "changes": difference_facts(changes),
    }
    # The credentials before the charter: one that the log knows and the charter does not name
    # opens nothing here, and going on after an interruption begins with them again.
    enrol_accounts(log, charter.accounts, order)
    entry = log.append(Kind.CHARTER_CHANGE, data, cosigners=order).entry.seq
    staged.adopt(charter.accounts)
    archive.withdraw()
    return Enacted(signed, names, entry, changes)


def _read_pinned_policy(loaded: LoadedSettings) -> bytes:
    """Return the policy that the settings pin; empty where signers put policies in force."""
    pinned = loaded.values.policy.pinned
    if pinned is None:
        return b""
    return read_limited(loaded.path(pinned[0]), MAX_POLICY_BYTES, CharterRefused)


def _contents_of(charter: Charter) -> Contents:
    return Contents(
        charter.origin,
        charter.profile,
        charter.settings_sha256,
        tuple(charter.policies),
        tuple(charter.files),
        tuple(charter.recipients),
    )
