"""`doctor`: is this installation what it should be, and is the station in the folder whole."""

import importlib.metadata
import platform
import sqlite3
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click

from crypto.errors import CryptoError
from crypto.gost.acceleration import Acceleration, accelerated
from crypto.log.reader import LogReader
from crypto.pki.evidence import EvidenceStore
from vision.errors import VisionError
from workstation import __version__
from workstation.ctl.console import Console, with_console
from workstation.ctl.failures import ExitCode
from workstation.errors import WorkstationError
from workstation.keys import (
    COOL_DOWN_KEY,
    LOG_KEY,
    PERMIT_KEY,
    enrolled_log_key,
    open_key_store,
    trusted_cosigners,
)
from workstation.operators import Operators
from workstation.parties import Role
from workstation.policy_file import load_policy
from workstation.policy_vision import require_vision_tables
from workstation.revocation import STORE_NAME
from workstation.settings import LoadedSettings, load_settings
from workstation.station_trust import station_timestamp_trust, station_trust

__all__ = ["doctor"]

_PACKAGES = (
    "click",
    "cryptography",
    "dlib-bin",
    "face-recognition-models",
    "msgspec",
    "numpy",
    "opencv-python",
    "reportlab",
    "sqlite-utils",
    "websockets",
)
_OPERATORS_NAME = "operators.sqlite"
_BUILT_AFTER = datetime(2026, 7, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Sign:
    """One thing looked at: `good`, `warning` or `bad`, and what was seen."""

    name: str
    state: str
    seen: str


@click.command()
@with_console
def doctor(console: Console) -> None:
    """Examine the installation and, with --data, the station.

    Exit code 4 when something is bad.
    """
    signs = [
        _python(),
        *_packages(),
        _sqlite(sqlite3.sqlite_version_info),
        _gost(accelerated()),
        _clock(),
        _models(),
    ]
    if console.data is not None:
        signs += _station(console.data)
    console.rows({"state": sign.state, "what": sign.name, "seen": sign.seen} for sign in signs)
    if any(sign.state == "bad" for sign in signs):
        console.leave(ExitCode.STATION)


def _python() -> _Sign:
    seen = f"workstation {__version__}, Python {platform.python_version()}, {sys.platform}"
    return _Sign("program", "good", seen)


def _packages() -> list[_Sign]:
    signs = []
    for name in _PACKAGES:
        try:
            signs.append(_Sign(name, "good", importlib.metadata.version(name)))
        except importlib.metadata.PackageNotFoundError:
            signs.append(_Sign(name, "bad", "not installed"))
    return signs


def _sqlite(version: tuple[int, ...]) -> _Sign:
    """Judge SQLite by the WAL-reset bug: 3.7.0 to 3.51.2, mended in 3.50.7 and 3.44.6 as well."""
    mended = (
        version >= (3, 51, 3)
        or (3, 50, 7) <= version < (3, 51)
        or (3, 44, 6) <= version < (3, 45)
        or version < (3, 7)
    )
    seen = ".".join(map(str, version))
    if mended:
        return _Sign("sqlite", "good", seen)
    return _Sign("sqlite", "warning", f"{seen}: WAL-reset bug; kept harmless by one writer")


def _gost(found: Acceleration) -> _Sign:
    """Tell who computes GOST; a library that contradicts the reference stands aside, named."""
    seen = f"numbers {found.integers}, hashes {found.hashes}"
    if found.differing:
        return _Sign("gost", "warning", f"{seen}; wrong answers: {', '.join(found.differing)}")
    return _Sign("gost", "good", seen)


def _clock() -> _Sign:
    now = datetime.now(UTC)
    state = "good" if now >= _BUILT_AFTER else "bad"
    return _Sign("clock", state, f"{now.isoformat(timespec='seconds')}; compare it with a watch")


def _models() -> _Sign:
    # Imported here: the command answers about the rest even where vision cannot be loaded.
    from vision.face.models import FACE_MODELS, model_directory, verified_path

    try:
        folder = model_directory()
        for file in FACE_MODELS:
            verified_path(folder, file)
    except VisionError as trouble:
        return _Sign("face models", "bad", f"{trouble.code} {trouble.detail}")
    return _Sign("face models", "good", f"{len(FACE_MODELS)} files with the pinned SHA-256")


def _station(folder: Path) -> list[_Sign]:
    try:
        loaded = load_settings(folder)
    except WorkstationError as trouble:
        return [_Sign("settings", "bad", f"{trouble.code} {trouble.detail}")]
    return [
        _Sign("settings", "good", f"{loaded.values.profile.value}, sha256 {loaded.sha256[:16]}"),
        *(_looked_at(name, look, loaded) for name, look in _LOOKS),
    ]


def _looked_at(name: str, look: Callable[[LoadedSettings], str], loaded: LoadedSettings) -> _Sign:
    try:
        return _Sign(name, "good", look(loaded))
    except (WorkstationError, CryptoError, OSError) as trouble:
        code = getattr(trouble, "code", type(trouble).__name__)
        return _Sign(name, "bad", f"{code} {getattr(trouble, 'detail', '')}".strip())


def _policy(loaded: LoadedSettings) -> str:
    pinned = loaded.values.policy
    today = datetime.now(UTC).date()
    policy = load_policy(loaded.path(pinned.path), sha256=pinned.sha256, day=today)
    require_vision_tables(policy)
    policy.mci_on(today)
    return policy.id


def _trust(loaded: LoadedSettings) -> str:
    store, stamping = station_trust(loaded), station_timestamp_trust(loaded)
    own = "the same for time-stamps"
    if stamping != store:
        own = f"{len(stamping.anchors)} roots for time-stamps"
    return f"{store.environment.value}: {len(store.anchors)} roots, {own}"


def _keys(loaded: LoadedSettings) -> str:
    store = open_key_store(loaded)
    for name in (LOG_KEY, PERMIT_KEY, COOL_DOWN_KEY):
        store.load(name)
    trusted_cosigners(loaded)
    return loaded.values.keys.kind.value


def _log(loaded: LoadedSettings) -> str:
    vkey = enrolled_log_key(loaded.folder).vkey
    with LogReader(loaded.path(loaded.values.log.path), vkey) as reader:
        return f"{reader.size} entries; `log verify` examines them"


def _operators(loaded: LoadedSettings) -> str:
    accounts = Operators(loaded.folder / _OPERATORS_NAME).accounts()
    enabled = [each.role for each in accounts if not each.disabled]
    return ", ".join(f"{enabled.count(role)} {role.value}" for role in Role)


def _lists(loaded: LoadedSettings) -> str:
    path = loaded.folder / STORE_NAME
    if not path.exists():
        return "none yet; `crl update` or `crl import` brings them"
    store = EvidenceStore(path)
    try:
        held = store.current()
        store.read_again()
    finally:
        store.close()
    entries = sum(each.entries for each in held)
    return f"{len(held)} lists, {entries} entries; `crl status` shows their age"


_LOOKS: tuple[tuple[str, Callable[[LoadedSettings], str]], ...] = (
    ("policy", _policy),
    ("trust", _trust),
    ("keys", _keys),
    ("log", _log),
    ("operators", _operators),
    ("revocation lists", _lists),
)
