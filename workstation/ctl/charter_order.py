"""`charter propose`, `countersign`, `withdraw`: a change by two administrators, never by one."""

import click

from crypto.log.file.clock import SystemClock
from workstation.accounts.staging import StagedAccounts
from workstation.charter.archive import CharterArchive
from workstation.charter.change import compose_next, enact, list_changes
from workstation.charter.contents import OPERATORS_NAME, describe_accounts, describe_station
from workstation.charter.in_force import CharterInForce, restore_sources
from workstation.charter.signatures import SignedCharter, add_signature, sign_charter
from workstation.ctl.charter import show_enacted, summarise_charter, word_differences
from workstation.ctl.console import Console, with_console
from workstation.ctl.order import open_station
from workstation.ctl.secrets import secret_option
from workstation.errors import CharterRefused
from workstation.rules.parties import person_key

__all__ = ["countersign", "propose", "withdraw"]


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
    with open_station(console) as station:
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
    with open_station(console) as station:
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
    with open_station(console) as station:
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
