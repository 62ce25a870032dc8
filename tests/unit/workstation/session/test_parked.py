"""A case that waits and goes on, and attempts that something of ours broke off."""

import pytest

from tests.support.station import sessions
from tests.unit.workstation.session.test_session import (
    ID,
    PATH_TO_APPROVAL,
    an_event,
    run,
    signed_after_match,
)
from workstation.errors import IllegalTransition
from workstation.session import events as e
from workstation.session.decision import Outcome
from workstation.session.states import State

ANOTHER = "T-9001"
TO_LIVENESS = PATH_TO_APPROVAL[:4]


def test_a_case_that_is_taken_up_asks_the_registries_before_the_customer_is_looked_at():
    session = run(*PATH_TO_APPROVAL[:8], e.CustomerParked)
    back = session.apply(e.CustomerCameBack(ID, sessions.TELLER))

    assert (back.state, back.evidence.answers) == (State.PRECHECKS, ())
    assert back.apply(e.PrechecksRenewed(ID, sessions.answers())).state is State.LIVENESS


def test_a_hold_that_came_while_the_case_waited_stops_it():
    session = run(*PATH_TO_APPROVAL[:8], e.CustomerParked, e.CustomerCameBack)
    stopped = session.apply(an_event(e.PrechecksStopped))

    assert stopped.decision is not None
    assert stopped.decision.outcome is Outcome.REJECTED


@pytest.mark.parametrize(
    "way",
    [
        (e.OperationBegan, e.PrechecksUnanswered),
        TO_LIVENESS,
        (*TO_LIVENESS, e.ChallengeIssued, e.BonaFide, e.MatchedForAuthority),
        PATH_TO_APPROVAL[:8],
    ],
)
def test_a_case_is_parked_from_wherever_somebody_is_waited_for(way):
    assert run(*way, e.CustomerParked).state is State.PARKED


def test_a_case_without_consent_does_not_go_on_at_liveness():
    session = run(e.OperationBegan, e.CustomerParked, e.CustomerCameBack)

    with pytest.raises(IllegalTransition, match="not the turn"):
        session.apply(e.PrechecksRenewed(ID, sessions.answers()))


def test_everybody_who_has_had_the_case_is_remembered():
    session = run(*TO_LIVENESS, e.CustomerParked)
    other = session.apply(e.CustomerCameBack(ID, ANOTHER)).evidence
    back = other.hand_to(sessions.TELLER)

    assert (other.teller, other.tellers) == (ANOTHER, (sessions.TELLER, ANOTHER))
    assert (back.teller, back.tellers) == (sessions.TELLER, (ANOTHER, sessions.TELLER))


def test_an_attempt_that_broke_off_is_not_the_customers():
    session = run(*TO_LIVENESS, e.ChallengeIssued, e.AttemptInterrupted)

    assert session.state is State.LIVENESS
    assert (session.evidence.attempts, session.evidence.breaks) == ((), 1)


def test_the_challenge_that_broke_off_is_answered_by_no_later_attempt():
    session = run(*TO_LIVENESS, e.ChallengeIssued, e.AttemptInterrupted, e.BonaFide)
    decision = signed_after_match(session).decision

    assert decision is not None
    assert (decision.outcome, decision.reason) == (
        Outcome.REJECTED,
        "liveness.foreign_challenge",
    )


def test_whoever_pulls_the_cable_again_and_again_gets_no_further_challenge():
    session = run(*TO_LIVENESS)
    for _ in range(session.policy.breaks_max):
        session = session.apply(an_event(e.ChallengeIssued))
        session = session.apply(an_event(e.AttemptInterrupted))
    with pytest.raises(IllegalTransition, match="breaks exhausted"):
        session.apply(an_event(e.ChallengeIssued))
    parked = session.apply(an_event(e.CustomerParked))
    again = parked.apply(an_event(e.CustomerCameBack)).apply(an_event(e.PrechecksRenewed))

    with pytest.raises(IllegalTransition, match="breaks exhausted"):
        again.apply(an_event(e.ChallengeIssued))
