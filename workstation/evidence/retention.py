"""How long sealed evidence is kept: the policy's term, longer where a legal hold says so."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from crypto.log.file.view import TreeView
from crypto.log.format.entry import LogEntry
from workstation.errors import ErasureRefused
from workstation.evidence.case_entries import CasePayload
from workstation.evidence.orders import ErasureBasis, find_erased, read_holds
from workstation.rules.local_time import local_day
from workstation.rules.policy import Policy

__all__ = ["RetainedEvidence", "list_retained", "require_term"]

_ALWAYS = frozenset({ErasureBasis.COURT, ErasureBasis.REGULATOR})
"""Who may order an erasure before the term: a term is what the law demands of the bank."""


@dataclass(frozen=True, slots=True)
class RetainedEvidence:
    """Sealed evidence of one result.

    name   of the policy's class; empty where the policy has no term
    until  the last day of the term; None where there is none
    hold   index of the legal hold in force; None without one
    """

    number: int
    result: int
    name: str
    until: date | None
    hold: int | None

    def is_due(self, day: date) -> bool:
        """Whether the term is past on `day`, and nothing holds the evidence."""
        return self.hold is None and self.until is not None and self.until < day


def list_retained(view: TreeView, policy: Policy) -> Iterator[RetainedEvidence]:
    """Yield the sealed evidence that was not erased, in the order of the log; LogTampered."""
    holds, erased = read_holds(view), find_erased(view)
    for seq in view.find(b'"type":"verify.result"'):
        result = view.entry(seq)
        stated, number = result.data.get("pl"), result.data.get("begin")
        if not isinstance(stated, Mapping) or not isinstance(number, int):
            continue
        pid = str(stated.get("pid"))
        if pid in erased:
            continue
        name, until = _find_term(policy, view.entry(number), result)
        yield RetainedEvidence(number, seq, name, until, holds.get(pid))


def require_term(policy: Policy, payload: CasePayload, basis: ErasureBasis, day: date) -> None:
    """Raise ErasureRefused before the term's end, unless a court or the regulator orders it."""
    if basis in _ALWAYS:
        return
    name, until = _find_term(policy, payload.begin, payload.result)
    if until is None:
        raise ErasureRefused("the policy states no term; a court or the regulator may order it")
    if until >= day:
        raise ErasureRefused(f"term of class {name} ends on {until.isoformat()}")


def _find_term(policy: Policy, begin: LogEntry, result: LogEntry) -> tuple[str, date | None]:
    operation, outcome = begin.data.get("operation"), result.data.get("outcome")
    found = policy.retention_class(str(operation), str(outcome))
    if found is None:
        return "", None
    decided = local_day(datetime.fromtimestamp(result.t_ms / 1000, UTC))
    last = decided.year + found.years
    try:
        return found.name, decided.replace(year=last)
    except ValueError:
        # The 29th of February: a day more, never one less.
        return found.name, date(last, 3, 1)
