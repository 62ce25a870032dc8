"""What a screen may ask of the runtime. Commands carry requests, no decisions."""

from dataclasses import dataclass, field
from pathlib import Path

from vision.results import Accommodation, AccommodationReason
from workstation.devices.signing_methods import SigningMethod
from workstation.rules.alternatives import LivenessWay
from workstation.session.alternative import WayReason
from workstation.session.evidence import ConsentBy
from workstation.session.exception import ExceptionReason
from workstation.station.act_commands import (
    Abort,
    AgreeReview,
    AnswerComparison,
    ApproveException,
    Confirm,
    HandOver,
    LiftCoolDown,
    Override,
    RefuseOnSuspicion,
    RefuseReview,
    ReviewCommand,
)
from workstation.station.administration_commands import AdministrationCommand
from workstation.station.log_commands import ExportLog, StopExport, StopVerifyingLog, VerifyLog
from workstation.station.probe_commands import AllowCamera, RunProbes, UpdateLists
from workstation.station.review_commands import (
    GiveLook,
    GiveReview,
    LeaveReview,
    OpenLook,
    OpenReview,
    QueueCommand,
)
from workstation.station.shift_commands import (
    CloseShift,
    CountShift,
    CountStatistics,
    SaveShift,
    SaveStatistics,
    StopCounting,
)
from workstation.verification.case import OperationForm

__all__ = [
    "Abort",
    "AcknowledgeAlarms",
    "AgreeReview",
    "AllowCamera",
    "AnswerComparison",
    "AnswerQuestion",
    "ApproveException",
    "AskAuthorityAgain",
    "AskCentre",
    "AskRegistriesAgain",
    "BeginOperation",
    "CancelDocument",
    "CloseCase",
    "CloseShift",
    "Command",
    "Confirm",
    "CountShift",
    "CountStatistics",
    "ExportLog",
    "GiveConsent",
    "GiveLook",
    "GiveReview",
    "HandOver",
    "LeaveAlternative",
    "LeaveReview",
    "LiftCoolDown",
    "Lock",
    "LookUpPerson",
    "NewSession",
    "OpenLook",
    "OpenReview",
    "Override",
    "ParkSession",
    "QueueCommand",
    "ReadChip",
    "ReadDocument",
    "RefuseConsent",
    "RefuseOnSuspicion",
    "RefuseReview",
    "ReportCustomerWindow",
    "RequestAlternative",
    "RequestException",
    "ReviewCommand",
    "RunProbes",
    "SaveShift",
    "SaveStatement",
    "SaveStatistics",
    "SelectLanguage",
    "Sign",
    "SignIn",
    "SignOut",
    "StartLiveness",
    "StopCounting",
    "StopExport",
    "StopSigning",
    "StopVerifyingLog",
    "TakeExceptionPhoto",
    "TakeUpCase",
    "UpdateLists",
    "UseReferenceFile",
    "VerifyLog",
]


@dataclass(frozen=True, slots=True)
class SignIn:
    """Sign an operator in; `secret` never reaches a log or a repr."""

    operator: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SignOut:
    """End the operator's log session; a verification in progress is aborted first."""


@dataclass(frozen=True, slots=True)
class Lock:
    """The screens are locked: until the next sign-in nothing that touches a session is obeyed."""


@dataclass(frozen=True, slots=True)
class LookUpPerson:
    """Ask the person registry about an ИИН while the form is filled in; no session yet.

    The answer is `SessionSnapshot.person`. Twelve digits that are no ИИН are not asked about; an
    empty one forgets whoever was.
    """

    untrusted_iin: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class BeginOperation:
    """Start a session and its pre-checks."""

    form: OperationForm


@dataclass(frozen=True, slots=True)
class AskRegistriesAgain:
    """Ask the registries that did not answer now, not when the pause has passed."""


@dataclass(frozen=True, slots=True)
class AskAuthorityAgain:
    """Ask the authority that did not answer now, not when the pause has passed."""


@dataclass(frozen=True, slots=True)
class GiveConsent:
    """The customer agreed to the consent text shown in this language; `by`: by whose hand."""

    language: str
    by: ConsentBy = ConsentBy.TELLER


@dataclass(frozen=True, slots=True)
class AnswerQuestion:
    """The customer has answered the question in the own window; `by`: by whose hand."""

    question: str
    yes: bool
    by: ConsentBy = ConsentBy.TELLER


@dataclass(frozen=True, slots=True)
class RefuseConsent:
    """The customer did not agree; `by`: by whose hand."""

    by: ConsentBy = ConsentBy.TELLER


@dataclass(frozen=True, slots=True)
class ReportCustomerWindow:
    """The customer can read the own window from now on, or no longer; obeyed while locked, too."""

    shown: bool


