"""What waits, the longest first: a row each, with the arrows chosen, with Enter gone into."""

from collections.abc import Sequence
from typing import ClassVar, Final, Generic, Protocol, TypeVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHeaderView

from ui.context import UiContext
from ui.widgets.row_table import RowTable
from ui.wording import date_time_text, number_text

__all__ = ["WaitingTable"]

_ROW: Final = 64
_HIGHEST_ROW: Final = 88
"""Four lines: what an operation is called in Kazakh takes three below its number."""


class Numbered(Protocol):
    """Whatever has the number that people use, and a kind of operation."""

    @property
    def number(self) -> int:
        """Return the log index that people call it by."""

    @property
    def kind(self) -> str:
        """Return the code of its operation."""


_Item = TypeVar("_Item", bound=Numbered)


class WaitingTable(RowTable, Generic[_Item]):
    """`chosen` is that another row is current. Who derives says since when, and the last columns.

    TITLE    code of what the table is called
    COLUMNS  codes of the captions; the first two are since when, and number and operation
    WIDTHS   pixels of columns by their captions; the others share what is left
    """

    TITLE: ClassVar[str]
    COLUMNS: ClassVar[Sequence[str]]
    WIDTHS: ClassVar[dict[str, int]]

    chosen = Signal()

    def __init__(self, ctx: UiContext) -> None:
        super().__init__(len(self.COLUMNS))
        self._ctx = ctx
        self._items: tuple[_Item, ...] = ()
        self.setMinimumHeight(_ROW * 3)
        rows, columns = self.verticalHeader(), self.horizontalHeader()
        rows.setMinimumSectionSize(_ROW)
        rows.setMaximumSectionSize(_HIGHEST_ROW)
        rows.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        columns.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        for name, width in self.WIDTHS.items():
            columns.setSectionResizeMode(self.COLUMNS.index(name), QHeaderView.ResizeMode.Fixed)
            self.setColumnWidth(self.COLUMNS.index(name), width)
        self.itemSelectionChanged.connect(self.chosen)
        ctx.changed.connect(self._fill)
        self._fill()

    @property
    def item_chosen(self) -> _Item | None:
        """Return what is chosen."""
        row = self.currentRow()
        return self._items[row] if 0 <= row < len(self._items) else None

    def show_waiting(self, items: tuple[_Item, ...]) -> None:
        """Show what waits; what was chosen stays so, else the first is."""
        if items != self._items:
            before = self.item_chosen
            self._items = items
            self._fill()
            kept = 0 if before is None or before not in items else items.index(before)
            self.setCurrentCell(kept if items else -1, 0)
            self.chosen.emit()

    def find_since(self, item: _Item) -> int:
        """Return since when it waits, by the wall clock (ms)."""
        raise NotImplementedError

    def list_rest(self, item: _Item) -> tuple[str, ...]:
        """Return the texts of the columns after the second."""
        raise NotImplementedError

    def _fill(self) -> None:
        tr = self._ctx.tr_code
        self.setAccessibleName(tr(self.TITLE))
        self.setHorizontalHeaderLabels([tr(code) for code in self.COLUMNS])
        self.setRowCount(len(self._items))
        today = date_time_text(self._ctx.now_ms())[:10]
        for row, each in enumerate(self._items):
            since = date_time_text(self.find_since(each))
            day, clock = since[:10], since[11:16]
            texts = (
                clock if day == today else f"{day[:5]}\n{clock}",
                f"№ {number_text(each.number)}\n{tr(f'operation.{each.kind}')}",
                *self.list_rest(each),
            )
            for column, text in enumerate(texts):
                self.write(row, column, text)
