"""What `doctor` sees of a station: its settings, and everything the desktop opens."""

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from time import monotonic, time
from urllib.parse import urlsplit

import msgspec

from crypto.crl_store.store import CrlStore
from crypto.errors import (
    CryptoError,
    KeyLocked,
    KeyRefused,
    LogMissing,
    LogRolledBack,
    LogTampered,
)
from crypto.lds.csca import read_country
from crypto.log.audit.reader import LogReader
from crypto.log.file.faults import LogFault
from crypto.log.file.released import read_marks
from crypto.log.format.note import NoteVerifier
from crypto.net.connection import ThisMachineRefused
from crypto.vault.keyfile import read_secret
from crypto.vault.keys import FileKeyStore, KeyStore
from crypto.vault.payload_store import PayloadStore
from crypto.vault.protectors import KeyUnlock
from workstation.accounts.cool_down import CoolDown
from workstation.accounts.operators import Operators
from workstation.ctl.doctor_alarms import check_alarms
from workstation.ctl.doctor_alternatives import check_other_ways
from workstation.ctl.doctor_cases import check_cases
from workstation.ctl.doctor_charter import check_charter, describe_policy
from workstation.ctl.doctor_chip import check_configured_reader
from workstation.ctl.doctor_heads import check_head_copies
from workstation.ctl.doctor_registries import (
    look_at_attempts,
    look_at_authority,
    look_at_persons,
    look_at_registries,
)
from workstation.ctl.doctor_sealed import check_sealed
from workstation.ctl.doctor_timestamps import check_timestamps
from workstation.ctl.doctor_trust import check_issuers, check_trust_validity, describe_gap
from workstation.ctl.list_bounds import describe_short_bounds
from workstation.ctl.public_keys import read_public_key
from workstation.devices.carriers import carriers_of
from workstation.documents.texts import Texts
from workstation.errors import SettingsRefused, WorkstationError
from workstation.evidence.cleaning import find_drafts, station_drafts
from workstation.preflight import COOL_DOWN_NAME, policy_in_force, require_camera, require_folders
from workstation.records.keys import (
    COOL_DOWN_KEY,
    LOG_KEY,
    PERMIT_KEY,
    open_key_store,
    read_enrolled_log_key,
    read_trusted_cosigners,
)
from workstation.records.log_keys import log_key_names
from workstation.records.permit_keys import permit_key_names, public_key_path
from workstation.records.station_log import load_log_key
from workstation.records.vault import read_recipients
from workstation.rules.parties import Role
from workstation.rules.policy import Policy
from workstation.settings.rules import configured_addresses
from workstation.settings.settings import KeyStoreKind, LoadedSettings, Profile, load_settings
from workstation.settings.trust import RevocationSettings, load_revocation
from workstation.trust.crl_coverage import needed_crls
from workstation.trust.list_life import find_short_bounds
from workstation.trust.revocation import STORE_NAME, Revocation, build_revocation
from workstation.trust.stores import (
    station_csca_trust,
    station_timestamp_trust,
    station_trust,
)

__all__ = ["HealthCheck", "check_station"]

_BESIDE = (check_charter, check_configured_reader, check_other_ways)
_OPERATORS_NAME = "operators.sqlite"
_RESOLVING_S = 5.0


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """One thing looked at: `good`, `warning` or `bad`, and what was seen."""

    name: str
    state: str
    seen: str


def check_station(
    folder: Path,
    now: datetime,
    installation: Sequence[HealthCheck] = (),
    unlock: KeyUnlock | None = None,
) -> list[HealthCheck]:
    """Look at a station, everything in it; the last check says whether it is ready.

    installation  what was seen of the program and its models: no station is ready without them
    unlock        gives the pass phrase of the keys; None: sealed keys are looked at, not opened
    """
    checks = list(_checks(folder, now, unlock))
    bad = sum(each.state == "bad" for each in (*installation, *checks))
    verdict = HealthCheck("station", "bad", f"not ready: {bad} to mend above")
    return [*checks, verdict if bad else HealthCheck("station", "good", "ready")]


def _checks(folder: Path, now: datetime, unlock: KeyUnlock | None) -> Iterator[HealthCheck]:
    try:
        loaded = load_settings(folder)
    except SettingsRefused as refused:
        yield from (
            HealthCheck("settings", "bad", f"{refused.code} {each}") for each in refused.faults
        )
        yield from _checks_beside_faults(folder, now)
        return
    except WorkstationError as error:
        yield HealthCheck("settings", "bad", f"{error.code} {error.detail}")
        return
    profile = loaded.values.profile.value
    yield HealthCheck("settings", "good", f"{profile}, sha256 {loaded.sha256[:16]}")
    store = open_key_store(loaded, unlock)
    for name, look in _LOOKS:
        yield _look_at(name, partial(look, loaded, now))
        if name == "documents":
            yield _look_at("keys", lambda: _keys(loaded, store))
        if name == "folders":
            yield _look_at("log", lambda: _log(loaded, store))
    yield from (HealthCheck(*each) for each in check_trust_validity(loaded, now))
    yield from (HealthCheck(*each) for each in check_issuers(loaded))
    for check in (*_BESIDE, check_head_copies, check_sealed, check_cases, check_alarms):
        yield from (HealthCheck(*each) for each in check(loaded))
    yield from _addresses(loaded)
    yield from _lists(loaded, now)


