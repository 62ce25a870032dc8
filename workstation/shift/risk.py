"""What of tellers' figures is worth a look: a closed list of indicators, each against the others.

A share counts as high only where the lower end of its 95 % interval (Wilson's) lies above what all
others have: who has few cases does not come to the top by chance.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from workstation.shift.figures import TellerFigures

__all__ = ["Indicator", "RiskRow", "find_risks", "lower_bound"]

_Z: Final = 1.959964
"""Two-sided 95 %."""

FEWEST: Final = 3
"""Cases below which a share says nothing."""

FEWEST_OTHERS: Final = 20
"""Cases that the others need to be compared with."""

BUSIEST_FROM: Final = 6
"""Cases within sixty minutes from which a hurry is looked at: one takes some ten minutes."""

_TIMES: Final = 2
"""How many times the others' cases per hour of work are a hurry."""

_PPM: Final = 1_000_000


class Indicator(StrEnum):
    """What may be wrong, the gravest first."""

    SILENT = "silent"
    SAME_CUSTOMER = "same_customer"
    SHARED_NUMBERS = "shared_numbers"
    AFTER_HOURS = "after_hours"
    OVERRIDES = "overrides"
    REFUSED_OVERRIDES = "refused_overrides"
    FILE_REFERENCES = "file_references"
    VELOCITY = "velocity"
    ABORTS = "aborts"


@dataclass(frozen=True, slots=True)
class RiskRow:
    """One indicator of one teller.

    count, of  how many cases of how many
    others_ppm what the others have; -1 where it is compared with nothing: one such case is enough
    bound_ppm  the lower end of the interval; for VELOCITY both are cases per hour, times a million
    cases      log indices of their first entries
    """

    operator: str
    indicator: Indicator
    count: int
    of: int
    others_ppm: int
    bound_ppm: int
    cases: tuple[int, ...]


_SHARES: Final[dict[Indicator, Callable[[TellerFigures], tuple[int, ...]]]] = {
    Indicator.SHARED_NUMBERS: lambda each: each.shared,
    Indicator.AFTER_HOURS: lambda each: each.after_hours,
    Indicator.OVERRIDES: lambda each: each.overridden,
    Indicator.REFUSED_OVERRIDES: lambda each: each.override_refused,
    Indicator.FILE_REFERENCES: lambda each: each.file,
    Indicator.ABORTS: lambda each: each.aborted,
}
_SINGLE: Final[dict[Indicator, Callable[[TellerFigures], tuple[int, ...]]]] = {
    Indicator.SILENT: lambda each: each.silent,
    Indicator.SAME_CUSTOMER: lambda each: each.returned,
}
"""Those of which one case is worth a look."""


def lower_bound(count: int, of: int) -> float:
    """Return the lower end of Wilson's 95 % interval of a share; 0 without any."""
    if of <= 0:
        return 0.0
    share, square = min(1.0, count / of), _Z * _Z
    spread = _Z * math.sqrt(share * (1 - share) / of + square / (4 * of * of))
    return max(0.0, (share + square / (2 * of) - spread) / (1 + square / of))


def find_risks(tellers: Sequence[TellerFigures]) -> tuple[RiskRow, ...]:
    """Return what is worth a look, the gravest indicator first, then whose bound is highest."""
    found: list[RiskRow] = []
    for one in tellers:
        others = [each for each in tellers if each is not one]
        for indicator, select in _SINGLE.items():
            if cases := select(one):
                found.append(
                    RiskRow(one.operator, indicator, len(cases), one.sessions, -1, 0, cases)
                )
        for indicator, select in _SHARES.items():
            row = _compare(one, others, indicator, select)
            found.extend(() if row is None else (row,))
        row = _compare_pace(one, others)
        found.extend(() if row is None else (row,))
    order = list(Indicator)
    return tuple(
        sorted(found, key=lambda row: (order.index(row.indicator), -row.bound_ppm, -row.count))
    )


def _compare(
    one: TellerFigures,
    others: Sequence[TellerFigures],
    indicator: Indicator,
    select: Callable[[TellerFigures], tuple[int, ...]],
) -> RiskRow | None:
    cases, of = select(one), max(one.sessions, one.ended)
    rest = sum(max(each.sessions, each.ended) for each in others)
    if len(cases) < FEWEST or rest < FEWEST_OTHERS:
        return None
    theirs = sum(len(select(each)) for each in others) / rest
    bound = lower_bound(len(cases), of)
    if bound <= theirs:
        return None
    ppm = round(theirs * _PPM), round(bound * _PPM)
    return RiskRow(one.operator, indicator, len(cases), of, *ppm, cases)


def _compare_pace(one: TellerFigures, others: Sequence[TellerFigures]) -> RiskRow | None:
    """Compare the busiest hour with what the others begin in an hour of work."""
    hours = sum(each.worked_hours for each in others)
    sessions = sum(each.sessions for each in others)
    if one.busiest < BUSIEST_FROM or sessions < FEWEST_OTHERS:
        return None
    theirs = sessions / hours
    if one.busiest <= _TIMES * theirs:
        return None
    pace = one.busiest * _PPM
    return RiskRow(
        one.operator,
        Indicator.VELOCITY,
        one.busiest,
        one.sessions,
        round(theirs * _PPM),
        pace,
        one.busiest_cases,
    )
