"""The entries of one session in a log, found by its number or its id."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from crypto.errors import EntryMissing
from crypto.log.file.view import TreeView
from crypto.log.format.entry import LogEntry
from workstation.errors import CaseNotFound

__all__ = ["CasePayload", "find_begin", "find_payload", "find_steps"]

_BEGIN, _RESULT = "verify.begin", "verify.result"
_MAX_BETWEEN = 100_000
"""Entries between the first and the last of a case; a parked customer comes back within hours."""

_MAX_AFTER = 20_000
"""How far behind a result the case's permit is looked for: it follows at once."""


@dataclass(frozen=True, slots=True)
class CasePayload:
    """A case with a result, and what that commits to: `pl` of the entry, empty without one."""

    case: str
    begin: LogEntry
    result: LogEntry
    commitment: Mapping[str, object]

    @property
    def pid(self) -> str:
        """The payload's id; empty when the entry names none."""
        return str(self.commitment.get("pid") or "")


def find_begin(view: TreeView, number: int | None, case: str) -> LogEntry:
    """Return the case's first entry, by its number or its id; CaseNotFound."""
    if number is None:
        number = next(view.find(f'"case":"{case}"'.encode()), None)
    try:
        entry = None if number is None else view.entry(number)
    except EntryMissing:
        entry = None
    if entry is None or entry.kind != _BEGIN or not isinstance(entry.data.get("case"), str):
        raise CaseNotFound(case or str(number))
    return entry


def find_steps(view: TreeView, case: str, begin: int) -> Iterator[int]:
    """Yield the numbers of the case's own entries, its first included."""
    start, stop = begin, begin + _MAX_BETWEEN
    while start < stop:
        for seq in view.find(f'"case":"{case}"'.encode(), start, stop):
            entry = view.entry(seq)
            if entry.data.get("case") != case:
                continue
            yield seq
            if entry.kind == _RESULT and stop > seq + _MAX_AFTER:
                start, stop = seq + 1, seq + _MAX_AFTER
                break
        else:
            return


def find_payload(view: TreeView, number: int | None, case: str) -> CasePayload:
    """Return the case's result with what it commits to; CaseNotFound while it has no result."""
    begin = find_begin(view, number, case)
    found = str(begin.data["case"])
    for seq in find_steps(view, found, begin.seq):
        entry = view.entry(seq)
        if entry.kind == _RESULT:
            commitment = entry.data.get("pl")
            stated = commitment if isinstance(commitment, Mapping) else {}
            return CasePayload(found, begin, entry, stated)
    raise CaseNotFound(f"{found}: no result yet")
