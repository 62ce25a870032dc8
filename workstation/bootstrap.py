"""The composition root: from a data folder to everything a station works with.

The only place that builds; tests and the demo replace single services through `Overrides`. Opening
never creates: a folder that was never initialised is NotInitialised.
"""

import hmac
import random
import secrets
import sqlite3
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Protocol, TypeVar

import msgspec

from crypto.carrier.carrier import SignatureCarrier
from crypto.chip.pcsc import PcscReader
from crypto.chip.transport import ChipReader
from crypto.core_dumps import forbid_core_dumps
from crypto.errors import VaultError
from crypto.files.durable import remove_drafts
from crypto.log.file.clock import Clock, SystemClock
from crypto.log.file.store import LogStore
from crypto.report.alarm import ReportAlarm
from crypto.vault.keys import KeyStore
from crypto.vault.protectors import KeyUnlock
from vision.frame import Camera
from vision.models.manifest import Manifest
from vision.worker import FaceAnalysis, ProcessAnalysis
from workstation import __version__
from workstation.accounts.attempt_budget import AttemptBudget
from workstation.accounts.authentication import Authenticator, open_authenticator
from workstation.accounts.authority_register import AUTHORITY_REGISTER_NAME, AuthorityRegister
from workstation.accounts.cool_down import CoolDown
from workstation.accounts.face_gallery import FaceGallery, GalleryOrigin
from workstation.accounts.operators import Operators
from workstation.accounts.shared_budget import SharedBudget
from workstation.accounts.staff import Staff
from workstation.accounts.staging import StagedAccounts
from workstation.administration.reading import Administration
from workstation.administration.staged_settings import settle_settings
from workstation.cases.case_sealer import CaseSealer
from workstation.cases.case_store import CASES_FOLDER, CaseStore
from workstation.charter.contents import describe_accounts, describe_station
from workstation.charter.in_force import CharterInForce, find_charter, require_charter
from workstation.court.sources import station_sources
from workstation.devices.cameras import camera_opener, is_simulated
from workstation.devices.carriers import carriers_of
from workstation.diagnosis.diagnosis import Diagnosis
from workstation.documents.log_rotations import name_rotations
from workstation.errors import SettingsRefused
from workstation.evidence.cleaning import clean_drafts, find_drafts, settle_vault, station_drafts
from workstation.initialisation import OPERATORS_NAME
from workstation.preflight import (
    COOL_DOWN_NAME,
    FACES_NAME,
    OUTBOX_NAME,
    load_station_models,
    policy_calendar,
    require_folders,
)
from workstation.records.alarms import AlarmRegister
from workstation.records.journal import Journal
from workstation.records.keys import (
    load_accounts_secret,
    open_key_store,
    read_enrolled_log_key,
    read_trusted_cosigners,
)
from workstation.records.log_keys import require_enrolled, rotate_log_key_daily
from workstation.records.path_room import require_room
from workstation.records.permit_heads import PERMIT_HEADS_NAME, PermitHeads
from workstation.records.permit_keys import load_permit_key
from workstation.records.station_log import has_results, load_log_key, open_log
from workstation.records.validation_data_archive import LISTS_FOLDER, ValidationDataArchive
from workstation.records.vault import PayloadVault, open_vault
from workstation.recovery.switch import finish_recovery
from workstation.registries.authority import Authority
from workstation.registries.gateways import (
    build_attempts,
    build_authority,
    build_centres,
    build_gateways,
)
from workstation.registries.identification import Centre
from workstation.registries.sources import Registries
from workstation.rules.alternatives import LivenessWay
from workstation.rules.local_time import local_day
from workstation.rules.policy import Policy
from workstation.settings.settings import LoadedSettings, load_settings
from workstation.trust.revocation import Revocation
from workstation.trust.stores import station_csca_trust
from workstation.trust.timestamps import build_timestamping
from workstation.verification.parking.starting import settle_cases
from workstation.verification.people.look_contents import open_looks
from workstation.verification.rules.building import begin_policy, find_source, open_rules
from workstation.verification.rules.built import RuleServices
from workstation.verification.services import (
    ChipServices,
    Services,
    StationFacts,
)
from workstation.witness.anchors import Anchoring
from workstation.witness.peers import build_peers

