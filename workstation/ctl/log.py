"""`log`: the signed log, verified and shown without the station's private keys."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from crypto.errors import CryptoError, NoteMalformed
from crypto.files.durable import write_durably
from crypto.log.audit.audit import Expectations, audit
from crypto.log.audit.reader import LogReader
from crypto.log.audit.resume import ResumePoint, make_resume_point
from crypto.log.file.faults import AuditReport, AuditStatus, LogFault, Tier
from crypto.log.format.cosignature import COSIGNATURE
from crypto.log.format.entry import LogEntry
from crypto.log.format.note import NoteVerifier
from workstation.ctl.console import Console, Value, with_console
from workstation.ctl.failures import ExitCode, NothingFound
from workstation.ctl.interrupts import interruptible
from workstation.ctl.log_options import (
    head_option,
    key_option,
    log_option,
    released_option,
    trusted_option,
    witness_option,
)
from workstation.ctl.public_keys import read_public_key
from workstation.ctl.vault import compare_vault, describe_problems
from workstation.errors import WorkstationError
from workstation.evidence.verify_vault import VaultReport
from workstation.initialisation import LOG_PATH, RELEASED_PATH
from workstation.records.audit.session_rules import SessionRules
from workstation.records.keys import (
    ENROLMENT_FOLDER,
    LOG_VKEY_NAME,
    TRUSTED_NAME,
    read_vkeys,
)
from workstation.records.known_heads import read_heads
from workstation.records.permit_keys import published_permit_keys
from workstation.recovery.generations import EarlierLog, find_fault, verify_generations
from workstation.settings.settings import SETTINGS_NAME, load_settings
from workstation.settings.toml_file import read_limited

__all__ = [
    "find_log",
    "find_released",
    "log",
    "read_log_key",
    "show_verdict",
]

_MAX_RESUME_BYTES = 1_000
_WORTH_HELP = 8 << 20
"""Octets of a log of about 8,000 entries: two seconds of work."""

_MOST_WORKERS = 3
"""The walk itself is one process's, and verifying takes about as long: more would wait for it."""

_TIERS = {tier.name.lower(): tier for tier in Tier}


@click.group()
def log() -> None:
    """Read and verify the signed log. `--log` and `--key` examine a copy on another machine."""


@log.command("verify")
@log_option
@key_option
@trusted_option
@released_option
@click.option(
    "--permits",
    type=click.Path(exists=True, path_type=Path),
    multiple=True,
    help="Permits whose heads the log has to hold: a file, or a folder of them. Repeatable.",
)
@click.option(
    "--permit-key",
    type=click.Path(path_type=Path),
    help="The station's permit key, PEM. Default: that of its enrolment.",
)
@head_option
@witness_option
@click.option(
    "--tier",
    type=click.Choice(list(_TIERS)),
    default=Tier.RULES.name.lower(),
    show_default=True,
    help="How much is verified; each includes the ones before it.",
)
@click.option("--at-least", type=click.IntRange(min=1), default=1, help="Entries known to exist.")
@click.option(
    "--resume",
    "resume_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Go on from where this file says, and write into it how far it came; keep it yourself.",
)
@with_console
def verify(  # noqa: PLR0913 - one option each
    console: Console,
    *,
    log_file: Path | None,
    key_file: Path | None,
    trusted: Path | None,
    released: tuple[Path, ...],
    permits: tuple[Path, ...],
    permit_key: Path | None,
    heads: tuple[Path, ...],
    witness: Path | None,
    tier: str,
    at_least: int,
    resume_file: Path | None,
) -> None:
    """Verify the whole log.

    Ctrl+C ends it; `--resume` goes on from there. The log has to hold every head that is known from
    outside. Exit code 2 and the first bad entry when it was tampered with, or when it is gone
    although heads remember it; 2 as well when evidence is missing in the station's vault. The
    verdict says which keys and heads it rests on: without heads that left the station, a log
    rewritten with a stolen key cannot be told from an honest one.
    """
    log_key, path = read_log_key(console, key_file), find_log(console, log_file)
    own = () if released or console.data is None else (find_released(console),)
    known = read_heads(
        log_key.name,
        released=released or own,
        permits=permits,
        permit_keys=_read_permit_keys(console, permit_key) if permits else (),
        heads=heads,
    )
    expected = Expectations(
        log_key=log_key,
        trusted=read_vkeys(trusted or console.folder() / ENROLMENT_FOLDER / TRUSTED_NAME),
        minimum_size=at_least,
        released=known.marks,
        witnesses=read_vkeys(witness, algorithm=COSIGNATURE) if witness else (),
        rules=SessionRules,
        # Beside its own file of heads, a log that has grown and that nothing remembers was put
        # there by somebody who removed it.
        remembered=bool(own) and log_file is None,
    )
    report = _audit(console, path, expected, _TIERS[tier], resume_file)
    earlier: tuple[EarlierLog, ...] = ()
    beside = None
    if log_file is None:
        earlier = verify_generations(console.folder(), path, _TIERS[tier], SessionRules)
        beside = _compare_vault(console, path)
    show_verdict(console, report, expected, known.elsewhere, _Beside(earlier, beside))


