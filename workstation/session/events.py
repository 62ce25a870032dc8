"""The facts that move a verification session, each with the id of the session it belongs to."""

from dataclasses import dataclass

from crypto.report.report import SignatureReport
from vision.results import MatchResult, PadResult
from workstation.rules.conditions import CaseFacts
from workstation.rules.parties import PartyRole
from workstation.session.acts import Act, SessionEvent
from workstation.session.evidence import (
    Answer,
    AuthorityEvidence,
    Consent,
    ReferenceEvidence,
    StatementEvidence,
)
from workstation.session.other_way import WayEvent

__all__ = [
    "AttackFound",
    "AttemptFailed",
    "AttemptInterrupted",
    "AttemptsExhausted",
    "AuthorityConfirmed",
    "AuthorityRefused",
    "AuthoritySilent",
    "BonaFide",
    "ChallengeIssued",
    "ConsentGiven",
    "ConsentRefused",
    "ConsentStopped",
    "CosignatureAwaited",
    "CustomerCameBack",
    "CustomerParked",
    "DeadlinePassed",
    "DecisionRecorded",
    "Event",
    "FaceEvent",
    "FaultOccurred",
    "FindingRefused",
    "MatchForReview",
    "MatchUndecided",
    "Matched",
    "MatchedForAuthority",
    "NotMatched",
    "OperationBegan",
    "OperatorAborted",
    "PersonCalled",
    "PrechecksPassed",
    "PrechecksRenewed",
    "PrechecksStopped",
    "PrechecksUnanswered",
    "ReferenceAccepted",
    "ReferenceRefused",
    "SignatureAccepted",
    "SignatureForReview",
    "SignatureNotAccepted",
    "StatementIssued",
]


@dataclass(frozen=True, slots=True)
class OperationBegan(SessionEvent):
    """The operation form was accepted and its begin entry is in the log."""


@dataclass(frozen=True, slots=True)
class _Prechecked(SessionEvent):
    """The pre-checks' answers, and the subject's facts where a registry has told them."""

    answers: tuple[Answer, ...]
    subject: CaseFacts | None = None


@dataclass(frozen=True, slots=True)
class PrechecksPassed(_Prechecked):
    """Every pre-check passed, or only soft ones did not."""


@dataclass(frozen=True, slots=True)
class PrechecksRenewed(_Prechecked):
    """The pre-checks of a case that was taken up again passed: what was given before stands."""


@dataclass(frozen=True, slots=True)
class PrechecksStopped(_Prechecked):
    """A hard pre-check failed or had no answer."""


@dataclass(frozen=True, slots=True)
class PrechecksUnanswered(_Prechecked):
    """A registry did not answer and nothing speaks against the customer: it is asked again."""


@dataclass(frozen=True, slots=True)
class ConsentGiven(SessionEvent):
    """The customer agreed."""

    consent: Consent


@dataclass(frozen=True, slots=True)
class ConsentStopped(ConsentGiven):
    """The customer agreed, and said something that speaks against a hard check."""


@dataclass(frozen=True, slots=True)
class ConsentRefused(SessionEvent):
    """The customer did not agree."""

    consent: Consent


@dataclass(frozen=True, slots=True)
class ReferenceAccepted(SessionEvent):
    """The reference photo is good enough to compare with."""

    reference: ReferenceEvidence


@dataclass(frozen=True, slots=True)
class ReferenceRefused(SessionEvent):
    """The photo can vouch for nobody: it shows the live person, not a document."""

    code: str


@dataclass(frozen=True, slots=True)
class ChallengeIssued(SessionEvent):
    """A liveness challenge with a fresh nonce was issued."""

    nonce: str


@dataclass(frozen=True, slots=True)
class AttemptFailed(SessionEvent):
    """A liveness attempt was undecided and another is left."""

    attempt: PadResult


@dataclass(frozen=True, slots=True)
class AttemptInterrupted(SessionEvent):
    """Something of ours broke an attempt off: it is none of the customer's, and is counted apart.

    code  what broke, such as `camera_lost`
    """

    code: str


@dataclass(frozen=True, slots=True)
class AttemptsExhausted(SessionEvent):
    """The last liveness attempt was undecided."""

    attempt: PadResult


@dataclass(frozen=True, slots=True)
class AttackFound(SessionEvent):
    """A presentation attack was detected."""

    attempt: PadResult


@dataclass(frozen=True, slots=True)
class BonaFide(SessionEvent):
    """A live person performed the challenge."""

    attempt: PadResult


@dataclass(frozen=True, slots=True)
class _Compared(SessionEvent):
    """A comparison and what the face brought to light beside it."""

    match: MatchResult
    findings: tuple[Answer, ...] = ()


