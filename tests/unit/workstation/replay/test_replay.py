"""A record is decided as it was under its own policy, under a draft as its evidence would be."""

from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.station.recorded import COUNT, recorded_cases, recorded_log
from tests.support.station.redecided import decide_again
from workstation.replay.draft import DraftPolicy
from workstation.replay.judgement import Cause, Change, Judgement, Replay
from workstation.rules.policy import Policy
from workstation.session.decision import Outcome


def judge(policy: Policy) -> list[Judgement]:
    replay = Replay(DraftPolicy(policy, {}))
    return [replay.judge(each) for each in recorded_cases()]


def test_a_thousand_records_come_to_their_own_outcome_under_their_own_policy():
    log = recorded_log()
    again = judge(log.policy)

    assert len(again) == len(log.sessions) == COUNT
    assert {each.change for each in again} == {Change.SAME}
    for judgement, session in zip(again, log.sessions, strict=True):
        assert told(judgement.decision) == told(session.decision), session.number


def test_the_thousand_are_of_every_operation_and_outcome():
    log = recorded_log()
    outcomes = {(each.evidence.operation.kind, each.decision.outcome) for each in log.sessions}

    assert outcomes == {
        (each.kind, outcome) for each in log.policy.operations for outcome in Outcome
    }


def told(decision: Any) -> tuple[Any, ...]:
    """Return what is the same again; of several ways replay names the first one's rule."""
    checks = [
        (each.check, each.status, each.reason, each.rule.partition(".")[0])
        for each in decision.checks
    ]
    return decision.outcome, decision.reason, decision.wait_hours, checks


def draft_of(policy: Policy, changes: dict[str, Any]) -> Policy:
    """Return the policy with other numbers; those of tables go into their table."""
    top = {key: value for key, value in changes.items() if "." not in key}
    tables: dict[str, dict[str, Any]] = {}
    for key, value in changes.items():
        table, _, name = key.partition(".")
        if name:
            tables.setdefault(table, {})[name] = value
    for table, values in tables.items():
        if table == "faces":
            top[table] = replace(policy.faces, **values)
        elif table == "source":
            top["operations"] = tuple(
                replace(
                    each,
                    sources=tuple(
                        replace(source, greatest_age_days=values["days"]) for source in each.sources
                    ),
                )
                for each in policy.operations
            )
        else:
            top[table] = tuple((dict(getattr(policy, table)) | values).items())
    return replace(policy, sha256="dd" * 32, **top)


APPROVED_AS_BEFORE = {Change.SAME, Change.LONGER, Change.SHORTER, Change.AGAIN, Change.ONCE}

NUMBERS = st.fixed_dictionaries(
    {},
    optional={
        "minimum_age": st.sampled_from((16, 18, 21)),
        "maximum_age": st.sampled_from((55, 120)),
        "clients_per_number": st.integers(1, 4),
        "cool_down_attempts": st.integers(1, 4),
        "key_age_hours": st.sampled_from((0, 3, 24, 25, 48)),
        "idec_match_percent": st.integers(95, 99),
        "attempts_max": st.integers(1, 3),
        "exception_officers": st.sampled_from((0, 2, 3)),
        "faces.same_person_ppm": st.integers(300_000, 900_000),
        "match.match_ppm": st.integers(300_000, 560_000),
        "match.review_ppm": st.integers(560_000, 700_000),
        "source.days": st.sampled_from((0, 365, 1_825, 3_650)),
        "liveness.loop_ratio_ppm": st.integers(200_000, 500_000),
        "liveness.near_identical_ppm": st.integers(300_000, 600_000),
    },
)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(changes=NUMBERS)
def test_a_draft_of_other_numbers_reports_what_a_direct_run_of_decide_does(changes):
    log = recorded_log()
    policy = draft_of(log.policy, changes)
    for judgement, session in zip(judge(policy), log.sessions, strict=True):
        before, after = session.decision.outcome, decide_again(policy, session.evidence).outcome

        changed = judgement.change not in APPROVED_AS_BEFORE
        assert changed is (after is not before), session.number
        assert (judgement.change is Change.LET_IN) is (
            after is Outcome.APPROVED and before is not Outcome.APPROVED
        ), session.number
        if judgement.change is Change.REFUSED:
            assert after is not Outcome.APPROVED, session.number
        assert judgement.cause not in {Cause.BAND, Cause.SETTINGS, Cause.NO_BASIS}
