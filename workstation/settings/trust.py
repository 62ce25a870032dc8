"""The trust a station's settings state, read and replaced while other places are still open.

`trust import` runs before a station is complete: the trust is one of the places that `init` leaves
to be filled in. So only the tables needed here are read, and only two members are rewritten; the
rest of the file, comments too, stays octet for octet.
"""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from crypto.report.policy import Environment
from workstation.errors import NotInitialised, SettingsRefused
from workstation.settings.fields import CaFiles
from workstation.settings.settings import (
    SETTINGS_NAME,
    AnchorTable,
    CscaAnchors,
    KeysTable,
    LogTable,
    TrustTable,
)
from workstation.settings.template import toml_value
from workstation.settings.toml_file import parse_toml, read_limited

__all__ = ["DOCUMENTS", "SIGNERS", "StatedTrust", "read_trust", "replace_trust"]

SIGNERS: Final = ("anchors", "intermediates")
DOCUMENTS: Final = ("csca_anchors", "csca_links")
"""Members of `[trust]`: for signatures, and for the chips of documents."""

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
    csca_anchors: CscaAnchors = []
    csca_links: CaFiles = []


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
    csca_anchors: tuple[AnchorTable, ...]
    csca_links: tuple[str, ...]
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
        tuple(tables.trust.csca_anchors),
        tuple(tables.trust.csca_links),
        tables.log,
        tables.keys,
    )


def replace_trust(
    text: str,
    anchors: Sequence[AnchorTable],
    intermediates: Sequence[str],
    members: tuple[str, str] = SIGNERS,
) -> str:
    """Return the settings with these anchors and intermediates and nothing else changed.

    members  names of the two arrays: SIGNERS or DOCUMENTS; the latter's may be absent

    SettingsRefused when the file writes them in a form that cannot be replaced safely, or when
    they are more than settings may hold.
    """
    before = tomllib.loads(text)
    values = msgspec.to_builtins(anchors), list(intermediates)
    wanted = before | {"trust": before["trust"] | dict(zip(members, values, strict=True))}
    try:
        msgspec.convert(wanted["trust"], _choose_table(members), strict=True)
    except msgspec.ValidationError as error:
        raise SettingsRefused(f"$.trust: {error}") from None
    lines = text.splitlines(keepends=True)
    for name, value in zip(members, values, strict=True):
        lines = _replace_table(lines, name, _assignment(name, list(value)))
    after = "".join(lines)
    if _load(after) != wanted:
        raise SettingsRefused("$.trust: written in a form that only you can change")
    return after


def _choose_table(members: tuple[str, str]) -> type[msgspec.Struct]:
    """Return what the table must be: its anchors may still be missing when documents' are added."""
    return TrustTable if members == SIGNERS else _Stated


def _assignment(name: str, values: list[object]) -> str:
    if not values:
        return f"{name} = []\n"
    inner = "".join(f"  {toml_value(each)},\n" for each in values)
    return f"{name} = [\n{inner}]\n"


def _replace_table(lines: list[str], name: str, assignment: str) -> list[str]:
    """Replace one assignment of the table, however many lines its array takes.

    One of documents that is absent is added at the end of the table.
    """
    start = next((i for i, line in enumerate(lines) if line.split("#")[0].strip() == _TABLE), None)
    if start is None:
        raise SettingsRefused("$.trust: no table of that name")
    end = start + 1
    for first in range(start + 1, len(lines)):
        stated = lines[first].lstrip()
        if stated.startswith("["):
            break
        if stated.strip():
            end = first + 1
        if stated.split("=")[0].strip() != name:
            continue
        for last in range(first + 1, len(lines) + 1):
            if _load("".join(lines[first:last])) is not None:
                return [*lines[:first], assignment, *lines[last:]]
    if name not in DOCUMENTS:
        raise SettingsRefused(f"$.trust.{name}: not found as a plain assignment")
    if not lines[end - 1].endswith("\n"):
        assignment = f"\n{assignment}"
    return [*lines[:end], assignment, *lines[end:]]


def _load(text: str) -> dict[str, object] | None:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return None
