"""Beginning the next generation of a log whose start is refused: by two people, never by one.

docs/recovery.md says when and how; docs/formats/log.md, section 14, what comes of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final

from crypto.canonical_json import JsonValue
from crypto.errors import KeyMissing, LogError, LogLocked, LogUnwritable
from crypto.files.durable import write_durably
from crypto.log.file.clock import Clock
from crypto.log.file.lock import FileLock
from crypto.log.file.released import ReleasedHead
from crypto.log.file.store import LogStore
from crypto.log.format.key_record import RULES, Kind, is_credential
from crypto.log.format.note import NoteSigner, NoteVerifier
from crypto.vault.keys import KeyStore
from workstation.accounts.lockout import Lockout
from workstation.accounts.operators import Authenticated, Operators
from workstation.charter.archive import CharterArchive
from workstation.charter.contents import OPERATORS_NAME, name_policy
from workstation.charter.enrolment import enrol_accounts
from workstation.charter.in_force import find_newest_charter
from workstation.charter.signatures import SignedCharter, add_signature, sign_charter
from workstation.charter.succession import compose_successor, require_founders
from workstation.errors import CharterRefused, RecoveryRefused
from workstation.records.keys import (
    ENROLMENT_FOLDER,
    LOG_VKEY_NAME,
    TRUSTED_NAME,
    load_accounts_secret,
    read_trusted_cosigners,
    read_vkeys,
)
from workstation.records.log_keys import name_next_log_key
from workstation.records.station_log import load_log_key, open_log
from workstation.recovery.previous import PreviousLog, examine_previous
from workstation.recovery.switch import (
    CHARTER_NAME,
    HEADS_NAME,
    LOG_NAME,
    POLICY_NAME,
    Plan,
    clear_staging,
    commit_plan,
    finish_recovery,
    name_generation,
)
from workstation.rules.parties import Role, person_key
from workstation.rules.policy_file import MAX_POLICY_BYTES
from workstation.settings.origin import replace_origin
from workstation.settings.settings import SETTINGS_NAME, LoadedSettings
from workstation.settings.toml_file import read_limited

__all__ = ["Begun", "Founders", "Reason", "begin_generation", "require_two", "sign_in_founder"]

_MAX_WORDS: Final = 200


class Reason(StrEnum):
    """Why the log is not gone on with."""

    DISK_FAILED = "disk_failed"
    BACKUP_RESTORED = "backup_restored"
    LOG_LOST = "log_lost"
    TAMPERED = "tampered"
    KEYS_STOLEN = "keys_stolen"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Founders:
    """The two who begin a generation, and head office's key where somebody brought it."""

    supervisor: Authenticated
    administrator: Authenticated
    head_office: NoteSigner | None = None

    @property
    def credentials(self) -> tuple[NoteSigner, NoteSigner]:
        """Both people's keys."""
        return self.supervisor.credential, self.administrator.credential


@dataclass(frozen=True, slots=True)
class Begun:
    """What was begun, and what is known of what it follows."""

    origin: str
    log_vkey: str
    charter: SignedCharter
    previous: PreviousLog


@dataclass(frozen=True, slots=True)
class _Successor:
    origin: str
    log_key: NoteSigner
    charter: SignedCharter
    settings: bytes = field(repr=False)
    policy: bytes = field(repr=False)


def sign_in_founder(
    loaded: LoadedSettings, store: KeyStore, operator_id: str, secret: str, role: Role, clock: Clock
) -> Authenticated:
    """Return the person of this role whose secret it is; failures are counted, no log can hear it.

    Raises OperatorRefused, OperatorLocked, RecoveryRefused(`role`), VaultError.
    """
    accounts = loaded.folder / OPERATORS_NAME
    longest_ms = loaded.values.sign_in.longest_lock_s * 1000
    lockout = Lockout(accounts, load_accounts_secret(store), longest_ms=longest_ms)
    attempt = lockout.count(operator_id, clock.mono_ms())
    person = Operators(accounts).authenticate(attempt, secret)
    lockout.succeed(attempt, clock.mono_ms())
    if person.operator.role is not role:
        raise RecoveryRefused(f"role: {person.operator.id} is no {role.value}")
    return person


def begin_generation(
    loaded: LoadedSettings,
    store: KeyStore,
    founders: Founders,
    reason: Reason,
    words: str,
    clock: Clock,
) -> Begun:
    """Begin the generation after the station's log, which stays whole in `generations/`.

    (1) a log that opens needs no other: refused, unless its keys are stolen;
    (2) everything of the next generation is made in `recovery/`;
    (3) the plan is written: from now on it is decided;
    (4) the files change places, which whoever opens the station next goes on with.

    Raises RecoveryRefused, CharterRefused, SettingsRefused, LogLocked (the workstation runs),
    LogUnwritable (the disk), LogError, VaultError, OSError.
    """
    if not words.strip() or len(words) > _MAX_WORDS or not words.isprintable():
        raise RecoveryRefused(f"words: 1 to {_MAX_WORDS} printable characters")
    _close_previous(loaded, store, founders, reason, clock)
    path = loaded.path(loaded.values.log.path)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = FileLock(path.with_name(f"{path.name}.lock"))
    try:
        staging = clear_staging(loaded.folder)
        previous = examine_previous(loaded, store)
        before = find_newest_charter(loaded.folder, previous.origin, read_trusted_cosigners(loaded))
        successor = _compose(loaded, store, before, founders, clock)
        facts: dict[str, JsonValue] = {
            "reason": reason.value,
            "words": words.strip(),
            "prev_gen": previous.facts(),
        }
        _write_log(staging, loaded, founders, successor, facts, clock)
        _write_files(staging, loaded, founders, successor)
        values, generation = loaded.values, name_generation(previous.origin)
        commit_plan(loaded.folder, Plan(1, generation, values.log.path, values.log.released))
    finally:
        lock.release()
    finish_recovery(loaded.folder)
    return Begun(successor.origin, successor.log_key.vkey, successor.charter, previous)


