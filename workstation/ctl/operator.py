"""`operator`: the accounts of the employees who may sign in at this station."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import click

from crypto.log.file.clock import SystemClock
from workstation.accounts.authentication import Authenticator, open_authenticator
from workstation.accounts.operators import Operators, Permission, require
from workstation.accounts.staff import require_iin
from workstation.charter.in_force import find_charter
from workstation.ctl.console import Console, with_console
from workstation.ctl.secrets import read_secret, secret_option
from workstation.ctl.staff import face, iin, open_staff
from workstation.initialisation import OPERATORS_NAME
from workstation.records.journal import Journal
from workstation.records.keys import (
    load_accounts_secret,
    open_key_store,
    read_trusted_cosigners,
)
from workstation.records.station_log import load_log_key, open_log
from workstation.rules.parties import Operator, Role
from workstation.settings.settings import load_settings

__all__ = ["operator"]


@click.group()
def operator() -> None:
    """Accounts of employees. Whoever can write the data folder administers them."""


@operator.command("add")
@click.argument("operator_id")
@click.option("--name", required=True, help="Full name, as records show it.")
@click.option(
    "--role",
    type=click.Choice([role.value for role in Role]),
    required=True,
    help="What the person may do at the screens.",
)
@click.option("--iin", "number", default="", help="ИИН of the person: see `operator iin`.")
@secret_option
@with_console
def add(
    console: Console, operator_id: str, name: str, role: str, number: str, *, secret_stdin: bool
) -> None:
    """Add an account; its secret is asked for twice."""
    store = Operators(console.folder() / OPERATORS_NAME)
    staff = None
    if number:
        loaded = load_settings(console.folder())
        staff = open_staff(loaded, open_key_store(loaded, console.unlock))
    if staff is not None:
        require_iin(number)
    secret = read_secret(stdin=secret_stdin)
    store.add(Operator(operator_id, name, Role(role)), secret, _now_ms())
    if staff is not None:
        staff.set_iin(operator_id, number)
    console.show({"added": operator_id, "role": role})


@operator.command("list")
@with_console
def list_accounts(console: Console) -> None:
    """List the accounts, disabled ones too."""
    accounts = Operators(console.folder() / OPERATORS_NAME).accounts()
    console.rows(
        {
            "id": each.id,
            "role": each.role.value,
            "state": "disabled" if each.disabled else "enabled",
            "name": each.name,
        }
        for each in accounts
    )


@operator.command("disable")
@click.argument("operator_id")
@with_console
def disable(console: Console, operator_id: str) -> None:
    """Disable an account for good; records keep naming it."""
    Operators(console.folder() / OPERATORS_NAME).disable(operator_id, _now_ms())
    console.show({"disabled": operator_id})


@operator.command("secret")
@click.argument("operator_id")
@click.option("--own", is_flag=True, help="The person's own: the present secret is asked for.")
@secret_option
@with_console
def change_secret(console: Console, operator_id: str, *, own: bool, secret_stdin: bool) -> None:
    """Replace an account's secret.

    A lock after failed sign-ins stays. The account gets a new credential, for which the charter has
    to be signed; not with `--own`, which keeps it (standard input: the present secret, then the
    new one) and needs the workstation not to be running.
    """
    if own:
        present = read_secret(stdin=secret_stdin, question="Present secret", new=False)
        secret = read_secret(stdin=secret_stdin, question="New secret")
        with _open_station(console) as (authenticator, _):
            authenticator.change_own_secret(operator_id, present, secret)
        console.show({"changed": operator_id})
        return
    store = Operators(console.folder() / OPERATORS_NAME)
    store.reset_secret(operator_id, read_secret(stdin=secret_stdin), _now_ms())
    console.show({"changed": operator_id})


@operator.command("unlock")
@click.argument("operator_id")
@click.option("--by", required=True, help="Number of the administrator whose secret is asked for.")
@secret_option
@with_console
def unlock(console: Console, operator_id: str, by: str, *, secret_stdin: bool) -> None:
    """End a lock after failed sign-ins, as an administrator.

    The log names who did it. The workstation must not be running.
    """
    secret = read_secret(stdin=secret_stdin, question=f"Secret of {by}", new=False)
    with _open_station(console) as (authenticator, journal):
        person = authenticator.authenticate(by, secret)
        require(person.operator, Permission.MANAGE_OPERATORS)
        who = authenticator.sign_in(person)
        try:
            account = authenticator.unlock(operator_id, who)
        finally:
            journal.sign_out(who, reason="unlocked")
    console.show({"unlocked": account})


@contextmanager
def _open_station(console: Console) -> Iterator[tuple[Authenticator, Journal]]:
    """Open the log for who has to be authenticated; LogLocked while the workstation runs."""
    loaded = load_settings(console.folder())
    store, clock = open_key_store(loaded, console.unlock), SystemClock()
    accounts, longest_s = loaded.folder / OPERATORS_NAME, loaded.values.sign_in.longest_lock_s
    with open_log(loaded, load_log_key(loaded, store), clock) as log:
        charter = find_charter(log, loaded.folder, read_trusted_cosigners(loaded))
        journal = Journal(log, origin=loaded.values.station.origin, charter=charter.sha256)
        secret = load_accounts_secret(store)
        yield open_authenticator(accounts, secret, longest_s, journal, clock), journal


operator.add_command(iin)
operator.add_command(face)


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
