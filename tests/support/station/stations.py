"""A whole station on a temporary folder: real log, accounts, vault and validator."""

import base64
import json
import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from crypto.carrier.carrier import SignatureRequest
from crypto.crl_store.fetch import FetchBounds, Fetcher, FetchingSources
from crypto.crl_store.store import CrlStore
from crypto.log.format.entry import LogEntry
from crypto.log.format.key_record import RULES
from crypto.vault.payload import Recipient, open_payload
from crypto.x509.iin import Sex
from tests.support.pki import certificates as pki
from tests.support.pki.contexts import CONTEXT
from tests.support.station import sessions
from tests.support.station.documents import HeldDocument
from tests.support.station.log import LogSite, ToldClock, private_key
from tests.support.station.scripted import (
    Behaviour,
    ScriptedAnalysis,
    ScriptedAuthority,
    ScriptedCamera,
    ScriptedCarrier,
    ScriptedCentre,
    ScriptedRegistries,
    photo,
)
from vision.models.manifest import load_manifest
from workstation.accounts.authentication import Authenticator
from workstation.accounts.cool_down import CoolDown
from workstation.accounts.face_gallery import FaceGallery
from workstation.accounts.lockout import Lockout
from workstation.accounts.operators import Operators
from workstation.accounts.secret import SecretCost
from workstation.accounts.staff import Staff
from workstation.cases.case_sealer import CaseSealer
from workstation.cases.case_store import CASES_FOLDER, CaseStore
from workstation.charter.contents import describe_accounts
from workstation.charter.enrolment import enrol_accounts
from workstation.devices.carriers import Carriers
from workstation.devices.signing_methods import SigningMethod
from workstation.records.alarms import AlarmRegister
from workstation.records.journal import Journal
from workstation.records.permit_heads import PERMIT_HEADS_NAME, PermitHeads
from workstation.records.validation_data_archive import LISTS_FOLDER, ValidationDataArchive
from workstation.records.vault import PayloadVault
from workstation.registries.person import (
    DocumentKind,
    IdentityDocument,
    Person,
    PersonStatus,
    RegisteredPortrait,
)
from workstation.rules.alternatives import LivenessWay
from workstation.rules.checks import CheckId
from workstation.rules.parties import Operator, Role
from workstation.rules.policy_vision import (
    live_quality_settings,
    liveness_settings,
    match_settings,
    reference_quality_settings,
)
from workstation.rules.reference import ReferenceSource
from workstation.session.alternative import ANSWERED_OUTSIDE, WayReason
from workstation.session.exception import ExceptionReason
from workstation.session.overrides.reasons import OverrideReason, list_reasons
from workstation.session.states import State
from workstation.station import commands as c
from workstation.station.snapshot import PreviewImage, SessionSnapshot, StationStatus
from workstation.station.station import Station
from workstation.station.task import Task
from workstation.trust.revocation import Revocation
from workstation.verification.case import OperationForm
from workstation.verification.people.look_contents import open_looks
from workstation.verification.services import Services, StationFacts
from workstation.witness.anchors import Anchoring

SECRET = "correct horse battery staple"
CHEAP = SecretCost(memory_kib=64, iterations=1, lanes=1)
TELLER = Operator("T-0042", "Ахметов Ерлан", Role.TELLER)
OTHER_TELLER = Operator("T-0043", "Иванова Анна", Role.TELLER)
SUPERVISOR = Operator("S-0031", "Смирнова Ольга", Role.SUPERVISOR)
SECOND_OFFICER = Operator("S-0032", "Ибраева Динара", Role.SUPERVISOR)
AUDITOR = Operator("A-0007", "Жұмабаева Қарлығаш", Role.AUDITOR)
NAME = "Тестов Тест Бекұлы"
"""As the certificates of the test PKI name him; the register adds the patronymic."""
DOCUMENT_NUMBER = "012345678"
NEW_PHONE, OLD_PHONE = "+77011234567", "+77017654321"
DOCUMENT = c.ReadDocument()
"""The customer's document is held before the camera."""

