"""One entry as a list shows it: codes, and no personal data because the log holds none."""

from dataclasses import dataclass

__all__ = ["LogRow"]


@dataclass(frozen=True, slots=True)
class LogRow:
    """One entry as the list shows it: codes, and no personal data because the log holds none.

    actor      personnel number of the operator
    operation  kind of the operation, empty for entries of none; so are outcome and reason
    outcome    of a result, a supervisor's act, or a step's name: words by `outcome.<code>`
    reason     the catalogue's code where it has one
    findings   reasons of silent checks that have not passed: for whoever reviews, not for the desk
    case       id of the case that the entry belongs to, empty for none
    words      what a person typed: a supervisor's reason in own words
    """

    seq: int
    time_ms: int
    kind: str
    actor: str
    operation: str
    outcome: str
    reason: str
    findings: tuple[str, ...] = ()
    case: str = ""
    words: str = ""
