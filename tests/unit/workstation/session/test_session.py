"""The table of states and events, and what holds for every possible course of a session."""

from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from crypto.report.report import Indication
from tests.support.station import sessions
from vision.results import MatchVerdict, PadVerdict
from workstation.errors import ForeignEvidence, IllegalTransition
from workstation.rules.alternatives import LivenessWay
from workstation.rules.checks import CheckId, CheckStatus, Hardness
from workstation.rules.parties import PartyRole
from workstation.session import acts as a
from workstation.session import events as e
from workstation.session import other_way as w
from workstation.session.binding import biometric_sha256
from workstation.session.comparison import ComparisonAnswer, confirms
from workstation.session.confirmation import (
    Confirmation,
    HandOverReason,
    HandOverRequest,
    SecondLook,
    Suspicion,
    SuspicionReason,
    is_confirmed,
    is_open,
)
from workstation.session.decision import Outcome, evaluate
from workstation.session.evidence import (
    AskedCheck,
    Consent,
    Ending,
    EndingKind,
    GrantedOverride,
    RefusedOverride,
)
from workstation.session.exception import (
    ExceptionPhoto,
    ExceptionReason,
    ExceptionRequest,
    select_officers,
)
from workstation.session.session import TRANSITIONS, VerificationSession
from workstation.session.states import State

POLICY = sessions.policy()
ID = sessions.SESSION
REQUEST = ExceptionRequest(ExceptionReason.NO_SET_FITS, sessions.WORDS)
PHOTO = ExceptionPhoto(sessions.PHOTO, simulated=True)
HANDED_OVER = HandOverRequest(sessions.TELLER, HandOverReason.KNOWN_TO_TELLER)
PALM = sessions.other_way_evidence(LivenessWay.PALM)
FACE = sessions.good_evidence().statement.evidence_sha256
FACE_FOUND = sessions.answered(sessions.FACE_FINDINGS)
CERTIFICATE_FOUND = sessions.answered(sessions.CERTIFICATE_FINDINGS)
DIAGRAM = Path(__file__).resolve().parents[4] / "docs" / "session.md"


def consent(*, given: bool) -> Consent:
    return Consent(given=given, language="ru", text_sha256="99" * 32)


