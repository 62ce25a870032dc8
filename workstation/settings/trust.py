"""Trust and revocation as a station's settings state them while other places are still open.

`trust import`, `crl` and `ocsp` run before a station is complete: the trust is one of the places
that `init` leaves to be filled in, and lists come before gateways. So only the tables needed here
are read. An import rewrites two members; the rest of the file stays octet for octet.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final, Protocol

import msgspec

from crypto.net.connection import Dialling
from crypto.report.policy import Environment
from workstation.errors import NotInitialised, SettingsRefused
from workstation.settings.fields import CaFiles
from workstation.settings.policy import PolicyTable
from workstation.settings.settings import (
    MAX_SETTINGS,
    SETTINGS_NAME,
    AnchorTable,
    CscaAnchors,
    Issuers,
    KeysTable,
    LogTable,
    Profile,
    RevocationTable,
    TrustTable,
    find_faults,
)
from workstation.settings.template import assignment, load_tables, replace_assignment
from workstation.settings.toml_file import convert_tables, parse_toml, read_limited, toml_tables

__all__ = [
    "DOCUMENTS",
    "ISSUERS",
    "SIGNERS",
    "TIMESTAMPS",
    "RevocationSettings",
    "RevocationTables",
    "StatedRevocation",
    "StatedTrust",
    "load_revocation",
    "read_trust",
    "replace_trust",
]

SIGNERS: Final = ("anchors", "intermediates")
TIMESTAMPS: Final = ("timestamp_anchors", "timestamp_intermediates")
DOCUMENTS: Final = ("csca_anchors", "csca_links")
"""Members of `[trust]`: for signatures, for time-stamps, and for the chips of documents."""

ISSUERS: Final = ("signer_issuers", "timestamp_issuers")
"""Members of `[trust]` that say what an authority beside НУЦ's may issue."""

_NEEDED: Final = ("profile", "trust", "revocation", "policy")


class _Named(msgspec.Struct, frozen=True):
    origin: str


class _Stated(msgspec.Struct, frozen=True):
    environment: Environment
    anchors: list[AnchorTable]
    intermediates: list[str]
    timestamp_anchors: list[AnchorTable] = []
    timestamp_intermediates: list[str] = []
    signer_issuers: Issuers = []
    timestamp_issuers: Issuers = []
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
    signer_issuers: tuple[str, ...]
    timestamp_issuers: tuple[str, ...]
    csca_anchors: tuple[AnchorTable, ...]
    csca_links: tuple[str, ...]
    log: LogTable
    keys: KeysTable

    def select(self, members: tuple[str, str]) -> tuple[tuple[AnchorTable, ...], tuple[str, ...]]:
        """Return the anchors and what stands below them, of SIGNERS, TIMESTAMPS or DOCUMENTS."""
        return {
            SIGNERS: (self.anchors, self.intermediates),
            TIMESTAMPS: (self.timestamp_anchors, self.timestamp_intermediates),
            DOCUMENTS: (self.csca_anchors, self.csca_links),
        }[members]


