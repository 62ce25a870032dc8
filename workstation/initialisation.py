"""The birth of a station: folder, keys, log generation, first administrator. Never twice."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from crypto.canonical_json import JsonValue
from crypto.errors import KeyMissing
from crypto.files.durable import write_durably
from crypto.log.file.clock import Clock
from crypto.log.file.released import ReleasedHead
from crypto.log.file.store import LogStore
from crypto.log.format.key_record import RULES
from crypto.log.format.note import NoteSigner
from crypto.vault.keyfile import make_private_folder
from crypto.vault.keys import FileKeyStore
from crypto.vault.protectors import KeyUnlock, refuse_unlock
from workstation.accounts.lockout import Lockout
from workstation.accounts.operators import Operators, require_account
from workstation.accounts.secret import SecretCost
from workstation.charter.archive import CharterArchive
from workstation.charter.contents import (
    OPERATORS_NAME,
    compose,
    describe_accounts,
    describe_new,
    name_policy,
)
from workstation.charter.enrolment import enrol_accounts
from workstation.charter.head_office import HEAD_OFFICE_KEY
from workstation.charter.signatures import SignedCharter, sign_charter
from workstation.documents.permit import key_id
from workstation.errors import AlreadyInitialised, SettingsRefused
from workstation.records.keys import (
    COOL_DOWN_KEY,
    ENROLMENT_FOLDER,
    LOG_KEY,
    LOG_VKEY_NAME,
    PERMIT_KEY,
    TRUSTED_NAME,
    create_key_store,
)
from workstation.records.path_room import require_room
from workstation.records.permit_keys import publish_permit_key
from workstation.rules.parties import Operator, Role
from workstation.settings.settings import SETTINGS_NAME, KeyStoreKind, Profile

__all__ = [
    "KEYS_FOLDER",
    "LOG_PATH",
    "OPERATORS_NAME",
    "POLICIES_FOLDER",
    "POLICY_NAME",
    "RELEASED_PATH",
    "Enrolled",
    "NewStation",
    "initialise",
]

POLICY_NAME = "policy.toml"
POLICIES_FOLDER = "policies"
KEYS_FOLDER = "keys"
LOG_PATH = "log/log.sqlite"
RELEASED_PATH = "released/heads"
_ORIGIN = re.compile(r"[a-z0-9][a-z0-9.-]*(/[a-z0-9.-]+)+")


@dataclass(frozen=True, slots=True)
class NewStation:
    """What a station starts with.

    settings         bytes of its settings file, whose paths are this module's constants
    policy           bytes of the policy file that the settings pin; empty where they name a folder
    policies         files of that folder by name: policies and their signatures
    admin, secret    the first administrator
    unlock           gives the pass phrase that is to protect the station's keys, where the kind has
                     one
    enrolment_keys   folder of the key that cosigns the log's first entry; belongs elsewhere than
                     on the station: whoever holds it and the log key can begin another log;
                     one key may enrol many stations
    previous         what the first entry says of the log before, where it follows one
    """

    origin: str
    profile: Profile
    keys: KeyStoreKind
    settings: bytes
    admin: Operator
    secret: str = field(repr=False)
    enrolment_keys: Path
    unlock: KeyUnlock = field(default=refuse_unlock, repr=False)
    previous: Mapping[str, JsonValue] | None = None
    policy: bytes = b""
    policies: Mapping[str, bytes] = field(default_factory=dict, repr=False)

    @property
    def bank(self) -> str:
        """The first part of the origin, which the names of the bank's keys start with."""
        return self.origin.split("/", 1)[0]


@dataclass(frozen=True, slots=True)
class Enrolled:
    """The public halves: what head office and core banking have to be told."""

    log_vkey: str
    enrolment_vkey: str
    permit_key_id: str