__all__ = ["Overrides", "build", "close"]


@dataclass(frozen=True, slots=True)
class Overrides:
    """Single services to use instead of what the settings name; None: as the settings say.

    carrier  in NCALayer's place; the other signing methods stay as the settings have them
    """

    open_camera: Callable[[], Camera] | None = None
    analysis: FaceAnalysis | None = None
    carrier: SignatureCarrier | None = None
    registries: Registries | None = None
    authority: Authority | None = None
    centres: Mapping[LivenessWay, Centre] | None = None
    chip_reader: ChipReader | None = None
    clock: Clock | None = None
    now: Callable[[], datetime] | None = None
    rng: random.Random | None = None


def build(
    folder: Path, overrides: Overrides | None = None, unlock: KeyUnlock | None = None
) -> Services:
    """Open the station in `folder` and close what a dead process left open.

    unlock  asks the administrator for the pass phrase of the keys; None: there is nobody to ask

    Raises WorkstationError or CryptoError (SettingsRefused for a file that the settings name and
    that cannot be used); what was opened is closed again.
    """
    replaced = overrides or Overrides()
    require_room(folder)
    finish_recovery(folder)
    settle_settings(folder)
    loaded = load_settings(folder)
    clock = replaced.clock or SystemClock()
    now = replaced.now or (lambda: datetime.now(UTC))
    calendar = policy_calendar(loaded, now())
    models = load_station_models(loaded)
    require_folders(loaded)
    store = open_key_store(loaded, unlock)
    log = open_log(loaded, load_log_key(loaded, store), clock)
    with ExitStack() as undo:
        undo.callback(log.close)
        require_enrolled(log, folder)
        rotate_log_key_daily(log, store, clock)
        try:
            charter = _require_charter(loaded, log)
            policy = begin_policy(loaded, log, calendar, local_day(now()))
            alarms = _open_alarms(loaded)
            rules = open_rules(loaded, models, policy, alarms.report)
            undo.callback(rules.revocation.store.close)
            opened = _Opened(clock, now, models, store, undo, rules, alarms)
            services = _assemble(loaded, replaced, opened, _journal(loaded, log, charter))
            services.timestamping = build_timestamping(loaded)
            services.diagnosis = _diagnosis(loaded, services)
            key, trusted = services.log_key.vkey, services.log_trusted
            services.administration = Administration(loaded, store, key, trusted)
            services.court = partial(station_sources, loaded)
            services.rules = find_source(loaded, calendar, models, rules.revocation)
        except (OSError, sqlite3.Error) as error:
            named = getattr(error, "filename", None) or type(error).__name__
            raise SettingsRefused(str(named)) from error
        undo.pop_all()
        return services


def close(services: Services) -> None:
    """Close what `build` opened; the analysis is closed by whoever ran it."""
    with ExitStack() as closing:
        closing.callback(services.journal.log.close)
        closing.callback(services.vault.close)
        closing.callback(services.revocation.store.close)
        closing.callback(services.cool_down.close)
        closing.callback(services.gallery.close)


class _Closing(Protocol):
    def close(self) -> None: ...


_ANY_READER = "PC/SC"
"""Shown where the settings take whichever card reader is the only one."""

_Closes = TypeVar("_Closes", bound=_Closing)


@dataclass(frozen=True, slots=True)
class _Opened:
    clock: Clock
    now: Callable[[], datetime]
    models: Manifest
    keys: KeyStore
    undo: ExitStack
    rules: RuleServices
    alarms: AlarmRegister

    def keep(self, opened: _Closes) -> _Closes:
        """Have it closed again when the rest cannot be opened."""
        self.undo.callback(opened.close)
        return opened


