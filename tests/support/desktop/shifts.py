"""Hand-made pictures of a shift and of the tellers of a period."""

from tests.support.desktop.snapshots import NOW_MS
from workstation.records.shifts.count import OpenAtEnd, OutcomeCount, ShiftCount, ShiftState
from workstation.station.shift_view import ClosedView, ShiftView

__all__ = ["closed_shift", "open_shift"]

_HOUR_MS = 3_600_000


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
