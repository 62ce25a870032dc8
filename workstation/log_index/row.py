"""One entry as a list shows it: codes, and no personal data because the log holds none."""

from collections.abc import Iterator
from dataclasses import dataclass

from crypto.log.format.entry import LogEntry
from workstation.records.alarms import ALARM
from workstation.rules.checks import CheckStatus, Hardness

__all__ = ["LogRow", "read_row"]

_OUTCOMES = ("outcome", "verdict", "act", "step")
"""Members that say what an entry is about, the first that is there."""


@dataclass(frozen=True, slots=True)
class LogRow:
    """One entry as the list shows it: codes, and no personal data because the log holds none.

    actor      personnel number of the operator
    operation  kind of the operation, empty for entries of none; so are outcome and reason
    outcome    of a result, verdict of a step, a supervisor's act, or the step's own name: words by
               `outcome.<code>`
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


def read_row(entry: LogEntry) -> LogRow:
    """Return an entry as the list shows it."""
    data = entry.data
    return LogRow(
        seq=entry.seq,
        time_ms=entry.t_ms,
        kind=entry.kind,
        actor=entry.actor,
        operation=str(data.get("operation", "")),
        outcome=next((str(data[name]) for name in _OUTCOMES if data.get(name)), ""),
        reason=f"alarm.{data.get('code')}" if entry.kind == ALARM else str(data.get("reason", "")),
        findings=tuple(_find_silent(data.get("checks"))),
        case=str(data.get("case", "")),
        words=str(data.get("words", "")),
    )


def _find_silent(checks: object) -> Iterator[str]:
    """Yield the reasons of a result's silent checks that found something."""
    for check in checks if isinstance(checks, list) else ():
        if not isinstance(check, dict) or check.get("hard") != Hardness.SILENT.value:
            continue
        reason = str(check.get("reason", ""))
        if check.get("status") != CheckStatus.PASSED.value and not reason.endswith(".missing"):
            yield reason
