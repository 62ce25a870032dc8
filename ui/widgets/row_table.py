"""A table whose rows are read and chosen whole: none is edited, Enter goes into one."""

from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QTableWidget, QTableWidgetItem

from ui.widgets.labels import as_tooltip, printable

__all__ = ["RowTable"]

_ENTER: Final = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})


class RowTable(QTableWidget):
    """`taken` is Enter or a double click on a row."""

    taken = Signal(int)

    def __init__(self, columns: int) -> None:
        super().__init__(0, columns)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.verticalHeader().hide()
        self.horizontalHeader().setDefaultAlignment(
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        )
        self.horizontalHeader().setHighlightSections(False)
        self.installEventFilter(self)
        self.cellDoubleClicked.connect(lambda row, _column: self.taken.emit(row))

    def write(self, row: int, column: int, text: str) -> QTableWidgetItem:
        """Show a text in a cell, and whole in its tooltip; return the cell."""
        item = QTableWidgetItem(printable(text))
        item.setToolTip(as_tooltip(text))
        self.setItem(row, column, item)
        return item

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take Enter for the row: a table of Qt's own keeps it to itself and does nothing."""
        key = event.key() if isinstance(event, QKeyEvent) else 0
        if event.type() is QEvent.Type.KeyPress and key in _ENTER and self.currentRow() >= 0:
            self.taken.emit(self.currentRow())
            return True
        return super().eventFilter(watched, event)
