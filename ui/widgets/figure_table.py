"""A table of figures: words at the left, numbers at the right; Enter goes to what a row says."""

import csv
import io
from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHeaderView

from ui.context import UiContext
from ui.widgets.row_table import RowTable

__all__ = ["FigureTable"]

_ROW: Final = 32
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_MIDDLE: Final = Qt.AlignmentFlag.AlignVCenter
_WRAPPED: Final = Qt.AlignmentFlag.AlignLeft | _MIDDLE | Qt.AlignmentFlag(Qt.TextFlag.TextWordWrap)
_CAPTIONS: Final = 56


class FigureTable(RowTable):
    """`taken` is Enter or a double click on a row, `chosen` that another one is current.

    columns  codes of their captions; the first is of words, the others of numbers unless `words`
    words    how many columns from the left hold words
    stretch  the column that takes what room is left; -1: captions wrap, and numbers share it
    wraps    whether words that find no room go on in a row's second line
    """

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
        super().__init__(len(columns))
        self._ctx = ctx
        self._title = title
        self._columns = tuple(columns)
        self._words = words
        self._rows: tuple[tuple[str, ...], ...] = ()
        self.setWordWrap(wraps)
        rows, head = self.verticalHeader(), self.horizontalHeader()
        rows.setDefaultSectionSize(ctx.theme.scaled(_ROW))
        if wraps:
            rows.setMinimumSectionSize(ctx.theme.scaled(_ROW))
            rows.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        if stretch < 0:
            head.setDefaultAlignment(_WRAPPED)
            head.setProperty("narrow", True)
            head.setMinimumHeight(ctx.theme.scaled(_CAPTIONS))
            head.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        else:
            head.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
            head.setSectionResizeMode(stretch, QHeaderView.ResizeMode.Stretch)
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

    def _fill(self) -> None:
        tr = self._ctx.tr_code
        self.setAccessibleName(tr(self._title))
        self.setHorizontalHeaderLabels([tr(code) for code in self._columns])
        self.setRowCount(len(self._rows))
        for row, cells in enumerate(self._rows):
            for column, text in enumerate(cells):
                item = self.write(row, column, text)
                if column >= self._words:
                    item.setTextAlignment(Qt.AlignmentFlag.AlignRight | _MIDDLE)


def _defuse(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
