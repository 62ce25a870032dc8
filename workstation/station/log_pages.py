"""The log as a list of rows for a screen: codes only, every row re-hashed before it is shown."""

import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from crypto.errors import EntryMissing, LogError
from crypto.log.audit.reader import LogReader
from crypto.log.format.note import NoteVerifier
from workstation.errors import OperatorRefused
from workstation.log_index.entry_proof import show_entry
from workstation.log_index.index_file import index_path
from workstation.log_index.query import LogMatches, LogQuery
from workstation.log_index.read_entry import read_row
from workstation.log_index.row import LogRow
from workstation.log_index.search import LogSearch
from workstation.log_index.words import TermWords
from workstation.rules.catalogue.words import Words
from workstation.station.log_view import LogEntryView
from workstation.verification.services import Services

__all__ = ["LogPages", "open_pages"]


def open_pages(
    services: Services, allowed: Callable[[], bool], doubt: Callable[[], None] = lambda: None
) -> "LogPages":
    """Return the pages of a station's log; words of the query may be names of its operators.

    doubt  told when the index beside the log has lied
    """

    def say_policy() -> Mapping[str, Words]:
        # The services' policy is that of the day.
        return services.policy.words()

    words = TermWords(services.authenticator.read_names, say_policy)
    return LogPages(
        services.log_path,
        services.log_key.vkey,
        allowed,
        search=LogSearch(words, index_path(services.log_path), doubt),
        witnesses=services.anchoring.keys,
        names=services.authenticator.read_names,
    )


class LogPages:
    """Reads pages for one thread. `allowed` says whether the signed-in operator may read.

    A log that does not verify shows nothing: what is wrong with it is for `log verify` to say.
    All but `interrupt` is called in one thread, the reader's own; `interrupt` in any.

    search     finds entries; None finds them by reading the log
    witnesses  keys whose cosignatures count
    names      names of the operators by number; raises OperatorRefused
    """

    def __init__(
        self,
        path: Path,
        vkey: str,
        allowed: Callable[[], bool],
        *,
        search: LogSearch | None = None,
        witnesses: Sequence[NoteVerifier] = (),
        names: Callable[[], Mapping[str, str]] = dict,
    ) -> None:
        self._names = names
        self._path = path
        self._vkey = vkey
        self._allowed = allowed
        self._search = search or LogSearch()
        self._witnesses = tuple(witnesses)
        self._reader: LogReader | None = None
        self._interrupted = threading.Event()

    def size(self) -> int:
        """Return how many entries there are; 0 for an operator who may not read."""
        try:
            return self._open().size if self._allowed() else 0
        except LogError:
            return 0

    def operators(self) -> Mapping[str, str]:
        """Return the names of the operators by number; none where they cannot be read."""
        try:
            return self._names() if self._allowed() else {}
        except OperatorRefused:
            return {}

    def rows(self, start: int, count: int) -> Sequence[LogRow]:
        """Return at most `count` entries from index `start`, ascending."""
        if not self._allowed():
            return ()
        try:
            return tuple(read_row(entry) for entry in self._open().page(start, count))
        except LogError:
            return ()

    def rows_of(self, seqs: Sequence[int]) -> Sequence[LogRow]:
        """Return the entries with these numbers, in their order; one that is not there is left out.

        An entry that does not answer the query by which its number was found is left out, too.
        """
        if not self._allowed():
            return ()
        try:
            with self._open().snapshot() as view:
                found = (view.entry(seq) for seq in seqs if 0 <= seq < view.size)
                return tuple(read_row(each) for each in found if self._search.confirms(each))
        except LogError:
            return ()

    def find(self, query: LogQuery) -> LogMatches:
        """Return which entries answer; nothing when another thread has interrupted."""
        self._interrupted.clear()
        if not self._allowed():
            return LogMatches()
        try:
            with self._open().snapshot() as view:
                return self._search.find(view, query, self._interrupted.is_set)
        except LogError:
            return LogMatches()

    def interrupt(self) -> None:
        """End a running `find` soon; from any thread."""
        self._interrupted.set()
        self._search.interrupt()

    def case_entries(self, case: str) -> Sequence[LogRow]:
        """Return all entries of a case, ascending; `case` is its id or its number."""
        if not self._allowed() or not case:
            return ()
        try:
            with self._open().snapshot() as view:
                return tuple(read_row(each) for each in self._search.find_case(view, case))
        except LogError:
            return ()

    def entry(self, seq: int) -> LogEntryView | None:
        """Return one entry with every member and its proof; None where there is nothing to show."""
        if not self._allowed():
            return None
        try:
            with self._open().snapshot() as view:
                return show_entry(view, seq, self._witnesses)
        except (EntryMissing, LogError):
            return None

    def close(self) -> None:
        """Let go of the files."""
        self._search.close()
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    def _open(self) -> LogReader:
        if self._reader is None:
            self._reader = LogReader(self._path, self._vkey)
        return self._reader
