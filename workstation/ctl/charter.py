"""`charter`: what this station may be, who signed it, and how it is changed by more than one."""

import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import click

from crypto.log.audit.reader import LogReader
from crypto.log.file.clock import SystemClock
from workstation.accounts.operators import Operators
from workstation.accounts.staging import StagedAccounts
from workstation.administration.changes import list_waiting
from workstation.administration.staged_settings import StagedSettings, load_candidate
from workstation.charter.archive import CharterArchive
from workstation.charter.change import Enacted, list_changes
from workstation.charter.contents import describe_accounts, describe_station
from workstation.charter.difference import Difference, compare_accounts
from workstation.charter.head_office import Unsigned
from workstation.charter.in_force import CharterInForce, compare_station, find_charter
from workstation.charter.signatures import SignedCharter
from workstation.charter.words import difference_text
from workstation.ctl.console import Console, Value, with_console
from workstation.ctl.failures import ExitCode, NothingFound
from workstation.documents.texts import Texts
from workstation.first_start.signing import sign_station
from workstation.initialisation import OPERATORS_NAME
from workstation.records.keys import (
    read_enrolled_log_key,
    read_trusted_cosigners,
)
from workstation.settings.settings import LoadedSettings, load_settings

__all__ = [
    "charter",
    "compare_folder",
    "read_charter_in_force",
    "show_enacted",
    "summarise_charter",
    "word_differences",
]


@click.group()
def charter() -> None:
    """Show and change what this station may be.

    Settings, policy, trust, recipients and accounts are one signed document. The station starts on
    nothing else; a change needs head office, or two administrators.
    """


@charter.command("status")
@with_console
def status(console: Console) -> None:
    """Show the charter in force and what differs from it.

    Exit code 1 when something does: the station does not start until that is signed or undone.
    """
    loaded = load_settings(console.folder())
    differences, in_force = compare_folder(loaded)
    if StagedSettings(loaded.folder).load() is None:
        staged = StagedAccounts(loaded.folder / OPERATORS_NAME).accounts()
        waiting = tuple(compare_accounts(in_force.charter.accounts, describe_accounts(staged)))
    else:
        waiting = list_waiting(in_force, loaded, SystemClock().wall_ms())
    proposal = CharterArchive(loaded.folder).proposal()
    console.show(
        {
            **summarise_charter(in_force.signed),
            "signed_by": list(in_force.signers),
            "differs": word_differences(console, differences),
            "staged": word_differences(console, waiting),
            "proposal": _describe_proposal(console, proposal, in_force, loaded),
        }
    )
    if differences:
        console.leave(ExitCode.REFUSED)