def _checks_beside_faults(folder: Path, now: datetime) -> Iterator[HealthCheck]:
    """Look at trust and lists of a station whose other places are still open: they come first."""
    try:
        stated = load_revocation(folder)
    except WorkstationError:
        return
    yield from (HealthCheck(*each) for each in check_trust_validity(stated, now))
    yield from _lists(stated, now)


def _look_at(name: str, look: Callable[[], str]) -> HealthCheck:
    try:
        return HealthCheck(name, "good", look())
    except (WorkstationError, CryptoError, OSError) as error:
        return _bad(name, error)


def _bad(name: str, error: Exception) -> HealthCheck:
    code = getattr(error, "code", type(error).__name__)
    seen = f"{code} {getattr(error, 'detail', '')}".strip()
    if isinstance(error, (LogTampered, LogRolledBack, LogMissing)):
        seen += "; delete and restore nothing: `recovery status`, `recovery begin`"
    return HealthCheck(name, "bad", seen)


def _policy(loaded: LoadedSettings, now: datetime) -> str:
    return describe_policy(loaded, policy_in_force(loaded, now))


def _trust(loaded: LoadedSettings, _now: datetime) -> str:
    store, stamping = station_trust(loaded), station_timestamp_trust(loaded)
    own = "the same for time-stamps"
    if stamping != store:
        own = f"{len(stamping.anchors)} roots for time-stamps"
    return f"{store.environment.value}: {len(store.anchors)} roots, {own}"


def _documents(loaded: LoadedSettings, now: datetime) -> str:
    if not loaded.values.trust.csca_anchors:
        return "no country authority: no chip is believed"
    found = station_csca_trust(loaded).anchors
    countries = Counter(read_country(each) for each in found)
    seen = ", ".join(f"{country} {count}" for country, count in sorted(countries.items()))
    # An authority that signs no more still vouches for what it signed.
    past = sum(each.not_after < now for each in found)
    return f"country authorities: {seen}" + (f"; {past} expired" if past else "")


def _keys(loaded: LoadedSettings, store: KeyStore) -> str:
    kind = loaded.values.keys.kind.value
    plain = FileKeyStore(loaded.path(loaded.values.keys.path)).names()
    if plain and kind != KeyStoreKind.FILE:
        raise SettingsRefused(f"$.keys.path: {plain[0]} lies there unsealed; run `key seal`")
    read_trusted_cosigners(loaded)
    try:
        logs, permits = log_key_names(store), permit_key_names(store)
        for name in (*(logs or (LOG_KEY,)), *(permits or (PERMIT_KEY,)), COOL_DOWN_KEY):
            read_secret(store.path(name))
            store.load(name)
        for name in permits:
            published = public_key_path(loaded.folder, name)
            if read_public_key(published) != store.load(name).public_key():
                # Whoever verifies permits by this file would take another's.
                raise KeyRefused(f"enrolment/{published.name}: not the station's permit key")
    except KeyLocked as locked:
        if locked.detail != "passphrase_missing":
            raise
        return f"{kind}; not opened (--passphrase-stdin)"
    return kind


def _log(loaded: LoadedSettings, store: KeyStore) -> str:
    values = loaded.values.log
    vkey = read_enrolled_log_key(loaded.folder)
    if vkey.name != loaded.values.station.origin:
        raise SettingsRefused(f"$.station.origin: the log is that of {vkey.name}")
    own = _own_log_key(loaded, store)
    with LogReader(loaded.path(values.path), vkey.vkey) as reader:
        # A log put back to before a rotation does not know the key that signed the newest heads.
        keys = (*reader.log_keys(), *([own] if own is not None else []))
        marks = read_marks(loaded.path(values.released), vkey.name, keys)
        if not marks and reader.size > 1:
            raise LogTampered(LogFault.RELEASED_MISSING)
        for mark in marks:
            reader.require_released(mark)
        if own is not None and own != reader.key_in_force():
            raise KeyRefused("$.keys.path: not the log key in force")
        return f"{reader.size} entries, {len(marks)} released heads; `log verify` examines them"


def _own_log_key(loaded: LoadedSettings, store: KeyStore) -> NoteVerifier | None:
    """Return the log key of the store; None when it does not open, which another check reports."""
    try:
        return load_log_key(loaded, store).verifier
    except CryptoError:
        return None


