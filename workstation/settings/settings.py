"""The station's settings: one TOML file, strictly read, pinned by its SHA-256.

Nothing about trust, revocation, thresholds or time has a default. Thresholds are not here at all:
they belong to the policy, which this file pins by digest.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import Annotated

import msgspec

from crypto.net.connection import Dialling
from crypto.report.policy import Environment
from workstation.errors import NotInitialised, SettingsRefused
from workstation.settings.authority import (
    AuthorityTable,
    IdentificationTable,
    RegistriesTable,
)
from workstation.settings.carriers import (
    CarrierTable,
    EgovQrTable,
    KeyTokenTable,
    TimestampsTable,
    TokenTable,
)
from workstation.settings.faults import shape_faults
from workstation.settings.fields import (
    X25519,
    CaFiles,
    CameraName,
    FilePath,
    Files,
    HardwareId,
    Language,
    Origin,
    Pixels,
    ReaderName,
    Seconds,
    Sha256,
    Table,
    TimeOfDay,
    Url,
    Word,
)
from workstation.settings.policy import PolicyTable, policy_faults
from workstation.settings.rules import place_faults, rule_faults
from workstation.settings.toml_file import convert_tables, read_limited, toml_tables
from workstation.settings.witness import WitnessTable, witness_faults

__all__ = [
    "MAX_SETTINGS",
    "SETTINGS_NAME",
    "AnchorTable",
    "CameraTable",
    "CarrierTable",
    "ChipTable",
    "DeviceCameraTable",
    "EgovQrTable",
    "KeyStoreKind",
    "KeyTokenTable",
    "KeysTable",
    "LoadedSettings",
    "LogTable",
    "PermitTable",
    "PolicyTable",
    "Profile",
    "RecipientTable",
    "RecordedCameraTable",
    "RegistriesTable",
    "RevocationTable",
    "Settings",
    "SignInTable",
    "SimulatedCameraTable",
    "StationTable",
    "TokenTable",
    "TrustTable",
    "VaultTable",
    "find_faults",
    "load_settings",
    "read_settings",
]

SETTINGS_NAME = "workstation.toml"
MAX_SETTINGS = 65_536
_MAX_FAULTS = 50


class Profile(StrEnum):
    """The only switch between a demonstration and a branch."""

    DEMO = "demo"
    PRODUCTION = "production"


class KeyStoreKind(StrEnum):
    """What protects the workstation's private keys (docs/formats/log.md, section 9).

    SEALED  a pass phrase that an administrator types at every start
    DPAPI   Windows, for the account that runs the workstation
    TOKEN   a PKCS#11 token, whose PIN the administrator types
    FILE    nothing but the file's mode; demo profile only
    """

    SEALED = "sealed"
    DPAPI = "dpapi"
    TOKEN = "token"  # noqa: S105 - the name of a kind
    FILE = "file"


class StationTable(Table, frozen=True):
    """What names this workstation; `origin` also names its log and its log key (C2SP).

    customer_screen  customers have a screen of their own: no session begins while it shows nothing
    customer_display  name of that screen as the system has it; empty: the first that is not the
                      teller's
    customer_touch   it takes touches, whether or not the system says so
    customer_keys    customers have a key pad of their own, which sends F13 (yes) and F14 (no)
    opens, closes    when customers are served; what begins outside is counted as after hours
    """

    id: Word
    bank: Word
    branch: Word
    origin: Origin
    customer_screen: bool = False
    customer_display: CameraName = ""
    customer_touch: bool = False
    customer_keys: bool = False
    opens: TimeOfDay = "08:00"
    closes: TimeOfDay = "20:00"


class DeviceCameraTable(Table, frozen=True, tag_field="kind", tag="device"):
    """A capture device by its index; `name` must be what the system calls it, empty for any.

    allowed    hardware ids of the cameras that may be used; none stated: every physical one
    challenge  whether its exposure is changed to see that the image follows; False for a model
               whose driver takes settings without effect
    """

    index: Annotated[int, msgspec.Meta(ge=0, le=63, description="a whole number from 0 to 63")]
    name: CameraName
    width: Pixels
    height: Pixels
    frames_per_second: Annotated[
        int, msgspec.Meta(ge=5, le=120, description="a whole number from 5 to 120")
    ]
    allowed: Annotated[list[HardwareId], msgspec.Meta(max_length=50)] = msgspec.field(
        default_factory=list
    )
    challenge: bool = True


class RecordedCameraTable(Table, frozen=True, tag_field="kind", tag="recording"):
    """A recorded clip; demo profile only."""

    path: FilePath


class SimulatedCameraTable(Table, frozen=True, tag_field="kind", tag="simulated"):
    """The simulated customer of the sandbox; demo profile only."""

    scenario: Word


CameraTable = DeviceCameraTable | RecordedCameraTable | SimulatedCameraTable


class ChipTable(Table, frozen=True):
    """A PC/SC reader for the chips of documents by its name; empty: the only one connected."""

    reader: ReaderName


Issuers = Annotated[list[Sha256], msgspec.Meta(max_length=50)]


class AnchorTable(Table, frozen=True):
    """A certificate file that is trusted because of this digest of its DER."""

    path: FilePath
    sha256: Sha256


CscaAnchors = Annotated[list[AnchorTable], msgspec.Meta(max_length=200)]


class TrustTable(Table, frozen=True):
    """Roots of the ЭЦП; an intermediate is only a hint for building paths.

    timestamp_anchors  roots of time-stamping authorities; none stated: those of the signers
    signer_issuers, timestamp_issuers  authorities (SHA-256 of the certificate) beside those of the
                       catalogue that may issue signers' certificates, or time-stamping ones
    csca_anchors       country authorities that vouch for documents with a chip, and for nothing
                       else; none stated: no document's chip is believed
    csca_links         their link certificates: hints for building paths
    csca_sha1          what a state has signed over SHA-1 counts: a decision of the bank's
    """

    environment: Environment
    anchors: Annotated[
        list[AnchorTable], msgspec.Meta(min_length=1, max_length=50, description="1 to 50 roots")
    ]
    intermediates: CaFiles
    timestamp_anchors: Annotated[list[AnchorTable], msgspec.Meta(max_length=50)] = msgspec.field(
        default_factory=list
    )
    timestamp_intermediates: CaFiles = msgspec.field(default_factory=list)
    signer_issuers: Issuers = msgspec.field(default_factory=list)
    timestamp_issuers: Issuers = msgspec.field(default_factory=list)
    csca_anchors: CscaAnchors = msgspec.field(default_factory=list)
    csca_links: CaFiles = msgspec.field(default_factory=list)
    csca_sha1: bool = False


class RevocationTable(Table, frozen=True):
    """Where revocation is asked for; the answers are signed, so plain http is usual and allowed."""

    ocsp_url: Url
    crl_urls: Annotated[
        list[Url], msgspec.Meta(min_length=1, max_length=20, description="1 to 20 addresses")
    ]
    timeout_s: Seconds


class LogTable(Table, frozen=True):
    """The signed log, and the released heads kept apart from it so that a rollback shows.

    copies  more places for the newest head: files on other volumes and shares
    """

    path: FilePath
    released: FilePath
    copies: Files = msgspec.field(default_factory=list)


class KeysTable(Table, frozen=True):
    """Where the workstation's own keys are.

    token  of the kind `token`
    """

    kind: KeyStoreKind
    path: FilePath
    token: KeyTokenTable | msgspec.UnsetType = msgspec.UNSET


class RecipientTable(Table, frozen=True):
    """Who can open sealed personal data: a name and the raw X25519 public key in hex."""

    name: Word
    x25519: X25519


class VaultTable(Table, frozen=True):
    """Where sealed personal data is kept; the keys that open it are not on this machine."""

    path: FilePath
    recipients: Annotated[
        list[RecipientTable],
        msgspec.Meta(min_length=1, max_length=8, description="1 to 8 recipients"),
    ]


class PermitTable(Table, frozen=True):
    """Whom permits are for, and the folder that core banking takes them from."""

    audience: Word
    folder: FilePath


class SignInTable(Table, frozen=True):
    """How long failed sign-ins may lock a number; 15 minutes unless an administrator wants else."""

    longest_lock_s: Annotated[
        int, msgspec.Meta(ge=60, le=86_400, description="a whole number from 60 to 86400")
    ] = 900


class Settings(Table, frozen=True):
    """The whole file.

    authority  none stated: nobody else compares faces, and what the law gives to ЦОИД is refused
    chip       none stated: the chips of documents are not read
    timestamps  none stated: no signature is time-stamped here
    palm, video_identification  none stated: liveness is not established in that way here
    witness    none stated: nobody else remembers how far the log has come
    """

    profile: Profile
    language: Language
    station: StationTable
    camera: CameraTable
    carrier: CarrierTable
    trust: TrustTable
    revocation: RevocationTable
    registries: RegistriesTable
    log: LogTable
    keys: KeysTable
    vault: VaultTable
    permit: PermitTable
    policy: PolicyTable
    sign_in: SignInTable = msgspec.field(default_factory=SignInTable)
    authority: AuthorityTable | msgspec.UnsetType = msgspec.UNSET
    chip: ChipTable | msgspec.UnsetType = msgspec.UNSET
    palm: IdentificationTable | msgspec.UnsetType = msgspec.UNSET
    video_identification: IdentificationTable | msgspec.UnsetType = msgspec.UNSET
    witness: WitnessTable | msgspec.UnsetType = msgspec.UNSET
    timestamps: TimestampsTable | msgspec.UnsetType = msgspec.UNSET


@dataclass(frozen=True, slots=True)
class LoadedSettings:
    """Settings with the folder their relative paths start from and the digest of their bytes.

    file  where in the folder they were read from
    """

    folder: Path
    sha256: str
    values: Settings
    file: str = SETTINGS_NAME

    @property
    def dialling(self) -> Dialling:
        """How the services are reached: in production none of them may be this machine."""
        return Dialling(this_machine=self.values.profile is not Profile.PRODUCTION)

    def path(self, configured: str) -> Path:
        """Return a configured path: relative ones start from the data folder."""
        return self.folder / configured


def load_settings(folder: Path, file: str = SETTINGS_NAME) -> LoadedSettings:
    """Return the settings of the data folder; NotInitialised without a file, SettingsRefused."""
    path = folder / file
    if not path.is_file():
        raise NotInitialised(str(folder))
    untrusted = read_limited(path, MAX_SETTINGS, SettingsRefused)
    digest = hashlib.sha256(untrusted).hexdigest()
    loaded = LoadedSettings(folder, digest, read_settings(untrusted), file)
    if loaded.values.profile is Profile.PRODUCTION:
        log, values = _real(loaded.path(loaded.values.log.path)), loaded.values.log
        for member, places in (("released", [values.released]), ("copies", values.copies)):
            for each in places:
                _refuse(place_faults(log, _real(loaded.path(each)), _same_folder, member))
    return loaded


def read_settings(untrusted: bytes) -> Settings:
    """Return the settings these bytes state; SettingsRefused names every place, `$.camera.index`.

    Touches neither files nor the network.
    """
    if len(untrusted) > MAX_SETTINGS:
        raise SettingsRefused(f"larger than {MAX_SETTINGS} bytes")
    tables = toml_tables(untrusted, SettingsRefused)
    _refuse(find_faults(tables))
    return convert_tables(tables, Settings, SettingsRefused)


def find_faults(tables: Mapping[str, object]) -> tuple[str, ...]:
    """Return what keeps these tables from being settings, each with its place; at most 50."""
    faults = (
        *shape_faults(Settings, tables),
        *rule_faults(tables),
        *policy_faults(tables),
        *witness_faults(tables),
    )
    return tuple(islice(dict.fromkeys(faults), _MAX_FAULTS))


def _refuse(faults: Iterable[str]) -> None:
    found = tuple(faults)
    if found:
        raise SettingsRefused(found[0], found)


def _real(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError):
        # A loop of links: opening it will fail, and say so.
        return path.absolute()


def _same_folder(first: Path, second: Path) -> bool:
    """Whether two paths are one folder, also where it is mounted twice."""
    try:
        return first == second or first.samefile(second)
    except OSError:
        return False