def _assemble(
    loaded: LoadedSettings, replaced: Overrides, opened: _Opened, journal: Journal
) -> Services:
    values, log, rules, report = loaded.values, journal.log, opened.rules, opened.alarms.report
    secret, model = load_accounts_secret(opened.keys), opened.models.match.sha256
    (outbox, core_banking), wall_ms = _make_outgoing(loaded), opened.clock.wall_ms
    claim = AuthorityRegister(loaded.folder / AUTHORITY_REGISTER_NAME).claim
    return Services(
        facts=_facts(loaded),
        policy=rules.policy,
        liveness=rules.liveness,
        matching=rules.matching,
        live_quality=rules.live_quality,
        reference_quality=rules.reference_quality,
        journal=journal,
        authenticator=_authenticator(loaded, secret, journal, opened.clock),
        cool_down=opened.keep(_attempt_budget(loaded, secret, wall_ms, report)),
        staff=Staff(loaded.folder / OPERATORS_NAME, secret, model),
        gallery=opened.keep(_open_gallery(loaded, secret, model, log)),
        models=opened.models,
        analysis=replaced.analysis or ProcessAnalysis(loaded.folder, prepare=forbid_core_dumps),
        open_camera=camera_opener(loaded, replaced.open_camera),
        simulated=is_simulated(values.camera),
        chips=_chips(loaded, replaced.chip_reader),
        registries=replaced.registries or build_gateways(loaded, wall_ms, report),
        authority=replaced.authority or build_authority(loaded, wall_ms, claim, report),
        centres=replaced.centres or build_centres(loaded, wall_ms, claim, report),
        anchoring=_anchoring(loaded, log),
        carriers=carriers_of(loaded, ncalayer=replaced.carrier, now=opened.now),
        validator=rules.validator,
        revocation=rules.revocation,
        vault=_open_clean_vault(loaded, opened, log),
        archive=ValidationDataArchive(loaded.folder / LISTS_FOLDER),
        alarms=opened.alarms,
        cases=_open_cases(loaded, secret, journal, opened),
        looks=open_looks(loaded.folder, secret, values.station.origin),
        clock=opened.clock,
        now=opened.now,
        rng=replaced.rng or secrets.SystemRandom(),
        outbox=outbox,
        log_path=loaded.path(values.log.path),
        log_key=read_enrolled_log_key(loaded.folder),
        log_trusted=read_trusted_cosigners(loaded),
        pieces_key=hmac.digest(secret, b"tellers/v1", "sha256"),
        released_path=loaded.path(values.log.released),
        permit_key=load_permit_key(opened.keys),
        permit_audience=values.permit.audience,
        permit_heads=_permit_heads(loaded, log, core_banking),
        core_banking=core_banking,
    )


def _open_cases(
    loaded: LoadedSettings, secret: bytes, journal: Journal, opened: _Opened
) -> CaseStore:
    """Open the parked cases; what a dead process left open is closed, what waits stays."""
    station = loaded.values.station
    sealer = CaseSealer(secret, station.origin)
    store = CaseStore(loaded.folder / CASES_FOLDER, sealer, station.origin)
    settle_cases(journal, store, opened.clock.wall_ms(), opened.alarms.report)
    return store


def _open_clean_vault(loaded: LoadedSettings, opened: _Opened, log: LogStore) -> PayloadVault:
    """Open the vault without what a dead process left in it and beside it."""
    vault = opened.keep(open_vault(loaded))
    with suppress(VaultError):
        # A vault that cannot be written now is tried at the next start; sessions say so themselves.
        settle_vault(log, vault.store, loaded.values.station.origin)
    clean_drafts(log, find_drafts(station_drafts(loaded), time.time()))
    return vault


def _require_charter(loaded: LoadedSettings, log: LogStore) -> CharterInForce:
    """Return the charter in force; CharterRefused when the station is not what it says."""
    in_force = find_charter(log, loaded.folder, read_trusted_cosigners(loaded))
    accounts_at = loaded.folder / OPERATORS_NAME
    # What a change that was broken off at its end left to do.
    StagedAccounts(accounts_at).adopt(in_force.charter.accounts)
    accounts = describe_accounts(Operators(accounts_at).accounts())
    require_charter(in_force, loaded, describe_station(loaded), accounts)
    return in_force


def _journal(loaded: LoadedSettings, log: LogStore, charter: CharterInForce) -> Journal:
    return Journal(log, origin=loaded.values.station.origin, charter=charter.sha256)