def _operators(loaded: LoadedSettings, _now: datetime) -> str:
    accounts = Operators(loaded.folder / _OPERATORS_NAME).accounts()
    enabled = [each.role for each in accounts if not each.disabled]
    return ", ".join(f"{enabled.count(role)} {role.value}" for role in Role)


def _folders(loaded: LoadedSettings, _now: datetime) -> str:
    return f"{len(require_folders(loaded))} can be written to"


def _camera(loaded: LoadedSettings, _now: datetime) -> str:
    return require_camera(loaded)


def _carriers(loaded: LoadedSettings, now: datetime) -> str:
    built = carriers_of(loaded, ncalayer=None, now=lambda: now)
    return ", ".join(each.value for each in built.offered)


def _vault(loaded: LoadedSettings, _now: datetime) -> str:
    recipients = read_recipients(loaded)
    folder = loaded.path(loaded.values.vault.path)
    if (folder / "payload_keys.db").exists():
        PayloadStore(folder).close()
    seen = f"sealed for {', '.join(each.name for each in recipients)}"
    drafts = sum(1 for _ in find_drafts(station_drafts(loaded), time()))
    return f"{seen}; {drafts} drafts left, the next start removes them" if drafts else seen


def _cool_down(loaded: LoadedSettings, _now: datetime) -> str:
    path = loaded.folder / COOL_DOWN_NAME
    if path.exists():
        try:
            CoolDown(path, bytes(32)).close()
        except sqlite3.Error as error:
            raise SettingsRefused(f"{path.name}: {type(error).__name__}") from None
    return "refusals are counted" if path.exists() else "nobody was refused yet"


_LOOKS: tuple[tuple[str, Callable[[LoadedSettings, datetime], str]], ...] = (
    ("policy", _policy),
    ("trust", _trust),
    ("documents", _documents),
    ("folders", _folders),
    ("operators", _operators),
    ("camera", _camera),
    ("ways to sign", _carriers),
    ("registries", look_at_registries),
    ("persons", look_at_persons),
    ("attempts", look_at_attempts),
    ("authority", look_at_authority),
    ("vault", _vault),
    ("cool-down", _cool_down),
)


def _addresses(loaded: LoadedSettings) -> Iterator[HealthCheck]:
    """Resolve the configured names, once each: in production none may lead to this machine."""
    if loaded.values.profile is not Profile.PRODUCTION:
        return
    tables: dict[str, object] = msgspec.to_builtins(loaded.values)
    deadline = monotonic() + _RESOLVING_S
    hosts: dict[str, list[str]] = {}
    for place, url in configured_addresses(tables):
        hosts.setdefault(urlsplit(url).hostname or "", []).append(place)
    for host, places in hosts.items():
        try:
            loaded.dialling.addresses(host, 443, deadline=deadline)
        except ThisMachineRefused:
            yield HealthCheck(
                "address", "bad", f"{', '.join(places)}: {host} leads to this machine"
            )
        except OSError:
            yield HealthCheck("address", "warning", f"{', '.join(places)}: {host} is not known now")


def _lists(loaded: RevocationSettings, now: datetime) -> Iterator[HealthCheck]:
    name = "revocation lists"
    try:
        policy = policy_in_force(loaded, now)
        trust, stamping = station_trust(loaded), station_timestamp_trust(loaded)
    except (WorkstationError, CryptoError):
        # Told above, under the name of what is wrong.
        return
    path = loaded.folder / STORE_NAME
    try:
        # A station that holds no list yet gets no store by being looked at.
        store = CrlStore(path if path.exists() else None)
    except CryptoError as error:
        yield _bad(name, error)
        return
    try:
        revocation = build_revocation(store, loaded, policy, trust, stamping)
        yield from _held_lists(revocation, policy, now)
        if isinstance(loaded, LoadedSettings):
            stamped = check_timestamps(loaded, policy, revocation, now)
            yield from (HealthCheck(*each) for each in stamped)
    except CryptoError as error:
        yield _bad(name, error)
    finally:
        store.close()


def _held_lists(revocation: Revocation, policy: Policy, now: datetime) -> Iterator[HealthCheck]:
    revocation.store.check_segments()
    held = revocation.store.current()
    entries = sum(each.entries for each in held)
    needed = needed_crls(revocation, policy, now)
    there = sum(each.good for each in needed)
    seen = f"{len(held)} lists, {entries} entries; {there} of {len(needed)} needed are in force"
    # Which one is missing, and what that stops, is said below.
    state = "good" if held or not needed else "warning"
    yield HealthCheck("revocation lists", state, f"{seen}; `crl status` shows their age")
    for sentence in describe_short_bounds(find_short_bounds(revocation, policy), Texts("en")):
        yield HealthCheck("revocation list", "bad", sentence)
    for each in needed:
        if not each.good:
            # Without its own list the responder alone answers for an authority's customers; without
            # its issuer's nothing under the authority can be approved.
            state = "bad" if each.itself else "warning"
            yield HealthCheck("revocation list", state, describe_gap(each))
