"""A session in which another way than the commands is taken."""

from dataclasses import replace

import pytest

from tests.support.station import sessions
from tests.unit.workstation.session.test_session import ID, PATH_TO_APPROVAL, an_event, run
from vision.results import MatchVerdict
from workstation.errors import IllegalTransition
from workstation.rules.alternatives import LivenessWay
from workstation.rules.checks import CheckStatus
from workstation.session import acts as a
from workstation.session import events as e
from workstation.session import other_way as w
from workstation.session.binding import biometric_sha256
from workstation.session.decision import Outcome
from workstation.session.states import State

PALM = sessions.other_way_evidence(LivenessWay.PALM)
REQUEST, GOOD = PALM.way, PALM.way_answers[0]
BAD = replace(GOOD, status=CheckStatus.FAILED, reason="palm.no_match", reference="")
TO_LIVENESS = PATH_TO_APPROVAL[:4]
TO_PHOTO = (*TO_LIVENESS, w.WayRequested, a.ExceptionPhotoTaken)


def matched(session):
    """Return the session after its photo was found to be the reference's."""
    photo = session.evidence.exception_photo
    found = replace(sessions.match(), frames=1, probe_sha256=photo.probe_sha256)
    return session.apply(e.Matched(ID, found, sessions.answered(sessions.FACE_FINDINGS)))


def signed(session):
    gathered = session.evidence
    face = biometric_sha256(gathered, gathered.last_attempt, gathered.match)
    session = session.apply(e.StatementIssued(ID, sessions.statement(face)))
    return sessions.confirmed(session.apply(an_event(e.SignatureAccepted)))


@pytest.mark.parametrize(
    "before", [TO_LIVENESS, (*TO_LIVENESS, e.ChallengeIssued, e.AttemptFailed)]
)
def test_a_palm_and_a_matching_photo_are_approved_with_and_without_an_attempt(before):
    session = run(*before, w.WayRequested, a.ExceptionPhotoTaken, w.WayConfirmed)
    assert session.state is State.MATCHING

    decided = signed(matched(session))
    assert decided.decision.outcome is Outcome.APPROVED


def test_a_palm_does_not_stand_for_the_face():
    session = run(*TO_PHOTO, w.WayConfirmed)
    other = replace(
        sessions.match(MatchVerdict.NON_MATCH),
        probe_sha256=session.evidence.exception_photo.probe_sha256,
    )
    assert session.apply(e.NotMatched(ID, other)).decision.outcome is Outcome.REJECTED


def test_somebody_elses_palm_ends_it():
    other = replace(GOOD, status=CheckStatus.FAILED, reason="palm.other_person")
    decided = run(*TO_PHOTO).apply(w.WayRefused(ID, other))

    assert (decided.decision.outcome, decided.decision.reason) == (
        Outcome.REJECTED,
        "palm.other_person",
    )


def test_silence_costs_nothing_and_a_failure_may_be_repeated_once():
    session = run(*TO_PHOTO)
    for _ in range(9):
        session = session.apply(an_event(w.WaySilent))
    assert session.evidence.way_answers == ()

    for _ in range(2):
        session = session.apply(w.WayFailed(ID, BAD))
    with pytest.raises(IllegalTransition, match="way exhausted"):
        session.apply(w.WayFailed(ID, BAD))
    assert session.apply(w.WayConfirmed(ID, GOOD)).state is State.MATCHING


def failed_thrice():
    session = run(*TO_PHOTO)
    for event in (w.WayFailed, w.WayFailed, w.WayLeft):
        session = session.apply(event(ID, BAD))
    return session


def test_the_third_failure_leads_back_to_the_face_with_all_its_attempts():
    session = failed_thrice()

    assert session.state is State.LIVENESS
    assert (session.evidence.way, session.evidence.exception_photo) == (None, None)
    assert w.count_failures(session.evidence, LivenessWay.PALM) == w.MOST_FAILURES
    with pytest.raises(IllegalTransition, match="way exhausted"):
        session.apply(w.WayRequested(ID, REQUEST))
    video = replace(REQUEST, way=LivenessWay.VIDEO_IDENTIFICATION)
    assert session.apply(w.WayRequested(ID, video)).state is State.ALTERNATIVE

    live = session.apply(an_event(e.ChallengeIssued)).apply(an_event(e.BonaFide))
    live = live.apply(an_event(e.Matched))
    assert signed(live).decision.outcome is Outcome.APPROVED


def test_a_pause_does_not_give_the_failures_back():
    session = run(*PATH_TO_APPROVAL[:8])
    worn = replace(session.evidence, way_answers=(BAD, BAD, BAD))
    session = replace(session, evidence=worn)
    back = session.apply(e.CustomerParked(ID)).apply(e.CustomerCameBack(ID, sessions.TELLER))
    back = back.apply(e.PrechecksRenewed(ID, sessions.answers()))

    assert back.evidence.way is None
    with pytest.raises(IllegalTransition, match="way exhausted"):
        back.apply(w.WayRequested(ID, REQUEST))


def test_the_teller_may_leave_it_without_an_answer():
    session = run(*TO_PHOTO).apply(w.WayLeft(ID))

    assert (session.state, session.evidence.way_answers) == (State.LIVENESS, ())
    assert session.apply(w.WayRequested(ID, REQUEST)).evidence.exception_photo is None


def test_a_photo_of_an_earlier_request_is_not_one_of_this():
    session = run(*TO_PHOTO).apply(w.WayLeft(ID)).apply(w.WayRequested(ID, REQUEST))
    confirmed = session.apply(w.WayConfirmed(ID, GOOD))
    live = confirmed.apply(an_event(e.Matched))
    assert signed(live).decision.reason == "palm.other_photo"
