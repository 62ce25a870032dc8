"""`doctor`: is this installation what it should be, and is the station in the folder whole."""

import importlib.metadata
import platform
import sqlite3
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import click

from crypto.gost.acceleration import Acceleration, find_acceleration
from workstation import __version__
from workstation.ctl.console import Console, TableRow, Value, with_console
from workstation.ctl.doctor_chip import check_readers
from workstation.ctl.doctor_models import check_models
from workstation.ctl.doctor_station import HealthCheck, check_station
from workstation.ctl.doctor_words import headers, word_check
from workstation.ctl.failures import ExitCode
from workstation.ctl.installation import check_installation
from workstation.ctl.moments import moment_option

__all__ = ["doctor"]

_PACKAGES = (
    "PySide6-Essentials",
    "click",
    "cryptography",
    "dlib-bin",
    "msgspec",
    "numpy",
    "opencv-python",
    "reportlab",
    "sqlite-utils",
    "websockets",
)
_BUILT_AFTER = datetime(2026, 7, 12, tzinfo=UTC)


@click.command()
@moment_option
@with_console
def doctor(console: Console, *, moment: datetime | None) -> None:
    """Examine the installation and, with --data, the station.

    Exit code 4 when something is bad.
    """
    checks = [
        _python(),
        *_packages(),
        _sqlite(sqlite3.sqlite_version_info),
        _gost(find_acceleration()),
        _clock(),
        *check_models(console.data),
        *(HealthCheck(*each) for each in (*check_installation(), *check_readers())),
    ]
    if console.data is not None:
        unlock = None if console.passphrase is None else console.unlock
        checks += check_station(console.data, moment or datetime.now(UTC), checks, unlock)
    _show(console, checks)
    if any(check.state == "bad" for check in checks):
        console.leave(ExitCode.STATION)


def _show(console: Console, checks: Sequence[HealthCheck]) -> None:
    """Print every check: codes for programs, and for people words in their language."""
    words = [word_check(check, console.texts) for check in checks]
    if console.as_json or console.language == "en":
        # Whoever reads English finds what was seen, and behind it what to do.
        told = (row.record for row in words)
        if not console.as_json:
            told = (_in_english(row) for row in words)
        console.rows("check", told)
        return
    console.table("check", headers(console.texts), words)


def _in_english(row: TableRow) -> Mapping[str, Value]:
    record = row.record
    good = record["state"] == "good" or record["what"] == "station"
    return record if good else {**record, "seen": row.cells[2]}


def _python() -> HealthCheck:
    seen = f"workstation {__version__}, Python {platform.python_version()}, {sys.platform}"
    return HealthCheck("program", "good", seen)


def _packages() -> list[HealthCheck]:
    checks = []
    for name in _PACKAGES:
        try:
            checks.append(HealthCheck(name, "good", importlib.metadata.version(name)))
        except importlib.metadata.PackageNotFoundError:
            checks.append(HealthCheck(name, "bad", "not installed"))
    return checks


def _sqlite(version: tuple[int, ...]) -> HealthCheck:
    """Judge SQLite by the WAL-reset bug: 3.7.0 to 3.51.2, mended in 3.50.7 and 3.44.6 as well."""
    mended = (
        version >= (3, 51, 3)
        or (3, 50, 7) <= version < (3, 51)
        or (3, 44, 6) <= version < (3, 45)
        or version < (3, 7)
    )
    seen = ".".join(map(str, version))
    if mended:
        return HealthCheck("sqlite", "good", seen)
    return HealthCheck("sqlite", "warning", f"{seen}: WAL-reset bug; kept harmless by one writer")


def _gost(found: Acceleration) -> HealthCheck:
    """Tell who computes GOST; a library that contradicts the reference stands aside, named."""
    seen = f"numbers {found.integers}, hashes {found.hashes}"
    if found.differing:
        return HealthCheck(
            "gost", "warning", f"{seen}; wrong answers: {', '.join(found.differing)}"
        )
    return HealthCheck("gost", "good", seen)


def _clock() -> HealthCheck:
    now = datetime.now(UTC)
    state = "good" if now >= _BUILT_AFTER else "bad"
    return HealthCheck(
        "clock", state, f"{now.isoformat(timespec='seconds')}; compare it with a watch"
    )