SOFT_CHECK_OPEN = {"attestations": ((CheckId.OLD_NUMBER_CALLED, False),)}
"""Changes to a form: its one soft check stays open, so that the session goes to review."""


class FillingClock(ToldClock):
    """Tells the time; the disk under the log is full from the `full_at`-th append on.

    The writer reads boot, wall and mono once per append, inside its transaction: the moment to be
    full. With `full_once` there is room again as soon as somebody asks for the time after that.
    """

    def __init__(self, wall_ms: int) -> None:
        super().__init__(wall_ms=wall_ms)
        self.appends = 0
        self.full_at: int | None = None
        self.full_once = False
        self.log: Any = None
        self._readings = 0

    @property
    def boot(self) -> str:
        """Return the told boot id; refuse the append that the script says."""
        self.appends += 1
        if self.full_at is not None and self.appends >= self.full_at:
            self._readings = 2
            self._refuse(refused=True)
        return self.run

    def wall_ms(self) -> int:
        """Return the told wall time."""
        self._read()
        return super().wall_ms()

    def mono_ms(self) -> int:
        """Return the told forward time."""
        self._read()
        return super().mono_ms()

    def recover(self) -> None:
        """Make room on the disk."""
        self.full_at = None
        self._refuse(refused=False)

    def _read(self) -> None:
        self._readings -= 1
        if self._readings < 0 and self.full_once and self.full_at is not None:
            reached = self.appends >= self.full_at
            if reached:
                self.recover()

    def _refuse(self, *, refused: bool) -> None:
        if self.log is not None and self.log._db is not None:
            self.log._db.execute(f"PRAGMA query_only={int(refused)}")


@dataclass
class Told:
    """A Listener that keeps everything it was told."""

    sessions: list[SessionSnapshot] = field(default_factory=list)
    stations: list[StationStatus] = field(default_factory=list)
    previews: list[PreviewImage] = field(default_factory=list)

    def session_changed(self, snapshot: SessionSnapshot) -> None:
        """Keep a picture of the session."""
        self.sessions.append(snapshot)

    def station_changed(self, status: StationStatus) -> None:
        """Keep a picture of the station."""
        self.stations.append(status)

    def preview(self, image: PreviewImage) -> None:
        """Keep a camera picture."""
        self.previews.append(image)


@dataclass
class Site:
    """Everything a station test may look at or spoil."""

    folder: Path
    services: Services
    clock: FillingClock
    analysis: ScriptedAnalysis
    carrier: ScriptedCarrier
    registries: ScriptedRegistries
    authority: ScriptedAuthority
    centres: Mapping[LivenessWay, ScriptedCentre]
    retention: X25519PrivateKey
    log_site: LogSite

    def entries(self, kind: str = "") -> list[LogEntry]:
        """Return the log's entries, of one kind if it is given."""
        found = list(self.services.journal.log.entries())
        return [entry for entry in found if kind in {"", entry.kind}]

    def results(self) -> list[dict[str, Any]]:
        """Return the data of every verify.result."""
        return [dict(entry.data) for entry in self.entries("verify.result")]

    def steps(self) -> list[str]:
        """Return the names of all verify.steps in order."""
        return [str(entry.data["step"]) for entry in self.entries("verify.step")]

    def permits(self) -> list[Path]:
        """Return what core banking would find."""
        return sorted(self.services.core_banking.glob("*.jws"))

    def claims(self) -> dict[str, Any]:
        """Return what the one permit claims, its signature not looked at."""
        (path,) = self.permits()
        part = path.read_text().split(".")[1]
        claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
        return claims

    def receipts(self) -> list[Path]:
        """Return the receipts written."""
        return sorted(self.services.outbox.iterdir())

    def opened_payload(self, entry: LogEntry) -> dict[str, Any]:
        """Open what the entry commits to, as head office would."""
        commitment = entry.data["pl"]
        assert isinstance(commitment, dict)
        store = self.services.vault._store  # type: ignore[attr-defined] # the real PayloadVault
        file, wrapped = store.load(commitment["pid"], "retention")
        plain = open_payload(
            file,
            wrapped,
            self.retention,
            origin=self.services.facts.origin,
            commitment=commitment,
        )
        opened: dict[str, Any] = json.loads(plain)
        return opened

    @property
    def photo(self) -> Path:
        """Return a good reference photo of the customer."""
        path = self.folder / "photo.png"
        if not path.exists():
            path.write_bytes(photo())
        return path