def an_event(kind: type, session: str = ID) -> e.Event:
    """Return some event of a kind; its content does not matter for the table."""
    live, compared = sessions.attempt(), sessions.match()
    content = {
        e.PrechecksPassed: (sessions.answers(),),
        e.PrechecksStopped: (sessions.answers(iin=CheckStatus.FAILED),),
        e.ConsentGiven: (consent(given=True),),
        e.ConsentRefused: (consent(given=False),),
        e.ConsentStopped: (consent(given=True),),
        e.PrechecksUnanswered: (sessions.answers(person=CheckStatus.INDETERMINATE),),
        e.ReferenceAccepted: (sessions.reference(),),
        e.ReferenceRefused: ("reference.live_person",),
        e.ChallengeIssued: ("11" * 16,),
        e.AttemptFailed: (sessions.attempt(PadVerdict.UNDECIDED),),
        e.AttemptsExhausted: (sessions.attempt(PadVerdict.UNDECIDED),),
        e.AttackFound: (sessions.attempt(PadVerdict.ATTACK),),
        e.BonaFide: (live,),
        e.Matched: (compared, FACE_FOUND),
        e.MatchedForAuthority: (compared, FACE_FOUND),
        e.MatchForReview: (sessions.match(MatchVerdict.UNDECIDED), FACE_FOUND),
        e.FindingRefused: (compared, FACE_FOUND),
        e.NotMatched: (sessions.match(MatchVerdict.NON_MATCH),),
        e.MatchUndecided: (sessions.match(MatchVerdict.UNDECIDED),),
        e.AuthorityConfirmed: (sessions.authority(FACE),),
        e.AuthorityRefused: (sessions.authority(FACE, CheckStatus.FAILED),),
        e.AuthoritySilent: (sessions.authority(FACE, CheckStatus.INDETERMINATE),),
        e.StatementIssued: (sessions.statement(FACE),),
        e.SignatureAccepted: (sessions.report(), CERTIFICATE_FOUND),
        e.SignatureForReview: (sessions.report(), CERTIFICATE_FOUND),
        e.SignatureNotAccepted: (sessions.report(Indication.TOTAL_FAILED),),
        e.CosignatureAwaited: (sessions.report(), CERTIFICATE_FOUND),
        e.PersonCalled: (PartyRole.GUARDIAN,),
        a.OverrideGiven: (
            GrantedOverride(CheckId.OLD_NUMBER_CALLED, sessions.SUPERVISOR, "the number is dead"),
        ),
        a.OverrideSettled: (
            GrantedOverride(CheckId.OLD_NUMBER_CALLED, sessions.SUPERVISOR, "the number is dead"),
        ),
        a.OverrideNotGranted: (
            RefusedOverride(CheckId.MATCH, sessions.SUPERVISOR, "override.hard_check"),
        ),
        a.ReviewRefused: (sessions.SUPERVISOR, "no"),
        a.ExceptionRequested: (REQUEST,),
        a.ExceptionPhotoTaken: (PHOTO,),
        a.ExceptionApproved: (sessions.approval("S-0031"),),
        a.ExceptionSettled: (sessions.approval("S-0032"),),
        a.ComparisonConfirmed: (sessions.review(),),
        a.ComparisonForAuthority: (sessions.review(),),
        a.ComparisonDenied: (sessions.review(ComparisonAnswer.DIFFERENT),),
        w.WayRequested: (PALM.way,),
        w.WayFailed: (PALM.way_answers[0],),
        w.WayConfirmed: (PALM.way_answers[0],),
        w.WayRefused: (PALM.way_answers[0],),
        w.WaySilent: ("palm.no_answer",),
        e.PrechecksRenewed: (sessions.answers(),),
        e.AttemptInterrupted: ("camera_lost",),
        e.CustomerCameBack: (sessions.TELLER,),
        a.OperationConfirmed: (Confirmation(sessions.TELLER),),
        a.SuspicionRaised: (Suspicion(sessions.TELLER, SuspicionReason.SPOKEN_FOR),),
        a.HandedOver: (HANDED_OVER,),
        a.SecondLookGiven: (SecondLook(sessions.SUPERVISOR, sessions.WORDS),),
        e.OperatorAborted: ("teller_aborted",),
        e.FaultOccurred: ("camera_lost",),
        e.DecisionRecorded: (7,),
    }
    return kind(session, *content.get(kind, ()))


KINDS = get_args(e.Event)
PATH_TO_APPROVAL = (
    e.OperationBegan,
    e.PrechecksPassed,
    e.ConsentGiven,
    e.ReferenceAccepted,
    e.ChallengeIssued,
    e.BonaFide,
    e.Matched,
    e.StatementIssued,
    e.SignatureAccepted,
    a.OperationConfirmed,
)

PATH_TO_EXCEPTION = (*PATH_TO_APPROVAL[:5], e.AttemptFailed, a.ExceptionRequested)


def fresh() -> VerificationSession:
    return VerificationSession(POLICY, sessions.empty_evidence())


def of_two() -> VerificationSession:
    """Return a session with a guardian, who has not been called yet."""
    roles = (PartyRole.CUSTOMER, PartyRole.GUARDIAN)
    return replace(fresh(), evidence=replace(sessions.empty_evidence(), roles=roles))


TURNS = (e.PersonCalled, e.CosignatureAwaited)
"""What only happens where two people are here."""


def run(*kinds: type) -> VerificationSession:
    session = fresh()
    for kind in kinds:
        session = session.apply(an_event(kind))
    return session


