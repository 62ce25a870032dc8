"""One verification session: a table of states and events, and nothing that acts.

An event is a fact; an unlisted pair of state and event raises IllegalTransition. Where two
outcomes lead to different states they are two events, so the table needs no guards. Entering
DECIDED calls `decide`; nothing else does. A test draws docs/session.md from TRANSITIONS.
"""

from dataclasses import dataclass, replace

from workstation.errors import ForeignEvidence, IllegalTransition
from workstation.rules.policy import Policy, RequiredCheck
from workstation.session.acts import (
    Act,
    ComparisonConfirmed,
    ComparisonDenied,
    ComparisonForAuthority,
    ExceptionApproved,
    ExceptionPhotoTaken,
    ExceptionRequested,
    ExceptionSettled,
    HandedOver,
    OperationConfirmed,
    OverrideGiven,
    OverrideNotGranted,
    OverrideSettled,
    ReviewRefused,
    SecondLookGiven,
    SuspicionRaised,
    absorb_act,
    is_closing_open,
)
from workstation.session.decision import Decision, decide, drop_lapsed
from workstation.session.events import (
    AttackFound,
    AttemptFailed,
    AttemptInterrupted,
    AttemptsExhausted,
    AuthorityConfirmed,
    AuthorityRefused,
    AuthoritySilent,
    BonaFide,
    ChallengeIssued,
    ConsentGiven,
    ConsentRefused,
    ConsentStopped,
    CosignatureAwaited,
    CustomerCameBack,
    CustomerParked,
    DeadlinePassed,
    DecisionRecorded,
    Event,
    FaceEvent,
    FaultOccurred,
    FindingRefused,
    Matched,
    MatchedForAuthority,
    MatchForReview,
    MatchUndecided,
    NotMatched,
    OperationBegan,
    OperatorAborted,
    PersonCalled,
    PrechecksPassed,
    PrechecksRenewed,
    PrechecksStopped,
    PrechecksUnanswered,
    ReferenceAccepted,
    ReferenceRefused,
    SignatureAccepted,
    SignatureForReview,
    SignatureNotAccepted,
    StatementIssued,
)
from workstation.session.evidence import Ending, EndingKind, Evidence
from workstation.session.other_way import (
    WayConfirmed,
    WayEvent,
    WayFailed,
    WayLeft,
    WayRefused,
    WayRequested,
    WaySilent,
    absorb_way,
    is_way_open,
)
from workstation.session.pause.pause import ask_supervisor, forget_biometrics, is_asked
from workstation.session.states import State

__all__ = ["TRANSITIONS", "VerificationSession"]

