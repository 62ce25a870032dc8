"""What a shift is counted by, entry by entry; and that the fullest one fits into an entry."""

from types import SimpleNamespace

import pytest

from crypto.canonical_json import canonical_json
from workstation.records.shifts.count import (
    OpenAtEnd,
    OutcomeCount,
    ShiftCount,
    ShiftState,
    ShiftTally,
)
from workstation.records.shifts.facts import read_shift, require_room, shift_facts

MOST_OCTETS = 7_400
"""Of 8 KiB: the rest is the entry's own members and its signature."""


def tally(*entries, before=ShiftState()):  # noqa: B008 - it is immutable
    made = ShiftTally(0, before)
    for seq, (kind, actor, data) in enumerate(entries):
        made.take(SimpleNamespace(seq=seq, t_ms=1_000 + seq, kind=kind, actor=actor, data=data))
    return made.count()


def test_a_case_that_came_back_and_one_that_waits_are_open_for_what_they_are_open():
    counted = tally(
        ("verify.begin", "T-1", {}),
        ("verify.step", "T-1", {"step": "parked", "begin": 0, "waits_for": "registry"}),
        ("verify.begin", "T-1", {}),
        ("verify.step", "T-1", {"step": "parked", "begin": 2, "waits_for": "customer"}),
        ("verify.step", "T-1", {"step": "came_back", "begin": 2}),
    )

    assert counted.state.open == (
        OpenAtEnd(0, "registry", 1_001),
        OpenAtEnd(2, "at_desk", 1_004),
    )


def test_what_was_open_before_is_ended_by_a_result_of_this_shift():
    before = ShiftState((OpenAtEnd(7, "customer", 5),))
    counted = tally(
        ("verify.result", "log", {"begin": 7, "outcome": "indeterminate"}), before=before
    )

    assert (counted.state.open, counted.operators) == ((), (OutcomeCount("log", 0, 0, 1),))


def test_second_looks_and_alarms_are_open_until_somebody_looks():
    counted = tally(
        ("review.drawn", "log", {"start": 0, "size": 43, "results": 9, "drawn": [41, 42]}),
        ("review.look", "S-1", {"result": 41}),
        ("security.alarm", "log", {"code": "x"}),
        ("security.alarm", "log", {"code": "x", "first": 2}),
        ("security.alarm", "log", {"code": "y"}),
        ("security.acknowledged", "S-1", {"alarms": [{"entry": 2, "count": 2}]}),
    )

    assert (counted.state.looks, counted.state.alarms) == ((42,), (4,))


def test_who_was_not_free_shows_in_no_number():
    held = tally(
        ("verify.result", "T-1", {"outcome": "indeterminate", "hold": {"shown": "approved"}}),
        ("verify.hold", "T-1", {}),
    )
    free = tally(("verify.result", "T-1", {"outcome": "approved"}), ("verify.permit", "T-1", {}))

    assert held == free


def fullest(open_cases=48, looks=256, alarms=64, names=20):
    big = 9_999_999
    outcomes = tuple(
        OutcomeCount(f"T-{n:04d}-long-number-32-letters-xx", 999, 999, 999) for n in range(names)
    )
    return ShiftCount(
        start=big,
        size=big,
        since_ms=1_763_799_600_000,
        until_ms=1_763_799_600_000,
        outcomes=OutcomeCount("", names * 999, names * 999, names * 999),
        operations=outcomes,
        operators=outcomes,
        state=ShiftState(
            tuple(OpenAtEnd(big - n, "authority", 1_763_799_600_000) for n in range(open_cases)),
            tuple(big - n for n in range(looks)),
            tuple(big - n for n in range(alarms)),
        ),
        overrides=9_999,
    )


def test_the_fullest_shift_fits_into_an_entry_and_is_read_back_whole():
    count = fullest()
    facts = shift_facts(count, bytes(32), "Ұ" * 200)

    assert require_room(count) == ""
    assert len(canonical_json(facts)) <= MOST_OCTETS
    assert read_shift(facts).count == count


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"open_cases": 49}, "shift.too_many_open"),
        ({"looks": 257}, "shift.too_many_looks"),
        ({"alarms": 65}, "shift.too_many_looks"),
        ({"names": 21}, "shift.too_many_names"),
    ],
)
def test_what_does_not_fit_is_refused_and_never_left_out(changed, code):
    assert require_room(fullest(**changed)) == code