def initialise(
    folder: Path, new: NewStation, clock: Clock, cost: SecretCost | None = None
) -> Enrolled:
    """Create the station in `folder`; the settings are written last, so half a station is none.

    Raises AlreadyInitialised when the folder holds anything, OperatorRefused for a weak secret,
    FolderTooDeep, PolicyRefused, SettingsRefused (`origin`), LogError, VaultError, OSError.
    """
    require_room(folder)
    require_account(new.admin, new.secret)
    if new.admin.role is not Role.ADMIN or _ORIGIN.fullmatch(new.origin) is None:
        raise SettingsRefused("origin")
    if folder.exists() and any(folder.iterdir()):
        raise AlreadyInitialised(str(folder))
    # First what fails most often, a removable disk: until then nothing of the station is there.
    make_private_folder(new.enrolment_keys)
    enrolment_key = _enrolment_key(new.enrolment_keys)
    for needed in (folder, folder / KEYS_FOLDER, folder / ENROLMENT_FOLDER):
        make_private_folder(needed)
    for path in (LOG_PATH, RELEASED_PATH):
        (folder / path).parent.mkdir(mode=0o700, exist_ok=True)

    store = create_key_store(new.keys, folder / KEYS_FOLDER, new.unlock)
    log_key = NoteSigner(new.origin, store.create(LOG_KEY))
    permit_key = store.create(PERMIT_KEY).public_key()
    secret = store.create(COOL_DOWN_KEY).private_bytes_raw()
    enrolment = NoteSigner(f"{new.bank}/sup/{new.admin.id}", enrolment_key)
    operators = _create_accounts(folder / OPERATORS_NAME, new, secret, clock, cost)
    _write_policies(folder, new)
    contents = describe_new(folder, new.settings, new.policy or None, new.origin, new.profile)
    accounts = describe_accounts(operators.accounts())
    charter = sign_charter(compose(contents, accounts, clock.wall_ms()), enrolment)
    genesis = _genesis(charter) | {"prev_gen": new.previous}
    released = ReleasedHead(folder / RELEASED_PATH)
    with LogStore.create(
        folder / LOG_PATH,
        origin=new.origin,
        log_key=log_key,
        genesis=genesis,
        cosigners=[enrolment],
        clock=clock,
        released=released,
    ) as log:
        enrol_accounts(log, accounts, [enrolment])
    _publish(folder / ENROLMENT_FOLDER, log_key.vkey, enrolment.vkey)
    publish_permit_key(folder, PERMIT_KEY, permit_key)
    CharterArchive(folder).keep(charter, new.settings, new.policy)
    write_durably(folder / SETTINGS_NAME, new.settings)
    return Enrolled(log_key.vkey, enrolment.vkey, key_id(permit_key))


def _create_accounts(
    path: Path, new: NewStation, secret: bytes, clock: Clock, cost: SecretCost | None
) -> Operators:
    """Create the file of accounts with the first administrator, nobody's failures counted."""
    operators = Operators.create(path, new.bank, cost)
    operators.add(new.admin, new.secret, clock.wall_ms())
    Lockout(path, secret).create(clock.mono_ms())
    return operators


def _write_policies(folder: Path, new: NewStation) -> None:
    """Write the policy that the settings pin, or those of the folder that they name."""
    if new.policy:
        write_durably(folder / POLICY_NAME, new.policy)
        return
    make_private_folder(folder / POLICIES_FOLDER)
    for name, octets in new.policies.items():
        write_durably(folder / POLICIES_FOLDER / name, octets)


def _genesis(signed: SignedCharter) -> dict[str, JsonValue]:
    """Return the facts of the log's first entry: what a generation never changes, and its start."""
    charter = signed.charter
    return {
        "rules": RULES,
        "profile": charter.profile.value,
        "charter": signed.sha256,
        **name_policy(charter),
        "settings_sha256": charter.settings_sha256,
    }


def _publish(public: Path, log: str, enrolment: str) -> None:
    """Write what head office is given."""
    write_durably(public / LOG_VKEY_NAME, f"{log}\n".encode())
    write_durably(public / TRUSTED_NAME, f"{enrolment}\n".encode())


def _enrolment_key(folder: Path) -> Ed25519PrivateKey:
    store = FileKeyStore(folder)
    try:
        return store.load(HEAD_OFFICE_KEY)
    except KeyMissing:
        return store.create(HEAD_OFFICE_KEY)
