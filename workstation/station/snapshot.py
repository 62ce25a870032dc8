"""What the screens see: frozen snapshots of the session and the station. Nothing here acts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from crypto.report.alarm import OpenAlarm
from vision.results import (
    Accommodation,
    CommandResult,
    MatchResult,
    PairOfEyes,
    Prompt,
    QualityFinding,
)
from workstation.administration.view import AdministrationView
from workstation.cases.parked_case import ParkedCase
from workstation.devices.signing_methods import PhoneView, SigningMethod
from workstation.diagnosis.probe import ProbeResult
from workstation.documents.receipt_page import ReceiptDrawing
from workstation.review.drawn_look import DrawnLook, OpenedLook
from workstation.review.waiting_review import ReviewedCase, WaitingReview
from workstation.rules.catalogue.words import Words
from workstation.rules.checks import CheckName, CheckResult
from workstation.rules.parties import Operator
from workstation.rules.reference import ReferenceSource
from workstation.session.comparison import ComparisonAnswer, ComparisonReason
from workstation.session.confirmation import HandOverRequest, SecondLook
from workstation.session.states import State
from workstation.station.alternative_view import NO_ALTERNATIVE, AlternativeView
from workstation.station.home_view import DayTotals, StationHealth
from workstation.station.log_view import LogExport, LogVerification
from workstation.station.operation_offer import OperationOffer
from workstation.station.person_view import REGISTERED, PersonNote, PersonView
from workstation.station.shift_view import ShiftView, StatisticsView
from workstation.verification.reference.document_view import DocumentPhase, DocumentView

__all__ = [
    "REGISTERED",
    "ComparisonView",
    "DecisionView",
    "DocumentPhase",
    "DocumentView",
    "ExceptionView",
    "LackingCrl",
    "Listener",
    "OperationOffer",
    "PersonNote",
    "PersonView",
    "PreviewImage",
    "SessionSnapshot",
    "SignatureView",
    "StationStatus",
    "Waiting",
    "WaitingFor",
]


@dataclass(frozen=True, slots=True)
class SignatureView:
    """The ЭЦП report in words: indication, stable reason, subject and findings (code, status).

    sub_indication  empty exactly when the signature has passed
    chain  names along the path, the signer first, the root last; empty where none was found
    """

    indication: str
    sub_indication: str
    reason: str
    common_name: str
    iin_masked: str
    issuer: str
    not_after_ms: int
    findings: tuple[tuple[str, str], ...]
    chain: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ExceptionView:
    """The officers' exception.

    offered   officers may be asked to vouch in the place of another attempt
    awaited   the next usable frame will be the photo
    jpeg      the photo that they vouch for, empty before it was taken
    officers  who has vouched for it, of `needed`
    """

    offered: bool = False
    awaited: bool = False
    jpeg: bytes = field(default=b"", repr=False)
    officers: tuple[str, ...] = ()
    needed: int = 0


@dataclass(frozen=True, slots=True)
class DecisionView:
    """A decision that is already durable in the log; no other reaches a screen.

    drawing  of the receipt's page, None where there is no receipt
    """

    outcome: str
    reason: str
    checks: tuple[CheckResult, ...]
    log_index: int
    log_size: int
    root_base64: str
    decided_ms: int
    permit: Path | None
    receipt: Path | None
    drawing: ReceiptDrawing | None = field(default=None, repr=False)


class WaitingFor(StrEnum):
    """Who has not answered."""

    REGISTRY = "registry"
    AUTHORITY = "authority"


@dataclass(frozen=True, slots=True)
class Waiting:
    """An answer that is waited for; meanwhile nothing is approved and nothing retyped.

    since_ms  wall clock of the first question
    again_ms  wall clock of the next question; 0 while one is being asked
    address, code  where the authority wants to see the customer itself; mostly empty
    """

    source: WaitingFor
    since_ms: int
    again_ms: int
    address: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class ComparisonView:
    """What a supervisor compares; the machine's distance is not in it.

    photo_jpeg  the reference
    live_jpeg   the live face
    eyes        of the reference and the live face, by which they are laid level; None if unknown
    """

    photo_jpeg: bytes = field(repr=False)
    live_jpeg: bytes = field(repr=False)
    eyes: tuple[PairOfEyes, PairOfEyes] | None = field(default=None, repr=False)
    answers: tuple[ComparisonAnswer, ...] = tuple(ComparisonAnswer)
    reasons: tuple[ComparisonReason, ...] = tuple(ComparisonReason)


@dataclass(frozen=True, slots=True)
class SessionSnapshot:
    """Everything a screen needs about the current session.

    number       log index of the session's first entry: the number people use
    breaks       attempts that a camera or the analysis broke off, of `breaks_max`; none counts
    turn         role of the person whose turn it is where two take part, empty where one does;
                 `client_name` and `iin_masked` are that person's
    message      stable code of what went wrong last and may be tried again, empty for nothing
    busy         stable code of what is being waited for: registries, reference, analysis,
                 validation, log, or a signing method; empty when nothing is
    accommodations_allowed  what the policy lets an attempt be eased by
    accommodations          what the running or last attempt is eased by
    exception    the officers' exception, as far as it has come
    alternative  another way than the commands, as far as it has come
    methods      how the customer may sign here
    phone        what the customer's phone is asked, while a signing in eGov Mobile runs
    statement    the text the customer signs, in the customer's language; empty before it exists
    consent      the consent text in the customer's language
    question     of the policy, that the customer answers before the consent; empty for none
    questions    its number, and how many there are
    window_needed  nothing goes on while the customer cannot read the own window
    window       what the bank is about to do, with whole values, for the customer's own screen and
                 no other; empty while the customer answers nothing
    person       who was looked up for the form; only before a session
    document     the document that is or was read in this session; before one, for the form
    waiting_for  who has not answered
    sources      where the reference photo may come from
    reference_source, reference_age_days  of the photo that was accepted; the age if it is known
    eyes         of the reference and the live face, by which both are shown at one scale
    comparison   what a supervisor compares; until the answer, `match` is None and no check tells it
    authority_number  under which the authority keeps its answer, empty without one
    handed_over, second_look  why the teller did not decide alone, and what was said of it
    asked_back   what a supervisor wants to know who sent the case back, empty for nothing
    not_before_ms  wall clock before which core banking may not act on an approval; 0 for at once
    fault        code of a fault that kept the decision out of the log; no decision is shown then
    """

    state: State
    session: str = ""
    number: int = 0
    kind: str | None = None
    turn: str = ""
    client_name: str = ""
    iin_masked: str = ""
    operation_lines: tuple[tuple[str, Words], ...] = ()
    language: str = "ru"
    started_ms: int = 0
    checks: tuple[CheckResult, ...] = ()
    required: tuple[CheckName, ...] = ()
    consent: str = ""
    question: str = ""
    questions: tuple[int, int] = (0, 0)
    window_needed: bool = False
    window: str = field(default="", repr=False)
    attempt: int = 0
    attempts_max: int = 3
    attempt_running: bool = False
    attempt_reason: str = ""
    breaks: int = 0
    breaks_max: int = 0
    accommodations_allowed: tuple[Accommodation, ...] = ()
    accommodations: tuple[Accommodation, ...] = ()
    exception: ExceptionView = ExceptionView()
    alternative: AlternativeView = NO_ALTERNATIVE
    prompt: Prompt | None = None
    commands: tuple[CommandResult, ...] = ()
    conditions: tuple[QualityFinding, ...] = ()
    reference_jpeg: bytes = b""
    reference_findings: tuple[QualityFinding, ...] = ()
    probe_jpeg: bytes = b""
    eyes: tuple[PairOfEyes, PairOfEyes] | None = field(default=None, repr=False)
    match: MatchResult | None = None
    statement: str = ""
    signature: SignatureView | None = None
    methods: tuple[SigningMethod, ...] = (SigningMethod.NCALAYER, SigningMethod.FILE)
    phone: PhoneView | None = None
    review: tuple[CheckName, ...] = ()
    message: str = ""
    busy: str = ""
    person: PersonView | None = None
    document: DocumentView | None = None
    waiting_for: Waiting | None = None
    sources: tuple[ReferenceSource, ...] = ()
    reference_source: ReferenceSource | None = None
    reference_age_days: int | None = None
    comparison: ComparisonView | None = None
    authority_number: str = ""
    handed_over: HandOverRequest | None = None
    second_look: SecondLook | None = None
    asked_back: str = ""
    not_before_ms: int = 0
    decision: DecisionView | None = None
    fault: str = ""
    simulated: bool = False


@dataclass(frozen=True, slots=True)
class LackingCrl:
    """A revocation list that is needed and not in force.

    authority  whom it is about, or about whose customers
    itself     whether it says if the authority is itself revoked: without it nothing is approved
    address    where the authority's certificate says it is published; empty when unknown
    """

    authority: str
    itself: bool
    address: str


@dataclass(frozen=True, slots=True)
class StationStatus:
    """The station between and around sessions.

    message   stable code of what went wrong last at sign-in, form or station, empty for nothing
    message_field  the form field that the message is about, if any
    faults    what is wrong with the settings of a station that does not start, place by place
    message_count  how many messages came: the same one said again is another
    seconds   seconds to wait when message is operator_locked
    allowed   codes of the role's permissions (workstation.accounts.operators.Permission)
    sign_ins  how many sign-ins this process accepted, unlocking included
    refused_sign_ins  how many it refused, whatever message has come since
    camera    name and size, empty while there is none
    camera_message  code of why there is none, or of what is wrong with a working one's images
    chip_reader  name of the reader of documents' chips, empty where none is set up
    customer_window  the customer can read the own window now
    customer_display, customer_touch, customer_keys  of the settings: which screen the window
              stands on, and by what customers answer with their own hand
    bank      its name, for the window of a customer who waits
    models_message  code of why the face models are not ready, empty while they load
    log_indexed  how many of log_size entries the search knows by its index
    witnessed  whether the settings name witnesses of the log
    anchored_size, anchored_ms  the log's size that one has cosigned, and when; 0 before
    anchor_message  code of what a witness accuses the log of, empty for nothing
    alarms    what nobody has acknowledged, seen last first (crypto.report.alarm)
    crl_message  code of a revocation list that is not kept fresh (crypto.crl_store.health)
    crl_percent  of a large revocation list that is being taken, 0 while there is none
    lists_needed  revocation lists that are not in force, those about authorities first
    short_bounds  authorities whose lists live longer than the policy lets them be used
    policy_days_left  days after today that have rules; None while they have no end
    policy_message  code of what is wrong with the folder of policies, empty for nothing
    operations  what a teller may begin, in the order of the policy
    words     the policy's own words, by code
    today     how the sessions of this station ended today
    health    clock, disk and keys
    administration  what administrators' pages show; None while no administrator has looked
    probes    what was tried of the surroundings, each as it came out last
    probing   names of what is being tried
    parked    cases that wait, the oldest first; nobody's while nobody is signed in
    shift     the shift as it was counted last; None before that
    statistics  per teller over the period asked for last; None before that
    reviews, looks  what waits for the supervisor who is signed in, the oldest first
    review, look    what of it was opened
    """

    profile: str
    station: str
    operator: Operator | None = None
    message: str = ""
    message_field: str = ""
    faults: tuple[str, ...] = ()
    message_count: int = 0
    seconds: int = 0
    allowed: tuple[str, ...] = ()
    sign_ins: int = 0
    refused_sign_ins: int = 0
    camera: str = ""
    camera_message: str = ""
    chip_reader: str = ""
    customer_window: bool = False
    customer_display: str = ""
    customer_touch: bool = False
    customer_keys: bool = False
    bank: str = ""
    simulated: bool = False
    models_ready: bool = False
    models_message: str = ""
    log_size: int = 0
    log_indexed: int = 0
    log_message: str = ""
    witnessed: bool = False
    anchored_size: int = 0
    anchored_ms: int = 0
    anchor_message: str = ""
    alarms: tuple[OpenAlarm, ...] = ()
    crl_this_update_ms: int = 0
    crl_message: str = ""
    crl_percent: int = 0
    lists_needed: tuple[LackingCrl, ...] = ()
    short_bounds: tuple[str, ...] = ()
    policy: str = ""
    policy_days_left: int | None = None
    policy_message: str = ""
    operations: tuple[OperationOffer, ...] = ()
    words: Mapping[str, Words] = field(default_factory=dict)
    today: DayTotals = field(default_factory=DayTotals)
    health: StationHealth = field(default_factory=StationHealth)
    parked: tuple[ParkedCase, ...] = ()
    administration: AdministrationView | None = None
    reviews: tuple[WaitingReview, ...] = ()
    looks: tuple[DrawnLook, ...] = ()
    review: ReviewedCase | None = None
    look: OpenedLook | None = None
    language: str = "ru"
    verification: LogVerification | None = None
    export: LogExport | None = None
    shift: ShiftView | None = None
    statistics: StatisticsView | None = None
    probes: tuple[ProbeResult, ...] = ()
    probing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PreviewImage:
    """One preview image for the screens: BGRA bytes, mirrored, width x height pixels."""

    sequence: int
    width: int
    height: int
    bgra: bytes
    frames_per_second: float


class Listener(Protocol):
    """Receives what changes; every method returns at once, called from the runtime's threads."""

    def session_changed(self, snapshot: SessionSnapshot) -> None:
        """Take the newest snapshot of the session."""
        ...

    def station_changed(self, status: StationStatus) -> None:
        """Take the newest status of the station."""
        ...

    def preview(self, image: PreviewImage) -> None:
        """Take a preview image; at most the newest one needs to be kept."""
        ...
