"""`log`: the signed log, verified and shown without the station's private keys."""

from datetime import UTC, datetime
from pathlib import Path

import click

from crypto.errors import NoteMalformed
from crypto.log.audit.audit import Expectations, audit
from crypto.log.audit.reader import LogReader
from crypto.log.file.faults import AuditReport, AuditStatus, LogFault, Tier
from crypto.log.file.released import ReleasedHead, ReleasedMark
from crypto.log.format.entry import LogEntry
from crypto.log.format.note import NoteVerifier
from workstation.ctl.console import Console, Value, with_console
from workstation.ctl.failures import ExitCode
from workstation.initialisation import LOG_PATH, RELEASED_PATH
from workstation.records.keys import (
    ENROLMENT_FOLDER,
    LOG_VKEY_NAME,
    TRUSTED_NAME,
    read_vkeys,
)
from workstation.settings.settings import SETTINGS_NAME, load_settings

__all__ = [
    "find_log",
    "key_option",
    "log",
    "log_option",
    "read_log_key",
    "read_released",
    "show_verdict",
]

_TIERS = {tier.name.lower(): tier for tier in Tier}
_UNREADABLE = {LogFault.UNREADABLE, LogFault.MISSING}


@click.group()
def log() -> None:
    """Read and verify the signed log. `--log` and `--key` examine a copy on another machine."""


log_option = click.option(
    "--log",
    "log_file",
    type=click.Path(path_type=Path),
    help="The log's file. Default: the station's.",
)
key_option = click.option(
    "--key", "key_file", type=click.Path(path_type=Path), help="File with the log's verifier key."
)


@log.command("verify")
@log_option
@key_option
@click.option(
    "--trusted", type=click.Path(path_type=Path), help="Keys that may cosign the first entry."
)
@click.option("--released", type=click.Path(path_type=Path), help="Heads that left the station.")
@click.option(
    "--tier",
    type=click.Choice(list(_TIERS)),
    default="attribution",
    show_default=True,
    help="How much is verified; each includes the ones before it.",
)
@click.option("--at-least", type=click.IntRange(min=1), default=1, help="Entries known to exist.")
@with_console
def verify(
    console: Console,
    log_file: Path | None,
    key_file: Path | None,
    trusted: Path | None,
    released: Path | None,
    tier: str,
    at_least: int,
) -> None:
    """Verify the whole log.

    Exit code 2 and the first bad entry when it was tampered with.
    """
    expected = Expectations(
        log_key=read_log_key(console, key_file),
        trusted=read_vkeys(trusted or console.folder() / ENROLMENT_FOLDER / TRUSTED_NAME),
        minimum_size=at_least,
        released=read_released(console, released),
    )
    path = find_log(console, log_file)
    console.note(f"verifying {path.name} ({path.stat().st_size if path.is_file() else 0} bytes)")
    report = audit(path, expected, _TIERS[tier])
    show_verdict(console, report)


def show_verdict(console: Console, report: AuditReport) -> None:
    """Print an audit's verdict; leave with its exit code unless it passed."""
    console.show(_verdict(report))
    if report.status is not AuditStatus.PASSED:
        unreadable = report.fault in _UNREADABLE
        console.leave(ExitCode.STATION if unreadable else ExitCode.INTEGRITY)


@log.command("show")
@log_option
@key_option
@click.option("--from", "start", type=click.IntRange(min=0), help="Default: the newest entries.")
@click.option(
    "--count", type=click.IntRange(1, 1000), default=20, show_default=True, help="How many."
)
@click.option("--seq", type=click.IntRange(min=0), help="One entry with its data and receipt.")
@with_console
def show(
    console: Console,
    log_file: Path | None,
    key_file: Path | None,
    start: int | None,
    count: int,
    seq: int | None,
) -> None:
    """Show entries.

    Each one is checked against the signed tree before it is printed.
    """
    vkey = read_log_key(console, key_file).vkey
    with LogReader(find_log(console, log_file), vkey) as reader:
        if seq is not None:
            entry = reader.entry(seq)
            members = _row(entry) | {"data": _data(entry), "receipt": reader.receipt(seq)}
            console.show(members, verbatim="receipt")
            return
        first = max(0, reader.size - count) if start is None else start
        console.rows(_row(entry) for entry in reader.page(first, count))


def read_log_key(console: Console, file: Path | None) -> NoteVerifier:
    """Return the log's first key from a file, or from the station's enrolment."""
    keys = read_vkeys(file or console.folder() / ENROLMENT_FOLDER / LOG_VKEY_NAME)
    if len(keys) != 1:
        raise NoteMalformed("one verifier key expected")
    return keys[0]


def find_log(console: Console, file: Path | None) -> Path:
    """Return the log's file as given, or the station's."""
    if file is not None:
        return file
    folder = console.folder()
    return _configured(folder, LOG_PATH, "path")


def read_released(console: Console, file: Path | None) -> tuple[ReleasedMark, ...]:
    """Return the heads that left the station, from a file or from where its settings keep them."""
    if file is None and console.data is None:
        return ()
    path = file or _configured(console.folder(), RELEASED_PATH, "released")
    mark = ReleasedHead(path).last()
    return () if mark is None else (mark,)


def _configured(folder: Path, initial: str, name: str) -> Path:
    """Return the settings' path; the one that `init` chose while they are still incomplete."""
    from workstation.errors import SettingsRefused

    if not (folder / SETTINGS_NAME).is_file():
        return folder / initial
    try:
        loaded = load_settings(folder)
    except SettingsRefused:
        return folder / initial
    return loaded.path(getattr(loaded.values.log, name))


def _verdict(report: AuditReport) -> dict[str, Value]:
    return {
        "verdict": report.status.value,
        "tier": report.tier.name.lower(),
        "entries": report.size,
        "root": report.root.hex(),
        "first_bad": report.index,
        "reason": None if report.fault is None else report.fault.value,
        "anchored": report.anchored_size,
        "unanchored": report.unanchored,
        "open_sessions": list(report.open_sessions),
        "clock_steps": list(report.clock_steps),
        "erasures": list(report.erasures),
        "closed": report.closed,
    }


def _row(entry: LogEntry) -> dict[str, Value]:
    moment = datetime.fromtimestamp(entry.t_ms / 1000, UTC)
    data = _data(entry)
    return {
        "seq": entry.seq,
        "time": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "kind": entry.kind,
        "actor": entry.actor,
        "case": data.get("case"),
        "what": data.get("outcome") or data.get("step") or data.get("reason"),
    }


def _data(entry: LogEntry) -> dict[str, Value]:
    return dict(entry.data)
