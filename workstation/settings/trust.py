"""The trust a station's settings state, read and replaced while other places are still open.

`trust import` runs before a station is complete: the trust is one of the places that `init` leaves
to be filled in. So only the tables needed here are read, and only two members are rewritten; the
rest of the file, comments too, stays octet for octet.
"""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from crypto.report.policy import Environment
from workstation.errors import NotInitialised, SettingsRefused
from workstation.settings.settings import (
    SETTINGS_NAME,
    AnchorTable,
    KeysTable,
    LogTable,
    TrustTable,
)
from workstation.settings.template import toml_value
from workstation.settings.toml_file import parse_toml, read_limited

__all__ = ["StatedTrust", "read_trust", "replace_trust"]

_MAX_BYTES = 65_536
_TABLE = "[trust]"


class _Named(msgspec.Struct, frozen=True):
    origin: str


class _Stated(msgspec.Struct, frozen=True):
    environment: Environment
    anchors: list[AnchorTable]
    intermediates: list[str]
    timestamp_anchors: list[AnchorTable] = []
    timestamp_intermediates: list[str] = []


class _Tables(msgspec.Struct, frozen=True):
    """The tables read here; others may still be empty."""

    station: _Named
    trust: _Stated
    log: LogTable
    keys: KeysTable


@dataclass(frozen=True, slots=True)
class StatedTrust:
    """What the file says about trust, and where log and keys are; paths start from the folder."""

    text: str
    origin: str
    environment: Environment
    anchors: tuple[AnchorTable, ...]
    intermediates: tuple[str, ...]
    timestamp_anchors: tuple[AnchorTable, ...]
    timestamp_intermediates: tuple[str, ...]
    log: LogTable
    keys: KeysTable


def read_trust(folder: Path) -> StatedTrust:
    """Read a station's trust; NotInitialised without settings, SettingsRefused names the place."""
    path = folder / SETTINGS_NAME
    if not path.is_file():
        raise NotInitialised(str(folder))
    untrusted = read_limited(path, _MAX_BYTES, SettingsRefused)
    tables = parse_toml(untrusted, _Tables, SettingsRefused)
    return StatedTrust(
        untrusted.decode(),
        tables.station.origin,
        tables.trust.environment,
        tuple(tables.trust.anchors),
        tuple(tables.trust.intermediates),
        tuple(tables.trust.timestamp_anchors),
        tuple(tables.trust.timestamp_intermediates),
        tables.log,
        tables.keys,
    )


def replace_trust(text: str, anchors: Sequence[AnchorTable], intermediates: Sequence[str]) -> str:
    """Return the settings with these anchors and intermediates and nothing else changed.

    SettingsRefused when the file writes them in a form that cannot be replaced safely, or when
    they are more than settings may hold.
    """
    before = tomllib.loads(text)
    wanted = before | {
        "trust": before["trust"]
        | {"anchors": msgspec.to_builtins(anchors), "intermediates": list(intermediates)}
    }
    try:
        msgspec.convert(wanted["trust"], TrustTable, strict=True)
    except msgspec.ValidationError as error:
        raise SettingsRefused(f"$.trust: {error}") from None
    lines = text.splitlines(keepends=True)
    for name, value in (("anchors", wanted["trust"]["anchors"]), ("intermediates", intermediates)):
        lines = _replace_table(lines, name, _assignment(name, list(value)))
    after = "".join(lines)
    if _load(after) != wanted:
        raise SettingsRefused("$.trust: written in a form that only you can change")
    return after


def _assignment(name: str, values: list[object]) -> str:
    if not values:
        return f"{name} = []\n"
    inner = "".join(f"  {toml_value(each)},\n" for each in values)
    return f"{name} = [\n{inner}]\n"


def _replace_table(lines: list[str], name: str, assignment: str) -> list[str]:
    """Replace one assignment of the table, however many lines its array takes."""
    start = next((i for i, line in enumerate(lines) if line.split("#")[0].strip() == _TABLE), None)
    if start is None:
        raise SettingsRefused("$.trust: no table of that name")
    for first in range(start + 1, len(lines)):
        stated = lines[first].lstrip()
        if stated.startswith("["):
            break
        if stated.split("=")[0].strip() != name:
            continue
        for last in range(first + 1, len(lines) + 1):
            if _load("".join(lines[first:last])) is not None:
                return [*lines[:first], assignment, *lines[last:]]
    raise SettingsRefused(f"$.trust.{name}: not found as a plain assignment")


def _load(text: str) -> dict[str, object] | None:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return None