ASKED = AskedCheck(CheckId.OLD_NUMBER_CALLED, PartyRole.CUSTOMER, "")
_OF_SUPERVISORS = (
    *(a.OverrideGiven, a.OverrideNotGranted, a.ReviewRefused, a.SecondLookGiven),
    e.CustomerParked,
)
"""What a case that waits takes only while it waits for a supervisor."""


@pytest.mark.parametrize(("state", "kind"), list(product(State, KINDS)))
def test_an_unlisted_event_is_refused_and_a_listed_one_leads_where_the_table_says(state, kind):
    asked = of_two() if kind in TURNS else fresh()
    if kind is e.PrechecksRenewed:
        asked = run(*PATH_TO_APPROVAL[:4])
    session = replace(asked, state=state)
    if state is State.PARKED and kind in _OF_SUPERVISORS:
        evidence = replace(session.evidence, reviewed_aside=True, asked=(ASKED,))
        session = replace(session, evidence=evidence)
    if kind is a.SecondLookGiven:
        session = replace(session, evidence=replace(session.evidence, hand_over=HANDED_OVER))
    target = TRANSITIONS.get((state, kind))

    if target is None:
        with pytest.raises(IllegalTransition):
            session.apply(an_event(kind))
    else:
        assert session.apply(an_event(kind)).state is target


def test_the_straight_path_is_approved_and_recorded():
    decided = run(*PATH_TO_APPROVAL)

    assert decided.state is State.DECIDED
    assert decided.decision is not None
    assert decided.decision.outcome is Outcome.APPROVED

    recorded = decided.apply(an_event(e.DecisionRecorded))

    assert (recorded.state, recorded.index) == (State.RECORDED, 7)
    assert recorded.decision == decided.decision


def signed_after_match(session: VerificationSession) -> VerificationSession:
    """Return the session matched by the exception's photo and signed over what it gathered."""
    session = session.apply(e.Matched(ID, sessions.excepted_evidence().match))
    gathered = session.evidence
    face = biometric_sha256(gathered, gathered.attempts[-1], gathered.match)
    session = session.apply(e.StatementIssued(ID, sessions.statement(face)))
    return session.apply(an_event(e.SignatureAccepted)).apply(an_event(a.OperationConfirmed))


def test_the_way_by_two_officers_is_approved_on_the_photo_that_they_saw():
    session = run(*PATH_TO_EXCEPTION, a.ExceptionPhotoTaken, a.ExceptionApproved)
    assert session.state is State.EXCEPTION
    session = session.apply(an_event(a.ExceptionSettled))
    assert session.state is State.MATCHING
    decision = signed_after_match(session).decision

    assert decision.outcome is Outcome.APPROVED
    liveness = next(each for each in decision.checks if each.check == CheckId.LIVENESS)
    assert liveness.reason == "liveness.exception"


def test_a_settlement_that_was_claimed_too_early_approves_nothing():
    session = run(*PATH_TO_EXCEPTION, a.ExceptionPhotoTaken, a.ExceptionSettled)
    decision = signed_after_match(session).decision

    assert (decision.outcome, decision.reason) == (
        Outcome.INDETERMINATE,
        "liveness.exception_open",
    )


@pytest.mark.parametrize("approved", [0, 1])
def test_either_officer_may_refuse(approved):
    session = run(*PATH_TO_EXCEPTION, a.ExceptionPhotoTaken, *[a.ExceptionApproved] * approved)
    refused = session.apply(an_event(a.ReviewRefused))

    assert (refused.decision.outcome, refused.decision.reason) == (
        Outcome.REJECTED,
        "liveness.exception_refused",
    )


def test_a_customer_who_comes_back_needs_new_officers_too():
    session = run(*PATH_TO_EXCEPTION, a.ExceptionPhotoTaken, a.ExceptionApproved)
    for kind in (a.ExceptionSettled, e.Matched, e.StatementIssued, e.CustomerParked):
        session = session.apply(an_event(kind))
    back = session.apply(an_event(e.CustomerCameBack)).evidence

    assert (back.exception_request, back.exception_photo, back.approvals) == (None, None, ())
    assert back.earlier == 1


