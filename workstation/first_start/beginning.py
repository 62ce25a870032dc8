"""A station is begun: its commented settings, and what `initialise` makes of them."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import resources
from crypto.vault.protectors import KeyUnlock, refuse_unlock
from workstation.errors import PolicyRefused
from workstation.initialisation import POLICY_NAME, NewStation
from workstation.rules.parties import Operator, Role
from workstation.rules.policy_file import MAX_POLICY_BYTES
from workstation.settings.policy import PolicyTable
from workstation.settings.settings import KeyStoreKind, Profile
from workstation.settings.template import initial_text
from workstation.settings.toml_file import read_limited

__all__ = [
    "SHIPPED_POLICY",
    "SignedPolicies",
    "StationNames",
    "compose_settings",
    "compose_station",
    "read_rules",
]

SHIPPED_POLICY: Final = "kz-2026-07-12.toml"


@dataclass(frozen=True, slots=True)
class StationNames:
    """What a station is called. `origin` also names its log and never changes."""

    station: str
    bank: str
    branch: str
    origin: str


@dataclass(frozen=True, slots=True)
class SignedPolicies:
    """A folder of signed policies in the place of one: its files by name, and the settings."""

    table: PolicyTable | None = None
    files: Mapping[str, bytes] = field(default_factory=dict)


def read_rules(path: Path | None = None) -> bytes:
    """Return a policy file, the shipped one unless another is named; PolicyRefused."""
    found = path or resources.path("policies", SHIPPED_POLICY)
    return read_limited(found, MAX_POLICY_BYTES, PolicyRefused)


def compose_settings(
    profile: Profile,
    kind: KeyStoreKind,
    names: StationNames,
    rules: bytes,
    table: PolicyTable | None = None,
) -> str:
    """Return the commented settings that a station is begun with; rules, table: its policies."""
    marks = {"station": names.station, "bank": names.bank, "branch": names.branch}
    marks |= {"origin": names.origin, "keys": kind.value, "policy": POLICY_NAME}
    marks["policy_sha256"] = hashlib.sha256(rules).hexdigest()
    return initial_text(profile, marks, table)


def compose_station(  # noqa: PLR0913 - what a station is begun with
    profile: Profile,
    kind: KeyStoreKind,
    names: StationNames,
    admin: tuple[str, str],
    secret: str,
    enrolment_keys: Path,
    *,
    rules: bytes = b"",
    signed: SignedPolicies | None = None,
    unlock: KeyUnlock = refuse_unlock,
) -> NewStation:
    """Return what `initialise` begins.

    admin  number and name of the first administrator
    rules  the policy that is pinned; empty: the `signed` ones
    """
    given = signed or SignedPolicies()
    return NewStation(
        origin=names.origin,
        profile=profile,
        keys=kind,
        settings=compose_settings(profile, kind, names, rules, given.table).encode(),
        policy=rules,
        policies=given.files,
        admin=Operator(*admin, Role.ADMIN),
        unlock=unlock,
        secret=secret,
        enrolment_keys=enrolment_keys,
    )
