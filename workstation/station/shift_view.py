"""What the screens see of a shift and of the tellers of a period."""

from dataclasses import dataclass

__all__ = ["ShiftView", "StatisticsView"]


@dataclass(frozen=True, slots=True)
class ShiftView:
    """The shift since its beginning.

    running  it is being counted
    """

    running: bool = False


@dataclass(frozen=True, slots=True)
class StatisticsView:
    """The tellers of a period.

    since_ms, until_ms  the period, the second of them outside
    running  they are being counted: `done` of `total` entries
    """

    since_ms: int
    until_ms: int
    running: bool = False
    done: int = 0
    total: int = 0
