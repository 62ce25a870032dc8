"""Finding entries: which numbers answer a query, and whether an entry that is shown does."""

import sqlite3
import threading
from array import array
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import msgspec
import numpy as np

from crypto.errors import EntryMissing
from crypto.log.file.view import TreeView
from crypto.log.format.entry import LogEntry
from workstation.log_index.index_file import IndexFile
from workstation.log_index.matching import EntryFacts, LogQuestion, SoughtWord, read_facts
from workstation.log_index.posting import CHUNK, PostingDamaged, decode_rows, mark_rows
from workstation.log_index.query import LogMatches, LogQuery, read_number
from workstation.log_index.terms import Term, TermField, list_words
from workstation.log_index.words import TermWords

__all__ = ["LogSearch"]

_Mask = np.ndarray[tuple[int], np.dtype[np.bool_]]

_LOOK_EVERY: Final = 64
_MOST_READ: Final = 20_000
"""Newest entries that are read where the index does not know them yet: 1 s at most."""

_BEGIN: Final = "verify.begin"
_DAMAGED: Final = (sqlite3.Error, PostingDamaged, ValueError, TypeError, IndexError)


class LogSearch:
    """Finds entries by the index, and by reading those that it does not know; one thread's own.

    index  where it lies; None: there is none
    doubt  told that the index has lied or cannot be read
    """

    def __init__(
        self,
        words: TermWords | None = None,
        index: Path | None = None,
        doubt: Callable[[], None] = lambda: None,
    ) -> None:
        self._words = words or TermWords()
        self._path = index
        self._doubt = doubt
        self._question = LogQuestion(LogQuery())
        self._file: IndexFile | None = None
        self._running = threading.Lock()

    def find(
        self, view: TreeView, query: LogQuery, cancelled: Callable[[], bool] = lambda: False
    ) -> LogMatches:
        """Return the numbers of the entries that answer; nothing when it is cancelled.

        From then on `confirms` is about this query.
        """
        self._words.refresh()
        known, found = 0, array("I")
        try:
            with self._opened(view) as known:
                self._question = self._ask(view, query)
                if known and self._file is not None:
                    found = _list(self._mask(self._file, known, cancelled))
        except _DAMAGED:
            if cancelled():
                return LogMatches()
            self._doubt()
            known, found = 0, array("I")
            self._question = self._ask(view, query)
        start = max(known, view.size - _MOST_READ)
        for seq in self._read(view, start, cancelled):
            found.append(seq)
        if cancelled():
            return LogMatches()
        return LogMatches(found, len(found), known + view.size - start)

    def find_case(self, view: TreeView, case: str) -> Iterator[LogEntry]:
        """Yield the entries of a case in order, by its id or its number."""
        kept = self._question
        seqs = self.find(view, LogQuery(case=case)).seqs
        asked, self._question = self._question, kept
        for seq in seqs:
            entry = view.entry(seq)
            if asked.accepts(_facts(entry), self._words):
                yield entry

    def confirms(self, entry: LogEntry) -> bool:
        """Whether an entry answers the query of the last `find`: no hint's word is shown."""
        accepted = self._question.accepts(_facts(entry), self._words)
        if not accepted:
            self._doubt()
        return accepted

    def interrupt(self) -> None:
        """End what runs soon; from any thread."""
        with self._running:
            if self._file is not None:
                self._file.connection.interrupt()

    def close(self) -> None:
        """Let go of the files."""
        with self._running:
            if self._file is not None:
                self._file.close()
                self._file = None

    @contextmanager
    def _opened(self, view: TreeView) -> Iterator[int]:
        """Open one read transaction; yield how many entries of this log the index knows."""
        if self._path is None or not self._path.is_file():
            yield 0
            return
        # Anew each time: the file may be another one by now, and Windows deletes none that is open.
        file = IndexFile(self._path)
        try:
            with self._running:
                self._file = file
            file.connection.execute("BEGIN")
            yield _count_known(file, view)
        finally:
            self.close()

    def _ask(self, view: TreeView, query: LogQuery) -> LogQuestion:
        """Return the query with what its numbers stand for."""
        sought = []
        for word in list_words(query.text):
            number = read_number(word)
            if number is None:
                sought.append(SoughtWord(word))
            else:
                sought.append(SoughtWord(word, number, self._cases(view, number)))
        return LogQuestion(query, self._case(view, query.case), tuple(sought))

    def _case(self, view: TreeView, case: str) -> frozenset[str]:
        """Return what a query's case may stand for: an id, or the number of its first entry."""
        found, number = frozenset({case}), read_number(case)
        if number is not None:
            return found | self._cases(view, number)
        if self._file is not None and case:
            terms = self._file.find_value(TermField.CASE, case)
            rows = [(chunk, places) for chunk, places in self._file.places(terms)]
            for chunk, places in sorted(rows)[:1]:
                return found | self._cases(view, chunk * CHUNK + int(decode_rows(places)[0]))
        octets = f'"case":"{case}"'.encode()
        first = next(view.find(octets, max(0, view.size - _MOST_READ)), None) if case else None
        return found if first is None else found | self._cases(view, first)

    def _cases(self, view: TreeView, number: int) -> frozenset[str]:
        """Return what stands for the case with this number in entries: its id, and the number."""
        try:
            entry = view.entry(number)
        except EntryMissing:
            return frozenset()
        if entry.kind != _BEGIN:
            return frozenset()
        return frozenset({str(entry.data.get("case", "")), f"#{number}"})

    def _mask(self, file: IndexFile, known: int, cancelled: Callable[[], bool]) -> _Mask:
        """Mark the entries that the index says answer."""
        question, query = self._question, self._question.query
        mask = np.ones(known, dtype=np.bool_)
        if query.since_ms is not None or query.until_ms is not None:
            mask &= _times(file, known, query)
        for either in question.exact:
            terms = [found for field, value in either for found in file.find_value(field, value)]
            mask &= _marked(file, terms, known)
        codes = file.codes() if question.sought else []
        for each in question.sought:
            if cancelled():
                raise sqlite3.OperationalError
            terms = self._spoken(file, each, codes)
            marked = _marked(file, terms, known)
            if 0 <= each.seq < known:
                marked[each.seq] = True
            mask &= marked
        return mask

    def _spoken(
        self, file: IndexFile, sought: SoughtWord, codes: list[tuple[int, Term]]
    ) -> list[int]:
        """Return the terms that have a word which begins so."""
        terms = [
            number
            for number, term in codes
            if any(word.startswith(sought.word) for word in self._words.find(term))
        ]
        terms += file.find_typed(sought.word)
        terms += file.find_beginning(TermField.CASE, sought.word)
        for case in sought.cases:
            terms += file.find_value(TermField.CASE, case)
        return terms

    def _read(self, view: TreeView, start: int, cancelled: Callable[[], bool]) -> Iterator[int]:
        """Yield the entries from `start` on that answer."""
        for count, body in enumerate(view.bodies(start, view.size)):
            if count % _LOOK_EVERY == 0 and cancelled():
                return
            try:
                facts = read_facts(body)
            except msgspec.DecodeError:
                # Members that nobody writes: found by nothing.
                continue
            if self._question.accepts(facts, self._words):
                yield facts.seq


