"""Where a record does not tell, replay says so and why; it never guesses."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from tests.support.station.recorded import RecordedLog, recorded_cases, recorded_log
from workstation.replay.draft import DraftPolicy
from workstation.replay.judgement import Cause, Change, Judgement, Replay
from workstation.replay.stored_case import StoredCase
from workstation.rules.checks import CheckId, Hardness
from workstation.rules.conditions import Condition, Fact
from workstation.rules.policy import OperationPolicy, Policy, RequiredCheck, Rule
from workstation.session.decision import Outcome

ENOUGH = 400
"""Sessions of the thousand that every test here judges."""


@pytest.fixture(scope="module")
def log() -> RecordedLog:
    whole = recorded_log()
    return replace(whole, sessions=whole.sessions[:ENOUGH])


@pytest.fixture(scope="module")
def cases() -> tuple[StoredCase, ...]:
    return recorded_cases()[:ENOUGH]


def drafted(policy: Policy, **changes: Any) -> Policy:
    return replace(policy, sha256="dd" * 32, **changes)


def with_operation(policy: Policy, kind: str, **changes: Any) -> Policy:
    operations = (
        replace(each, **changes) if each.kind == kind else each for each in policy.operations
    )
    return drafted(policy, operations=tuple(operations))


def demand(operation: OperationPolicy, check: CheckId, like: CheckId, **changes: Any) -> Any:
    """Return the operation's checks with one more behind `like`."""
    required: list[RequiredCheck] = []
    for each in operation.required:
        required.append(each)
        if each.check == like:
            required.append(RequiredCheck(check, Hardness.HARD, each.rule, **changes))
    return tuple(required)


def judged(cases: Sequence[StoredCase], policy: Policy, **known: Policy) -> list[Judgement]:
    replay = Replay(DraftPolicy(policy, {each.sha256: each for each in known.values()}))
    return [replay.judge(each) for each in cases]


def test_a_bound_within_a_band_is_undetermined_and_one_at_its_edge_is_not(log, cases):
    within = judged(cases, drafted(log.policy, minimum_age=30))
    at_edge = judged(cases, drafted(log.policy, minimum_age=21))

    assert Cause.BAND in {each.cause for each in within}
    assert Cause.BAND not in {each.cause for each in at_edge}
    for judgement, session in zip(within, log.sessions, strict=True):
        if judgement.cause is Cause.BAND:
            age = session.evidence.subject.age
            assert age is not None
            assert 21 <= age <= 55


def test_a_check_that_was_not_asked_leaves_an_approval_undetermined(log, cases):
    kind = "change_trusted_phone"
    operation = log.policy.operation(kind)
    required = demand(operation, CheckId.LOAN_REFUSAL, CheckId.ANTIFRAUD)
    again = judged(cases, with_operation(log.policy, kind, required=required))
    approved = [
        judgement
        for judgement, session in zip(again, log.sessions, strict=True)
        if session.evidence.operation.kind == kind and session.decision.outcome is Outcome.APPROVED
    ]

    assert approved
    assert {(each.change, each.cause, each.check) for each in approved} == {
        (Change.UNDETERMINED, Cause.NOT_ASKED, "loan_refusal")
    }


def test_a_dropped_obstacle_leaves_what_never_came_undetermined(log, cases):
    again = judged(cases, drafted(log.policy, minimum_age=14))
    stopped = [
        judgement
        for judgement, session in zip(again, log.sessions, strict=True)
        if session.decision.reason == "age.too_young"
    ]

    assert stopped
    assert {each.cause for each in stopped} <= {Cause.NOT_REACHED, Cause.NONE}
    assert Cause.NOT_REACHED in {each.cause for each in stopped}
    assert Change.LET_IN not in {each.change for each in stopped}


def test_a_soft_check_that_would_fail_asks_for_a_second_person(log, cases):
    again = judged(cases, drafted(log.policy, key_age_hours=5_001))
    found = Counter((each.change, each.cause) for each in again if each.check == "key_age")

    assert set(found) == {(Change.UNDETERMINED, Cause.SECOND_PERSON)}


def test_fewer_attempts_refuse_whom_a_later_one_has_let_in(log, cases):
    again = judged(cases, drafted(log.policy, attempts_max=1, exception_officers=0))
    for judgement, session in zip(again, log.sessions, strict=True):
        if judgement.change is Change.REFUSED:
            assert judgement.reason in {
                "liveness.attempts_exhausted",
                "liveness.exception_not_offered",
            }
            assert len(session.evidence.attempts) + session.evidence.earlier > 0


@pytest.mark.parametrize(
    "changes",
    [
        lambda policy: {"liveness": tuple((dict(policy.liveness) | {"hold_ms": 900}).items())},
        lambda _policy: {"minimum_rsa_bits": 3_072},
    ],
)
def test_other_settings_leave_open_what_they_measured_and_nothing_before_it(log, cases, changes):
    again = judged(cases, drafted(log.policy, **changes(log.policy)))
    for judgement, session in zip(again, log.sessions, strict=True):
        approved = session.decision.outcome is Outcome.APPROVED
        if judgement.change is not Change.SAME:
            assert judgement.cause is Cause.SETTINGS
        vouched = session.evidence.exception_request is not None
        assert judgement.cause is Cause.SETTINGS or vouched or not approved
        if not session.evidence.attempts:
            assert judgement.change is Change.SAME