@dataclass(frozen=True, slots=True)
class Matched(_Compared):
    """The live face is the one in the reference."""


@dataclass(frozen=True, slots=True)
class MatchedForAuthority(_Compared):
    """The live face is the one in the reference; the authority is asked, too."""


@dataclass(frozen=True, slots=True)
class NotMatched(_Compared):
    """The live face is another one."""


@dataclass(frozen=True, slots=True)
class MatchUndecided(_Compared):
    """The comparison lies between the thresholds, and the policy leaves it there."""


@dataclass(frozen=True, slots=True)
class MatchForReview(_Compared):
    """The comparison lies between the thresholds: a supervisor compares."""


@dataclass(frozen=True, slots=True)
class FindingRefused(_Compared):
    """The comparison is done; a hard finding about the face speaks against it."""


@dataclass(frozen=True, slots=True)
class _Answered(SessionEvent):
    """What the authority said."""

    answer: AuthorityEvidence


@dataclass(frozen=True, slots=True)
class AuthorityConfirmed(_Answered):
    """The authority knows the face as this customer's."""


@dataclass(frozen=True, slots=True)
class AuthorityRefused(_Answered):
    """The authority does not, or its answer is another's."""


@dataclass(frozen=True, slots=True)
class AuthoritySilent(_Answered):
    """The authority did not answer: it is asked again."""


@dataclass(frozen=True, slots=True)
class StatementIssued(SessionEvent):
    """A statement with a fresh nonce was put before the customer."""

    statement: StatementEvidence


@dataclass(frozen=True, slots=True)
class SignatureAccepted(SessionEvent):
    """The signature was validated and no soft check is open: the teller confirms."""

    report: SignatureReport
    findings: tuple[Answer, ...] = ()


@dataclass(frozen=True, slots=True)
class SignatureForReview(SessionEvent):
    """The signature was validated; a soft check waits for a supervisor."""

    report: SignatureReport
    findings: tuple[Answer, ...] = ()


@dataclass(frozen=True, slots=True)
class SignatureNotAccepted(SessionEvent):
    """The signature failed validation or could not be established."""

    report: SignatureReport
    findings: tuple[Answer, ...] = ()


@dataclass(frozen=True, slots=True)
class CosignatureAwaited(SessionEvent):
    """The signature was validated; another person has to sign the same statement."""

    report: SignatureReport
    findings: tuple[Answer, ...] = ()


@dataclass(frozen=True, slots=True)
class PersonCalled(SessionEvent):
    """The face before is settled; the next person takes the seat before any statement is made."""

    role: PartyRole


@dataclass(frozen=True, slots=True)
class CustomerParked(SessionEvent):
    """The case waits, for the customer's ЭЦП or for somebody's answer; the seat is free."""


@dataclass(frozen=True, slots=True)
class CustomerCameBack(SessionEvent):
    """A parked case goes on: registries are asked anew, then the customer is looked at anew.

    teller  who has taken it up
    """

    teller: str


@dataclass(frozen=True, slots=True)
class OperatorAborted(SessionEvent):
    """The teller ended the session."""

    code: str


@dataclass(frozen=True, slots=True)
class DeadlinePassed(SessionEvent):
    """The session took longer than the policy allows."""


@dataclass(frozen=True, slots=True)
class FaultOccurred(SessionEvent):
    """Something of ours failed."""

    code: str


@dataclass(frozen=True, slots=True)
class DecisionRecorded(SessionEvent):
    """The decision is durable in the log."""

    index: int


FaceEvent = (
    ReferenceAccepted
    | ReferenceRefused
    | ChallengeIssued
    | AttemptFailed
    | AttemptInterrupted
    | AttemptsExhausted
    | AttackFound
    | BonaFide
    | Matched
    | MatchedForAuthority
    | NotMatched
    | MatchUndecided
    | MatchForReview
    | FindingRefused
    | AuthorityConfirmed
    | AuthorityRefused
    | AuthoritySilent
)
"""What a photo, a camera or the authority brought to light about the face."""

Event = (
    Act
    | FaceEvent
    | WayEvent
    | OperationBegan
    | PrechecksPassed
    | PrechecksRenewed
    | PrechecksStopped
    | PrechecksUnanswered
    | ConsentGiven
    | ConsentRefused
    | ConsentStopped
    | StatementIssued
    | SignatureAccepted
    | SignatureForReview
    | SignatureNotAccepted
    | CosignatureAwaited
    | PersonCalled
    | CustomerParked
    | CustomerCameBack
    | OperatorAborted
    | DeadlinePassed
    | FaultOccurred
    | DecisionRecorded
)
