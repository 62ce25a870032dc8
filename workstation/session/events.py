"""The facts that move a verification session, each with the id of the session it belongs to."""

from dataclasses import dataclass

from crypto.report.report import SignatureReport
from vision.results import MatchResult, PadResult
from workstation.session.evidence import (
    Answer,
    Consent,
    GrantedOverride,
    ReferenceEvidence,
    RefusedOverride,
    StatementEvidence,
)
from workstation.session.exception import (
    ExceptionPhoto,
    ExceptionRequest,
    OfficerApproval,
)

__all__ = [
    "AttackFound",
    "AttemptFailed",
    "AttemptsExhausted",
    "BonaFide",
    "ChallengeIssued",
    "ConsentGiven",
    "ConsentRefused",
    "CustomerCameBack",
    "CustomerParked",
    "DeadlinePassed",
    "DecisionRecorded",
    "Event",
    "ExceptionApproved",
    "ExceptionPhotoTaken",
    "ExceptionRequested",
    "ExceptionSettled",
    "FaultOccurred",
    "MatchUndecided",
    "Matched",
    "NotMatched",
    "OperationBegan",
    "OperatorAborted",
    "OverrideGiven",
    "OverrideNotGranted",
    "OverrideSettled",
    "PrechecksPassed",
    "PrechecksStopped",
    "ReferenceAccepted",
    "ReviewRefused",
    "SignatureAccepted",
    "SignatureForReview",
    "SignatureNotAccepted",
    "StatementIssued",
]


@dataclass(frozen=True, slots=True)
class _Event:
    session: str


@dataclass(frozen=True, slots=True)
class OperationBegan(_Event):
    """The operation form was accepted and its begin entry is in the log."""


@dataclass(frozen=True, slots=True)
class PrechecksPassed(_Event):
    """Every pre-check passed, or only soft ones did not."""

    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class PrechecksStopped(_Event):
    """A hard pre-check failed or had no answer."""

    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class ConsentGiven(_Event):
    """The customer agreed."""

    consent: Consent


@dataclass(frozen=True, slots=True)
class ConsentRefused(_Event):
    """The customer did not agree."""

    consent: Consent


@dataclass(frozen=True, slots=True)
class ReferenceAccepted(_Event):
    """The reference photo is good enough to compare with."""

    reference: ReferenceEvidence


@dataclass(frozen=True, slots=True)
class ChallengeIssued(_Event):
    """A liveness challenge with a fresh nonce was issued."""

    nonce: str


@dataclass(frozen=True, slots=True)
class AttemptFailed(_Event):
    """A liveness attempt was undecided and another is left."""

    attempt: PadResult


@dataclass(frozen=True, slots=True)
class AttemptsExhausted(_Event):
    """The last liveness attempt was undecided."""

    attempt: PadResult


@dataclass(frozen=True, slots=True)
class AttackFound(_Event):
    """A presentation attack was detected."""

    attempt: PadResult


@dataclass(frozen=True, slots=True)
class BonaFide(_Event):
    """A live person performed the challenge."""

    attempt: PadResult


@dataclass(frozen=True, slots=True)
class ExceptionRequested(_Event):
    """No set of commands fits the customer: officers are asked to vouch."""

    request: ExceptionRequest


@dataclass(frozen=True, slots=True)
class ExceptionPhotoTaken(_Event):
    """The customer was photographed before the officers, for the first time or again."""

    photo: ExceptionPhoto


@dataclass(frozen=True, slots=True)
class ExceptionApproved(_Event):
    """An officer vouched; another is still needed."""

    approval: OfficerApproval


@dataclass(frozen=True, slots=True)
class ExceptionSettled(_Event):
    """The last officer needed vouched: the photo is compared with the reference."""

    approval: OfficerApproval


@dataclass(frozen=True, slots=True)
class Matched(_Event):
    """The live face is the one in the reference."""

    match: MatchResult


@dataclass(frozen=True, slots=True)
class NotMatched(_Event):
    """The live face is another one."""

    match: MatchResult


@dataclass(frozen=True, slots=True)
class MatchUndecided(_Event):
    """The comparison lies between the thresholds."""

    match: MatchResult


@dataclass(frozen=True, slots=True)
class StatementIssued(_Event):
    """A statement with a fresh nonce was put before the customer."""

    statement: StatementEvidence


@dataclass(frozen=True, slots=True)
class SignatureAccepted(_Event):
    """The signature was validated and no soft check is open."""

    report: SignatureReport


@dataclass(frozen=True, slots=True)
class SignatureForReview(_Event):
    """The signature was validated; a soft check waits for a supervisor."""

    report: SignatureReport


@dataclass(frozen=True, slots=True)
class SignatureNotAccepted(_Event):
    """The signature failed validation or could not be established."""

    report: SignatureReport


@dataclass(frozen=True, slots=True)
class CustomerParked(_Event):
    """The customer left to obtain an ЭЦП."""


@dataclass(frozen=True, slots=True)
class CustomerCameBack(_Event):
    """The parked customer is back and will be checked for liveness anew."""


@dataclass(frozen=True, slots=True)
class OverrideGiven(_Event):
    """A supervisor overrode a soft check; another is still open."""

    override: GrantedOverride


@dataclass(frozen=True, slots=True)
class OverrideSettled(_Event):
    """A supervisor overrode the last open soft check."""

    override: GrantedOverride


@dataclass(frozen=True, slots=True)
class OverrideNotGranted(_Event):
    """An override was asked for that the rules do not allow."""

    refused: RefusedOverride


@dataclass(frozen=True, slots=True)
class ReviewRefused(_Event):
    """A supervisor refused the operation."""

    supervisor: str
    reason: str


@dataclass(frozen=True, slots=True)
class OperatorAborted(_Event):
    """The teller ended the session."""

    code: str


@dataclass(frozen=True, slots=True)
class DeadlinePassed(_Event):
    """The session took longer than the policy allows."""


@dataclass(frozen=True, slots=True)
class FaultOccurred(_Event):
    """Something of ours failed."""

    code: str


@dataclass(frozen=True, slots=True)
class DecisionRecorded(_Event):
    """The decision is durable in the log."""

    index: int


Event = (
    OperationBegan
    | PrechecksPassed
    | PrechecksStopped
    | ConsentGiven
    | ConsentRefused
    | ReferenceAccepted
    | ChallengeIssued
    | AttemptFailed
    | AttemptsExhausted
    | AttackFound
    | BonaFide
    | ExceptionRequested
    | ExceptionPhotoTaken
    | ExceptionApproved
    | ExceptionSettled
    | Matched
    | NotMatched
    | MatchUndecided
    | StatementIssued
    | SignatureAccepted
    | SignatureForReview
    | SignatureNotAccepted
    | CustomerParked
    | CustomerCameBack
    | OverrideGiven
    | OverrideSettled
    | OverrideNotGranted
    | ReviewRefused
    | OperatorAborted
    | DeadlinePassed
    | FaultOccurred
    | DecisionRecorded
)
