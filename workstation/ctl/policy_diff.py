"""`policy diff`: what a draft makes stricter or looser, in words."""

from pathlib import Path

import click

from workstation.administration.reading import rule_line
from workstation.administration.words import say_rule
from workstation.ctl.console import Console, Value, with_console
from workstation.ctl.failures import ExitCode
from workstation.documents.texts import Texts
from workstation.errors import PolicyRefused
from workstation.rules.calendar.difference import Effect, PolicyChange, compare_policies
from workstation.rules.policy_file import MAX_POLICY_BYTES, read_policy
from workstation.settings.toml_file import read_limited

__all__ = ["diff"]

_PATH = click.Path(path_type=Path)


@click.command("diff")
@click.argument("old", type=_PATH)
@click.argument("new", type=_PATH)
@with_console
def diff(console: Console, old: Path, new: Path) -> None:
    """Say what NEW changes against OLD.

    By operation and rule: what gets stricter, what looser, what a person has to judge, which texts
    are others. Exit code 1 when anything gets looser.
    """
    before, after = (
        read_policy(read_limited(each, MAX_POLICY_BYTES, PolicyRefused)) for each in (old, new)
    )
    changes = compare_policies(before, after)
    if console.as_json:
        console.show(_describe(changes))
    else:
        texts = Texts(console.language, {**before.words(), **after.words()})
        for effect in Effect:
            found = [each for each in changes if each.effect is effect]
            if found:
                title = texts.tr(f"policy_effect.{effect.value}", count=len(found))
                console.lines((title, *(f"  {say_rule(rule_line(each), texts)}" for each in found)))
        if not changes:
            console.lines((texts.tr("policy_effect.none"),))
    if any(each.effect is Effect.LOOSER for each in changes):
        console.leave(ExitCode.REFUSED)


def _describe(changes: tuple[PolicyChange, ...]) -> dict[str, Value]:
    counts: dict[str, Value] = {
        effect.value: sum(each.effect is effect for each in changes) for effect in Effect
    }
    rows: list[Value] = [
        {
            "effect": each.effect.value,
            "change": each.kind.value,
            "operation": each.operation,
            "at": each.at,
            "before": each.before,
            "after": each.after,
            "rule": each.rule,
        }
        for each in changes
    ]
    return {**counts, "changes": rows}
