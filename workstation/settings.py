"""The station's settings: one TOML file, strictly read, pinned by its SHA-256.

Nothing about trust, revocation, thresholds or time has a default. Thresholds are not here at all:
they belong to the policy, which this file pins by digest.
"""

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import msgspec

from crypto.pki.policy import Environment
from workstation.errors import NotInitialised, SettingsRefused
from workstation.settings_carriers import Carrier, EgovQr, Token
from workstation.settings_fields import (
    FilePath,
    Language,
    Origin,
    Pixels,
    Seconds,
    Sha256,
    Table,
    Url,
    Word,
)
from workstation.toml_file import parsed, read_limited
from workstation.web_address import Scheme, require_address

__all__ = [
    "SETTINGS_NAME",
    "Anchor",
    "Carrier",
    "DeviceCamera",
    "EgovQr",
    "KeyStoreKind",
    "Keys",
    "LoadedSettings",
    "Log",
    "Permit",
    "PolicyFile",
    "Profile",
    "Recipient",
    "RecordedCamera",
    "Registries",
    "Revocation",
    "Settings",
    "SimulatedCamera",
    "Station",
    "Token",
    "Trust",
    "Vault",
    "load_settings",
    "read_settings",
]

SETTINGS_NAME = "workstation.toml"
_MAX_BYTES = 65_536


class Profile(StrEnum):
    """The only switch between a demonstration and a branch."""

    DEMO = "demo"
    PRODUCTION = "production"


class KeyStoreKind(StrEnum):
    """Where the workstation's private keys are kept: files of the account, or DPAPI of Windows."""

    FILE = "file"
    DPAPI = "dpapi"


class Station(Table, frozen=True):
    """What names this workstation; `origin` also names its log and its log key (C2SP)."""

    id: Word
    bank: Word
    branch: Word
    origin: Origin


class DeviceCamera(Table, frozen=True, tag_field="kind", tag="device"):
    """A capture device by its index; `name` must be what the system calls it, empty for any."""

    index: Annotated[int, msgspec.Meta(ge=0, le=63)]
    name: Annotated[str, msgspec.Meta(max_length=200)]
    width: Pixels
    height: Pixels
    frames_per_second: Annotated[int, msgspec.Meta(ge=5, le=120)]


class RecordedCamera(Table, frozen=True, tag_field="kind", tag="recording"):
    """A recorded clip; demo profile only."""

    path: FilePath


class SimulatedCamera(Table, frozen=True, tag_field="kind", tag="simulated"):
    """The simulated customer of the sandbox; demo profile only."""

    scenario: Word


class Anchor(Table, frozen=True):
    """A certificate file that is trusted because of this digest of its DER."""

    path: FilePath
    sha256: Sha256


class Trust(Table, frozen=True):
    """Roots of the ЭЦП; an intermediate is only a hint for building paths.

    timestamp_anchors  roots of time-stamping authorities; none stated: those of the signers
    """

    environment: Environment
    anchors: Annotated[list[Anchor], msgspec.Meta(min_length=1, max_length=50)]
    intermediates: Annotated[list[FilePath], msgspec.Meta(max_length=100)]
    timestamp_anchors: Annotated[list[Anchor], msgspec.Meta(max_length=50)] = msgspec.field(
        default_factory=list
    )
    timestamp_intermediates: Annotated[list[FilePath], msgspec.Meta(max_length=100)] = (
        msgspec.field(default_factory=list)
    )


class Revocation(Table, frozen=True):
    """Where revocation is asked for; the answers are signed, so plain http is usual and allowed."""

    ocsp_url: Url
    crl_urls: Annotated[list[Url], msgspec.Meta(min_length=1, max_length=20)]
    timeout_s: Seconds


class Registries(Table, frozen=True):
    """Base addresses of the bank's gateways to the state registries, and the roots of their TLS."""

    phone_owner_url: Url
    antifraud_url: Url
    loan_refusal_url: Url
    tls_anchors: Annotated[list[FilePath], msgspec.Meta(max_length=20)]
    timeout_s: Seconds


class Log(Table, frozen=True):
    """The signed log, and the released heads kept apart from it so that a rollback shows."""

    path: FilePath
    released: FilePath


class Keys(Table, frozen=True):
    """Where the workstation's own keys are."""

    kind: KeyStoreKind
    path: FilePath


class Recipient(Table, frozen=True):
    """Who can open sealed personal data: a name and the raw X25519 public key in hex."""

    name: Word
    x25519: Sha256


class Vault(Table, frozen=True):
    """Where sealed personal data is kept; the keys that open it are not on this machine."""

    path: FilePath
    recipients: Annotated[list[Recipient], msgspec.Meta(min_length=1, max_length=8)]


