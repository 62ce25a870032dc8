"""Finding entries: which numbers answer a query, and whether an entry that is shown does."""

from array import array
from collections.abc import Callable, Iterator

import msgspec

from crypto.errors import EntryMissing
from crypto.log.file.view import TreeView
from crypto.log.format.entry import LogEntry
from workstation.log_index.matching import EntryFacts, answers, read_facts
from workstation.log_index.query import LogMatches, LogQuery
from workstation.log_index.terms import Term, TermField, list_terms
from workstation.log_index.words import TermWords

__all__ = ["LogSearch"]

_LOOK_EVERY = 256
_BEGIN = "verify.begin"


class LogSearch:
    """Finds entries by reading the log from its newest entry back; one thread's own."""

    def __init__(self, words: TermWords | None = None) -> None:
        self._words = words or TermWords()
        self._query = LogQuery()
        self._cases: frozenset[str] = frozenset()

    def find(
        self, view: TreeView, query: LogQuery, cancelled: Callable[[], bool] = lambda: False
    ) -> LogMatches:
        """Return the numbers of the entries that answer; as far as it came when it is cancelled.

        From then on `confirms` is about this query.
        """
        self._words.refresh()
        self._query, self._cases = query, find_cases(view, query.case)
        found, searched = array("I"), 0
        for searched, body in enumerate(view.bodies(0, view.size), 1):
            if searched % _LOOK_EVERY == 0 and cancelled():
                break
            facts = _read(body)
            if facts is not None and answers(facts, query, self._cases, self._words):
                found.append(facts.seq)
        return LogMatches(found, len(found), searched)

    def find_case(self, view: TreeView, case: str) -> Iterator[LogEntry]:
        """Yield the entries of a case in order, by its id or its number."""
        cases = find_cases(view, case)
        octets = {each: f'"{each}"'.encode() for each in cases}
        seqs = sorted({seq for each in octets.values() for seq in view.find(each)})
        for seq in seqs:
            entry = view.entry(seq)
            if any((TermField.CASE, each) in read_terms(entry) for each in cases):
                yield entry

    def confirms(self, entry: LogEntry) -> bool:
        """Whether an entry answers the query of the last `find`: no hint's word is shown."""
        facts = EntryFacts(entry.seq, entry.t_ms, entry.kind, entry.data, entry.actor)
        return answers(facts, self._query, self._cases, self._words)

    def interrupt(self) -> None:
        """End what runs soon; from any thread."""

    def close(self) -> None:
        """Let go of the files."""


def read_terms(entry: LogEntry) -> frozenset[Term]:
    """Return the terms of an entry."""
    return list_terms(entry.kind, entry.actor, entry.data)


def find_cases(view: TreeView, case: str) -> frozenset[str]:
    """Return the ids that a query's case may stand for: itself, and that of the case's number."""
    number = int(case) if case.isascii() and case.isdigit() else view.size
    if not 0 <= number < view.size:
        return frozenset({case})
    try:
        entry = view.entry(number)
    except EntryMissing:
        return frozenset({case})
    named = str(entry.data.get("case", "")) if entry.kind == _BEGIN else ""
    return frozenset({case, named} - {""})


def _read(body: bytes) -> EntryFacts | None:
    """Read an entry; one whose members nobody writes is found by nothing."""
    try:
        return read_facts(body)
    except msgspec.DecodeError:
        return None