def test_no_attempt_is_made_once_the_exception_was_asked_for():
    session = run(*PATH_TO_EXCEPTION)

    for kind in (e.ChallengeIssued, e.BonaFide, e.AttemptFailed, a.OverrideSettled):
        with pytest.raises(IllegalTransition):
            session.apply(an_event(kind))


def test_a_recorded_session_accepts_nothing_more():
    assert not [kind for state, kind in TRANSITIONS if state is State.RECORDED]


def test_evidence_of_another_session_is_refused():
    with pytest.raises(ForeignEvidence):
        fresh().apply(an_event(e.OperationBegan, session="another"))


def test_the_last_attempt_cannot_be_taken_as_one_of_several():
    session = run(*PATH_TO_APPROVAL[:4])
    session = session.apply(an_event(e.AttemptFailed)).apply(an_event(e.AttemptFailed))

    with pytest.raises(IllegalTransition):
        session.apply(an_event(e.AttemptFailed))

    assert session.apply(an_event(e.AttemptsExhausted)).decision.outcome is Outcome.REJECTED


def test_a_customer_who_comes_back_is_checked_for_liveness_anew():
    session = run(*PATH_TO_APPROVAL[:4], e.AttemptFailed, e.AttemptFailed)
    for kind in (e.ChallengeIssued, e.BonaFide, e.Matched, e.StatementIssued, e.CustomerParked):
        session = session.apply(an_event(kind))

    back = session.apply(an_event(e.CustomerCameBack)).apply(an_event(e.PrechecksRenewed))

    assert back.state is State.LIVENESS
    assert back.evidence.earlier == 2
    assert (back.evidence.attempts, back.evidence.match, back.evidence.statement) == (
        (),
        None,
        None,
    )


def test_attempts_before_a_pause_leave_fewer_after_it():
    session = run(*PATH_TO_APPROVAL[:4], e.AttemptFailed, e.AttemptFailed)
    for kind in (
        *(e.BonaFide, e.Matched, e.StatementIssued, e.CustomerParked),
        *(e.CustomerCameBack, e.PrechecksRenewed),
    ):
        session = session.apply(an_event(kind))

    with pytest.raises(IllegalTransition):
        session.apply(an_event(e.AttemptFailed))

    assert session.apply(an_event(e.AttemptsExhausted)).decision.outcome is Outcome.REJECTED


@pytest.mark.parametrize(
    ("event", "ending"),
    [
        (e.OperatorAborted(ID, "teller_aborted"), Ending(EndingKind.ABORT, "teller_aborted")),
        (e.DeadlinePassed(ID), Ending(EndingKind.DEADLINE, "deadline")),
        (e.FaultOccurred(ID, "camera_lost"), Ending(EndingKind.FAULT, "camera_lost")),
    ],
)
def test_an_early_end_is_kept_with_its_kind_and_code(event, ending):
    ended = run(*PATH_TO_APPROVAL[:3]).apply(event)

    assert ended.evidence.ending == ending
    assert ended.decision.reason == ending.code


@pytest.mark.parametrize(
    ("kind", "field"),
    [(a.OverrideGiven, "overrides"), (a.OverrideNotGranted, "refused_overrides")],
)
def test_every_override_that_was_asked_for_is_kept(kind, field):
    session = run(*PATH_TO_APPROVAL[:8], e.SignatureForReview, kind, kind)

    assert session.state is State.REVIEW
    assert [each.supervisor for each in getattr(session.evidence, field)] == [
        sessions.SUPERVISOR
    ] * 2


def test_a_registry_that_did_not_answer_is_asked_again():
    session = run(e.OperationBegan, e.PrechecksUnanswered, e.PrechecksUnanswered)

    assert session.state is State.PRECHECKS
    assert session.apply(an_event(e.PrechecksPassed)).evidence.answers == sessions.answers()


