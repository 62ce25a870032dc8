"""What is asked about a shift and about the tellers of a period."""

from dataclasses import dataclass, field
from pathlib import Path

__all__ = [
    "CloseShift",
    "CountShift",
    "CountStatistics",
    "SaveShift",
    "SaveStatistics",
    "StopCounting",
]


@dataclass(frozen=True, slots=True)
class CountShift:
    """Count what the log holds since the last end of a shift; `StationStatus.shift` has it."""


@dataclass(frozen=True, slots=True)
class CloseShift:
    """The supervisor who is signed in ends the shift; the secret is typed again.

    words  of the supervisor; empty where nothing is open
    """

    words: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SaveShift:
    """Write the head and the report of the shift that ended last into the outbox once more."""


@dataclass(frozen=True, slots=True)
class CountStatistics:
    """Count what each teller did in a period; `StationStatus.statistics` has it.

    since_ms, until_ms  wall clock, the second of them outside
    """

    since_ms: int
    until_ms: int


@dataclass(frozen=True, slots=True)
class SaveStatistics:
    """Take the table of figures out of the station; the log says who did.

    table  the file's octets, in the language of the screen
    """

    path: Path
    table: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class StopCounting:
    """End the counting that runs; what was counted before stays."""
