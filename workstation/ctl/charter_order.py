"""`charter propose`, `countersign`, `withdraw`: a change by two administrators, never by one."""

import click

from crypto.log.file.clock import SystemClock
from workstation.administration.changes import (
    countersign_changes,
    find_proposer,
    propose_changes,
    require_proposal,
    withdraw_changes,
)
from workstation.charter.archive import CharterArchive
from workstation.charter.in_force import restore_sources
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
        loaded, now_ms = station.loaded, SystemClock().wall_ms()
        proposal, changes = propose_changes(station.in_force, loaded, credential, now_ms)
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
        proposal = require_proposal(station.loaded.folder)
        proposer = find_proposer(proposal, station.in_force)
        if person_key(proposer) == person_key(operator_id):
            raise CharterRefused("signature: one person twice")
        order = (
            station.sign_in(operator_id, stdin=secret_stdin),
            station.sign_in(proposer, stdin=secret_stdin),
        )
        now_ms = SystemClock().wall_ms()
        enacted = countersign_changes(station.loaded, station.log, proposal, order, now_ms)
    show_enacted(console, enacted)


@click.command("withdraw")
@click.option("--restore", is_flag=True, help="Write back the settings and policy in force.")
@with_console
def withdraw(console: Console, *, restore: bool) -> None:
    """Drop the proposal and all that is staged.

    Nothing that is in force changes.
    """
    with open_station(console) as station:
        number, waiting = withdraw_changes(station.loaded.folder)
        restored = restore_sources(station.in_force, station.loaded) if restore else ()
    console.show(
        {
            "withdrawn": number,
            "accounts": list(waiting),
            "restored": list(restored),
        }
    )
