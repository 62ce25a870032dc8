"""A shift that has ended, as its entry in the log has it."""

from dataclasses import dataclass

from crypto.log.format.checkpoint import SignedCheckpoint
from workstation.records.shifts.count import ShiftCount

__all__ = ["ClosedShift"]


@dataclass(frozen=True, slots=True)
class ClosedShift:
    """A shift that ended; its entry is committed and fsynced.

    number  log index of its entry
    head    the signed head of the log that covers it
    """

    number: int
    count: ShiftCount
    words: str
    supervisor: str
    closed_ms: int
    head: SignedCheckpoint
