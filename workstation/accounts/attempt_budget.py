"""How often one person may fail: what counts the failures, here or for the whole branch."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

__all__ = ["AttemptBudget", "AttemptCount", "AttemptSource"]


class AttemptSource(StrEnum):
    """Who counted. LOCAL_ALONE: the branch was asked as well and did not answer."""

    LOCAL = "local"
    BRANCH = "branch"
    LOCAL_ALONE = "local_alone"


@dataclass(frozen=True, slots=True)
class AttemptCount:
    """Refusals of one ИИН in the time that was asked about.

    lifted  a supervisor has lifted the wait after the last of them
    """

    refusals: int
    lifted: bool = False
    source: AttemptSource = AttemptSource.LOCAL


class AttemptBudget(Protocol):
    """Counts failures of the face by ИИН; raises sqlite3.Error when its own file fails."""

    def refusals_since(self, iin: str, since_ms: int) -> AttemptCount:
        """Count at or after `since_ms`; may ask the network, and in any thread."""
        ...

    def record(
        self, iin: str, at_ms: int, *, keep_ms: int, case: str = "", teller: str = ""
    ) -> None:
        """Remember a failure with the session it was in; never waits for the network."""
        ...

    def lift(self, iin: str, *, by: str, at_ms: int, since_ms: int) -> tuple[str, ...]:
        """Lift the wait for one more session; return the sessions that had led to it.

        Raises OperationRefused: cool_down.not_active, or cool_down.same_person for the teller of
        one of those sessions. Never waits for the network.
        """
        ...

    def spend_lift(self, iin: str, at_ms: int) -> None:
        """End what was lifted: the one session more was held."""
        ...

    def close(self) -> None:
        """Let go of the file and of what is on its way."""
        ...
