"""Hand-made pictures of a shift and of the tellers of a period."""

from tests.support.desktop.snapshots import NOW_MS
from workstation.records.shifts.count import OpenAtEnd, OutcomeCount, ShiftCount, ShiftState
from workstation.shift.figures import TellerFigures
from workstation.shift.risk import find_risks
from workstation.station.shift_view import ClosedView, ShiftView, StatisticsView

__all__ = ["closed_shift", "open_shift", "tellers"]

_HOUR_MS = 3_600_000
_DAY_MS = 24 * _HOUR_MS


def open_shift() -> ShiftView:
    """Return a shift with three cases open."""
    count = ShiftCount(
        start=312,
        size=418,
        since_ms=NOW_MS - 9 * _HOUR_MS,
        until_ms=NOW_MS,
        outcomes=OutcomeCount("", 31, 6, 4),
        operations=(
            OutcomeCount("change_trusted_phone", 22, 5, 2),
            OutcomeCount("loan_issue", 9, 1, 2),
        ),
        operators=(
            OutcomeCount("T-1042", 18, 2, 1),
            OutcomeCount("T-1043", 13, 4, 2),
            OutcomeCount("log", 0, 0, 1),
        ),
        state=ShiftState(
            (
                OpenAtEnd(398, "customer", NOW_MS - 5 * _HOUR_MS),
                OpenAtEnd(409, "registry", NOW_MS - 2 * _HOUR_MS),
                OpenAtEnd(416, "at_desk", NOW_MS - _HOUR_MS),
            ),
            (402,),
            (388,),
        ),
        overrides=3,
        overrides_refused=1,
        handed_over=2,
        suspicions=1,
        sign_ins_failed=4,
        permits=31,
        boots=1,
    )
    return ShiftView(count=count, permits_waiting=2)


def closed_shift(trouble: str = "") -> ShiftView:
    """Return the same shift, ended just now."""
    root = "n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg="
    return ShiftView(
        count=open_shift().count, closed=ClosedView(421, NOW_MS, 422, root, trouble=trouble)
    )


def tellers() -> StatisticsView:
    """Return figures of four tellers, one of whom is worth a look."""
    figures = tuple(_figures(f"T-104{number}", 40 + 17 * number, number) for number in range(1, 5))
    return StatisticsView(
        NOW_MS - 6 * _DAY_MS,
        NOW_MS + _DAY_MS,
        tellers=figures,
        risks=find_risks(figures),
        cases={number: f"{number:032x}" for number in range(2_000)},
    )


def _figures(name: str, sessions: int, number: int) -> TellerFigures:
    first = number * 400
    many = 30 if number == 4 else 3
    cases = tuple(range(first, first + many))
    return TellerFigures(
        operator=name,
        sessions=sessions,
        approved=sessions - 9,
        rejected=6,
        undecided=3,
        median_s=260 + 40 * number,
        attempts=sessions + 12,
        worked_hours=sessions // 3,
        busiest=11 if number == 4 else 4,
        overridden=cases,
        override_refused=(),
        handed_over=cases[:2],
        suspected=cases[:1],
        aborted=cases[:3],
        reasons=(("customer_left", 3),),
        sources=(("registry", sessions - many), ("file", many)),
        file=cases,
        shared=(),
        silent=(first,) if number == 2 else (),
        returned=(),
        after_hours=cases[:12],
        busiest_cases=cases[:11],
    )
