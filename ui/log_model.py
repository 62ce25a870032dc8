"""The log as a table of any length: pages of rows, read by a thread, the newest 128 kept.

Without a filter a row's entry follows by arithmetic; with one the numbers of the entries that
answer stand in an array. With a million entries this opens in 30 ms and 11 MB; all rows in a list
take 5 s and 790 MB.
"""

from array import array
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor, QIcon

from ui.context import UiContext
from ui.log_source import LogPageSource
from ui.widgets.entry_words import say_code
from ui.widgets.labels import printable
from ui.wording import date_time_text
from workstation.station.log_view import LogMatches, LogQuery, LogRow

__all__ = ["COLUMNS", "OUTCOME_LOOKS", "LogModel"]

COLUMNS: Final = ("seq", "time", "kind", "actor", "operation", "outcome", "reason", "findings")
_OUTCOME, _FINDINGS = COLUMNS.index("outcome"), COLUMNS.index("findings")
_PAGE: Final = 100
"""Four screens: read in 17 ms, beside whatever the machine does; of 200 in 31 ms."""

_SCATTERED: Final = 40
"""Rows of a page of what was found: each entry lies elsewhere, and two screens are read at once."""

_PAGES_KEPT: Final = 128
_PAGES_ASKED: Final = 3
"""What is looked at stands on two pages at most; where the thumb was dragged past is not read."""

OUTCOME_LOOKS: Final = {
    "approved": ("ok", "check"),
    "rejected": ("bad", "x"),
    "indeterminate": ("warn", "triangle-alert"),
}
"""Colour and icon of a decision; the word stands beside them."""

_ICON: Final = 16

_Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class _Line:
    """An entry as its cells show it, and what the page needs of it."""

    cells: tuple[str, ...]
    outcome: str = ""
    findings: tuple[str, ...] = ()


_UNREAD: Final = _Line(("…",) * len(COLUMNS))