TRANSITIONS: dict[tuple[State, type[Event]], State] = {
    (State.IDLE, OperationBegan): State.PRECHECKS,
    (State.PRECHECKS, PrechecksUnanswered): State.PRECHECKS,
    (State.PRECHECKS, PrechecksPassed): State.CONSENT,
    (State.PRECHECKS, PrechecksRenewed): State.LIVENESS,
    (State.PRECHECKS, PrechecksStopped): State.DECIDED,
    (State.PRECHECKS, CustomerParked): State.PARKED,
    (State.CONSENT, ConsentGiven): State.REFERENCE,
    (State.CONSENT, ConsentRefused): State.DECIDED,
    (State.CONSENT, ConsentStopped): State.DECIDED,
    (State.REFERENCE, ReferenceAccepted): State.LIVENESS,
    (State.REFERENCE, ReferenceRefused): State.DECIDED,
    (State.LIVENESS, ChallengeIssued): State.LIVENESS,
    (State.LIVENESS, AttemptFailed): State.LIVENESS,
    (State.LIVENESS, AttemptInterrupted): State.LIVENESS,
    (State.LIVENESS, CustomerParked): State.PARKED,
    (State.LIVENESS, AttemptsExhausted): State.DECIDED,
    (State.LIVENESS, AttackFound): State.DECIDED,
    (State.LIVENESS, BonaFide): State.MATCHING,
    (State.LIVENESS, ExceptionRequested): State.EXCEPTION,
    (State.EXCEPTION, ExceptionPhotoTaken): State.EXCEPTION,
    (State.EXCEPTION, ExceptionApproved): State.EXCEPTION,
    (State.EXCEPTION, ExceptionSettled): State.MATCHING,
    (State.EXCEPTION, ReviewRefused): State.DECIDED,
    (State.LIVENESS, WayRequested): State.ALTERNATIVE,
    (State.ALTERNATIVE, ExceptionPhotoTaken): State.ALTERNATIVE,
    (State.ALTERNATIVE, WayFailed): State.ALTERNATIVE,
    (State.ALTERNATIVE, WaySilent): State.ALTERNATIVE,
    (State.ALTERNATIVE, WayLeft): State.LIVENESS,
    (State.ALTERNATIVE, WayConfirmed): State.MATCHING,
    (State.ALTERNATIVE, WayRefused): State.DECIDED,
    (State.MATCHING, Matched): State.SIGNATURE,
    (State.MATCHING, NotMatched): State.DECIDED,
    (State.MATCHING, MatchUndecided): State.DECIDED,
    (State.MATCHING, FindingRefused): State.DECIDED,
    (State.MATCHING, ReferenceRefused): State.DECIDED,
    (State.MATCHING, MatchedForAuthority): State.AUTHORITY,
    (State.MATCHING, MatchForReview): State.COMPARISON,
    (State.COMPARISON, ComparisonConfirmed): State.SIGNATURE,
    (State.COMPARISON, ComparisonForAuthority): State.AUTHORITY,
    (State.COMPARISON, ComparisonDenied): State.DECIDED,
    (State.COMPARISON, ReviewRefused): State.DECIDED,
    (State.AUTHORITY, AuthoritySilent): State.AUTHORITY,
    (State.AUTHORITY, AuthorityConfirmed): State.SIGNATURE,
    (State.AUTHORITY, AuthorityRefused): State.DECIDED,
    (State.AUTHORITY, CustomerParked): State.PARKED,
    (State.SIGNATURE, PersonCalled): State.CONSENT,
    (State.SIGNATURE, StatementIssued): State.SIGNATURE,
    (State.SIGNATURE, CosignatureAwaited): State.SIGNATURE,
    (State.SIGNATURE, SignatureAccepted): State.CONFIRMATION,
    (State.SIGNATURE, SignatureForReview): State.REVIEW,
    (State.SIGNATURE, SignatureNotAccepted): State.DECIDED,
    (State.SIGNATURE, CustomerParked): State.PARKED,
    (State.REVIEW, CustomerParked): State.PARKED,
    (State.PARKED, CustomerCameBack): State.PRECHECKS,
    (State.PARKED, OverrideGiven): State.PARKED,
    (State.PARKED, OverrideNotGranted): State.PARKED,
    (State.PARKED, SecondLookGiven): State.PARKED,
    (State.PARKED, CustomerParked): State.PARKED,
    (State.PARKED, ReviewRefused): State.DECIDED,
    (State.REVIEW, OverrideGiven): State.REVIEW,
    (State.REVIEW, OverrideSettled): State.CONFIRMATION,
    (State.REVIEW, OverrideNotGranted): State.REVIEW,
    (State.REVIEW, ReviewRefused): State.DECIDED,
    (State.REVIEW, SecondLookGiven): State.CONFIRMATION,
    (State.CONFIRMATION, OperationConfirmed): State.DECIDED,
    (State.CONFIRMATION, HandedOver): State.REVIEW,
    (State.DECIDED, DecisionRecorded): State.RECORDED,
    (State.DECIDED, FaultOccurred): State.DECIDED,
}
_WITH_CUSTOMER = (
    State.CONSENT,
    State.REFERENCE,
    State.LIVENESS,
    State.EXCEPTION,
    State.ALTERNATIVE,
    State.MATCHING,
    State.COMPARISON,
    State.AUTHORITY,
    State.SIGNATURE,
    State.REVIEW,
    State.CONFIRMATION,
)
TRANSITIONS.update(
    ((state, event), State.DECIDED)
    for state in (State.PRECHECKS, *_WITH_CUSTOMER, State.PARKED)
    for event in (OperatorAborted, DeadlinePassed, FaultOccurred)
)
TRANSITIONS.update(((state, SuspicionRaised), State.DECIDED) for state in _WITH_CUSTOMER)