def customer(**changes: Any) -> Person:
    """Return the customer as the person registry knows him, with a portrait of 2024."""
    known: dict[str, Any] = {
        "iin": pki.IIN,
        "name": NAME,
        "birth_date": date(1990, 1, 1),
        "sex": Sex.MALE,
        "phone": OLD_PHONE,
        "other_clients_on_phone": 0,
        "document": IdentityDocument(DocumentKind.IDENTITY_CARD, DOCUMENT_NUMBER, date(2034, 1, 1)),
        "status": PersonStatus.ALIVE,
        "resident": True,
        "married": False,
        "first_loan": False,
        "staff": False,
        "portrait": RegisteredPortrait(photo(), date(2024, 3, 14), ReferenceSource.REGISTRY),
    }
    return Person(**{**known, **changes})


def signed(
    request: SignatureRequest, moment: datetime, *, holder: pki.Holder | None = None
) -> bytes:
    """Sign what is asked with the customer's key of the test PKI."""
    return pki.world().cms(request.document, holder=holder, signing_time=moment)


def validator_for(clock: ToldClock) -> Any:
    """Return the real validator; the responder answers by the clock."""
    world = pki.world()

    def answer(nonce: bytes | None) -> bytes:
        at = datetime.fromtimestamp(clock.wall_ms() // 1000, UTC)
        status = [(world.identifier(), pki.GOOD)]
        said = pki.OcspAnswer(status, nonce=nonce, this_update=at, produced_at=at)
        return said.encode(world.responder)

    return world.validator(world.sources(answer), signing_time_window_s=600)


def revocation(folder: Path, *, stocked: bool = True) -> Revocation:
    """Return real sources without an address to fetch from; `stocked` with the root's list."""
    bounds = FetchBounds(timeout_s=1, deadline_s=1, answer_octets=1 << 20, crl_octets=1 << 20)
    fetcher = Fetcher(hosts=set(), bounds=bounds, user_agent="test")
    store = CrlStore(folder / "revocation.sqlite")
    if stocked:
        root, end = pki.world().root, pki.NOW + timedelta(days=90)
        store.put(pki.make_crl(root, next_update=end), root.parsed, CONTEXT)
    sources = FetchingSources(
        fetcher=fetcher, ocsp_url="http://ocsp.test/", store=store, random=random.randbytes
    )
    return Revocation(
        sources, store, fetcher, (), pki.world().trust(), CONTEXT.keys, CONTEXT.clock_tolerance
    )


@cache
def _accounts(now_ms: int) -> bytes:
    """Return the file of the accounts; hashed once for all tests."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "operators.sqlite"
        operators = Operators.create(path, "bank.example", CHEAP)
        Lockout(path, bytes(32)).create(0)
        for operator in (TELLER, OTHER_TELLER, SUPERVISOR, SECOND_OFFICER, AUDITOR):
            operators.add(operator, SECRET, now_ms)
        return path.read_bytes()


def build_site(folder: Path, behaviour: Behaviour = Behaviour(), **changes: Any) -> Site:  # noqa: B008
    """Return a station in `folder`; `changes` replaces single services. Close with `close_site`."""
    site = LogSite(folder)
    clock = FillingClock(wall_ms=int(pki.NOW.timestamp() * 1000))
    site.clock = clock
    site.genesis["rules"] = RULES
    clock.log = log = site.create()
    policy = sessions.policy()
    (folder / "operators.sqlite").write_bytes(_accounts(clock.wall_ms()))
    operators = Operators(folder / "operators.sqlite", CHEAP)
    enrol_accounts(log, describe_accounts(operators.accounts()), [site.supervisor])
    journal = Journal(log, origin=site.log_key.name)
    lockout = Lockout(folder / "operators.sqlite", bytes(32))
    retention = X25519PrivateKey.generate()
    outbox, permits = folder / "outbox", folder / "permits"
    outbox.mkdir()
    permits.mkdir()

    def moment() -> datetime:
        return datetime.fromtimestamp(clock.wall_ms() / 1000, UTC)

    analysis, registries = ScriptedAnalysis(), ScriptedRegistries()
    registries.somebody = customer()
    authority = ScriptedAuthority()
    centres = {way: ScriptedCentre(way) for way in ANSWERED_OUTSIDE}
    carrier = ScriptedCarrier(lambda request, _cancelled: signed(request, moment()))
    services = Services(
        facts=StationFacts(
            site.log_key.name, "АО «Банк»", "Алматы-1", "WS-07", "demo", "ab" * 32, "0"
        ),
        policy=policy,
        liveness=liveness_settings(policy),
        matching=match_settings(policy, load_manifest().match),
        live_quality=live_quality_settings(policy),
        reference_quality=reference_quality_settings(policy),
        journal=journal,
        authenticator=Authenticator(operators, lockout, journal, clock),
        cool_down=CoolDown(folder / "cool-down.sqlite", bytes(32)),
        staff=Staff(folder / "operators.sqlite", bytes(32), load_manifest().match.sha256),
        gallery=FaceGallery(folder / "faces.sqlite", bytes(32), load_manifest().match.sha256),
        models=load_manifest(),
        analysis=analysis,
        open_camera=lambda: ScriptedCamera(behaviour),
        simulated=True,
        chips=None,
        registries=registries,
        authority=authority,
        centres=centres,
        anchoring=Anchoring((), log, site.path, site.log_key.vkey),
        carriers=Carriers(ncalayer=carrier),
        validator=validator_for(clock),
        revocation=revocation(folder),
        vault=PayloadVault(
            folder / "vault",
            origin=site.log_key.name,
            recipients=(Recipient("retention", retention.public_key()),),
        ),
        archive=ValidationDataArchive(folder / LISTS_FOLDER),
        alarms=AlarmRegister(folder),
        cases=CaseStore(
            folder / CASES_FOLDER, CaseSealer(bytes(32), site.log_key.name), site.log_key.name
        ),
        looks=open_looks(folder, bytes(32), site.log_key.name),
        clock=clock,
        now=moment,
        rng=random.Random(7),
        outbox=outbox,
        log_path=site.path,
        log_key=site.log_key.verifier,
        log_trusted=(site.supervisor.verifier,),
        released_path=site.released_path,
        permit_key=private_key(0x80),
        permit_audience="core-banking",
        permit_heads=PermitHeads(folder / PERMIT_HEADS_NAME),
        core_banking=permits,
    )
    if "vault" in changes:
        services.vault.close()
    services = replace(services, **changes)
    return Site(
        folder,
        services,
        clock,
        analysis,
        carrier,
        registries,
        authority,
        centres,
        retention,
        site,
    )


def close_site(site: Site) -> None:
    """Close every file."""
    site.clock.recover()
    site.services.cool_down.close()
    site.services.gallery.close()
    site.services.revocation.store.close()
    site.services.vault.close()
    site.services.journal.log.close()


@contextmanager
def a_site(folder: Path, behaviour: Behaviour = Behaviour(), **changes: Any) -> Iterator[Site]:  # noqa: B008
    """A station that is closed afterwards."""
    site = build_site(folder, behaviour, **changes)
    try:
        yield site
    finally:
        close_site(site)


def form(**changes: Any) -> OperationForm:
    """Return a form that is in order; what is no word of its own is typed into a parameter."""
    given: dict[str, Any] = {
        "kind": "change_trusted_phone",
        "untrusted_iin": pki.IIN,
        "untrusted_name": NAME,
        "attestations": ((CheckId.OLD_NUMBER_CALLED, True),),
        "language": "ru",
    }
    own = {each.name for each in fields(OperationForm)}
    values = {"new_phone": NEW_PHONE, "old_phone": OLD_PHONE}
    values |= {name: text for name, text in changes.items() if name not in own}
    changes = {name: value for name, value in changes.items() if name in own}
    return OperationForm(**{"untrusted_values": tuple(values.items()), **given, **changes})


def override(
    check: CheckId = CheckId.OLD_NUMBER_CALLED,
    *,
    by: Operator = SUPERVISOR,
    reason: str = "the number is dead",
    why: OverrideReason | None = None,
) -> c.Override:
    """Return a supervisor's override of one check, for the first reason of its list."""
    why = list_reasons(check)[0] if why is None else why
    return c.Override(by.id, check, why, reason, secret=SECRET)


def approve(
    officer: Operator = SUPERVISOR, reason: str = "I have known her for years"
) -> c.ApproveException:
    """Return an officer's word for the customer in the photo."""
    return c.ApproveException(officer.id, reason, secret=SECRET)


class Desk:
    """A teller without threads: every exception reaches the test.

    confirms  whether this teller confirms whatever can be confirmed
    """

    def __init__(self, site: Site) -> None:
        self.site = site
        self.told = Told()
        self.station = Station(site.services, self.told)
        self.station.handle(c.ReportCustomerWindow(shown=True))
        self.camera: ScriptedCamera | None = None
        self.pending: Task | None = None
        self.confirms = True

    @property
    def now(self) -> SessionSnapshot:
        """Return the newest picture of the session."""
        return self.told.sessions[-1]

    @property
    def outcome(self) -> tuple[str, str]:
        """Return the outcome and the reason of the session, which is in the log."""
        assert self.now.state is State.RECORDED
        assert self.now.decision is not None
        return self.now.decision.outcome, self.now.decision.reason

    @property
    def status(self) -> StationStatus:
        """Return the newest picture of the station."""
        return self.told.stations[-1]

    def ask(self, command: c.Command) -> SessionSnapshot:
        """Perform a command; the task that follows waits in `pending`."""
        self.pending = self.station.handle(command)
        return self.now

    def settle(self) -> SessionSnapshot:
        """Run what is pending and everything that follows from it."""
        task, self.pending = self.pending, None
        while task is not None:
            try:
                outcome: object = task.run()
            except Exception as error:  # noqa: BLE001 - the station judges it
                outcome = error
            task = self.station.finish(task, outcome)
        if self.confirms and self.now.state is State.CONFIRMATION:
            self.station.handle(c.Confirm())
        return self.now

    def do(self, command: c.Command) -> SessionSnapshot:
        """Perform a command and every task that follows."""
        self.ask(command)
        return self.settle()

    def sign_in(self, operator: Operator = TELLER) -> SessionSnapshot:
        """Sign an operator in; a camera works, unless it was said that it does not."""
        if self.camera is None:
            self.plug()
        return self.do(c.SignIn(operator.id, SECRET))

    def has_no_portrait(self) -> None:
        """Let the registry have no portrait, so that the teller has to take a photo."""
        registries = self.site.registries
        assert registries.somebody is not None
        registries.somebody = replace(registries.somebody, portrait=None)

    def plug(self, behaviour: Behaviour | None = None) -> ScriptedCamera:
        """Connect the camera, or a customer who behaves otherwise."""
        opened = self.site.services.open_camera()
        assert isinstance(opened, ScriptedCamera)
        if behaviour is not None:
            opened.behaviour = behaviour
        self.camera = opened
        self.station.camera_opened(opened)
        return opened

    def look(self, *, most: int = 3000) -> SessionSnapshot:
        """Feed frames while the station wants them; virtual time passes with them."""
        camera = self.camera
        assert camera is not None
        for _ in range(most):
            if not self.station.wants_frames:
                break
            self.station.take_frame(camera.read(), camera)
        return self.wait() if self.now.state is State.AUTHORITY else self.now

    def wait(self) -> SessionSnapshot:
        """Let the station ask whoever it waits for, if it is time."""
        self.pending = self.station.tick() or self.pending
        return self.settle()

    def hold_document(self, document: HeldDocument | None = None) -> SessionSnapshot:
        """Hold the customer's identity card, or another document, before the camera."""
        self.site.analysis.held = (document or HeldDocument()).observe
        self.do(DOCUMENT)
        return self.look()

    def live(self, behaviour: Behaviour | None = None) -> SessionSnapshot:
        """Make one liveness attempt."""
        self.plug(behaviour)
        self.do(c.StartLiveness())
        return self.look()

    def to_exception(self, *, photo: bool = True, **changes: Any) -> SessionSnapshot:
        """Go to the officers' exception after one undecided attempt, photographed or not."""
        self.to(State.LIVENESS, **changes)
        # Who does nothing that is asked is undecided after the first command.
        self.live(Behaviour(obeys=False))
        self.do(c.RequestException(ExceptionReason.NO_SET_FITS, sessions.WORDS))
        assert self.now.state is State.EXCEPTION, self.now.message
        if photo:
            self.photograph()
        return self.now

    def to_other_way(self, way: LivenessWay, *, photo: bool = True) -> SessionSnapshot:
        """Go to another way before any attempt, photographed or not."""
        self.to(State.LIVENESS)
        self.do(c.RequestAlternative(way, WayReason.COMMANDS_DO_NOT_FIT, consent="ru"))
        assert self.now.state is State.ALTERNATIVE, self.now.message
        if photo:
            self.photograph()
        return self.now

    def park(self) -> SessionSnapshot:
        """Park the case at the desk; the seat is free."""
        self.do(c.ParkSession())
        assert self.now.state is State.IDLE, (self.now.state, self.now.message)
        return self.now

    def take_up(self, at: int = -1) -> SessionSnapshot:
        """Take up one of the cases that wait, the newest unless told otherwise."""
        return self.do(c.TakeUpCase(self.status.parked[at].case))

    def photograph(self, behaviour: Behaviour | None = None) -> SessionSnapshot:
        """Take the exception's photo."""
        self.plug(behaviour)
        self.do(c.TakeExceptionPhoto())
        return self.look()

    def to(self, state: State, **changes: Any) -> SessionSnapshot:
        """Go straight to a state, from the sign-in on; the registry's portrait is the photo.

        To REFERENCE there is no portrait. At CONFIRMATION the teller stops.
        """
        self.confirms = state is not State.CONFIRMATION
        self.sign_in()
        if state is State.REFERENCE:
            self.has_no_portrait()
        steps: dict[State, Callable[[], object]] = {
            State.PRECHECKS: lambda: self.ask(c.BeginOperation(form(**changes))),
            State.CONSENT: self.settle,
            State.REFERENCE: lambda: self.do(c.GiveConsent("ru")),
            State.LIVENESS: lambda: None,
            State.SIGNATURE: self.live,
        }
        for reached, step in steps.items():
            step()
            if reached is state:
                break
        else:
            if state is State.PARKED:
                return self.park()
            self.do(c.Sign(SigningMethod.NCALAYER))
        assert self.now.state is state, (self.now.state, self.now.message)
        return self.now