@charter.command("sign")
@click.option(
    "--enrolment-keys",
    type=click.Path(path_type=Path),
    required=True,
    help="Folder of head office's key, as `init` was given it.",
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_console
def sign(console: Console, *, enrolment_keys: Path, yes: bool) -> None:
    """Put what the folder holds in force, as head office.

    The workstation must not be running. At a terminal it says what differs, and asks; a script
    reads what `charter status` says before.
    """
    folder = console.folder()
    agree = None if yes or not sys.stdin.isatty() else partial(_require_agreement, console)
    enacted = sign_station(folder, enrolment_keys, console.unlock, SystemClock(), agree)
    if enacted is None:
        loaded = load_settings(folder)
        console.show({"unchanged": read_charter_in_force(loaded).charter.number})
        return
    show_enacted(console, enacted)


def _require_agreement(console: Console, unsigned: Unsigned) -> None:
    """Show what would be signed, and ask; click.Abort unless it is agreed to."""
    for each in word_differences(console, unsigned.changes):
        click.echo(f"  {each}", err=True)
    click.confirm(console.texts.tr("charter.sign_question"), abort=True, err=True)


@charter.command("show")
@click.argument("number", type=click.IntRange(min=1), required=False)
@with_console
def show(console: Console, number: int | None) -> None:
    """Show a charter: that of this NUMBER, or the one in force."""
    loaded = load_settings(console.folder())
    if number is None:
        found = read_charter_in_force(loaded).signed
    else:
        kept = _read_chain(loaded)
        of_number = [each for each in kept if each.charter.number == number]
        if not of_number:
            raise NothingFound(f"charter {number}")
        (found,) = of_number
    document = found.charter
    console.show(
        {
            **summarise_charter(found),
            "origin": document.origin,
            "profile": document.profile.value,
            "settings_sha256": document.settings_sha256,
            "policies": [{"id": each.id, "sha256": each.sha256} for each in document.policies],
            "recipients": [
                {"name": each.name, "x25519": each.x25519} for each in document.recipients
            ],
            "files": [{"path": each.path, "sha256": each.sha256} for each in document.files],
            "accounts": [
                {
                    "id": each.id,
                    "role": each.role.value,
                    "state": "disabled" if each.disabled else "enabled",
                }
                for each in document.accounts
            ],
        }
    )


@charter.command("history")
@with_console
def history(console: Console) -> None:
    """List every charter of this station, oldest first."""
    console.rows(
        "charter",
        (
            {**summarise_charter(each), "signatures": [line.name for line in each.note.lines]}
            for each in _read_chain(load_settings(console.folder()))
        ),
    )


def _read_chain(loaded: LoadedSettings) -> tuple[SignedCharter, ...]:
    return CharterArchive(loaded.folder).chain(read_charter_in_force(loaded).sha256)


def read_charter_in_force(loaded: LoadedSettings) -> CharterInForce:
    """Return the charter in force while others may hold the log; CharterRefused, LogError."""
    vkey = read_enrolled_log_key(loaded.folder)
    with LogReader(loaded.path(loaded.values.log.path), vkey.vkey) as log:
        return find_charter(log, loaded.folder, read_trusted_cosigners(loaded))


def _describe_proposal(
    console: Console,
    proposal: SignedCharter | None,
    in_force: CharterInForce,
    loaded: LoadedSettings,
) -> list[Value]:
    """Say what is proposed, by whom: the next administrator reads this before agreeing."""
    if proposal is None:
        return []
    changes = list_changes(in_force, proposal.charter, load_candidate(loaded, in_force))
    by = ", ".join(line.name for line in proposal.note.lines)
    return [f"number {proposal.charter.number} by {by}", *word_differences(console, changes)]


def compare_folder(loaded: LoadedSettings) -> tuple[tuple[Difference, ...], CharterInForce]:
    """Return in what the folder differs from the charter in force, and that charter.

    Raises CharterRefused when there is none to compare with, SettingsRefused or PolicyRefused for a
    file that cannot be read, LogError.
    """
    in_force = read_charter_in_force(loaded)
    accounts = describe_accounts(Operators(loaded.folder / OPERATORS_NAME).accounts())
    return compare_station(in_force, loaded, describe_station(loaded), accounts), in_force


def show_enacted(console: Console, enacted: Enacted) -> None:
    """Print what was put in force."""
    console.show(
        {
            **summarise_charter(enacted.signed),
            "signed_by": list(enacted.signers),
            "log_entry": enacted.entry,
            "changes": word_differences(console, enacted.changes),
        }
    )
    console.note("Restart the workstation: it reads its charter when it starts.")


def word_differences(console: Console, differences: Iterable[Difference]) -> list[Value]:
    """Return differences in the words of the language asked for."""
    texts = Texts(console.language)
    return [difference_text(each, texts) for each in differences]


def summarise_charter(signed: SignedCharter) -> dict[str, Value]:
    """Return what names a charter."""
    made = datetime.fromtimestamp(signed.charter.made_ms / 1000, UTC)
    return {
        "charter": signed.charter.number,
        "sha256": signed.sha256,
        "made": made.isoformat(timespec="seconds"),
    }
