"""`operator`: the accounts of the employees who may sign in at this station.

Every change is staged here and becomes one by the charter (`charter sign`, or `propose` and
`countersign`): nobody makes an account alone.
"""

import time

import click

from workstation.accounts.operators import Operators, Permission, require
from workstation.accounts.staff import require_iin
from workstation.accounts.staging import StagedAccounts
from workstation.ctl.console import Console, with_console
from workstation.ctl.order import open_station
from workstation.ctl.secrets import read_secret, secret_option
from workstation.ctl.staff import face, iin
from workstation.first_start.signing import open_staff
from workstation.initialisation import OPERATORS_NAME
from workstation.records.keys import open_key_store
from workstation.rules.parties import Operator, Role
from workstation.settings.settings import load_settings

__all__ = ["operator"]

_role_choice = click.Choice([role.value for role in Role])


@click.group()
def operator() -> None:
    """Accounts of employees; a change waits for the charter."""


@operator.command("add")
@click.argument("operator_id")
@click.option("--name", required=True, help="Full name, as records show it.")
@click.option(
    "--role", type=_role_choice, required=True, help="What the person may do at the screens."
)
@click.option("--iin", "number", default="", help="ИИН of the person: see `operator iin`.")
@secret_option
@with_console
def add(
    console: Console, operator_id: str, name: str, role: str, number: str, *, secret_stdin: bool
) -> None:
    """Stage a new account; its secret is asked for twice."""
    staged = _open_staged(console)
    staff = None
    if number:
        loaded = load_settings(console.folder())
        staff = open_staff(loaded, open_key_store(loaded, console.unlock))
        require_iin(number)
    secret = read_secret(stdin=secret_stdin)
    staged.add(Operator(operator_id, name, Role(role)), secret, _now_ms())
    if staff is not None:
        staff.set_iin(operator_id, number)
    console.show({"staged": operator_id, "role": role})
    console.note_unsigned()


@operator.command("list")
@with_console
def list_accounts(console: Console) -> None:
    """List the accounts, disabled ones too, and what is staged."""
    path = console.folder() / OPERATORS_NAME
    waiting = set(StagedAccounts(path).changed())
    rows = [
        (each, "disabled" if each.disabled else "enabled") for each in Operators(path).accounts()
    ]
    rows += [(each, "staged") for each in StagedAccounts(path).accounts() if each.id in waiting]
    console.rows(
        "operator",
        (
            {"id": each.id, "role": each.role.value, "state": state, "name": each.name}
            for each, state in rows
        ),
    )


@operator.command("disable")
@click.argument("operator_id")
@with_console
def disable(console: Console, operator_id: str) -> None:
    """Stage the end of an account.

    Nobody signs in by it again; records keep naming it.
    """
    _open_staged(console).disable(operator_id, _now_ms())
    console.show({"staged": operator_id, "state": "disabled"})
    console.note_unsigned()


@operator.command("role")
@click.argument("operator_id")
@click.argument("role", type=_role_choice)
@secret_option
@with_console
def change_role(console: Console, operator_id: str, role: str, *, secret_stdin: bool) -> None:
    """Stage another role, with a new secret.

    A person's key is bound to the role.
    """
    secret = read_secret(stdin=secret_stdin)
    _open_staged(console).renew(operator_id, secret, _now_ms(), Role(role))
    console.show({"staged": operator_id, "role": role})
    console.note_unsigned()


@operator.command("secret")
@click.argument("operator_id")
@click.option("--own", is_flag=True, help="The person's own: the present secret is asked for.")
@secret_option
@with_console
def change_secret(console: Console, operator_id: str, *, own: bool, secret_stdin: bool) -> None:
    """Stage a new secret, or change one's own.

    A lock after failed sign-ins stays. The account gets a new credential, which waits for the
    charter; not with `--own`, which keeps it (standard input: the present secret, then the new one)
    and needs the workstation not to be running.
    """
    if own:
        present = read_secret(stdin=secret_stdin, question="Present secret", new=False)
        secret = read_secret(stdin=secret_stdin, question="New secret")
        with open_station(console) as station:
            station.authenticator.change_own_secret(operator_id, present, secret)
        console.show({"changed": operator_id})
        return
    secret = read_secret(stdin=secret_stdin)
    _open_staged(console).renew(operator_id, secret, _now_ms())
    console.show({"staged": operator_id})
    console.note_unsigned()


@operator.command("duress")
@click.argument("operator_id")
@secret_option
@with_console
def set_duress(console: Console, operator_id: str, *, secret_stdin: bool) -> None:
    """Give oneself a second secret, for who is forced to sign in.

    It signs in and unlocks as the own secret does; whatever is decided then is held, and no permit
    is made. The own secret is asked for, then the second one (standard input: in this order). The
    workstation must not be running. An account whose secret is reset has none any more.
    """
    own = read_secret(stdin=secret_stdin, question="Own secret", new=False)
    second = read_secret(stdin=secret_stdin, question="Second secret")
    with open_station(console) as station:
        station.authenticator.set_duress_secret(operator_id, own, second)
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
    with open_station(console) as station:
        person = station.authenticator.authenticate(by, secret)
        require(person.operator, Permission.MANAGE_OPERATORS)
        who = station.authenticator.sign_in(person)
        try:
            account = station.authenticator.unlock(operator_id, who)
        finally:
            station.journal.sign_out(who, reason="unlocked")
    console.show({"unlocked": account})


operator.add_command(iin)
operator.add_command(face)


def _open_staged(console: Console) -> StagedAccounts:
    return StagedAccounts(console.folder() / OPERATORS_NAME)


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