def _close_previous(
    loaded: LoadedSettings, store: KeyStore, founders: Founders, reason: Reason, clock: Clock
) -> None:
    """Refuse what is not needed; end a log that can still be written, where head office is here."""
    try:
        with open_log(loaded, load_log_key(loaded, store), clock) as log:
            if reason is not Reason.KEYS_STOLEN and not log.closed:
                raise RecoveryRefused("needless: the log opens; only stolen keys would be a reason")
            if founders.head_office is not None and not log.closed:
                data = {"reason": reason.value}
                log.append(Kind.CLOSE, data, cosigners=[founders.head_office])
    except (LogLocked, LogUnwritable):
        # Another process, or the disk: neither is a reason to begin anything.
        raise
    except (LogError, KeyMissing):
        return


def _compose(
    loaded: LoadedSettings,
    store: KeyStore,
    before: SignedCharter,
    founders: Founders,
    clock: Clock,
) -> _Successor:
    origin = before.charter.origin
    settings = read_limited(loaded.folder / SETTINGS_NAME, MAX_POLICY_BYTES, CharterRefused)
    if loaded.sha256 != before.charter.settings_sha256:
        raise CharterRefused("settings: not those of the charter; `charter withdraw --restore`")
    sources, policy = CharterArchive(loaded.folder).sources(before.charter.number)
    if sources != settings:
        raise CharterRefused("copies: those beside the charter are not what it pins")
    made = compose_successor(before, b"", clock.wall_ms())
    renamed = replace_origin(settings, origin, made.origin)
    charter = compose_successor(before, renamed, made.made_ms)
    first, second = founders.credentials
    signed = add_signature(sign_charter(charter, first), second)
    # Who they are the charter before says, not the rows that anybody may write.
    require_founders(signed, before.charter)
    log_key = NoteSigner(made.origin, store.create(name_next_log_key(store)))
    return _Successor(made.origin, log_key, signed, renamed, policy)


def _write_log(
    staging: Path,
    loaded: LoadedSettings,
    founders: Founders,
    successor: _Successor,
    facts: dict[str, JsonValue],
    clock: Clock,
) -> None:
    """Create the log with everybody's credentials in it; nothing of it is the station's yet."""
    people = founders.credentials
    office = () if founders.head_office is None else (founders.head_office,)
    charter = successor.charter.charter
    with LogStore.create(
        staging / LOG_NAME,
        origin=successor.origin,
        log_key=successor.log_key,
        genesis={**_genesis(loaded, founders, successor), **facts},
        cosigners=(*people, *office),
        clock=clock,
        released=ReleasedHead(staging / HEADS_NAME),
    ) as log:
        enrol_accounts(log, charter.accounts, people)


def _genesis(
    loaded: LoadedSettings, founders: Founders, successor: _Successor
) -> dict[str, JsonValue]:
    charter = successor.charter.charter
    people = (founders.supervisor, founders.administrator)
    listed: list[JsonValue] = [
        {
            "vkey": each.credential.vkey,
            "id": each.operator.id,
            "role": each.operator.role.value,
        }
        for each in people
    ]
    office: list[JsonValue] = [each.vkey for each in _read_head_office(loaded)]
    return {
        "rules": RULES,
        "profile": charter.profile.value,
        "charter": successor.charter.sha256,
        **name_policy(charter),
        "settings_sha256": charter.settings_sha256,
        "founders": listed,
        "head_office": office,
    }


def _read_head_office(loaded: LoadedSettings) -> Sequence[NoteVerifier]:
    return [each for each in read_trusted_cosigners(loaded) if not is_credential(each)]


def _write_files(
    staging: Path, loaded: LoadedSettings, founders: Founders, successor: _Successor
) -> None:
    """Write what takes the place of the station's files, and the charter."""
    trusted = [each.vkey for each in read_vkeys(loaded.folder / ENROLMENT_FOLDER / TRUSTED_NAME)]
    trusted += [each.vkey for each in founders.credentials]
    write_durably(staging / LOG_VKEY_NAME, f"{successor.log_key.vkey}\n".encode())
    lines = "".join(f"{vkey}\n" for vkey in dict.fromkeys(trusted))
    write_durably(staging / TRUSTED_NAME, lines.encode())
    write_durably(staging / CHARTER_NAME, successor.charter.octets)
    write_durably(staging / POLICY_NAME, successor.policy)
    write_durably(staging / SETTINGS_NAME, successor.settings)


def require_two(supervisor_id: str, administrator_id: str) -> None:
    """Raise RecoveryRefused for one person in two spellings, before any secret is asked for."""
    if person_key(supervisor_id) == person_key(administrator_id):
        raise RecoveryRefused("one person twice")
