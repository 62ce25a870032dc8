"""`operator`: the accounts of the employees who may sign in at this station."""

import time

import click

from workstation.accounts.operators import Operators
from workstation.accounts.staff import require_iin
from workstation.ctl.console import Console, with_console
from workstation.ctl.secrets import read_secret, secret_option
from workstation.ctl.staff import face, iin, open_staff
from workstation.initialisation import OPERATORS_NAME
from workstation.records.keys import open_key_store
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
@secret_option
@with_console
def change_secret(console: Console, operator_id: str, *, secret_stdin: bool) -> None:
    """Replace an account's secret.

    A lock after failed sign-ins stays.
    """
    store = Operators(console.folder() / OPERATORS_NAME)
    store.reset_secret(operator_id, read_secret(stdin=secret_stdin), _now_ms())
    console.show({"changed": operator_id})


operator.add_command(iin)
operator.add_command(face)


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
