"""The table `[camera]` of a settings file rewritten; the rest stays octet for octet.

What is written is staged: the station starts with it once the charter is signed.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from crypto.files.durable import write_durably
from workstation.errors import SettingsRefused
from workstation.settings.settings import MAX_SETTINGS, SETTINGS_NAME
from workstation.settings.template import load_tables, toml_value
from workstation.settings.toml_file import read_limited, toml_tables

__all__ = ["allow_camera", "camera_lines", "replace_camera", "stage_camera"]

_HEAD: Final = re.compile(r"\[camera\]\s*(#.*)?")
_TABLE: Final = re.compile(r"\[")
_ORDER: Final = (
    *("kind", "index", "name", "width", "height", "frames_per_second"),
    *("allowed", "challenge"),
)

CameraMembers = Mapping[str, str | int | bool | list[str]]


def camera_lines(members: CameraMembers) -> tuple[str, ...]:
    """Return the table as lines of TOML, to be shown or pasted."""
    named = sorted(members, key=lambda each: _ORDER.index(each) if each in _ORDER else len(_ORDER))
    return ("[camera]", *(f"{name} = {toml_value(members[name])}" for name in named))


def replace_camera(text: str, members: CameraMembers) -> str:
    """Return the file with another table `[camera]`; SettingsRefused where it cannot be found."""
    lines = text.splitlines(keepends=True)
    heads = [number for number, line in enumerate(lines) if _HEAD.fullmatch(line.strip())]
    if len(heads) != 1:
        raise SettingsRefused("$.camera: written in a form that only you can change")
    start = heads[0]
    after = (n for n in range(start + 1, len(lines)) if _TABLE.match(lines[n].lstrip()))
    end = next(after, len(lines))
    # What an administrator wrote beside the next table is not of this one.
    while end > start + 1 and (not lines[end - 1].strip() or lines[end - 1].startswith("#")):
        end -= 1
    table = "".join(f"{line}\n" for line in camera_lines(members))
    changed = "".join([*lines[:start], table, *lines[end:]])
    wanted = toml_tables(text.encode(), SettingsRefused) | {"camera": dict(members)}
    if load_tables(changed) != wanted:
        raise SettingsRefused("$.camera: written in a form that only you can change")
    return changed


def stage_camera(folder: Path, members: CameraMembers) -> None:
    """Write another table `[camera]` into the settings of a data folder; SettingsRefused."""
    untrusted = read_limited(folder / SETTINGS_NAME, MAX_SETTINGS, SettingsRefused)
    toml_tables(untrusted, SettingsRefused)
    changed = replace_camera(untrusted.decode(), members).encode()
    if changed != untrusted:
        write_durably(folder / SETTINGS_NAME, changed)


def allow_camera(settings: bytes, hardware_id: str, *, allowed: bool) -> bytes:
    """Return settings in which a camera may be used, or may not any more; SettingsRefused.

    One that is forbidden while no list stands there needs a list of the others first.
    """
    table = toml_tables(settings, SettingsRefused).get("camera")
    if not isinstance(table, dict) or table.get("kind") != "device":
        raise SettingsRefused("$.camera.kind: only a device can be allowed")
    stated = table.get("allowed", [])
    before = [str(each) for each in stated] if isinstance(stated, list) else []
    kept = [each for each in before if each.lower() != hardware_id.lower()]
    if allowed:
        kept.append(hardware_id)
    elif not kept:
        # An empty list allows every physical device: to forbid the last one would allow them all.
        raise SettingsRefused("$.camera.allowed: an empty list would allow every device")
    return replace_camera(settings.decode(), {**table, "allowed": kept}).encode()
