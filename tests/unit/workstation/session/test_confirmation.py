"""The teller's last word: what it decides, and what it cannot."""

from dataclasses import replace

import pytest

from tests.support.station import sessions
from tests.unit.workstation.session.test_session import PATH_TO_APPROVAL, an_event, run
from workstation.errors import IllegalTransition
from workstation.rules.checks import CheckId, CheckStatus
from workstation.session import acts as a
from workstation.session import events as e
from workstation.session.confirmation import (
    AbortReason,
    Confirmation,
    HandOverReason,
    HandOverRequest,
    SecondLook,
    Suspicion,
    SuspicionReason,
    is_open,
    needs_words,
)
from workstation.session.decision import Outcome, decide
from workstation.session.evidence import Ending, EndingKind, GrantedOverride
from workstation.session.states import State

POLICY = sessions.policy()
ID = sessions.SESSION
GOOD = sessions.good_evidence()
HANDED = HandOverRequest(sessions.TELLER, HandOverReason.DOUBT_ABOUT_PERSON)
LOOK = SecondLook(sessions.SUPERVISOR, "looked at both photos again")
SUSPECTED = Suspicion(sessions.TELLER, SuspicionReason.GUIDED_BY_PHONE)


def said(**changes):
    decision = decide(POLICY, replace(GOOD, **changes))
    return decision.outcome, decision.reason


APPROVED = (Outcome.APPROVED, "decision.approved")
UNCONFIRMED = (Outcome.INDETERMINATE, "confirmation.missing")
OPEN = (Outcome.INDETERMINATE, "hand_over.open")
REFUSED = (Outcome.REJECTED, "suspicion.guided_by_phone")


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        (sessions.TELLER, APPROVED),
        (sessions.TELLER.lower(), APPROVED),
        (sessions.SUPERVISOR, UNCONFIRMED),
        ("", UNCONFIRMED),
    ],
)
def test_only_the_teller_of_the_case_confirms_it(by, expected):
    assert said(confirmation=Confirmation(by)) == expected


def test_nothing_is_approved_without_a_confirmation():
    assert said(confirmation=None) == UNCONFIRMED


@pytest.mark.parametrize(
    ("look", "expected"),
    [
        (None, OPEN),
        (LOOK, APPROVED),
        (replace(LOOK, reason="fine"), OPEN),
        (replace(LOOK, supervisor=""), OPEN),
        (replace(LOOK, supervisor=sessions.TELLER), OPEN),
        (replace(LOOK, supervisor=sessions.TELLER.lower()), OPEN),
        (replace(LOOK, supervisor=f" {sessions.TELLER.replace('T', chr(0xFF34))} "), OPEN),
    ],
)
def test_a_case_that_was_handed_over_needs_another_persons_look_in_words(look, expected):
    assert said(hand_over=HANDED, second_look=look) == expected


def test_whoever_has_had_the_case_before_gives_no_second_look():
    assert (
        said(hand_over=HANDED, second_look=LOOK, earlier_tellers=(sessions.SUPERVISOR.lower(),))
        == OPEN
    )


def test_a_look_that_nobody_asked_for_changes_nothing():
    assert said(second_look=LOOK) == APPROVED
    assert said(second_look=LOOK, confirmation=None) == UNCONFIRMED


def test_a_suspicion_refuses_whatever_the_checks_say():
    assert said(suspicion=SUSPECTED) == REFUSED
    assert said(suspicion=SUSPECTED, confirmation=None, simulated=True, demo=False) == REFUSED
    empty = replace(sessions.empty_evidence(), suspicion=SUSPECTED)
    assert decide(POLICY, empty).outcome is Outcome.REJECTED


def test_an_end_comes_before_a_suspicion_and_a_failed_check_before_a_missing_word():
    ended = Ending(EndingKind.FAULT, "internal")
    assert said(ending=ended, suspicion=SUSPECTED) == (Outcome.INDETERMINATE, "internal")
    spoiled = replace(sessions.spoiled(CheckId.ANTIFRAUD, CheckStatus.FAILED), confirmation=None)
    assert decide(POLICY, spoiled).outcome is Outcome.REJECTED


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"suspicion": SUSPECTED},
        {"confirmation": None},
        {"ending": Ending(EndingKind.ABORT, "teller_aborted")},
    ],
)
def test_whatever_is_decided_by_who_is_not_free_is_held_and_shown_as_ever(changes):
    assert said(duress=True, **changes) == (Outcome.INDETERMINATE, "duress")
    free = replace(sessions.good_evidence(), **changes)
    session = replace(run(*PATH_TO_APPROVAL), evidence=free, decision=decide(POLICY, free))
    held = session.mark_duress()

    assert session.shown_decision == session.decision
    assert replace(held, decision=decide(POLICY, held.evidence)).shown_decision == session.decision
    assert held.mark_duress() == held