def _facts(entry: LogEntry) -> EntryFacts:
    return EntryFacts(entry.seq, entry.t_ms, entry.kind, entry.data, entry.actor)


def _count_known(file: IndexFile, view: TreeView) -> int:
    """Return how many entries of this very log the index knows; 0 for one of another log."""
    last = file.last_chunk()
    if last is None or not file.is_of(view.chain[0].verifier.vkey):
        return 0
    known = last.number * CHUNK + last.size
    if not 0 < known <= view.size or view.entry(known - 1).leaf != last.leaf:
        return 0
    return known


def _marked(file: IndexFile, terms: list[int], known: int) -> _Mask:
    mask = np.zeros(known, dtype=np.bool_)
    for chunk, places in file.places(terms):
        mark_rows(mask, chunk, places)
    return mask


def _times(file: IndexFile, known: int, query: LogQuery) -> _Mask:
    """Mark the entries of a period by the time of each: no clock that was put back misleads."""
    times = np.frombuffer(b"".join(each.times for each in file.chunks()), dtype="<i8")
    if len(times) != known:
        raise PostingDamaged
    mask = np.ones(known, dtype=np.bool_)
    if query.since_ms is not None:
        mask &= times >= query.since_ms
    if query.until_ms is not None:
        mask &= times < query.until_ms
    return mask


def _list(mask: _Mask) -> "array[int]":
    return array("I", np.flatnonzero(mask).astype("<u4").tobytes())
