"""The change from one generation to the next: made ready beside the station, then put in its place.

`recovery/` holds everything of the next generation. Until its `plan.json` is there nothing of the
station was touched, and what lies there is thrown away; from then on every step can be done again,
and whoever opens the station next does what is left. So there is never half of two generations.

generations/g1/   what the station was: log, released heads, public keys, settings; never removed
"""

import filecmp
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

from crypto.files.durable import sync_file, sync_folder, write_durably
from crypto.files.held_files import remove_file, replace_file
from crypto.log.file.lock import FileLock
from workstation.charter.archive import CharterArchive
from workstation.charter.signatures import read_signed
from workstation.errors import RecoveryRefused
from workstation.records.keys import ENROLMENT_FOLDER, LOG_VKEY_NAME, TRUSTED_NAME
from workstation.settings.settings import SETTINGS_NAME

__all__ = [
    "CHARTER_NAME",
    "GENERATIONS_FOLDER",
    "HEADS_NAME",
    "LOG_NAME",
    "POLICY_NAME",
    "STAGING_FOLDER",
    "Plan",
    "clear_staging",
    "commit_plan",
    "finish_recovery",
    "keep_previous",
    "name_generation",
]

STAGING_FOLDER: Final = "recovery"
GENERATIONS_FOLDER: Final = "generations"
LOG_NAME: Final = "log.sqlite"
HEADS_NAME: Final = "heads"
CHARTER_NAME: Final = "charter.note"
POLICY_NAME: Final = "charter.policy.toml"
_PLAN: Final = "plan.json"
_BESIDE: Final = ("-wal", "-shm", "")
"""SQLite's files beside a log, which go before it: alone they are replayed into nothing."""


class Plan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the files of the station lie, as its settings write them.

    generation  of the log before: `g1`
    """

    v: int
    generation: str
    log: str
    released: str


def name_generation(origin: str) -> str:
    """Return the last part of a log's name, which its folder is called by."""
    return origin.rpartition("/")[2]


def clear_staging(folder: Path) -> Path:
    """Throw away what a recovery left that was broken off before its plan; return the folder."""
    staging = folder / STAGING_FOLDER
    if staging.exists():
        shutil.rmtree(staging)
    staging.mkdir(mode=0o700)
    return staging


def commit_plan(folder: Path, plan: Plan) -> None:
    """From here on the next generation is the station's, whatever happens; OSError."""
    write_durably(folder / STAGING_FOLDER / _PLAN, msgspec.json.encode(plan))


def finish_recovery(folder: Path) -> bool:
    """Do what is left of a recovery that was decided; whether there was one.

    Raises LogLocked while another process does it, RecoveryRefused for a plan that is none,
    OSError; what was done stays done.
    """
    staging = folder / STAGING_FOLDER
    path = staging / _PLAN
    if not path.is_file():
        return False
    try:
        plan = msgspec.json.decode(path.read_bytes(), type=Plan)
    except msgspec.MsgspecError:
        raise RecoveryRefused("plan: damaged") from None
    log = folder / plan.log
    log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = FileLock(log.with_name(f"{log.name}.lock"))
    try:
        if path.is_file():
            _switch(folder, staging, plan)
            remove_file(path)
            sync_folder(staging)
            shutil.rmtree(staging, ignore_errors=True)
    finally:
        lock.release()
    return True


def _switch(folder: Path, staging: Path, plan: Plan) -> None:
    """Put each file in its place, the settings last; done again, what is done is passed over."""
    kept = folder / GENERATIONS_FOLDER / plan.generation
    for needed in (kept.parent, kept, kept / ENROLMENT_FOLDER):
        needed.mkdir(mode=0o700, exist_ok=True)
    _replace_log(staging / LOG_NAME, folder / plan.log, kept / LOG_NAME)
    _replace(staging / HEADS_NAME, folder / plan.released, kept / HEADS_NAME)
    for name in (LOG_VKEY_NAME, TRUSTED_NAME):
        public = Path(ENROLMENT_FOLDER) / name
        _replace(staging / name, folder / public, kept / public)
    if (staging / CHARTER_NAME).exists():
        signed = read_signed((staging / CHARTER_NAME).read_bytes())
        settings = _read_either(staging / SETTINGS_NAME, folder / SETTINGS_NAME)
        CharterArchive(folder).keep(signed, settings, (staging / POLICY_NAME).read_bytes())
    _replace(staging / SETTINGS_NAME, folder / SETTINGS_NAME, kept / SETTINGS_NAME)
    _protect(kept)


def keep_previous(old: Path, new: Path, origin: str, log: str, released: str) -> None:
    """Copy the log of another folder with its heads and public keys into `generations/`.

    origin         of the old log
    log, released  where they lie in the old folder
    Nothing of the old folder is changed. OSError.
    """
    kept = new / GENERATIONS_FOLDER / name_generation(origin)
    (kept / ENROLMENT_FOLDER).mkdir(mode=0o700, parents=True)
    files = [(log, LOG_NAME), (f"{log}-wal", f"{LOG_NAME}-wal"), (released, HEADS_NAME)]
    files += [(f"{ENROLMENT_FOLDER}/{each}",) * 2 for each in (LOG_VKEY_NAME, TRUSTED_NAME)]
    for source, target in files:
        if (old / source).is_file():
            shutil.copyfile(old / source, kept / target)
            sync_file(kept / target)
    _protect(kept)


def _read_either(first: Path, second: Path) -> bytes:
    return (first if first.exists() else second).read_bytes()


def _replace_log(staged: Path, target: Path, kept: Path) -> None:
    """Move the old log with what lies beside it away, and the new one to its name."""
    if not staged.exists():
        return
    for suffix in _BESIDE:
        there, away = (each.with_name(each.name + suffix) for each in (target, kept))
        if there.exists() and not away.exists() and not _is_same(there, staged):
            _move(there, away)
    _move(staged, target)


def _replace(staged: Path, target: Path, kept: Path) -> None:
    """Keep a copy of a small file, and put the new one in its place."""
    if not staged.exists():
        return
    # Equal octets: the new file, of a try that was broken off, or an old one that says the same.
    # Keeping it then is right for what always was there, which all but the heads were.
    broken_off = staged.name == HEADS_NAME and target.exists() and _is_same(target, staged)
    if target.exists() and not kept.exists() and not broken_off:
        write_durably(kept, target.read_bytes())
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_durably(target, staged.read_bytes())
    remove_file(staged)


def _is_same(one: Path, other: Path) -> bool:
    return filecmp.cmp(one, other, shallow=False)


def _move(source: Path, target: Path) -> None:
    """Rename, or copy to another volume; whole under its name at every moment."""
    try:
        replace_file(source, target)
    except OSError:
        draft = target.with_name(f".{target.name}.moving")
        shutil.copyfile(source, draft)
        sync_file(draft)
        replace_file(draft, target)
        remove_file(source)
    sync_folder(target.parent)
    sync_folder(source.parent)


def _protect(kept: Path) -> None:
    """Take the right to write away: a reminder, not a lock."""
    for path in kept.rglob("*"):
        if path.is_file():
            with suppress(OSError):
                path.chmod(0o400)
