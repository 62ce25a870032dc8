"""What a log may hold is read as far as it can be, counted where it cannot, and never believed."""

from typing import Any

import pytest

from crypto.errors import LogTampered
from crypto.log.audit.reader import LogReader
from tests.support.station.log import LogSite, flip, vandalise
from tests.support.station.sessions import policy
from workstation.replay.draft import DraftPolicy
from workstation.replay.judgement import Change, Replay
from workstation.replay.reading import CaseReader
from workstation.replay.report import Selection, replay_log
from workstation.replay.stored_case import StoredCase

BEGIN = {"operation": "change_trusted_phone", "profile": "demo", "simulated": True}
RESULT: dict[str, Any] = {"outcome": "rejected", "reason": "age.too_young", "checks": []}
ATTEMPT: dict[str, Any] = {
    "step": "liveness.attempt",
    "verdict": "undecided",
    "reason": "liveness.no_blink",
    "nonce": "11" * 16,
    "commands": [["turn_left", "met", 900, 420_000, "ab" * 32]],
    "signals": [["blink", "failed", 0, 1_000_000, "liveness.no_blink"]],
}


@pytest.fixture
def site(tmp_path):
    return LogSite(tmp_path)


def write(site: LogSite, *entries: tuple[str, dict[str, Any]]) -> None:
    with site.create() as store:
        site.open_session(store)
        for kind, data in entries:
            store.append(kind, data, actor="T-0042", signers=[site.session_key])


def read(site: LogSite, cancelled=lambda: False) -> tuple[list[StoredCase], CaseReader]:
    with LogReader(site.path, site.log_key.vkey) as reader, reader.snapshot() as view:
        cases = CaseReader(view, lambda *_: None, cancelled)
        return list(cases.cases()), cases


def test_sessions_are_told_apart_by_their_id_and_yielded_with_their_results(site):
    write(
        site,
        ("verify.begin", {"case": "a", **BEGIN}),
        ("verify.begin", {"case": "b", **BEGIN}),
        ("verify.step", {"case": "a", **ATTEMPT}),
        ("verify.result", {"case": "b", **RESULT}),
        ("verify.result", {"case": "a", **RESULT}),
    )
    (second, first), reader = read(site)

    assert (len(second.attempts), len(first.attempts)) == (0, 1)
    assert first.attempts[0].commands[0].threshold_ppm is None
    assert (first.teller, reader.broken, reader.complete) == ("T-0042", 0, True)


def test_who_came_back_is_known_by_the_attempts_of_before_only_by_their_number(site):
    write(
        site,
        ("verify.begin", {"case": "a", **BEGIN}),
        ("verify.step", {"case": "a", **ATTEMPT}),
        ("verify.step", {"case": "a", "step": "came_back"}),
        ("verify.result", {"case": "a", **RESULT}),
    )
    ((case,), _) = read(site)

    assert (case.attempts, case.earlier) == ([], 1)


@pytest.mark.parametrize(
    "spoiled",
    [
        ("verify.step", {"case": "a", **ATTEMPT, "signals": 7}),
        ("verify.step", {"case": "a", **ATTEMPT, "verdict": "perhaps"}),
        ("verify.result", {"case": "a", **RESULT, "checks": [1]}),
        ("verify.result", {"case": "a", **RESULT, "outcome": None}),
        ("verify.result", {"case": "stranger", **RESULT}),
        ("verify.begin", {"case": "a", "operation": 3}),
    ],
)
def test_a_session_that_cannot_be_read_is_counted_once_and_the_next_is_read(site, spoiled):
    write(
        site,
        ("verify.begin", {"case": "a", **BEGIN}),
        spoiled,
        ("verify.begin", {"case": "b", **BEGIN}),
        ("verify.result", {"case": "b", **RESULT}),
    )
    cases, reader = read(site)

    assert len(cases) == 1
    assert (reader.broken, reader.complete) == (1, True)


def test_what_looks_like_a_step_within_a_text_hides_nothing(site):
    words = '{"step":"prechecks"}'
    write(
        site,
        ("verify.begin", {"case": "a", **BEGIN}),
        ("verify.step", {"case": "a", **ATTEMPT, "note": words, "a": {"step": "prechecks"}}),
        ("verify.result", {"case": "a", **RESULT, "note": words}),
    )
    ((case,), _) = read(site)

    assert len(case.attempts) == 1


def test_a_session_that_a_dead_process_left_open_stays_undecided_under_any_policy(site):
    write(
        site,
        ("verify.begin", {"case": "a", **BEGIN}),
        (
            "verify.result",
            {"case": "a", "outcome": "indeterminate", "reason": "interrupted", "checks": []},
        ),
    )
    ((case,), _) = read(site)

    assert Replay(DraftPolicy(policy(), {})).judge(case).change is Change.SAME


def test_a_changed_entry_ends_the_reading_and_is_named(site):
    write(
        site,
        ("verify.begin", {"case": "a", **BEGIN}),
        ("verify.result", {"case": "a", **RESULT}),
        ("verify.begin", {"case": "b", **BEGIN}),
        ("verify.result", {"case": "b", **RESULT}),
    )
    vandalise(site.path, flip("body", "entry", "seq = 4"))
    cases, reader = read(site)

    assert len(cases) == 1
    assert (reader.fault, reader.fault_at, reader.complete) == ("leaf", 4, False)


def test_a_log_whose_head_is_not_signed_is_not_read_at_all(site):
    write(site, ("verify.begin", {"case": "a", **BEGIN}))
    vandalise(site.path, flip("sig", "entry", "seq = 2"))

    with pytest.raises(LogTampered):
        read(site)


def test_reading_stops_when_it_is_told_to(site):
    write(site, ("verify.begin", {"case": "a", **BEGIN}))
    cases, reader = read(site, lambda: True)

    assert (cases, reader.complete) == ([], False)


@pytest.mark.parametrize(
    "check",
    [
        {"check": "number_not_shared", "facts": {"clients": [2]}},
        {"check": "signature", "reason": "signature.passed", "facts": {"indication": "MAYBE"}},
    ],
)
def test_a_record_whose_facts_are_none_is_counted_as_broken(site, check):
    usual = {"status": "passed", "reason": "x.ok", "hard": "soft", "rule": "P-02"}
    write(
        site,
        ("verify.begin", {"case": "a", **BEGIN}),
        ("verify.result", {"case": "a", **RESULT, "checks": [{**usual, **check}]}),
        ("verify.begin", {"case": "b", **BEGIN}),
        ("verify.result", {"case": "b", **RESULT}),
    )
    with LogReader(site.path, site.log_key.vkey) as reader, reader.snapshot() as view:
        report = replay_log(
            view,
            DraftPolicy(policy(), {}),
            Selection(),
            progress=lambda *_: None,
            cancelled=lambda: False,
        )

    assert (report.records, report.broken, report.complete) == (1, 1, True)