class Permit(Table, frozen=True):
    """Whom permits are for, and the folder that core banking takes them from."""

    audience: Word
    folder: FilePath


class PolicyFile(Table, frozen=True):
    """The policy in force and the digest that pins it."""

    path: FilePath
    sha256: Sha256


class Settings(Table, frozen=True):
    """The whole file."""

    profile: Profile
    language: Language
    station: Station
    camera: DeviceCamera | RecordedCamera | SimulatedCamera
    carrier: Carrier
    trust: Trust
    revocation: Revocation
    registries: Registries
    log: Log
    keys: Keys
    vault: Vault
    permit: Permit
    policy: PolicyFile


@dataclass(frozen=True, slots=True)
class LoadedSettings:
    """Settings with the folder their relative paths start from and the digest of their bytes."""

    folder: Path
    sha256: str
    values: Settings

    def path(self, configured: str) -> Path:
        """Return a configured path: relative ones start from the data folder."""
        return self.folder / configured


def load_settings(folder: Path) -> LoadedSettings:
    """Return the settings of the data folder; NotInitialised without a file, SettingsRefused."""
    path = folder / SETTINGS_NAME
    if not path.is_file():
        raise NotInitialised(str(folder))
    untrusted = read_limited(path, _MAX_BYTES, SettingsRefused)
    digest = hashlib.sha256(untrusted).hexdigest()
    return LoadedSettings(folder, digest, read_settings(untrusted))


def read_settings(untrusted: bytes) -> Settings:
    """Return the settings these bytes state; SettingsRefused names the path, `$.camera.index`."""
    if len(untrusted) > _MAX_BYTES:
        raise SettingsRefused(f"larger than {_MAX_BYTES} bytes")
    settings = parsed(untrusted, Settings, SettingsRefused)
    _require_addresses(settings)
    if settings.trust.timestamp_intermediates and not settings.trust.timestamp_anchors:
        raise SettingsRefused("$.trust.timestamp_intermediates: without timestamp_anchors")
    if settings.profile is Profile.PRODUCTION:
        _require_production(settings)
    return settings


def _require_addresses(settings: Settings) -> None:
    carrier = require_address("$.carrier.ncalayer_url", settings.carrier.ncalayer_url, Scheme.WSS)
    if not carrier.loopback:
        raise SettingsRefused("$.carrier.ncalayer_url: not this machine")
    for place, url in _revocation_addresses(settings):
        require_address(place, url, Scheme.HTTP, Scheme.HTTPS)
    for place, url in (*_registry_addresses(settings), *_carrier_addresses(settings)):
        address = require_address(place, url, Scheme.HTTP, Scheme.HTTPS)
        if address.scheme is Scheme.HTTP and not address.loopback:
            raise SettingsRefused(f"{place}: plain http leaves this machine")


def _require_production(settings: Settings) -> None:
    """Refuse what only a demonstration may use: every way a simulator could pass for the real."""
    if not isinstance(settings.camera, DeviceCamera):
        raise SettingsRefused("$.camera.kind: only a device in the production profile")
    if settings.trust.environment is not Environment.PROD:
        raise SettingsRefused("$.trust.environment: test certificates in the production profile")
    addresses = (
        *_revocation_addresses(settings),
        *_registry_addresses(settings),
        *_carrier_addresses(settings),
    )
    for place, url in addresses:
        if require_address(place, url, Scheme.HTTP, Scheme.HTTPS).loopback:
            raise SettingsRefused(f"{place}: this machine in the production profile")
    if Path(settings.log.path).parent == Path(settings.log.released).parent:
        raise SettingsRefused("$.log.released: in the same folder as the log")


def _revocation_addresses(settings: Settings) -> list[tuple[str, str]]:
    lists = enumerate(settings.revocation.crl_urls)
    return [
        ("$.revocation.ocsp_url", settings.revocation.ocsp_url),
        *((f"$.revocation.crl_urls[{index}]", url) for index, url in lists),
    ]


def _registry_addresses(settings: Settings) -> list[tuple[str, str]]:
    return [
        ("$.registries.phone_owner_url", settings.registries.phone_owner_url),
        ("$.registries.antifraud_url", settings.registries.antifraud_url),
        ("$.registries.loan_refusal_url", settings.registries.loan_refusal_url),
    ]


def _carrier_addresses(settings: Settings) -> list[tuple[str, str]]:
    egov = settings.carrier.egov_qr
    return [("$.carrier.egov_qr.url", egov.url)] if isinstance(egov, EgovQr) else []
