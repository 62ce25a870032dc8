"""What a step of a set-up found: codes with their values, for whichever language is shown."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

__all__ = ["FindingState", "SetUpFinding", "group_digits", "is_good"]


class FindingState(StrEnum):
    """Whether what was found lets a set-up go on: only what is bad does not."""

    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class SetUpFinding:
    """One thing that was found; its words are `set_up.CODE` of the catalogues.

    field  of the step that is wrong, empty for none
    error  an exception that says what is wrong by itself: its words are those of the commands
    """

    state: FindingState
    code: str
    values: tuple[tuple[str, str], ...] = ()
    field: str = ""
    error: Exception | None = None

    @classmethod
    def make(
        cls, state: FindingState, code: str, field: str = "", /, **values: str
    ) -> "SetUpFinding":
        """Return a finding with values for the places of its words."""
        return cls(state, code, tuple(values.items()), field)


def is_good(findings: Iterable[SetUpFinding]) -> bool:
    """Whether nothing of these keeps the set-up from going on."""
    return all(each.state is not FindingState.BAD for each in findings)


def group_digits(digits: str) -> str:
    """Return a fingerprint in groups of four, as people compare it."""
    return " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))
