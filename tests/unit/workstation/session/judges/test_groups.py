"""A hard check with alternatives: one way, whole, is enough; less is not."""

from dataclasses import replace

import pytest

from tests.support.station import sessions
from workstation.rules.alternatives import Alternative
from workstation.rules.checks import CheckId, CheckStatus
from workstation.session.decision import Outcome, decide, evaluate, soft_checks_open
from workstation.session.evidence import Answer, GrantedOverride

PASSED, FAILED, INDETERMINATE = CheckStatus.PASSED, CheckStatus.FAILED, CheckStatus.INDETERMINATE
OWNER, LETTER, SECOND = CheckId.PHONE_OWNER, CheckId.LOAN_REFUSAL, CheckId.QUESTIONNAIRE
REGISTER = Alternative("by_register", OWNER, "P-01")
BY_LETTER = Alternative("by_letter", OWNER, "P-02", (LETTER,), confirmed=True)
BY_TWO = Alternative("by_two", OWNER, "P-03", (LETTER, SECOND))


def policy(*ways):
    """Return the policy in which the owner of the number is found out in these ways."""
    shipped = sessions.policy()

    def change(required):
        return replace(required, any_of=ways) if required.check == OWNER else required

    operations = tuple(
        replace(each, required=tuple(change(item) for item in each.required))
        for each in shipped.operations
    )
    return replace(shipped, operations=operations)


def evidence(owner, letter=None, second=None, **changes):
    """Return evidence that is good but for who owns the number."""
    good = sessions.good_evidence()
    kept = tuple(each for each in good.answers if each.check != OWNER)
    stated = ((OWNER, owner), (LETTER, letter), (SECOND, second))
    given = tuple(Answer(n, s, f"{n}.{s}") for n, s in stated if s is not None)
    return replace(good, answers=(*kept, *given), **changes)


def owner_of(rules, found):
    (check,) = [each for each in evaluate(rules, found) if each.check == OWNER]
    return check


def confirmed(*, by=sessions.SUPERVISOR, check=LETTER, reason="saw the operator's letter"):
    return (GrantedOverride(check, by, reason),)


def test_its_own_way_is_enough_and_is_named():
    check = owner_of(policy(REGISTER, BY_LETTER), evidence(PASSED))
    assert (check.status, check.rule, check.facts) == (PASSED, "P-01", (("way", "by_register"),))


@pytest.mark.parametrize("register", [FAILED, INDETERMINATE])
def test_a_letter_counts_once_another_officer_has_confirmed_it(register):
    rules, found = policy(REGISTER, BY_LETTER), evidence(register, PASSED)

    assert owner_of(rules, found).status is INDETERMINATE
    assert LETTER in soft_checks_open(rules, found)
    assert decide(rules, found).outcome is Outcome.INDETERMINATE

    settled = replace(found, overrides=confirmed())
    check = owner_of(rules, settled)
    assert (check.status, check.rule) == (PASSED, "P-02")
    assert ("way", "by_letter") in check.facts
    assert soft_checks_open(rules, settled) == ()
    assert decide(rules, settled).outcome is Outcome.APPROVED


def test_where_both_are_open_it_says_what_is_missing():
    rules = policy(REGISTER, BY_LETTER)
    check = owner_of(rules, evidence(FAILED, PASSED))
    assert check.reason == "phone_owner.unconfirmed"


@pytest.mark.parametrize(
    "override",
    [
        confirmed(by=sessions.TELLER),
        confirmed(by=sessions.TELLER.lower()),
        confirmed(by=""),
        confirmed(reason=" "),
        confirmed(check=OWNER),
        confirmed(check=SECOND),
    ],
)
def test_nobody_else_confirms_it_and_the_check_itself_is_never_waived(override):
    rules = policy(REGISTER, BY_LETTER)
    found = replace(evidence(FAILED, PASSED), overrides=override)
    assert decide(rules, found).outcome is not Outcome.APPROVED


def test_an_officer_who_refuses_ends_it():
    rules = policy(REGISTER, BY_LETTER)
    found = evidence(FAILED, PASSED, review_refused="not our letter")
    decision = decide(rules, found)
    assert decision.outcome is Outcome.REJECTED
    assert owner_of(rules, found).status is FAILED


def test_it_fails_only_when_every_way_that_was_taken_has_failed():
    rules = policy(REGISTER, BY_LETTER)

    assert owner_of(rules, evidence(FAILED)).reason == "phone_owner.failed"
    assert decide(rules, evidence(FAILED)).outcome is Outcome.REJECTED
    assert owner_of(rules, evidence(FAILED, FAILED)).status is FAILED
    assert owner_of(rules, evidence(FAILED, INDETERMINATE)).status is INDETERMINATE
    assert owner_of(rules, evidence(INDETERMINATE, FAILED)).status is INDETERMINATE
    assert owner_of(rules, evidence(None)).reason == "phone_owner.missing"


def test_a_failed_letter_is_not_confirmed():
    rules = policy(REGISTER, BY_LETTER)
    found = replace(evidence(FAILED, FAILED), overrides=confirmed())
    assert decide(rules, found).outcome is Outcome.REJECTED
    assert soft_checks_open(rules, found) == ()


def test_two_ways_that_are_half_done_do_not_add_up():
    rules = policy(REGISTER, BY_LETTER, BY_TWO)

    assert owner_of(rules, evidence(FAILED, None, PASSED)).status is FAILED
    half = replace(evidence(FAILED, None, PASSED), overrides=confirmed())
    assert owner_of(rules, half).status is not PASSED
    whole = owner_of(rules, evidence(FAILED, PASSED, PASSED))
    assert (whole.status, whole.rule) == (PASSED, "P-03")


def test_a_check_that_was_answered_twice_has_not_been_answered():
    rules = policy(REGISTER, BY_LETTER)
    twice = evidence(FAILED, PASSED)
    letter = Answer(LETTER, PASSED, "letter.again")
    found = replace(twice, answers=(*twice.answers, letter), overrides=confirmed())
    assert decide(rules, found).outcome is not Outcome.APPROVED


def test_a_register_that_knows_another_owner_leaves_nothing_to_confirm():
    rules, found = policy(REGISTER, BY_LETTER), evidence(FAILED, PASSED, overrides=confirmed())
    denied = replace(
        found,
        answers=tuple(
            replace(each, reason=f"{OWNER}.other_person") if each.check == OWNER else each
            for each in found.answers
        ),
    )

    assert soft_checks_open(rules, denied) == ()
    assert (decide(rules, denied).outcome, decide(rules, denied).reason) == (
        Outcome.REJECTED,
        "phone_owner.other_person",
    )
