"""`policy`: what a policy file says, and whether it may be used."""

from datetime import UTC, date, datetime
from pathlib import Path

import click

import resources
from workstation.ctl import policy_signing
from workstation.ctl.console import Console, Value, with_console
from workstation.ctl.failures import ExitCode
from workstation.ctl.list_bounds import word_short_bounds
from workstation.ctl.policy_diff import diff
from workstation.ctl.policy_reads import find_unread, installed_sources
from workstation.errors import PolicyRefused
from workstation.rules.calendar.reader import station_calendar
from workstation.rules.local_time import local_day
from workstation.rules.policy import OperationPolicy, Policy
from workstation.rules.policy_file import (
    MAX_POLICY_BYTES,
    read_policy,
    require_in_force,
)
from workstation.rules.policy_vision import require_vision_tables
from workstation.settings.toml_file import read_limited
from workstation.settings.trust import load_revocation

__all__ = ["policy", "station_policy"]

SHIPPED = "kz-2026-07-12.toml"


@click.group()
def policy() -> None:
    """Show the rules that decide, or check a file of them."""


@policy.command("show")
@with_console
def show(console: Console) -> None:
    """Show the station's policy.

    Without --data the one shipped with the program.
    """
    found = station_policy(console, local_day(datetime.now(UTC)))
    if console.as_json:
        console.show(_describe(found, console.language))
        return
    console.show(_facts(found))
    for operation in found.operations:
        click.echo(f"\n{operation.kind}")
        console.rows("required", _required(operation, found, console.language))


@policy.command("check")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="In force on this day too.")
@click.option(
    "--unread", is_flag=True, help="List what of it nothing reads; exit code 1 when there is any."
)
@with_console
def check(console: Console, file: Path, day: datetime | None, *, unread: bool) -> None:
    """Check FILE; prints the digest that the settings have to pin.

    With --data it is also held against the station's lists: exit code 1 when one lives longer than
    FILE lets it be used.
    """
    found = read_policy(read_limited(file, MAX_POLICY_BYTES, PolicyRefused))
    # Imported here: numpy comes with it.
    from vision.models.manifest import load_manifest

    require_vision_tables(found, load_manifest().match)
    if day is not None:
        require_in_force(found, day.date())
    if unread:
        _show_unread(console, found)
        return
    short = [] if console.data is None else word_short_bounds(console, found)
    if short:
        console.show({"verdict": "refused", **_facts(found), "lists": short})
        console.leave(ExitCode.REFUSED)
    console.show({"verdict": "accepted"} | _facts(found))


def _show_unread(console: Console, found: Policy) -> None:
    """Show which fields no code reads, and which rules are about a check that nothing demands."""
    demanded = {each.check for operation in found.operations for each in operation.required}
    demanded |= {each.asks for operation in found.operations for each in operation.parties}
    waited = {each.rule for operation in found.operations for each in operation.effects}
    idle = [
        f"rules.{each.id}"
        for each in found.rules
        if each.check not in demanded and each.id not in waited
    ]
    names = [*find_unread(installed_sources()), *idle]
    console.show({"unread": len(names), "names": names} if names else {"unread": 0})
    if names:
        console.leave(ExitCode.REFUSED)


def station_policy(console: Console, day: date) -> Policy:
    """Return the policy of the data folder, or the shipped one when no folder is named.

    Places of the settings that it does not need may still be open.
    """
    if console.data is None:
        return read_policy(resources.path("policies", SHIPPED).read_bytes())
    calendar = station_calendar(load_revocation(console.data), datetime.now(UTC))
    found = calendar.require(day).policy
    require_in_force(found, day)
    return found


def _facts(found: Policy) -> dict[str, Value]:
    return {
        "id": found.id,
        "sha256": found.sha256,
        "valid_from": found.valid_from.isoformat(),
        "valid_to": None if found.valid_to is None else found.valid_to.isoformat(),
        "operations": len(found.operations),
        "rules": len(found.rules),
        "to_be_confirmed_by_counsel": sum(rule.grade in {"press", "draft"} for rule in found.rules),
    }


def _required(operation: OperationPolicy, found: Policy, language: str) -> list[dict[str, Value]]:
    return [
        {
            "check": each.check,
            "hardness": each.hardness.value,
            "rule": each.rule,
            "grade": found.rule(each.rule).grade,
            "basis": found.rule(each.rule).text(language),
        }
        for each in operation.required
    ]


def _describe(found: Policy, language: str) -> dict[str, Value]:
    operations = {each.kind: _required(each, found, language) for each in found.operations}
    return _facts(found) | {"operations": operations}


for _command in (
    policy_signing.key,
    policy_signing.sign,
    policy_signing.verify,
    policy_signing.calendar,
    diff,
):
    policy.add_command(_command)
