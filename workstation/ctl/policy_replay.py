"""`policy replay`: what a draft of the policy would have made of the sessions in a log."""

from datetime import datetime
from pathlib import Path

import click

import resources
from crypto.log.audit.reader import LogReader
from workstation.ctl.console import Console, Value, with_console
from workstation.ctl.failures import ExitCode
from workstation.ctl.interrupts import interruptible
from workstation.ctl.log import find_log, read_log_key
from workstation.ctl.log_options import key_option
from workstation.documents.texts import Texts
from workstation.errors import PolicyRefused
from workstation.initialisation import LOG_PATH
from workstation.records.keys import ENROLMENT_FOLDER, LOG_VKEY_NAME
from workstation.replay.draft import DraftPolicy
from workstation.replay.judgement import Cause, Change
from workstation.replay.report import ReplayReport, ReplayRow, Selection, replay_log
from workstation.rules.policy import Policy
from workstation.rules.policy_file import MAX_POLICY_BYTES, read_policy
from workstation.rules.policy_vision import require_vision_tables
from workstation.settings.toml_file import read_limited

__all__ = ["replay"]

_DAY = click.DateTime(["%Y-%m-%d"])


@click.command("replay")
@click.option(
    "--log",
    "log_file",
    type=click.Path(exists=True, path_type=Path),
    help="The log's file, or a folder with a station's data. Default: the station's.",
)
@key_option
@click.option(
    "--draft",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="The policy file to judge by.",
)
@click.option("--operation", default="", help="Only records of this operation.")
@click.option("--from", "first", type=_DAY, help="Only results of this day and later.")
@click.option("--to", "last", type=_DAY, help="Only results of this day and earlier.")
@click.option(
    "--earlier",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    multiple=True,
    help="A policy of before: for records without a basis. Repeatable.",
)
@with_console
def replay(  # noqa: PLR0913 - one option each
    console: Console,
    *,
    log_file: Path | None,
    key_file: Path | None,
    draft: Path,
    operation: str,
    first: datetime | None,
    last: datetime | None,
    earlier: tuple[Path, ...],
) -> None:
    """Judge the sessions of a log again by a draft of the policy.

    Says by operation and rule which of them would have been refused or let in. What a record does
    not tell is `undetermined`, with the reason. Nothing is written. Ctrl+C ends it with what was
    read until then. Exit code 2 when the log does not verify; `log verify` says more.
    """
    policy = _read(draft)
    selection = Selection(
        operation, None if first is None else first.date(), None if last is None else last.date()
    )
    path = _find_log(console, log_file)
    vkey = read_log_key(console, key_file or _find_key(log_file)).vkey
    known = {each.sha256: each for each in (*_shipped(), *map(_read, earlier))}
    with (
        LogReader(path, vkey) as reader,
        reader.snapshot() as view,
        console.watch("replaying") as progress,
        interruptible() as interrupted,
    ):
        report = replay_log(
            view,
            DraftPolicy(policy, known),
            selection,
            progress=progress,
            cancelled=interrupted,
        )
    _show(console, policy, report)
    if report.fault:
        console.leave(ExitCode.INTEGRITY)


def _read(file: Path) -> Policy:
    """Return the policy of a file; PolicyRefused when no station would take it."""
    policy = read_policy(read_limited(file, MAX_POLICY_BYTES, PolicyRefused))
    # Imported here: numpy comes with it.
    from vision.models.manifest import load_manifest

    require_vision_tables(policy, load_manifest().match)
    return policy


def _shipped() -> tuple[Policy, ...]:
    folder = resources.path("policies")
    files = sorted(each for each in folder.iterdir() if each.name.endswith(".toml"))
    return tuple(read_policy(each.read_bytes()) for each in files)


def _find_log(console: Console, file: Path | None) -> Path:
    if file is None or not file.is_dir():
        return find_log(console, file)
    name = Path(LOG_PATH)
    return file / name if (file / name).is_file() else file / name.name


def _find_key(file: Path | None) -> Path | None:
    """Return the first key beside the log of a folder, None to take the station's."""
    key = None if file is None else file / ENROLMENT_FOLDER / LOG_VKEY_NAME
    return key if key is not None and key.is_file() else None


def _show(console: Console, policy: Policy, report: ReplayReport) -> None:
    """Print the verdict on the log first, then totals, then rows."""
    totals = {each.value: report.count(each) for each in Change}
    summary: dict[str, Value] = {
        "log": "proven" if not report.fault else f"{report.fault} at {report.fault_at}",
        "entries": report.size,
        "complete": report.complete,
        "draft": policy.id,
        "draft_sha256": policy.sha256,
        "records": report.records,
        "broken": report.broken,
        "without_basis": report.without_basis,
        **totals,
    }
    if console.as_json:
        console.show(summary | {"rows": [_describe(each) for each in report.rows]})
        return
    texts = Texts(console.language, policy.words())
    console.show({_tr(texts, name): _word(texts, value) for name, value in summary.items()})
    changed = [each for each in report.rows if each.change is not Change.SAME]
    for operation in sorted({each.operation for each in changed}):
        click.echo(f"\n{_name(texts, f'operation.{operation}', operation)}")
        console.rows(
            "difference", (_say(texts, each) for each in changed if each.operation == operation)
        )


def _describe(row: ReplayRow) -> dict[str, Value]:
    return {
        "operation": row.operation,
        "change": row.change.value,
        "cause": row.cause.value,
        "check": row.check,
        "rule": row.rule,
        "reason": row.reason,
        "records": row.records,
        "sessions": list(row.examples),
    }


def _say(texts: Texts, row: ReplayRow) -> dict[str, Value]:
    reason = _name(texts, row.reason, row.reason)
    if row.cause is not Cause.NONE:
        reason = _tr(texts, f"cause.{row.cause}")
    return {
        _tr(texts, "row.records"): row.records,
        _tr(texts, "row.change"): _tr(texts, row.change.value),
        _tr(texts, "row.rule"): row.rule,
        _tr(texts, "row.check"): _name(texts, f"check.{row.check}", row.check),
        _tr(texts, "row.reason"): reason,
        _tr(texts, "row.sessions"): " ".join(map(str, row.examples)),
    }


def _tr(texts: Texts, code: str) -> str:
    return texts.tr(f"replay.{code}")


def _word(texts: Texts, value: Value) -> Value:
    if isinstance(value, bool):
        return _tr(texts, "yes" if value else "no")
    return _tr(texts, "proven") if value == "proven" else value


def _name(texts: Texts, code: str, otherwise: str) -> str:
    return texts.tr(code) if texts.has(code) else otherwise
