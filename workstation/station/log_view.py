"""What the screens see of the log: its entries as a list shows them, and whether it is whole."""

from dataclasses import dataclass

__all__ = ["LogRow", "LogVerification"]


@dataclass(frozen=True, slots=True)
class LogVerification:
    """The outcome of verifying the log: first_bad is -1 when it is whole.

    While it runs, size counts the entries read so far of `total`, and reason is what was found the
    time before.
    """

    running: bool
    ok: bool
    size: int
    first_bad: int
    reason: str
    finished_ms: int
    total: int = 0


@dataclass(frozen=True, slots=True)
class LogRow:
    """One entry as the list shows it: codes, and no personal data because the log holds none.

    actor      personnel number of the operator
    operation  kind of the operation, empty for entries of none; so are outcome and reason
    findings   reasons of silent checks that have not passed: for whoever reviews, not for the desk
    """

    seq: int
    time_ms: int
    kind: str
    actor: str
    operation: str
    outcome: str
    reason: str
    findings: tuple[str, ...] = ()