@dataclass(frozen=True, slots=True)
class VerificationSession:
    """A session at one moment; `apply` returns the next one and changes nothing.

    Invariants: `decision` is set exactly in DECIDED and RECORDED; evidence only ever comes from
    events that carry this session's id; failed attempts never exceed the policy's budget.
    """

    policy: Policy
    evidence: Evidence
    state: State = State.IDLE
    decision: Decision | None = None
    index: int = -1

    @property
    def id(self) -> str:
        """Return the session's random id."""
        return self.evidence.session

    @property
    def required(self) -> tuple[RequiredCheck, ...]:
        """Return the checks that this case needs by what is known of it, in order."""
        operation = self.policy.operation(self.evidence.operation.kind)
        facts = operation.measure(self.evidence.operation, self.evidence.facts)
        return operation.required_for(facts, self.evidence.roles)

    @property
    def shown_decision(self) -> Decision | None:
        """Return what the screens say was decided: the same, unless it is held."""
        if self.decision is None or not self.evidence.duress:
            return self.decision
        return decide(self.policy, replace(self.evidence, duress=False))

    def mark_duress(self) -> "VerificationSession":
        """Return the session of whom somebody has said that they are not free; for good."""
        return replace(self, evidence=replace(self.evidence, duress=True))

    def apply(self, event: Event) -> "VerificationSession":
        """Return the session after the event.

        Raises ForeignEvidence for another session's event, IllegalTransition for an unlisted one.
        """
        if event.session != self.id:
            raise ForeignEvidence(type(event).__name__)
        target = TRANSITIONS.get((self.state, type(event)))
        if target is None:
            raise IllegalTransition(f"{self.state.value} -> {type(event).__name__}")
        if isinstance(event, AttemptFailed) and self._last_attempt():
            raise IllegalTransition("attempts exhausted")
        if isinstance(event, WayEvent) and not is_way_open(self.evidence, event):
            raise IllegalTransition("way exhausted")
        if isinstance(event, ChallengeIssued) and self.are_breaks_spent:
            raise IllegalTransition("breaks exhausted")
        waits = self.state is State.PARKED
        if not _is_turn(self.evidence, event) or (waits and not is_asked(self.evidence, event)):
            raise IllegalTransition(f"not the turn: {type(event).__name__}")
        if isinstance(event, DecisionRecorded):
            return replace(self, state=target, index=event.index)
        evidence = self.evidence
        if self.state is State.REVIEW and isinstance(event, CustomerParked):
            evidence = ask_supervisor(self.policy, evidence)
        evidence = _absorb(evidence, event)
        if target is not State.DECIDED:
            return replace(self, state=target, evidence=evidence)
        evidence = drop_lapsed(self.policy, evidence)
        decision = decide(self.policy, evidence)
        return replace(self, state=target, evidence=evidence, decision=decision)

    @property
    def are_breaks_spent(self) -> bool:
        """Whether so many attempts were broken off that the case can only be parked or ended."""
        return self.evidence.breaks >= self.policy.breaks_max

    def _last_attempt(self) -> bool:
        used = len(self.evidence.attempts) + self.evidence.earlier
        return used + 1 >= self.policy.attempts_max


def _is_turn(evidence: Evidence, event: Event) -> bool:
    """Whether people act in turn: all faces before any signature, a second look before a word.

    A renewed case goes on at liveness only with what liveness rests on.
    """
    match event:
        case PersonCalled(role=role):
            return evidence.statement is None and evidence.uncalled is role
        case StatementIssued():
            return evidence.uncalled is None
        case PrechecksRenewed():
            return evidence.consent is not None and evidence.reference is not None
        case CosignatureAwaited():
            return evidence.unsigned is not None
        case OperationConfirmed() | SecondLookGiven() | OverrideSettled():
            return is_closing_open(evidence, event)
        case _:
            return True