def _open_alarms(loaded: LoadedSettings) -> AlarmRegister:
    alarms = AlarmRegister(loaded.folder)
    alarms.load(loaded.path(loaded.values.log.path), read_enrolled_log_key(loaded.folder).vkey)
    return alarms


def _anchoring(loaded: LoadedSettings, log: LogStore) -> Anchoring:
    first = read_enrolled_log_key(loaded.folder).vkey
    table, path = loaded.values.witness, loaded.path(loaded.values.log.path)
    every_s = 0 if table is msgspec.UNSET else table.every_s
    return Anchoring(build_peers(loaded), log, path, first, every_s=every_s)


def _chips(loaded: LoadedSettings, replacement: ChipReader | None) -> ChipServices | None:
    configured = loaded.values.chip
    if replacement is not None:
        return ChipServices("sandbox", replacement, station_csca_trust(loaded))
    if configured is msgspec.UNSET:
        return None
    reader = PcscReader(configured.reader)
    return ChipServices(configured.reader or _ANY_READER, reader, station_csca_trust(loaded))


def _authenticator(
    loaded: LoadedSettings, secret: bytes, journal: Journal, clock: Clock
) -> Authenticator:
    accounts, longest_s = loaded.folder / OPERATORS_NAME, loaded.values.sign_in.longest_lock_s
    return open_authenticator(accounts, secret, longest_s, journal, clock)


def _open_gallery(loaded: LoadedSettings, secret: bytes, model: str, log: LogStore) -> FaceGallery:
    gallery = FaceGallery(loaded.folder / FACES_NAME, secret, model)
    # A file that is not there although people were decided about was removed.
    gone = gallery.origin is GalleryOrigin.CREATED and has_results(loaded)
    if gone or gallery.origin is GalleryOrigin.REPLACED:
        # What it held is gone: a customer may be here again under another ИИН unseen.
        log.append("faces.replaced", {"file": FACES_NAME}, actor="log")
    return gallery


def _make_outgoing(loaded: LoadedSettings) -> tuple[Path, Path]:
    """Make the folders for receipts and for permits, where there are none yet."""
    outbox, core_banking = loaded.folder / OUTBOX_NAME, loaded.path(loaded.values.permit.folder)
    for needed in (outbox, core_banking):
        needed.mkdir(mode=0o700, parents=True, exist_ok=True)
    return outbox, core_banking


def _permit_heads(loaded: LoadedSettings, log: LogStore, core_banking: Path) -> PermitHeads:
    """Return the heads of the last permits; what a broken-off run left of their files is removed.

    A permit's draft is a whole permit. By its name, for other stations may write there too.
    """
    heads = PermitHeads(loaded.folder / PERMIT_HEADS_NAME)
    for jti in heads.list_recent(log):
        remove_drafts(core_banking, f"{jti}.jws")
    remove_drafts(core_banking, name_rotations(loaded.values.station.origin))
    remove_drafts(loaded.folder, PERMIT_HEADS_NAME)
    return heads


def _diagnosis(loaded: LoadedSettings, services: Services) -> Diagnosis:
    """Return the probes of this station, which look at what is in force when they are run."""

    def find_in_force() -> tuple[Revocation, Policy]:
        return services.revocation, services.policy

    return Diagnosis(loaded, find_in_force, running=True, now=services.now)


def _attempt_budget(
    loaded: LoadedSettings, secret: bytes, wall_ms: Callable[[], int], report: ReportAlarm
) -> AttemptBudget:
    """Open the station's own count, which the branch's stands beside where there is one."""
    registry = build_attempts(loaded, wall_ms, report)
    local = CoolDown(loaded.folder / COOL_DOWN_NAME, secret)
    return local if registry is None else SharedBudget(local, registry)


def _facts(loaded: LoadedSettings) -> StationFacts:
    station = loaded.values.station
    return StationFacts(
        origin=station.origin,
        bank=station.bank,
        branch=station.branch,
        station=station.id,
        profile=loaded.values.profile.value,
        settings_sha256=loaded.sha256,
        version=__version__,
        customer_screen=station.customer_screen,
        customer_display=station.customer_display,
        customer_touch=station.customer_touch,
        customer_keys=station.customer_keys,
        opens=station.opens,
        closes=station.closes,
    )
