"""A change by two administrators: proposed by one, countersigned by another, never by one alone."""

from collections.abc import Sequence
from pathlib import Path

from crypto.log.file.store import LogStore
from crypto.log.format.note import NoteSigner
from workstation.accounts.staging import StagedAccounts
from workstation.administration.staged_settings import StagedSettings, load_candidate
from workstation.charter.archive import CharterArchive
from workstation.charter.change import Enacted, compose_next, enact, list_changes
from workstation.charter.contents import (
    OPERATORS_NAME,
    describe_accounts,
    describe_station,
)
from workstation.charter.difference import ChangeCode, Difference
from workstation.charter.document import Charter
from workstation.charter.in_force import CharterInForce, find_charter
from workstation.charter.signatures import SignedCharter, add_signature, sign_charter
from workstation.errors import CharterRefused
from workstation.records.keys import read_trusted_cosigners
from workstation.rules.parties import person_key
from workstation.settings.settings import LoadedSettings

__all__ = [
    "compose_waiting",
    "countersign_changes",
    "find_proposal",
    "find_proposer",
    "list_waiting",
    "needs_restart",
    "propose_changes",
    "require_others",
    "require_proposal",
    "withdraw_changes",
]

_OF_ACCOUNTS = frozenset(each for each in ChangeCode if each.name.startswith("ACCOUNT_"))


def compose_waiting(in_force: CharterInForce, candidate: LoadedSettings, now_ms: int) -> Charter:
    """Return the charter of what waits: settings, files and accounts as they would be."""
    accounts = StagedAccounts(candidate.folder / OPERATORS_NAME).accounts()
    found = describe_station(candidate)
    return compose_next(in_force, found, describe_accounts(accounts), now_ms)


def list_waiting(
    in_force: CharterInForce, loaded: LoadedSettings, now_ms: int
) -> tuple[Difference, ...]:
    """Return in what that which waits differs from the charter in force, place by place."""
    candidate = load_candidate(loaded, in_force)
    return list_changes(in_force, compose_waiting(in_force, candidate, now_ms), candidate)


def propose_changes(
    in_force: CharterInForce, loaded: LoadedSettings, credential: NoteSigner, now_ms: int
) -> tuple[SignedCharter, tuple[Difference, ...]]:
    """Sign what waits as a proposal; return it with its changes. Nothing is in force by it.

    The caller keeps it (`CharterArchive.propose`) once the log says who proposes. Raises
    CharterRefused, SettingsRefused, PolicyRefused, OperatorRefused.
    """
    candidate = load_candidate(loaded, in_force)
    proposal = sign_charter(compose_waiting(in_force, candidate, now_ms), credential)
    changes = list_changes(in_force, proposal.charter, candidate)
    if not changes:
        raise CharterRefused("unchanged: the station is what its charter says")
    return proposal, changes


def find_proposal(folder: Path) -> SignedCharter | None:
    """Return the proposal that waits; None for none, and for a file that is no proposal."""
    try:
        return CharterArchive(folder).proposal()
    except CharterRefused:
        # Nobody can sign it, and whoever withdraws or proposes gets rid of it.
        return None


def require_proposal(folder: Path) -> SignedCharter:
    """Return the proposal that waits; CharterRefused(`proposal`) when there is none."""
    found = find_proposal(folder)
    if found is None:
        raise CharterRefused("proposal: there is none; `charter propose` makes one")
    return found


def find_proposer(proposal: SignedCharter, in_force: CharterInForce) -> str:
    """Return the id of the administrator whose line is the proposal's first; CharterRefused."""
    line = proposal.note.lines[0]
    for each in in_force.charter.accounts:
        if each.vkey.startswith(f"{line.name}+{line.key_id.hex()}+"):
            return each.id
    raise CharterRefused(f"signature: {line.name} may not sign")


def require_others(changes: Sequence[Difference], signers: Sequence[str]) -> None:
    """Raise CharterRefused where a change is of an account of who signs it: nobody's own role."""
    own = {person_key(each) for each in signers}
    for each in changes:
        if each.code in _OF_ACCOUNTS and person_key(each.at) in own:
            raise CharterRefused(f"own_account: {each.at}")


def countersign_changes(
    loaded: LoadedSettings,
    log: LogStore,
    proposal: SignedCharter,
    order: Sequence[NoteSigner],
    now_ms: int,
) -> Enacted:
    """Put a proposal in force, and its settings in place.

    order  the credentials of who countersigns and of who proposed, in this order: the log's own
           entries need both

    Raises as `charter.change.enact`.
    """
    folder = loaded.folder
    in_force = find_charter(log, folder, read_trusted_cosigners(loaded))
    candidate = load_candidate(loaded, in_force)
    enacted = enact(candidate, log, add_signature(proposal, order[0]), order, now_ms)
    StagedSettings(folder).put_in_place(enacted.signed.charter)
    return enacted


def withdraw_changes(folder: Path) -> tuple[int | None, tuple[str, ...]]:
    """Drop the proposal and all that is staged; return its number and whose accounts waited.

    Nothing that is in force changes.
    """
    archive, staged = CharterArchive(folder), StagedAccounts(folder / OPERATORS_NAME)
    proposal, waiting = find_proposal(folder), staged.changed()
    staged.withdraw()
    archive.withdraw()
    StagedSettings(folder).withdraw()
    return (None if proposal is None else proposal.charter.number), waiting


def needs_restart(changes: Sequence[Difference]) -> bool:
    """Whether a running workstation works by something that is another now: all but accounts."""
    return any(each.code not in _OF_ACCOUNTS for each in changes)
