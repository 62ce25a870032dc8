"""`charter propose`, `countersign`, `withdraw`: a change by two administrators, never by one."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import click

from crypto.log.file.clock import SystemClock
from crypto.log.file.store import LogStore
from crypto.log.format.note import NoteSigner
from workstation.accounts.authentication import Authenticator, open_authenticator
from workstation.accounts.operators import Permission, require
from workstation.accounts.staging import StagedAccounts
from workstation.charter.archive import CharterArchive
from workstation.charter.change import compose_next, enact, list_changes
from workstation.charter.contents import OPERATORS_NAME, describe_accounts, describe_station
from workstation.charter.in_force import CharterInForce, find_charter, restore_sources
from workstation.charter.signatures import SignedCharter, add_signature, sign_charter
from workstation.ctl.charter import show_enacted, summarise_charter, word_differences
from workstation.ctl.console import Console, with_console
from workstation.ctl.secrets import read_secret, secret_option
from workstation.errors import CharterRefused
from workstation.records.journal import Journal
from workstation.records.keys import load_accounts_secret, open_key_store, read_trusted_cosigners
from workstation.records.station_log import load_log_key, open_log
from workstation.rules.parties import person_key
from workstation.settings.settings import LoadedSettings, load_settings

__all__ = ["countersign", "propose", "withdraw"]


@dataclass(frozen=True, slots=True)
class _Open:
    """A station whose log this command holds: nobody works at it meanwhile."""

    loaded: LoadedSettings
    log: LogStore
    authenticator: Authenticator
    in_force: CharterInForce

    def sign_in(self, operator_id: str, *, stdin: bool) -> NoteSigner:
        """Ask an administrator for the secret; return the person's credential."""
        secret = read_secret(stdin=stdin, question=f"Secret of {operator_id}", new=False)
        person = self.authenticator.authenticate(operator_id, secret)
        require(person.operator, Permission.MANAGE_OPERATORS)
        return person.credential


@contextmanager
def _open(console: Console) -> Iterator[_Open]:
    loaded = load_settings(console.folder())
    store = open_key_store(loaded, console.unlock)
    accounts, longest_s = loaded.folder / OPERATORS_NAME, loaded.values.sign_in.longest_lock_s
    clock = SystemClock()
    with open_log(loaded, load_log_key(loaded, store), clock) as log:
        in_force = find_charter(log, loaded.folder, read_trusted_cosigners(loaded))
        journal = Journal(log, origin=loaded.values.station.origin, charter=in_force.sha256)
        secret = load_accounts_secret(store)
        authenticator = open_authenticator(accounts, secret, longest_s, journal, clock)
        yield _Open(loaded, log, authenticator, in_force)


@click.command("propose")
@click.option("--by", "operator_id", required=True, help="Id of the administrator who proposes.")
@secret_option
@with_console
def propose(console: Console, operator_id: str, *, secret_stdin: bool) -> None:
    """Propose what the folder holds now.

    That is settings, policy, files and staged accounts. Nothing of it is in force before another
    administrator countersigns, within seven days. Until then the station starts only if settings
    and files are as before: `charter withdraw --restore`.
    """
    with _open(console) as station:
        credential = station.sign_in(operator_id, stdin=secret_stdin)
        loaded, in_force = station.loaded, station.in_force
        accounts = describe_accounts(StagedAccounts(loaded.folder / OPERATORS_NAME).accounts())
        found, now_ms = describe_station(loaded), SystemClock().wall_ms()
        proposal = sign_charter(compose_next(in_force, found, accounts, now_ms), credential)
        changes = list_changes(in_force, proposal.charter, loaded)
        if not changes:
            raise CharterRefused("unchanged: the station is what its charter says")
        CharterArchive(loaded.folder).propose(proposal)
    console.show(
        {
            **summarise_charter(proposal),
            "proposed_by": operator_id,
            "changes": word_differences(console, changes),
        }
    )
    console.note("Not in force: another administrator countersigns it within seven days.")


@click.command("countersign")
@click.option("--by", "operator_id", required=True, help="Id of the administrator who agrees.")
@secret_option
@with_console
def countersign(console: Console, operator_id: str, *, secret_stdin: bool) -> None:
    """Put the proposal in force.

    Another administrator does it than who proposed it. Read its changes in `charter status` before.
    Both type their secret, first who countersigns: the log's own entries need both keys.
    """
    with _open(console) as station:
        proposal = CharterArchive(station.loaded.folder).proposal()
        if proposal is None:
            raise CharterRefused("proposal: there is none; `charter propose` makes one")
        proposer = _read_proposer(proposal, station.in_force)
        if person_key(proposer) == person_key(operator_id):
            raise CharterRefused("signature: one person twice")
        order = (
            station.sign_in(operator_id, stdin=secret_stdin),
            station.sign_in(proposer, stdin=secret_stdin),
        )
        signed = add_signature(proposal, order[0])
        enacted = enact(station.loaded, station.log, signed, order, SystemClock().wall_ms())
    show_enacted(console, enacted)


@click.command("withdraw")
@click.option("--restore", is_flag=True, help="Write back the settings and policy in force.")
@with_console
def withdraw(console: Console, *, restore: bool) -> None:
    """Drop the proposal and all that is staged.

    Nothing that is in force changes.
    """
    with _open(console) as station:
        folder = station.loaded.folder
        proposal = CharterArchive(folder).proposal()
        staged = StagedAccounts(folder / OPERATORS_NAME)
        waiting = staged.changed()
        staged.withdraw()
        CharterArchive(folder).withdraw()
        restored = restore_sources(station.in_force, station.loaded) if restore else ()
    console.show(
        {
            "withdrawn": proposal.charter.number if proposal else None,
            "accounts": list(waiting),
            "restored": list(restored),
        }
    )


def _read_proposer(proposal: SignedCharter, in_force: CharterInForce) -> str:
    """Return the id of the administrator whose line is the proposal's first; CharterRefused."""
    line = proposal.note.lines[0]
    for each in in_force.charter.accounts:
        if each.vkey.startswith(f"{line.name}+{line.key_id.hex()}+"):
            return each.id
    raise CharterRefused(f"signature: {line.name} may not sign")