def test_nothing_is_shown_before_a_decision():
    assert run(*PATH_TO_APPROVAL[:3]).shown_decision is None


def test_the_last_signature_approves_nothing_by_itself():
    waiting = run(*PATH_TO_APPROVAL[:-1])

    assert (waiting.state, waiting.decision) == (State.CONFIRMATION, None)
    assert waiting.apply(an_event(a.OperationConfirmed)).decision.outcome is Outcome.APPROVED


def test_a_word_is_given_once():
    decided = run(*PATH_TO_APPROVAL)
    for kind in (a.OperationConfirmed, a.SuspicionRaised, a.HandedOver):
        with pytest.raises(IllegalTransition):
            decided.apply(an_event(kind))


@pytest.mark.parametrize("length", range(1, len(PATH_TO_APPROVAL) - 1))
def test_a_confirmation_is_too_early_before_everything_is_there(length):
    with pytest.raises(IllegalTransition):
        run(*PATH_TO_APPROVAL[:length]).apply(an_event(a.OperationConfirmed))


@pytest.mark.parametrize("length", range(2, len(PATH_TO_APPROVAL)))
def test_a_suspicion_may_be_raised_from_the_consent_on(length):
    refused = run(*PATH_TO_APPROVAL[:length]).apply(a.SuspicionRaised(ID, SUSPECTED))

    assert (refused.decision.outcome, refused.decision.reason) == REFUSED


@pytest.mark.parametrize("length", [0, 1])
def test_nobody_is_suspected_before_the_registries_have_answered(length):
    with pytest.raises(IllegalTransition):
        run(*PATH_TO_APPROVAL[:length]).apply(a.SuspicionRaised(ID, SUSPECTED))


def test_a_second_look_leads_back_and_another_hand_over_asks_for_another():
    handed = run(*PATH_TO_APPROVAL[:-1]).apply(a.HandedOver(ID, HANDED))
    assert handed.state is State.REVIEW
    back = handed.apply(a.SecondLookGiven(ID, LOOK))
    assert back.state is State.CONFIRMATION
    assert back.apply(an_event(a.OperationConfirmed)).decision.outcome is Outcome.APPROVED

    again = back.apply(a.HandedOver(ID, HANDED))
    assert again.evidence.second_look is None
    assert again.apply(an_event(a.ReviewRefused)).decision.reason == "review.refused"


def test_a_look_stands_in_for_no_override_and_an_override_for_no_look():
    reviewed = run(*PATH_TO_APPROVAL[:8], e.SignatureForReview)
    with pytest.raises(IllegalTransition):
        reviewed.apply(a.SecondLookGiven(ID, LOOK))
    handed = run(*PATH_TO_APPROVAL[:-1]).apply(a.HandedOver(ID, HANDED))
    override = GrantedOverride(CheckId.OLD_NUMBER_CALLED, sessions.SUPERVISOR, "the number is dead")
    with pytest.raises(IllegalTransition):
        handed.apply(a.OverrideSettled(ID, override))
    both = handed.apply(a.OverrideGiven(ID, override))
    assert is_open(both.evidence.hand_over, both.evidence.second_look, sessions.TELLER)


def test_a_worthless_look_leaves_the_case_unconfirmable():
    handed = run(*PATH_TO_APPROVAL[:-1]).apply(a.HandedOver(ID, HANDED))
    own = handed.apply(a.SecondLookGiven(ID, replace(LOOK, supervisor=sessions.TELLER.lower())))

    with pytest.raises(IllegalTransition):
        own.apply(an_event(a.OperationConfirmed))


def test_words_are_needed_where_the_reason_has_none():
    wordless = {
        each
        for kind in (SuspicionReason, HandOverReason, AbortReason)
        for each in kind
        if needs_words(each)
    }

    assert wordless == {SuspicionReason.OTHER, HandOverReason.OTHER, AbortReason.OTHER}