def test_a_photo_of_the_live_person_ends_the_session_before_and_after_the_comparison():
    for way in (PATH_TO_APPROVAL[:3], PATH_TO_APPROVAL[:6]):
        refused = run(*way).apply(an_event(e.ReferenceRefused))

        assert refused.decision.outcome is Outcome.REJECTED
        assert refused.decision.reason == "reference.live_person"


def test_findings_of_the_face_and_of_the_certificate_are_kept_together():
    decided = run(*PATH_TO_APPROVAL)

    assert decided.evidence.findings == (*FACE_FOUND, *CERTIFICATE_FOUND)


def test_an_undecided_face_is_compared_by_a_supervisor_before_anything_is_signed():
    session = run(*PATH_TO_APPROVAL[:6], e.MatchForReview)

    assert session.state is State.COMPARISON
    assert (State.COMPARISON, e.StatementIssued) not in TRANSITIONS
    assert session.apply(an_event(a.ComparisonDenied)).decision.reason == "match.review_denied"
    assert session.apply(an_event(a.ReviewRefused)).decision.reason == "match.review_denied"
    assert session.apply(an_event(a.ComparisonConfirmed)).evidence.comparison == sessions.review()


def test_an_authority_that_does_not_answer_is_asked_again_and_one_that_denies_decides():
    session = run(*PATH_TO_APPROVAL[:6], e.MatchedForAuthority, e.AuthoritySilent)

    assert session.state is State.AUTHORITY
    assert session.apply(an_event(e.AuthorityConfirmed)).state is State.SIGNATURE
    assert session.apply(an_event(e.AuthorityRefused)).state is State.DECIDED


def test_nothing_of_the_face_outlives_a_pause():
    way = (*PATH_TO_APPROVAL[:6], e.MatchForReview, a.ComparisonForAuthority, e.AuthorityConfirmed)
    back = run(*way, e.StatementIssued, e.CustomerParked, e.CustomerCameBack).evidence

    assert back == replace(run(*PATH_TO_APPROVAL[:4]).evidence, challenges=(), answers=())


def test_an_attempt_of_before_the_pause_is_foreign_after_it():
    way = (*PATH_TO_APPROVAL[:8], e.CustomerParked, e.CustomerCameBack, e.PrechecksRenewed)
    replayed = run(*way, e.BonaFide, e.Matched, e.StatementIssued, e.SignatureAccepted)
    replayed = sessions.confirmed(replayed)

    assert replayed.decision.outcome is Outcome.REJECTED
    assert replayed.decision.reason == "liveness.foreign_challenge"


def test_an_unwritable_log_turns_an_approval_into_a_fault():
    decided = run(*PATH_TO_APPROVAL)

    faulted = decided.apply(e.FaultOccurred(ID, "log_unwritable"))

    assert faulted.decision.outcome is Outcome.INDETERMINATE
    assert faulted.decision.reason == "log_unwritable"


def test_a_refused_review_keeps_that_it_was_refused_even_without_words():
    session = run(*PATH_TO_APPROVAL[:8]).apply(an_event(e.SignatureForReview))

    assert (
        session.apply(a.ReviewRefused(ID, sessions.SUPERVISOR, "")).evidence.review_refused
        == "refused"
    )


def test_the_diagram_in_the_docs_is_the_table():
    assert mermaid() in DIAGRAM.read_text(encoding="utf-8")


def mermaid() -> str:
    """Draw TRANSITIONS; events that share a source and a target share an arrow."""
    arrows: dict[tuple[State, State], list[str]] = {}
    for (state, kind), target in TRANSITIONS.items():
        arrows.setdefault((state, target), []).append(kind.__name__)
    lines = [
        f"    {source.name} --> {target.name}: {' / '.join(names)}"
        for (source, target), names in arrows.items()
    ]
    return "\n".join(["stateDiagram-v2", "    [*] --> IDLE", *lines, "    RECORDED --> [*]"])


