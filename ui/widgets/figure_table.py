"""A table of figures: words at the left, numbers at the right; Enter goes to what a row says."""

import csv
import io
from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

from ui.context import UiContext
from ui.widgets.labels import as_tooltip, printable

__all__ = ["FigureTable"]

_ENTER: Final = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})
_ROW: Final = 32
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_MIDDLE: Final = Qt.AlignmentFlag.AlignVCenter
_WRAPPED: Final = Qt.AlignmentFlag.AlignLeft | _MIDDLE | Qt.AlignmentFlag(Qt.TextFlag.TextWordWrap)
_CAPTIONS: Final = 56


class FigureTable(QTableWidget):
    """`taken` is Enter or a double click on a row, `chosen` that another one is current.

    columns  codes of their captions; the first is of words, the others of numbers unless `words`
    words    how many columns from the left hold words
    stretch  the column that takes what room is left; -1: captions wrap, and numbers share it
    wraps    whether words that find no room go on in a row's second line
    """

    taken = Signal(int)
    chosen = Signal(int)

    def __init__(
        self,
        ctx: UiContext,
        title: str,
        columns: Sequence[str],
        *,
        words: int = 1,
        stretch: int = 0,
        wraps: bool = False,
    ) -> None:
        super().__init__(0, len(columns))
        self._ctx = ctx
        self._title = title
        self._columns = tuple(columns)
        self._words = words
        self._rows: tuple[tuple[str, ...], ...] = ()
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(wraps)
        rows, head = self.verticalHeader(), self.horizontalHeader()
        rows.setDefaultSectionSize(ctx.theme.scaled(_ROW))
        if wraps:
            rows.setMinimumSectionSize(ctx.theme.scaled(_ROW))
            rows.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        rows.hide()
        head.setHighlightSections(False)
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | _MIDDLE)
        if stretch < 0:
            head.setDefaultAlignment(_WRAPPED)
            head.setProperty("narrow", True)
            head.setMinimumHeight(ctx.theme.scaled(_CAPTIONS))
            head.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        else:
            head.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
            head.setSectionResizeMode(stretch, QHeaderView.ResizeMode.Stretch)
        self.installEventFilter(self)
        self.cellDoubleClicked.connect(lambda row, _column: self.taken.emit(row))
        self.currentCellChanged.connect(lambda row, *_: self.chosen.emit(row))
        ctx.changed.connect(self._fill)
        self._fill()

    def show_rows(self, rows: Sequence[Sequence[str]]) -> None:
        """Show other rows; the place stays where there is one."""
        shown = tuple(tuple(row) for row in rows)
        if shown != self._rows:
            row = self.currentRow()
            self._rows = shown
            self._fill()
            if shown:
                self.setCurrentCell(min(max(row, 0), len(shown) - 1), 0)

    def as_csv(self) -> bytes:
        """Return captions and rows for a spreadsheet: UTF-8 with a mark, semicolons, no formula."""
        stream = io.StringIO(newline="")
        writer = csv.writer(stream, delimiter=";")
        writer.writerow([self._ctx.tr_code(code) for code in self._columns])
        writer.writerows([_defuse(cell) for cell in row] for row in self._rows)
        return stream.getvalue().encode("utf-8-sig")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take Enter for the row: a table of Qt's own keeps it to itself and does nothing."""
        key = event.key() if isinstance(event, QKeyEvent) else 0
        if event.type() is QEvent.Type.KeyPress and key in _ENTER and self.currentRow() >= 0:
            self.taken.emit(self.currentRow())
            return True
        return super().eventFilter(watched, event)

    def _fill(self) -> None:
        tr = self._ctx.tr_code
        self.setAccessibleName(tr(self._title))
        self.setHorizontalHeaderLabels([tr(code) for code in self._columns])
        self.setRowCount(len(self._rows))
        for row, cells in enumerate(self._rows):
            for column, text in enumerate(cells):
                item = QTableWidgetItem(printable(text))
                item.setToolTip(as_tooltip(text))
                if column >= self._words:
                    item.setTextAlignment(Qt.AlignmentFlag.AlignRight | _MIDDLE)
                self.setItem(row, column, item)


def _defuse(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