@dataclass(frozen=True, slots=True)
class UseReferenceFile:
    """Take the reference photo from an image file."""

    path: Path


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """Read the customer's document with the camera: its printed lines, and its portrait.

    Without a session its printed lines alone, to fill the form in: `SessionSnapshot.document` has
    the ИИН then. In one, frames are looked at until both sides were seen; it says what to do.
    Where the chip can be read, the lines suffice the first time: they open it, and it is read next.
    """


@dataclass(frozen=True, slots=True)
class ReadChip:
    """Read the portrait that the state has signed from the chip of the customer's document.

    The chip opens to who knows its printed lines. Without arguments they are those that the camera
    has read in this session; otherwise what the teller reads off the document.

    untrusted_number  with or without its check digit
    untrusted_birth, untrusted_expiry  YYMMDD, with or without its check digit
    """

    untrusted_number: str = field(default="", repr=False)
    untrusted_birth: str = field(default="", repr=False)
    untrusted_expiry: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class CancelDocument:
    """Stop reading the document, by camera or chip."""


@dataclass(frozen=True, slots=True)
class StartLiveness:
    """Start the first or the next liveness attempt.

    accommodations  what it is eased by; with any, a reason is needed and the policy must allow them
    screen          the customer's window is open and can light the face
    """

    accommodations: tuple[Accommodation, ...] = ()
    reason: AccommodationReason | None = None
    screen: bool = False


@dataclass(frozen=True, slots=True)
class RequestException:
    """Ask for officers who vouch, in the place of another attempt: no set fits the customer."""

    reason: ExceptionReason
    words: str


@dataclass(frozen=True, slots=True)
class RequestAlternative:
    """Ask for palm or video identification in the place of an attempt.

    consent  language of the text by which the customer has agreed to the palm; empty without
    """

    way: LivenessWay
    reason: WayReason
    consent: str = ""


@dataclass(frozen=True, slots=True)
class AskCentre:
    """Have the palm scanned, or the number of the video identification checked."""

    untrusted_number: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class LeaveAlternative:
    """Go back to the commands; what has failed still counts."""


@dataclass(frozen=True, slots=True)
class TakeExceptionPhoto:
    """Photograph the customer, before the officers or for another way; again, if need be."""


@dataclass(frozen=True, slots=True)
class Sign:
    """Ask for the customer's signature.

    path  the CMS file to take it from; SigningMethod.FILE only
    """

    method: SigningMethod
    path: Path | None = None


@dataclass(frozen=True, slots=True)
class SaveStatement:
    """Write the statement to a file that the customer signs elsewhere."""

    path: Path


@dataclass(frozen=True, slots=True)
class StopSigning:
    """Stop waiting for the customer's signature."""


@dataclass(frozen=True, slots=True)
class ParkSession:
    """The case waits for the customer's ЭЦП or for somebody's answer; the seat is free."""


@dataclass(frozen=True, slots=True)
class TakeUpCase:
    """A parked case goes on here: registries are asked anew, then the customer is looked at anew.

    case  its id, as the list of parked cases names it
    """

    case: str


@dataclass(frozen=True, slots=True)
class CloseCase:
    """A parked case is ended without the customer; `reason` as in `Abort`."""

    case: str
    reason: str


@dataclass(frozen=True, slots=True)
class AcknowledgeAlarms:
    """The supervisor who is signed in has seen every alarm on the home page."""


@dataclass(frozen=True, slots=True)
class NewSession:
    """Leave the recorded session and return to the home screen."""


@dataclass(frozen=True, slots=True)
class SelectLanguage:
    """Change the language of the screens: kk, ru or en."""

    language: str


Command = (
    AdministrationCommand
    | SignIn
    | SignOut
    | Lock
    | LookUpPerson
    | BeginOperation
    | AskRegistriesAgain
    | AskAuthorityAgain
    | AnswerQuestion
    | GiveConsent
    | RefuseConsent
    | ReportCustomerWindow
    | UseReferenceFile
    | ReadDocument
    | ReadChip
    | CancelDocument
    | StartLiveness
    | RequestException
    | RequestAlternative
    | AskCentre
    | LeaveAlternative
    | TakeExceptionPhoto
    | ApproveException
    | Sign
    | SaveStatement
    | StopSigning
    | ParkSession
    | TakeUpCase
    | CloseCase
    | AnswerComparison
    | Override
    | RefuseReview
    | Confirm
    | RefuseOnSuspicion
    | HandOver
    | AgreeReview
    | LiftCoolDown
    | QueueCommand
    | AcknowledgeAlarms
    | Abort
    | NewSession
    | SelectLanguage
    | VerifyLog
    | StopVerifyingLog
    | ExportLog
    | StopExport
    | CountShift
    | CloseShift
    | SaveShift
    | SaveStatistics
    | CountStatistics
    | StopCounting
    | RunProbes
    | AllowCamera
    | UpdateLists
)