BY = st.sampled_from(["S-0031", "s-0031", "S-0032", sessions.TELLER, ""])
WORDS = st.sampled_from([sessions.WORDS, "why", ""])
SEEN = st.sampled_from([sessions.PHOTO, "00" * 32])
APPROVED = st.builds(
    lambda by, words, photo: sessions.approval(by, words=words, photo=photo), BY, WORDS, SEEN
)
ANSWERED = st.builds(
    lambda check, status: sessions.answers(**{check: status}),
    st.sampled_from(sessions.PRECHECKS),
    st.sampled_from(CheckStatus),
)
ATTEMPTED = st.sampled_from(PadVerdict).map(sessions.attempt)
COMPARED = st.sampled_from(MatchVerdict).map(sessions.match)
REPORTED = st.sampled_from(Indication).map(sessions.report)
OVERRIDDEN = st.builds(GrantedOverride, st.sampled_from(CheckId), BY, WORDS)
REVIEWED = st.builds(
    lambda answer, officer: sessions.review(answer, officer=officer),
    st.sampled_from(ComparisonAnswer),
    BY,
)
AUTHORITY = st.sampled_from(CheckStatus).map(lambda status: sessions.authority(FACE, status))
CONTENTS: dict[tuple[type, ...], st.SearchStrategy] = {
    (e.PrechecksPassed, e.PrechecksStopped, e.PrechecksUnanswered): st.tuples(ANSWERED),
    (e.ConsentGiven, e.ConsentRefused, e.ConsentStopped): st.tuples(
        st.booleans().map(lambda agreed: consent(given=agreed))
    ),
    (e.ChallengeIssued,): st.tuples(st.sampled_from(["11" * 16, "22" * 16])),
    (e.AttemptFailed, e.AttemptsExhausted, e.AttackFound, e.BonaFide): st.tuples(ATTEMPTED),
    (e.Matched, e.MatchedForAuthority, e.NotMatched, e.FindingRefused): st.tuples(
        COMPARED, st.just(FACE_FOUND)
    ),
    (e.MatchUndecided, e.MatchForReview): st.tuples(COMPARED, st.just(FACE_FOUND)),
    (e.AuthorityConfirmed, e.AuthorityRefused, e.AuthoritySilent): st.tuples(AUTHORITY),
    (a.ComparisonConfirmed, a.ComparisonForAuthority, a.ComparisonDenied): st.tuples(REVIEWED),
    (e.SignatureAccepted, e.SignatureForReview, e.SignatureNotAccepted): st.tuples(
        REPORTED, st.just(CERTIFICATE_FOUND)
    ),
    (a.ExceptionPhotoTaken,): st.tuples(
        st.builds(
            lambda sha256, simulated: ExceptionPhoto(sha256, simulated=simulated),
            SEEN,
            st.booleans(),
        )
    ),
    (a.ExceptionApproved, a.ExceptionSettled): st.tuples(APPROVED),
    (a.OverrideGiven, a.OverrideSettled): st.tuples(OVERRIDDEN),
    (a.OperationConfirmed,): st.tuples(st.builds(Confirmation, BY)),
    (a.SecondLookGiven,): st.tuples(st.builds(SecondLook, BY, WORDS)),
}
"""Content of any outcome for these kinds of event; the others have the content of `an_event`."""


@st.composite
def an_arbitrary_event(draw: st.DrawFn) -> e.Event:
    """Return any event with content of any outcome, own or foreign."""
    kind = draw(st.sampled_from(KINDS))
    session = draw(st.sampled_from([ID] * 9 + ["another"]))
    for kinds, contents in CONTENTS.items():
        if kind in kinds:
            return kind(session, *draw(contents))
    return an_event(kind, session)


