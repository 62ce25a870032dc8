"""`recovery`: the way back when the station's log is refused, for two people together."""

from pathlib import Path

import click

from crypto.log.file.clock import SystemClock
from workstation.charter.head_office import load_head_office
from workstation.ctl.console import Console, Value, with_console
from workstation.ctl.secrets import read_secret, secret_option
from workstation.records.keys import open_key_store, read_trusted_cosigners
from workstation.recovery.begin import (
    Founders,
    Reason,
    begin_generation,
    require_two,
    sign_in_founder,
)
from workstation.recovery.previous import PreviousLog, examine_previous
from workstation.rules.parties import Role
from workstation.settings.settings import load_settings

__all__ = ["recovery"]


@click.group()
def recovery() -> None:
    """Begin the next generation of a log that the start refuses.

    The old log stays, whole, in `generations/`; the new one names what is known of it and what is
    lost. See docs/recovery.md before.
    """


@recovery.command("status")
@with_console
def status(console: Console) -> None:
    """Show what is known of the log.

    That is in its file and outside it, and what a recovery would lose. Nothing is changed.
    """
    loaded = load_settings(console.folder())
    store = open_key_store(loaded, console.unlock)
    console.show(_describe(examine_previous(loaded, store)))


@recovery.command("begin")
@click.option("--supervisor", required=True, help="Id of the supervisor.")
@click.option("--admin", required=True, help="Id of the administrator: another person.")
@click.option(
    "--reason",
    type=click.Choice([each.value for each in Reason]),
    required=True,
    help="Why the log is not gone on with.",
)
@click.option("--words", required=True, help="What happened, in a sentence; no customer's data.")
@click.option(
    "--enrolment-keys",
    type=click.Path(path_type=Path),
    help="Folder of head office's key, where somebody brought it: it signs too.",
)
@secret_option
@with_console
def begin(
    console: Console,
    *,
    supervisor: str,
    admin: str,
    reason: str,
    words: str,
    enrolment_keys: Path | None,
    secret_stdin: bool,
) -> None:
    """Begin the next generation.

    Both people type their secret, the supervisor first. The workstation must not be running.
    """
    require_two(supervisor, admin)
    loaded = load_settings(console.folder())
    store, clock = open_key_store(loaded, console.unlock), SystemClock()
    office = None
    if enrolment_keys is not None:
        office = load_head_office(enrolment_keys, read_trusted_cosigners(loaded))
    people = [
        sign_in_founder(
            loaded,
            store,
            each,
            read_secret(stdin=secret_stdin, question=f"Secret of {each}", new=False),
            role,
            clock,
        )
        for each, role in ((supervisor, Role.SUPERVISOR), (admin, Role.ADMIN))
    ]
    founders = Founders(people[0], people[1], office)
    begun = begin_generation(loaded, store, founders, Reason(reason), words, clock)
    console.show(
        {
            "began": begun.origin,
            "log_key": begun.log_vkey,
            "charter": begun.charter.charter.number,
            **_describe(begun.previous),
        }
    )
    console.note(
        "Tell head office and core banking the new log key; witnesses need it as a new log."
        " Then start the workstation, and run `log verify`."
    )


def _describe(previous: PreviousLog) -> dict[str, Value]:
    lost = previous.lost
    return {
        "previous": previous.origin,
        "state": previous.state.value,
        "readable": previous.readable.size if previous.readable else 0,
        "newest_head": previous.head.size if previous.head else 0,
        "lost": None if lost is None else f"entries {lost[0]} to {lost[1] - 1}",
    }