def read_trust(folder: Path) -> StatedTrust:
    """Read a station's trust; NotInitialised without settings, SettingsRefused names the place."""
    path = folder / SETTINGS_NAME
    if not path.is_file():
        raise NotInitialised(str(folder))
    untrusted = read_limited(path, MAX_SETTINGS, SettingsRefused)
    tables = parse_toml(untrusted, _Tables, SettingsRefused)
    return StatedTrust(
        untrusted.decode(),
        tables.station.origin,
        tables.trust.environment,
        tuple(tables.trust.anchors),
        tuple(tables.trust.intermediates),
        tuple(tables.trust.timestamp_anchors),
        tuple(tables.trust.timestamp_intermediates),
        tuple(tables.trust.signer_issuers),
        tuple(tables.trust.timestamp_issuers),
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
    issuers: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> str:
    """Return the settings with these anchors and intermediates and nothing else changed.

    members  names of the two arrays: SIGNERS, or TIMESTAMPS or DOCUMENTS, which may be absent
    issuers  the arrays of ISSUERS that change too, by name; they may be absent

    SettingsRefused when the file writes them in a form that cannot be replaced safely, or when
    they are more than settings may hold.
    """
    before = tomllib.loads(text)
    values: dict[str, list[object]] = {
        members[0]: msgspec.to_builtins(anchors),
        members[1]: list(intermediates),
        **{name: list(stated) for name, stated in issuers.items()},
    }
    wanted = before | {"trust": before["trust"] | values}
    try:
        msgspec.convert(wanted["trust"], _choose_table(members), strict=True)
    except msgspec.ValidationError as error:
        raise SettingsRefused(f"$.trust: {error}") from None
    lines = text.splitlines(keepends=True)
    for name, value in values.items():
        lines = _replace(lines, name, assignment(name, value))
    after = "".join(lines)
    if load_tables(after) != wanted:
        raise SettingsRefused("$.trust: written in a form that only you can change")
    return after


def _choose_table(members: tuple[str, str]) -> type[msgspec.Struct]:
    """Return what the table must be: the signers' anchors may be missing when others are added."""
    return TrustTable if members == SIGNERS else _Stated


def _replace(lines: list[str], name: str, stated: str) -> list[str]:
    """Replace one assignment of the table; an absent one is added unless it is the signers'."""
    if replace_assignment(lines, "trust", "environment", "") is None:
        raise SettingsRefused("$.trust: no table of that name")
    changed = replace_assignment(lines, "trust", name, stated, add=name not in SIGNERS)
    if changed is None:
        raise SettingsRefused(f"$.trust.{name}: not found as a plain assignment")
    return changed


class RevocationTables(Protocol):
    """The tables that lists and the responder need."""

    @property
    def profile(self) -> Profile:
        """A demonstration or a branch."""
        ...

    @property
    def trust(self) -> TrustTable:
        """The roots."""
        ...

    @property
    def revocation(self) -> RevocationTable:
        """The addresses."""
        ...

    @property
    def policy(self) -> PolicyTable:
        """The rules: how old a list may be."""
        ...


class RevocationSettings(Protocol):
    """Whole settings, or those of them that lists and the responder need."""

    @property
    def folder(self) -> Path:
        """The data folder."""
        ...

    @property
    def values(self) -> RevocationTables:
        """The tables."""
        ...

    @property
    def dialling(self) -> Dialling:
        """How the services are reached."""
        ...

    def path(self, configured: str) -> Path:
        """Return a configured path: relative ones start from the data folder."""
        ...


class _RevocationTables(msgspec.Struct, frozen=True):
    """The tables read here; others may still be empty."""

    profile: Profile
    trust: TrustTable
    revocation: RevocationTable
    policy: PolicyTable


@dataclass(frozen=True, slots=True)
class StatedRevocation:
    """A part of the settings. `open_places`: faults of the rest, `$.registries.…: …`."""

    folder: Path
    values: _RevocationTables
    open_places: tuple[str, ...]

    @property
    def dialling(self) -> Dialling:
        """How the services are reached: in production none of them may be this machine."""
        return Dialling(this_machine=self.values.profile is not Profile.PRODUCTION)

    def path(self, configured: str) -> Path:
        """Return a configured path: relative ones start from the data folder."""
        return self.folder / configured


def load_revocation(folder: Path) -> StatedRevocation:
    """Return what lists and the responder need of the data folder's settings.

    NotInitialised without a file; SettingsRefused names every place of these tables that is wrong.
    """
    path = folder / SETTINGS_NAME
    if not path.is_file():
        raise NotInitialised(str(folder))
    tables = toml_tables(read_limited(path, MAX_SETTINGS, SettingsRefused), SettingsRefused)
    faults = find_faults(tables)
    own = tuple(each for each in faults if _concerns(each))
    if own:
        raise SettingsRefused(own[0], own)
    needed: Mapping[str, object] = {name: tables.get(name) for name in _NEEDED}
    values = convert_tables(needed, _RevocationTables, SettingsRefused)
    return StatedRevocation(folder, values, tuple(each for each in faults if each not in own))


def _concerns(fault: str) -> bool:
    """Tell whether a fault is about one of the tables that are needed."""
    place = fault.split(":", maxsplit=1)[0].removeprefix("$.")
    return place.partition(".")[0].partition("[")[0] in _NEEDED