class AnySession(RuleBasedStateMachine):
    """Whatever order of whatever events: the rules of the house hold."""

    def __init__(self) -> None:
        super().__init__()
        self.session = fresh()
        self.records = 0

    @rule(event=an_arbitrary_event())
    def anything_happens(self, event: e.Event) -> None:
        before = self.session
        try:
            self.session = self.session.apply(event)
        except (IllegalTransition, ForeignEvidence):
            assert self.session is before
            return
        if isinstance(event, e.DecisionRecorded):
            self.records += 1

    @rule(data=st.data())
    def something_listed_happens(self, data: st.DataObject) -> None:
        listed = [kind for state, kind in TRANSITIONS if state is self.session.state]
        if listed:
            self.anything_happens_once(an_event(data.draw(st.sampled_from(listed))))

    def anything_happens_once(self, event: e.Event) -> None:
        try:
            self.session = self.session.apply(event)
        except IllegalTransition:
            return
        if isinstance(event, e.DecisionRecorded):
            self.records += 1

    @invariant()
    def approval_means_every_hard_check_passed_on_own_evidence(self) -> None:
        decision = self.session.decision
        if decision is None or decision.outcome is not Outcome.APPROVED:
            return
        evidence = self.session.evidence
        hard = [c for c in evaluate(POLICY, evidence) if c.hardness is Hardness.HARD]
        assert {check.status for check in hard} == {CheckStatus.PASSED}
        assert evidence.ending is None
        assert PadVerdict.ATTACK not in {each.verdict for each in evidence.attempts}
        if evidence.way is not None:
            photo, answer = evidence.exception_photo, evidence.way_answers[-1]
            assert (answer.status, answer.nonce) == (CheckStatus.PASSED, evidence.way.nonce)
            assert evidence.match.probe_sha256 == photo.probe_sha256
            assert answer.photo_sha256 == photo.sha256
        else:
            assert evidence.attempts[-1].challenge.nonce in evidence.challenges
        if evidence.way is None and evidence.attempts[-1].verdict is not PadVerdict.BONA_FIDE:
            photo = evidence.exception_photo
            officers = select_officers(evidence.approvals, photo, sessions.TELLER)
            assert evidence.exception_request is not None
            assert len({each.casefold() for each in officers} - {sessions.TELLER.casefold()}) >= 2
            assert evidence.match.probe_sha256 == photo.probe_sha256
        assert evidence.reference_refused == ""
        assert is_confirmed(evidence.confirmation, sessions.TELLER)
        assert evidence.suspicion is None
        assert not is_open(evidence.hand_over, evidence.second_look, sessions.TELLER)
        if evidence.match.verdict is MatchVerdict.UNDECIDED:
            assert confirms(evidence.comparison, evidence.match, evidence.teller)

    @invariant()
    def a_decision_exists_exactly_when_the_session_has_ended(self) -> None:
        ended = self.session.state in {State.DECIDED, State.RECORDED}
        assert (self.session.decision is not None) is ended

    @invariant()
    def there_is_at_most_one_record(self) -> None:
        assert self.records == (1 if self.session.state is State.RECORDED else 0)

    @invariant()
    def the_attempt_budget_holds(self) -> None:
        failed = [
            each for each in self.session.evidence.attempts if each.verdict is PadVerdict.UNDECIDED
        ]
        if self.session.state is State.LIVENESS:
            assert len(failed) + self.session.evidence.earlier < POLICY.attempts_max


AnySession.TestCase.settings = settings(max_examples=80, stateful_step_count=40, deadline=None)
TestAnySession = AnySession.TestCase


@given(st.lists(st.sampled_from(KINDS), max_size=30))
@settings(max_examples=150, deadline=None)
def test_no_course_of_events_leaves_the_table(kinds):
    session = fresh()
    for kind in kinds:
        try:
            session = session.apply(an_event(kind))
        except IllegalTransition:
            continue

        assert session.state in set(TRANSITIONS.values())


def test_a_session_requires_what_its_case_needs_as_far_as_it_is_known():
    policy, evidence = sessions.policy(), sessions.good_evidence()
    unknown = VerificationSession(policy, replace(evidence, reference=None))
    known = VerificationSession(policy, evidence)

    assert CheckId.REFERENCE_CONFIRMED in {item.check for item in unknown.required}
    assert CheckId.REFERENCE_CONFIRMED not in {item.check for item in known.required}
