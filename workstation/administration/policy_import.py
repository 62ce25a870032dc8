"""A policy that is brought: read once, judged as it would be used, then staged as it was read."""

import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from crypto.files.durable import write_durably
from vision.models.manifest import Manifest
from workstation.administration.staged_settings import StagedSettings
from workstation.errors import OperationRefused, PolicyRefused
from workstation.preflight import policy_calendar
from workstation.rules.calendar.calendar import PolicyCalendar, PolicyVersion
from workstation.rules.calendar.reader import (
    CERTIFIED,
    NOTE,
    POLICY,
    list_policies,
    read_version,
)
from workstation.rules.calendar.signers import station_signers
from workstation.rules.local_time import local_day
from workstation.rules.policy_file import MAX_POLICY_BYTES, read_policy, require_in_force
from workstation.rules.policy_vision import require_vision_tables
from workstation.settings.settings import LoadedSettings
from workstation.settings.template import replace_value

__all__ = ["BroughtPolicy", "bring_policies", "stage_policies"]

_MOST: Final = 200
_ENDINGS: Final = frozenset({POLICY, NOTE, CERTIFIED})


@dataclass(frozen=True, slots=True)
class BroughtPolicy:
    """One version that the station does not have yet, with the octets of its files by name."""

    version: PolicyVersion
    files: tuple[tuple[str, bytes], ...]


def bring_policies(
    loaded: LoadedSettings, path: Path, models: Manifest, moment: datetime
) -> tuple[BroughtPolicy, ...]:
    """Return what a file, with the signatures beside it, or a folder brings that is new.

    Every octet is read once: what is judged here is what is staged. Links are not followed. Raises
    OperationRefused whose code says what to do, its detail the place.
    """
    with _copied(path) as copy:
        if loaded.values.policy.pinned is None:
            found = _bring_signed(loaded, copy, moment)
        else:
            found = _bring_pinned(loaded, copy, moment)
        for each in found:
            with _refused_as("policy_import.models"):
                require_vision_tables(each.version.policy, models.match)
        if not found:
            raise OperationRefused(path.name, "policy_import.same")
        return found


def stage_policies(loaded: LoadedSettings, brought: Sequence[BroughtPolicy]) -> None:
    """Keep what was brought: a signed version in the folder, a pinned one beside the settings.

    A pinned one waits for the charter; what two signers of the bank have signed needs no other.
    """
    if loaded.values.policy.pinned is None:
        folder = loaded.path(loaded.values.policy.place)
        for each in brought:
            # The policy last: what nothing signs is refused, and so is what signs nothing.
            for name, octets in sorted(each.files, key=lambda file: file[0].endswith(POLICY)):
                write_durably(folder / name, octets)
        return
    (only,) = brought
    policy = only.version.policy
    name = f"policy-{policy.sha256[:16]}.toml"
    staged = StagedSettings(loaded.folder)
    # Before: another change of the settings, of a camera, may wait as well, and goes on waiting.
    text = staged.read_next().decode()
    for place, value in (("policy.path", name), ("policy.sha256", policy.sha256)):
        text = replace_value(text, place, value)
    staged.withdraw()
    ((_, octets),) = only.files
    write_durably(loaded.folder / name, octets)
    staged.stage(text.encode())


def _bring_signed(
    loaded: LoadedSettings, copy: Path, moment: datetime
) -> tuple[BroughtPolicy, ...]:
    with _refused_as("policy_import.calendar"):
        present = policy_calendar(loaded, moment)
    known = {each.policy.id: each.policy.sha256 for each in present.versions}
    signers = station_signers(loaded)
    brought = []
    for name, files in list_policies(copy).items():
        with _refused_as("policy_import.malformed"):
            if files.policy is not None:
                read_policy(files.policy.read_bytes())
        with _refused_as("policy_import.signature"):
            version = read_version(name, files, signers, moment)
        if known.get(version.policy.id) == version.policy.sha256:
            continue
        if version.policy.id in known:
            raise OperationRefused(version.policy.id, "policy_import.exists")
        paths = [each for each in (files.policy, files.note, *files.certified.values()) if each]
        octets = tuple((each.name, each.read_bytes()) for each in paths)
        brought.append(BroughtPolicy(version, octets))
    with _refused_as("policy_import.calendar"):
        PolicyCalendar.arrange([*present.versions, *(each.version for each in brought)])
    return tuple(brought)


def _bring_pinned(
    loaded: LoadedSettings, copy: Path, moment: datetime
) -> tuple[BroughtPolicy, ...]:
    paths = sorted(copy.glob(f"*{POLICY}"))
    if len(paths) != 1:
        raise OperationRefused(copy.name, "policy_import.one_file")
    octets = paths[0].read_bytes()
    with _refused_as("policy_import.malformed"):
        policy = read_policy(octets)
    with _refused_as("policy_import.not_in_force"):
        require_in_force(policy, local_day(moment))
    pinned = loaded.values.policy.pinned
    if pinned is not None and pinned[1] == policy.sha256:
        return ()
    return (BroughtPolicy(PolicyVersion(policy), ((paths[0].name, octets),)),)


@contextmanager
def _copied(path: Path) -> Iterator[Path]:
    """Copy what is brought into a folder of our own, so that nobody changes it meanwhile."""
    with TemporaryDirectory(prefix="policy-import-") as place:
        for each in _list_brought(path):
            (Path(place) / each.name).write_bytes(_read_once(each))
        yield Path(place)


def _list_brought(path: Path) -> list[Path]:
    try:
        if path.is_dir():
            found = sorted(each for each in path.iterdir() if each.suffix in _ENDINGS)
        else:
            beside = [
                path.with_suffix(NOTE),
                *sorted(path.parent.glob(f"{path.stem}.*{CERTIFIED}")),
            ]
            found = [path, *(each for each in beside if each.exists())]
    except OSError:
        raise OperationRefused(path.name, "policy_import.unreadable") from None
    if not any(each.suffix == POLICY for each in found) or len(found) > _MOST:
        raise OperationRefused(path.name, "policy_import.one_file")
    return found


def _read_once(path: Path) -> bytes:
    """Return a regular file's octets; OperationRefused for a link, a device, or too many."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    try:
        if path.is_symlink():
            raise OperationRefused(path.name, "policy_import.link")
        descriptor = os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise OperationRefused(path.name, "policy_import.link")
            octets = file.read(MAX_POLICY_BYTES + 1)
    except OSError:
        raise OperationRefused(path.name, "policy_import.unreadable") from None
    if len(octets) > MAX_POLICY_BYTES:
        raise OperationRefused(path.name, "policy_import.malformed")
    return octets


@contextmanager
def _refused_as(code: str) -> Iterator[None]:
    """Say a refusal of the rules by the code of a sentence that says what to do."""
    try:
        yield
    except PolicyRefused as refused:
        raise OperationRefused(refused.detail, code) from None