def _compare_vault(console: Console, path: Path) -> VaultReport | None:
    """Compare the vault beside the station's log with it; None where that cannot be done."""
    try:
        loaded = load_settings(console.folder())
        with LogReader(path, read_log_key(console, None).vkey) as reader:
            return compare_vault(loaded, reader, deep=False)
    except (WorkstationError, CryptoError):
        # The audit says what is wrong with the log; settings may be incomplete.
        return None


def _audit(
    console: Console, path: Path, expected: Expectations, tier: Tier, resume_file: Path | None
) -> AuditReport:
    """Audit the file, show how far it is, and write down where the next audit may go on."""
    console.note(f"verifying {path.name} ({path.stat().st_size if path.is_file() else 0} bytes)")
    point = _read_resume_point(resume_file)
    with console.watch("verifying") as progress, interruptible() as interrupted:
        report = audit(
            path,
            expected,
            tier,
            progress=progress,
            cancelled=interrupted,
            resume=point,
            workers=_count_workers(path),
        )
    further = make_resume_point(report, expected)
    if resume_file is not None and further is not None:
        write_durably(resume_file, further.encode())
    return report


def _read_resume_point(file: Path | None) -> ResumePoint | None:
    if file is None or not file.exists():
        return None
    return ResumePoint.parse(read_limited(file, _MAX_RESUME_BYTES, NothingFound))


def _count_workers(path: Path) -> int:
    """Return how many processes shall help: none for what one does in less time than they start."""
    worth_it = path.is_file() and path.stat().st_size > _WORTH_HELP
    return min(_MOST_WORKERS, (os.cpu_count() or 1) - 1) if worth_it else 0


@dataclass(frozen=True, slots=True)
class _Beside:
    """What a station has beside the log in force: generations before it, and its vault."""

    earlier: tuple[EarlierLog, ...] = ()
    vault: VaultReport | None = None


def show_verdict(
    console: Console,
    report: AuditReport,
    expected: Expectations,
    elsewhere: Sequence[str] = (),
    beside: _Beside | None = None,
) -> None:
    """Print an audit's verdict and what it rests on; leave with its exit code unless it passed.

    elsewhere  files that remember only other logs
    beside     what the station has beside this log; None: not asked
    """
    found = beside or _Beside()
    verdict, fault = _verdict(report), find_fault(found.earlier)
    passed = report.status is AuditStatus.PASSED
    if passed and fault:
        verdict |= {"verdict": AuditStatus.FAILED.value, "reason": f"generation.{fault}"}
    history = _history(found.earlier)
    console.show(verdict | history | _basis(report, expected, elsewhere) | _sealed(found.vault))
    if passed:
        if fault or (found.vault is not None and found.vault.found):
            console.leave(ExitCode.INTEGRITY)
        return
    gone = report.fault is LogFault.MISSING and not expected.released
    unreadable = gone or report.status is AuditStatus.INDETERMINATE
    console.leave(ExitCode.STATION if unreadable else ExitCode.INTEGRITY)


def _sealed(beside: VaultReport | None) -> dict[str, Value]:
    """Return what became of the evidence that the log names."""
    if beside is None:
        return {"evidence": "not asked"}
    return {
        "evidence": "incomplete" if beside.found else "complete",
        "evidence_problems": describe_problems(beside),
    }


def _history(earlier: Sequence[EarlierLog]) -> dict[str, Value]:
    """Return what is there of the generations before, and what is lost of them."""
    return {
        "generations": 1 + len(earlier),
        "earlier": [str(each) for each in earlier],
        "lost": [each.loss for each in earlier if each.loss],
    }


def _basis(
    report: AuditReport, expected: Expectations, elsewhere: Sequence[str]
) -> dict[str, Value]:
    """Return what a verdict rests on, each as "none" where there is nothing."""
    return {
        "log_key": expected.log_key.vkey,
        "trusted": [key.vkey for key in expected.trusted],
        "witnesses": [key.vkey for key in expected.witnesses] or "none",
        "heads": list(report.heads) or "none",
        "resumed": report.resumed,
        "other_origin": list(elsewhere) or "none",
    }


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
        console.rows("entry", (_row(entry) for entry in reader.page(first, count)))


def read_log_key(console: Console, file: Path | None) -> NoteVerifier:
    """Return the log's first key from a file, or from the station's enrolment."""
    keys = read_vkeys(file or console.folder() / ENROLMENT_FOLDER / LOG_VKEY_NAME)
    if len(keys) != 1:
        raise NoteMalformed("one verifier key expected")
    return keys[0]


def _read_permit_keys(console: Console, file: Path | None) -> list[Ed25519PublicKey]:
    files = published_permit_keys(console.folder()) if file is None else (file,)
    return [read_public_key(each) for each in files]


def find_log(console: Console, file: Path | None) -> Path:
    """Return the log's file as given, or the station's."""
    if file is not None:
        return file
    folder = console.folder()
    return _configured(folder, LOG_PATH, "path")


def find_released(console: Console) -> Path:
    """Return the file in which the station remembers the heads that left it."""
    return _configured(console.folder(), RELEASED_PATH, "released")


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
        "since": report.since,
        "reason": report.reason or None,
        "rules": "asked" if report.ruled else "not asked",
        "findings": [f"{each.code} {each.index}" for each in report.findings],
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