class LogModel(QAbstractTableModel):
    """Newest first. What a cell shows is formatted once per page; «…» until its page was read.

    `counted` tells that `total` or the number of rows may have changed, `arrived` how many rows
    came on top of those that were there.
    """

    counted = Signal()
    arrived = Signal(int)

    def __init__(self, ctx: UiContext) -> None:
        super().__init__()
        self._ctx = ctx
        self._source: LogPageSource | None = None
        self._query = LogQuery()
        self._seqs: array[int] | None = None
        self._count = 0
        self._asked = self._shown = 0
        self._pages: OrderedDict[int, list[_Line]] = OrderedDict()
        self._wanted: list[int] = []
        self._looks: dict[str, tuple[QColor, QIcon]] = {}
        self._names: Mapping[str, str] = {}
        self.total = 0
        self.searched = -1
        ctx.changed.connect(self._word)
        self._word()

    @property
    def query(self) -> LogQuery:
        """What the entries shown answer."""
        return self._query

    def stale(self) -> bool:
        """Tell whether the station has another source by now."""
        return self._source is not self._ctx.log_pages

    def restart(self) -> None:
        """Forget everything and read anew: another log, or another who may read."""
        self._source = self._ctx.log_pages
        self._begin(0, None)
        self.total = 0
        self.refresh()

    def name_operators(self, names: Mapping[str, str]) -> None:
        """Show these names in the place of the operators' numbers."""
        if names != self._names:
            self._names = dict(names)
            self._word()

    def search(self, query: LogQuery) -> None:
        """Show the entries that answer; those that are shown stay until they are found."""
        if query != self._query:
            self._query = query
            self._asked += 1
            if self._source is not None:
                self._source.interrupt()
            self.refresh()

    def refresh(self) -> None:
        """Ask what has come; what is shown stays where it is."""
        if self._source is None:
            return
        query, known = self._query, self._seqs
        self._ctx.reading.ask(
            self._source,
            self,
            "entries",
            lambda source: _look(source, query, known),
            partial(self._take_entries, self._asked),
        )

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Return how many entries there are."""
        return 0 if parent.isValid() else self._count

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Return how many columns there are."""
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        """Return the caption of a column."""
        if role != Qt.ItemDataRole.DisplayRole or orientation != Qt.Orientation.Horizontal:
            return None
        column = COLUMNS[section]
        return self._ctx.tr_code("log.step_or_decision" if section == _OUTCOME else f"log.{column}")

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the words of a cell, and colour and icon of its decision."""
        if role == Qt.ItemDataRole.DisplayRole:
            return self._line(index.row()).cells[index.column()]
        if role == Qt.ItemDataRole.ForegroundRole:
            if index.column() == _OUTCOME:
                look = self._looks.get(self._line(index.row()).outcome)
                return None if look is None else look[0]
            return self._ctx.theme.colour("warn") if index.column() == _FINDINGS else None
        if role == Qt.ItemDataRole.DecorationRole and index.column() == _OUTCOME:
            look = self._looks.get(self._line(index.row()).outcome)
            return None if look is None else look[1]
        return None

    def seq_at(self, row: int) -> int:
        """Return the number of the entry in a row; -1 where there is none."""
        place = self._count - 1 - row
        if not 0 <= place < self._count:
            return -1
        return place if self._seqs is None else self._seqs[place]

    def findings(self, row: int) -> tuple[str, ...]:
        """Return the codes of what a reviewer has to look at in an entry, as far as it was read."""
        return self._line(row).findings

    @property
    def _page(self) -> int:
        return _PAGE if self._seqs is None else _SCATTERED

    def _begin(self, count: int, seqs: "array[int] | None") -> None:
        """Show other rows than before."""
        self.beginResetModel()
        self._forget_pages()
        self._seqs, self._count = seqs, count
        self.endResetModel()
        self.counted.emit()

    def _take_entries(self, asked: int, found: "_Entries") -> None:
        if asked != self._asked:
            return  # Somebody has typed on.
        self.total, self.searched = found.total, found.searched
        count = found.total if found.seqs is None else len(found.seqs)
        came = count - self._count
        if not found.goes_on or came < 0 or came > _PAGE * _PAGES_KEPT:
            self._begin(count, found.seqs)
            return
        if came:
            self.beginInsertRows(QModelIndex(), 0, came - 1)
            self._seqs, self._count = found.seqs, count
            self._wanted.clear()
            self.endInsertRows()
            self.arrived.emit(came)
        self.counted.emit()

    def _line(self, row: int) -> _Line:
        place = self._count - 1 - row
        page, offset = divmod(place, self._page)
        lines = self._pages.get(page)
        # The newest page grows: what has come since it was read is not in it.
        if lines is None or offset >= len(lines):
            self._want(page)
            return _UNREAD
        self._pages.move_to_end(page)
        return lines[offset]

    def _want(self, page: int) -> None:
        if self._source is None or page in self._wanted or page < 0:
            return
        self._wanted = [*self._wanted, page][-_PAGES_ASKED:]
        asked = [self._ask_of(wanted) for wanted in self._wanted]
        self._ctx.reading.ask(
            self._source,
            self,
            "pages",
            lambda source: [(number, _read(source, what)) for number, what in asked],
            partial(self._take_pages, self._shown),
        )

    def _ask_of(self, page: int) -> tuple[int, Sequence[int]]:
        first = page * self._page
        last = min(first + self._page, self._count)
        return page, range(first, last) if self._seqs is None else self._seqs[first:last]

    def _take_pages(
        self, shown: int, answer: list[tuple[int, tuple[Sequence[int], Sequence[LogRow]]]]
    ) -> None:
        if shown != self._shown:
            return
        for page, (asked, rows) in answer:
            read = {row.seq: self._format_row(row) for row in rows}
            self._pages[page] = [read.get(seq, _UNREAD) for seq in asked]
            self._pages.move_to_end(page)
            if page in self._wanted:
                self._wanted.remove(page)
            while len(self._pages) > _PAGES_KEPT:
                self._pages.popitem(last=False)
            lowest = self._count - 1 - page * self._page
            last = self.index(lowest, len(COLUMNS) - 1)
            self.dataChanged.emit(self.index(lowest - len(asked) + 1, 0), last)

    def _format_row(self, row: LogRow) -> _Line:
        cells = (
            str(row.seq),
            date_time_text(row.time_ms),
            self.word(f"entry.{row.kind}", row.kind),
            printable(self._names.get(row.actor, row.actor)),
            self.word(f"operation.{row.operation}", row.operation),
            self.word(f"outcome.{row.outcome}", row.outcome),
            self.word(row.reason, row.reason),
            str(len(row.findings)) if row.findings else "",
        )
        return _Line(cells, row.outcome, row.findings)

    def word(self, code: str, untrusted: str) -> str:
        """Return the words of a code; what has none, such as a step's name, stands as it is."""
        return say_code(self._ctx, code, untrusted)

    def _word(self) -> None:
        """Word everything anew, in whatever language and colours there are now."""
        theme, icons = self._ctx.theme, self._ctx.icons
        for outcome, (token, icon) in OUTCOME_LOOKS.items():
            colour = theme.colour(token)
            self._looks[outcome] = (colour, icons.icon(icon, colour, _ICON))
        self._forget_pages()
        if self._count:
            last = self.index(self._count - 1, len(COLUMNS) - 1)
            self.dataChanged.emit(self.index(0, 0), last)
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(COLUMNS) - 1)

    def _forget_pages(self) -> None:
        self._shown += 1
        self._pages.clear()
        self._wanted.clear()


@dataclass(frozen=True, slots=True)
class _Entries:
    """Which entries are to be shown.

    seqs     ascending; None for all
    total    how many entries the log has
    goes_on  those that were shown are the first of them
    """

    seqs: "array[int] | None"
    total: int
    searched: int
    goes_on: bool


def _look(source: LogPageSource, query: LogQuery, known: "array[int] | None") -> _Entries:
    """Find the entries; called in the reading thread."""
    total = source.size()
    if query.is_empty:
        return _Entries(None, total, total, goes_on=known is None)
    found: LogMatches = source.find(query)
    seqs = found.seqs if isinstance(found.seqs, array) else array("I", found.seqs)
    return _Entries(seqs, total, found.searched, goes_on=known is not None and _begins(seqs, known))


def _begins(seqs: "array[int]", known: "array[int]") -> bool:
    """Whether the known ones are the first: compared as octets, a million takes 0.3 ms."""
    if not known or len(seqs) < len(known):
        return not known
    return memoryview(seqs)[: len(known)].cast("B") == memoryview(known).cast("B")


def _read(source: LogPageSource, asked: Sequence[int]) -> tuple[Sequence[int], Sequence[LogRow]]:
    """Read one page; called in the reading thread."""
    if isinstance(asked, range):
        return asked, source.rows(asked.start, len(asked))
    return asked, source.rows_of(asked)
