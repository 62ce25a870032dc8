"""A review that is put aside: what a supervisor may do about it, and for what it holds."""

from dataclasses import replace

import pytest

from tests.support.station import sessions
from tests.unit.workstation.session.test_session import ID, PATH_TO_APPROVAL, an_event, run
from workstation.errors import IllegalTransition
from workstation.rules.checks import CheckId, CheckStatus
from workstation.rules.parties import PartyRole
from workstation.session import acts as a
from workstation.session import events as e
from workstation.session.confirmation import HandOverReason, HandOverRequest, SecondLook
from workstation.session.decision import Outcome, digest_open, find_open_checks
from workstation.session.evidence import GrantedOverride, RefusedOverride
from workstation.session.overrides.reasons import OverrideReason, list_reasons
from workstation.session.states import State

CHECK = CheckId.OLD_NUMBER_CALLED
OPEN = sessions.answers(**{CHECK: CheckStatus.INDETERMINATE})
WORDS = "the number is dead"


def reviewed():
    """Return a session that waits for a supervisor at the desk, one soft check open."""
    session = run(e.OperationBegan)
    session = session.apply(e.PrechecksPassed(ID, OPEN))
    for kind in PATH_TO_APPROVAL[2:8]:
        session = session.apply(an_event(kind))
    return session.apply(an_event(e.SignatureForReview))


def aside():
    return reviewed().apply(e.CustomerParked(ID))


def allowed(session, **changes):
    (asked,) = session.evidence.asked
    given = GrantedOverride(
        CHECK, sessions.SUPERVISOR, WORDS, why=OverrideReason.NUMBER_LOST, found=asked.found
    )
    return a.OverrideGiven(ID, replace(given, **changes))


def test_what_is_asked_is_what_is_open_and_what_was_found_of_it():
    before, session = reviewed(), aside()

    assert [(each.check, each.role) for each in session.evidence.asked] == list(
        find_open_checks(before.policy, before.evidence)
    )
    found = digest_open(before.policy, before.evidence, CHECK, PartyRole.CUSTOMER)
    assert session.evidence.asked[0].found == found
    assert session.evidence.match is None


@pytest.mark.parametrize(
    "changes",
    [{"check": CheckId.MATCH}, {"check": CheckId.NAME}, {"found": "00" * 32}, {"found": ""}],
)
def test_a_case_that_waits_takes_no_override_of_what_was_not_asked(changes):
    session = aside()

    with pytest.raises(IllegalTransition):
        session.apply(allowed(session, **changes))


def test_a_case_that_waits_for_somebody_else_takes_nothing_from_a_supervisor():
    session = run(*PATH_TO_APPROVAL[:8], e.CustomerParked)
    for kind in (a.OverrideGiven, a.OverrideNotGranted, a.ReviewRefused, e.CustomerParked):
        with pytest.raises(IllegalTransition):
            session.apply(an_event(kind))


def test_a_refusal_of_a_case_that_waits_is_a_refusal():
    decided = aside().apply(a.ReviewRefused(ID, sessions.SUPERVISOR, WORDS)).decision

    assert (decided.outcome, decided.reason) == (Outcome.REJECTED, "review.refused")


def test_who_is_forced_refuses_into_a_hold():
    session = aside().mark_duress().apply(a.ReviewRefused(ID, sessions.SUPERVISOR, WORDS))

    assert (session.decision.outcome, session.decision.reason) == (Outcome.INDETERMINATE, "duress")
    assert session.shown_decision.reason == "review.refused"


def taken_up(session, answers):
    session = session.apply(e.CustomerCameBack(ID, sessions.TELLER))
    assert not session.evidence.reviewed_aside
    session = session.apply(e.PrechecksRenewed(ID, answers))
    for kind in PATH_TO_APPROVAL[4:8]:
        session = session.apply(an_event(kind))
    return session


def test_what_was_allowed_holds_when_the_same_is_found_again():
    session = aside()
    session = taken_up(session.apply(allowed(session)), OPEN)
    session = session.apply(an_event(e.SignatureAccepted))
    decided = session.apply(an_event(a.OperationConfirmed))

    assert find_open_checks(session.policy, session.evidence) == ()
    assert decided.decision.outcome is Outcome.APPROVED
    assert len(decided.evidence.overrides) == 1


def test_what_was_allowed_lapses_when_something_else_is_found():
    session = aside()
    other = sessions.answers(**{CHECK: CheckStatus.FAILED})
    session = taken_up(session.apply(allowed(session)), other)
    session = session.apply(an_event(e.SignatureAccepted))
    decided = session.apply(an_event(a.OperationConfirmed))

    assert find_open_checks(session.policy, session.evidence) == ((CHECK, PartyRole.CUSTOMER),)
    assert decided.decision.outcome is Outcome.INDETERMINATE
    assert decided.evidence.overrides == ()


def test_an_override_of_a_name_rests_on_the_certificate_not_on_its_age():
    session = run(*PATH_TO_APPROVAL[:8], e.SignatureForReview)

    def digest(evidence):
        return digest_open(session.policy, evidence, CheckId.KEY_AGE, PartyRole.CUSTOMER)

    evidence = session.evidence
    another = replace(evidence.signature, chain=("ff" * 32,))
    unsigned = replace(evidence, signature=None)
    chainless = replace(evidence, signature=replace(evidence.signature, chain=()))

    assert digest(evidence) != digest(replace(evidence, signature=another))
    assert digest(unsigned) != digest(evidence)
    assert digest(chainless) == digest(chainless)


def test_a_finding_about_somebody_who_is_not_here_has_a_digest_too():
    session = reviewed()
    own = digest_open(session.policy, session.evidence, CHECK, PartyRole.CUSTOMER)

    assert own != digest_open(session.policy, session.evidence, CHECK, PartyRole.GUARDIAN)


def test_a_refused_wish_and_a_look_are_kept_while_it_waits():
    session = aside().apply(
        a.OverrideNotGranted(
            ID, RefusedOverride(CheckId.MATCH, sessions.SUPERVISOR, "override.hard_check")
        )
    )
    assert session.state is State.PARKED
    assert len(session.evidence.refused_overrides) == 1

    handed = run(*PATH_TO_APPROVAL[:-1]).apply(
        a.HandedOver(ID, HandOverRequest(sessions.TELLER, HandOverReason.UNUSUAL_OPERATION, ""))
    )
    waiting = handed.apply(e.CustomerParked(ID))
    assert (waiting.evidence.asked, waiting.evidence.reviewed_aside) == ((), True)
    looked = waiting.apply(a.SecondLookGiven(ID, SecondLook(sessions.SUPERVISOR, WORDS)))
    assert looked.evidence.second_look is not None


@pytest.mark.parametrize("check", [*CheckId, "a_check_of_the_policy"])
def test_every_check_lists_reasons_and_the_last_is_another(check):
    reasons = list_reasons(check)

    assert reasons[-1] is OverrideReason.OTHER
    assert len(set(reasons)) == len(reasons) >= 3