def _absorb(evidence: Evidence, event: Event) -> Evidence:  # noqa: PLR0911 - one arm an event
    match event:
        case OperationBegan() | DecisionRecorded():
            return evidence
        case PrechecksPassed() | PrechecksRenewed() | PrechecksStopped() | PrechecksUnanswered():
            subject = event.subject or evidence.subject
            return replace(evidence, answers=event.answers, subject=subject)
        case ConsentGiven(consent=consent) | ConsentRefused(consent=consent):
            return replace(evidence, consent=consent)
        case (
            PersonCalled()
            | StatementIssued()
            | CosignatureAwaited()
            | CustomerParked()
            | CustomerCameBack()
        ):
            return _absorb_turn(evidence, event)
        case (
            SignatureAccepted(report=report, findings=findings)
            | SignatureForReview(report=report, findings=findings)
            | SignatureNotAccepted(report=report, findings=findings)
        ):
            return replace(evidence, signature=report, findings=(*evidence.findings, *findings))
        case OperatorAborted(code=code):
            return replace(evidence, ending=Ending(EndingKind.ABORT, code))
        case DeadlinePassed():
            return replace(evidence, ending=Ending(EndingKind.DEADLINE, "deadline"))
        case FaultOccurred(code=code):
            return replace(evidence, ending=Ending(EndingKind.FAULT, code))
        case _:
            return _absorb_face(evidence, event)


def _absorb_face(evidence: Evidence, event: FaceEvent | WayEvent | Act) -> Evidence:
    """Absorb what a photo, a camera or the authority brought to light about the face."""
    match event:
        case ReferenceAccepted(reference=reference):
            return replace(evidence, reference=reference)
        case ReferenceRefused(code=code):
            return replace(evidence, reference_refused=code)
        case ChallengeIssued() | AttemptInterrupted():
            return _absorb_challenge(evidence, event)
        case (
            AttemptFailed(attempt=attempt)
            | AttemptsExhausted(attempt=attempt)
            | AttackFound(attempt=attempt)
            | BonaFide(attempt=attempt)
        ):
            return replace(evidence, attempts=(*evidence.attempts, attempt))
        case (
            Matched(match=result, findings=findings)
            | MatchedForAuthority(match=result, findings=findings)
            | NotMatched(match=result, findings=findings)
            | MatchUndecided(match=result, findings=findings)
            | MatchForReview(match=result, findings=findings)
            | FindingRefused(match=result, findings=findings)
        ):
            return replace(evidence, match=result, findings=(*evidence.findings, *findings))
        case (
            AuthorityConfirmed(answer=answer)
            | AuthorityRefused(answer=answer)
            | AuthoritySilent(answer=answer)
        ):
            return replace(evidence, authority=answer)
        case WayRequested() | WayFailed() | WayConfirmed() | WayRefused() | WaySilent() | WayLeft():
            return absorb_way(evidence, event)
        case _:
            return absorb_act(evidence, event)


def _absorb_challenge(evidence: Evidence, event: ChallengeIssued | AttemptInterrupted) -> Evidence:
    """Absorb a challenge; one that was broken off is answered by nobody any more."""
    match event:
        case ChallengeIssued(nonce=nonce):
            return replace(evidence, challenges=(*evidence.challenges, nonce))
        case AttemptInterrupted():  # pragma: no branch - mypy proves the match exhaustive
            return replace(evidence, challenges=(), breaks=evidence.breaks + 1)


def _absorb_turn(
    evidence: Evidence,
    event: PersonCalled | StatementIssued | CosignatureAwaited | CustomerParked | CustomerCameBack,
) -> Evidence:
    """Absorb what passes the turn or the case on, or begins the signing anew."""
    match event:
        case PersonCalled(role=role):
            return evidence.view(role)
        case StatementIssued(statement=statement):
            return replace(evidence.without_signatures(), statement=statement)
        case CustomerParked():
            return forget_biometrics(evidence)
        case CustomerCameBack(teller=teller):
            return replace(evidence.hand_to(teller), reviewed_aside=False, asked=())
        case CosignatureAwaited(report=report, findings=findings):  # pragma: no branch - exhaustive
            found = (*evidence.findings, *findings)
            signed = replace(evidence, signature=report, findings=found)
            return signed if signed.unsigned is None else signed.view(signed.unsigned)
