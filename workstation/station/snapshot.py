"""What the screens see: frozen snapshots of the session and the station. Nothing here acts."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from vision.results import Accommodation, CommandResult, MatchResult, Prompt, QualityFinding
from workstation.devices.signing_methods import PhoneView, SigningMethod
from workstation.rules.checks import CheckId, CheckResult
from workstation.rules.operation import OperationKind
from workstation.rules.parties import Operator
from workstation.session.states import State

__all__ = [
    "DecisionView",
    "ExceptionView",
    "LackingCrl",
    "Listener",
    "LogRow",
    "LogVerification",
    "PreviewImage",
    "SessionSnapshot",
    "SignatureView",
    "StationStatus",
]


@dataclass(frozen=True, slots=True)
class SignatureView:
    """The ЭЦП report in words: indication, stable reason, subject and findings (code, status).

    sub_indication  empty exactly when the signature has passed
    """

    indication: str
    sub_indication: str
    reason: str
    common_name: str
    iin_masked: str
    issuer: str
    not_after_ms: int
    findings: tuple[tuple[str, str], ...]


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
    """A decision that is already durable in the log; no other reaches a screen."""

    outcome: str
    reason: str
    checks: tuple[CheckResult, ...]
    log_index: int
    log_size: int
    root_base64: str
    decided_ms: int
    permit: Path | None
    receipt: Path | None


@dataclass(frozen=True, slots=True)
class SessionSnapshot:
    """Everything a screen needs about the current session.

    number       log index of the session's first entry: the number people use
    message      stable code of what went wrong last and may be tried again, empty for nothing
    busy         stable code of what is being waited for: registries, reference, analysis,
                 validation, log, or a signing method; empty when nothing is
    accommodations_allowed  what the policy lets an attempt be eased by
    accommodations          what the running or last attempt is eased by
    exception    the officers' exception, as far as it has come
    methods      how the customer may sign here
    phone        what the customer's phone is asked, while a signing in eGov Mobile runs
    statement    the text the customer signs, in the customer's language; empty before it exists
    consent      the consent text in the customer's language
    fault        code of a fault that kept the decision out of the log; no decision is shown then
    """

    state: State
    session: str = ""
    number: int = 0
    kind: OperationKind | None = None
    client_name: str = ""
    iin_masked: str = ""
    operation_lines: tuple[tuple[str, str], ...] = ()
    language: str = "ru"
    started_ms: int = 0
    checks: tuple[CheckResult, ...] = ()
    required: tuple[CheckId, ...] = ()
    consent: str = ""
    attempt: int = 0
    attempts_max: int = 3
    attempt_running: bool = False
    attempt_reason: str = ""
    accommodations_allowed: tuple[Accommodation, ...] = ()
    accommodations: tuple[Accommodation, ...] = ()
    exception: ExceptionView = ExceptionView()
    prompt: Prompt | None = None
    commands: tuple[CommandResult, ...] = ()
    conditions: tuple[QualityFinding, ...] = ()
    reference_jpeg: bytes = b""
    reference_findings: tuple[QualityFinding, ...] = ()
    probe_jpeg: bytes = b""
    match: MatchResult | None = None
    statement: str = ""
    signature: SignatureView | None = None
    methods: tuple[SigningMethod, ...] = (SigningMethod.NCALAYER, SigningMethod.FILE)
    phone: PhoneView | None = None
    review: tuple[CheckId, ...] = ()
    message: str = ""
    busy: str = ""
    decision: DecisionView | None = None
    fault: str = ""
    simulated: bool = False


@dataclass(frozen=True, slots=True)
class LogVerification:
    """The outcome of verifying the log: first_bad is -1 when it is whole."""

    running: bool
    ok: bool
    size: int
    first_bad: int
    reason: str
    finished_ms: int


@dataclass(frozen=True, slots=True)
class LogRow:
    """One entry as the list shows it: codes, and no personal data because the log holds none.

    actor      personnel number of the operator
    operation  kind of the operation, empty for entries of none; so are outcome and reason
    """

    seq: int
    time_ms: int
    kind: str
    actor: str
    operation: str
    outcome: str
    reason: str


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
    seconds   seconds to wait when message is operator_locked
    allowed   codes of the role's permissions (workstation.accounts.operators.Permission)
    sign_ins  how many sign-ins this process accepted, unlocking included
    camera    name and size, empty while there is none
    camera_message  code of why there is none, or of what is wrong with a working one's images
    models_message  code of why the face models are not ready, empty while they load
    crl_message  code of a revocation list that is not kept fresh (crypto.crl_store.health)
    crl_percent  of a large revocation list that is being taken, 0 while there is none
    lists_needed  revocation lists that are not in force, those about authorities first
    """

    profile: str
    station: str
    operator: Operator | None = None
    message: str = ""
    message_field: str = ""
    seconds: int = 0
    allowed: tuple[str, ...] = ()
    sign_ins: int = 0
    camera: str = ""
    camera_message: str = ""
    simulated: bool = False
    models_ready: bool = False
    models_message: str = ""
    log_size: int = 0
    log_message: str = ""
    crl_this_update_ms: int = 0
    crl_message: str = ""
    crl_percent: int = 0
    lists_needed: tuple[LackingCrl, ...] = ()
    policy: str = ""
    language: str = "ru"
    verification: LogVerification | None = None


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
