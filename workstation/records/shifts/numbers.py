"""The numbers of a shift, apart from whoever counts them: a screen needs no log for these."""

from dataclasses import dataclass

__all__ = ["OpenAtEnd", "OutcomeCount", "ShiftCount", "ShiftState"]


@dataclass(frozen=True, slots=True)
class OutcomeCount:
    """Results by outcome, of an operation, of a person or of all."""

    name: str
    approved: int = 0
    rejected: int = 0
    undecided: int = 0

    @property
    def total(self) -> int:
        """Return how many there are."""
        return self.approved + self.rejected + self.undecided


@dataclass(frozen=True, slots=True)
class OpenAtEnd:
    """A case without a result.

    number    log index of its first entry
    why       what it waits for (cases.parked_case.WaitsFor), or AT_DESK
    since_ms  wall clock since when
    """

    number: int
    why: str
    since_ms: int


@dataclass(frozen=True, slots=True)
class ShiftState:
    """What is open where a shift ends, and the next one begins.

    looks   log indices of results that a second person is still to look at
    alarms  log indices of alarms that nobody has acknowledged
    """

    open: tuple[OpenAtEnd, ...] = ()
    looks: tuple[int, ...] = ()
    alarms: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ShiftCount:
    """The entries start..size-1 in numbers.

    since_ms, until_ms  wall clock of the first and the last of them; 0 without any
    operations          by kind; empty name: ended by the log's own key, which states none
    operators           by who ended the case; `log`: nobody did
    overrides, overrides_refused  by supervisors
    handed_over, suspicions       by tellers
    sign_ins_failed, sign_ins_locked  wrong secrets, and numbers that were locked for them
    permits             written, or held in their place: who was not free shows in no number
    boots, clock_steps  gaps: starts of the program, and jumps of the clock
    """

    start: int
    size: int
    since_ms: int
    until_ms: int
    outcomes: OutcomeCount
    operations: tuple[OutcomeCount, ...]
    operators: tuple[OutcomeCount, ...]
    state: ShiftState
    overrides: int = 0
    overrides_refused: int = 0
    handed_over: int = 0
    suspicions: int = 0
    sign_ins_failed: int = 0
    sign_ins_locked: int = 0
    permits: int = 0
    boots: int = 0
    clock_steps: int = 0