def test_refusals_of_another_window_are_a_bound_only(log, cases):
    longer = judged(cases, drafted(log.policy, cool_down_ms=log.policy.cool_down_ms * 2))
    for judgement, session in zip(longer, log.sessions, strict=True):
        if session.decision.reason == "cool_down.active":
            assert judgement.change is Change.SAME
    assert Cause.BAND in {each.cause for each in longer}


def test_an_operation_that_the_draft_does_not_offer_is_refused(log, cases):
    kind = "change_trusted_phone"
    left = tuple(each for each in log.policy.operations if each.kind != kind)
    again = judged(cases, drafted(log.policy, operations=left))
    changed = {each.reason for each in again if each.change is not Change.SAME}

    assert changed == {"operation.not_offered"}


def test_a_second_person_or_another_way_is_judged_by_the_same_policy_only(log, cases):
    case = next(each for each in cases if each.result.outcome is Outcome.APPROVED)
    basis = case.result.basis
    for changes in ({"roles": ("customer", "guardian")}, {"way": "palm"}):
        changed = msgspec.structs.replace(basis, **changes)
        other = replace(case, result=msgspec.structs.replace(case.result, basis=changed))

        assert judged([other], log.policy)[0].change is Change.SAME
        (judgement,) = judged([other], drafted(log.policy))
        assert (judgement.change, judgement.cause) == (Change.UNDETERMINED, Cause.UNREPLAYED)


def without_basis(case: StoredCase) -> StoredCase:
    """Return the record as one of before: no basis, no thresholds of commands."""
    return replace(case, result=msgspec.structs.replace(case.result, basis=None))


def test_a_record_of_before_is_judged_as_far_as_its_entries_allow(log, cases):
    old = [without_basis(each) for each in cases]
    again = judged(old, log.policy, then=log.policy)
    told = Counter((each.change, each.cause) for each in again)

    assert set(told) <= {(Change.SAME, Cause.NONE), (Change.UNDETERMINED, Cause.NO_BASIS)}
    assert told[Change.SAME, Cause.NONE] > len(cases) * 0.8
    kinds = {
        session.evidence.operation.kind
        for judgement, session in zip(again, log.sessions, strict=True)
        if judgement.cause is Cause.NO_BASIS
    }
    # Only where conditions ask for what was not written.
    assert all(
        any(each.when for each in log.policy.operation(kind).required)
        or log.policy.operation(kind).waits
        for kind in kinds
    )


def test_a_record_of_before_under_an_unknown_policy_is_left_open_by_other_settings(log, cases):
    old = [without_basis(each) for each in cases if each.result.outcome is Outcome.APPROVED]
    again = judged(old, drafted(log.policy))

    assert {(each.change, each.cause) for each in again} == {(Change.UNDETERMINED, Cause.NO_BASIS)}


def test_a_rule_that_a_condition_brings_in_counts_for_those_alone_whom_it_is_about(log, cases):
    kind = "change_trusted_phone"
    operation, rule = log.policy.operation(kind), "Z-01"
    old = Condition(Fact.AGE, above=55)
    required = (
        *operation.required[:1],
        RequiredCheck(CheckId.PERSONAL_VISIT, Hardness.HARD, rule, (old,)),
        *operation.required[1:],
    )
    made = Rule(rule, CheckId.PERSONAL_VISIT, "bank", (), log.policy.valid_from, None)
    policy = with_operation(log.policy, kind, required=required)
    policy = replace(policy, rules=(*policy.rules, made))
    for judgement, session in zip(judged(cases, policy), log.sessions, strict=True):
        if judgement.change is not Change.SAME:
            age = session.evidence.subject.age
            assert session.evidence.operation.kind == kind
            assert age is not None
            assert age > 55
            assert judgement.rule == rule


def test_another_good_answer_and_another_question_are_told_from_what_was_said(log, cases):
    (about,) = (each for each in log.policy.attestations if each.check == "questionnaire")
    turned = replace(about.questions[0], good=not about.questions[0].good)
    added = replace(about.questions[0], id="asked_since")
    found = []
    for questions in ((turned, *about.questions[1:]), (*about.questions, added)):
        changed = replace(about, questions=questions)
        others = (each for each in log.policy.attestations if each is not about)
        policy = drafted(log.policy, attestations=(*others, changed))
        again = judged(cases, policy)
        found.append(
            {
                (judgement.change, judgement.cause, judgement.reason)
                for judgement, session in zip(again, log.sessions, strict=True)
                if session.decision.outcome is Outcome.APPROVED
                and judgement.change is not Change.SAME
            }
        )

    assert found == [
        {(Change.REFUSED, Cause.NONE, "questionnaire.concern")},
        {(Change.UNDETERMINED, Cause.NOT_ASKED, "questionnaire.missing")},
    ]
