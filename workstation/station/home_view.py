"""What the home page shows beside the cases: today's results, and what a session would fail by."""

from dataclasses import dataclass

__all__ = ["DayTotals", "StationHealth"]


@dataclass(frozen=True, slots=True)
class DayTotals:
    """How the sessions of this station ended today, by the calendar of Kazakhstan."""

    approved: int = 0
    rejected: int = 0
    undecided: int = 0


@dataclass(frozen=True, slots=True)
class StationHealth:
    """What is asked before every session, asked in time.

    clock, disk, keys  code of what is wrong, empty for nothing; the codes of a refused session
    free_gb            whole gibibytes that are free where the log is
    needs_screen       whether a case goes on only with the customer's window open
    """

    clock: str = ""
    disk: str = ""
    keys: str = ""
    free_gb: int = 0
    needs_screen: bool = False
