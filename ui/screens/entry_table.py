"""The table of the log: rows of one height, and a place that stays while entries arrive on top."""

from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from ui.context import UiContext
from ui.log_model import COLUMNS, LogModel

__all__ = ["EntryTable"]

_WIDTHS: Final = {
    "seq": 7,
    "time": 18,
    "kind": 14,
    "actor": 14,
    "operation": 18,
    "outcome": 15,
    "reason": 20,
    "findings": 6,
}
"""Digits that fit into a column: widths come from the font, never from contents."""

_BESIDE_PANEL: Final = ("operation", "reason", "findings")
"""Columns that give their room to the entry's panel, which says them."""

_ENTER: Final = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})
_ROW: Final = 36
_MARGIN: Final = 22


class EntryTable(QTableView):
    """`entered` is Enter or a double click on a row; `moved` that another row is current."""

    entered = Signal()
    moved = Signal()

    def __init__(self, ctx: UiContext, model: LogModel) -> None:
        super().__init__()
        self._ctx = ctx
        self._following = True
        self.setModel(model)
        self.setWordWrap(False)
        self.setShowGrid(False)
        self.setAlternatingRowColors(True)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setMinimumHeight(240)
        rows, columns = self.verticalHeader(), self.horizontalHeader()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(_ROW)
        rows.hide()
        columns.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        columns.setStretchLastSection(True)
        columns.setHighlightSections(False)
        metrics = self.fontMetrics()
        for number, column in enumerate(COLUMNS):
            widest = metrics.horizontalAdvance("0" * _WIDTHS[column])
            self.setColumnWidth(number, widest + _MARGIN)
        self.doubleClicked.connect(self.entered)
        model.rowsAboutToBeInserted.connect(self._look_whether_following)
        model.arrived.connect(self._keep_place)
        ctx.changed.connect(self._name)
        self._name()

    def make_room(self, *, beside_panel: bool) -> None:
        """Show fewer columns while the entry's panel says the rest."""
        for column in _BESIDE_PANEL:
            self.setColumnHidden(COLUMNS.index(column), beside_panel)

    def currentChanged(
        self,
        current: QModelIndex | QPersistentModelIndex,
        previous: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Tell that another row is the current one."""
        super().currentChanged(current, previous)
        if current.row() != previous.row():
            self.moved.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take Enter for the row, Home and End for the first and the last one."""
        key, plain = event.key(), event.modifiers() == Qt.KeyboardModifier.NoModifier
        if key in _ENTER:
            if self.currentIndex().isValid() and not event.isAutoRepeat():
                self.entered.emit()
        elif key == Qt.Key.Key_Home and plain:
            self.selectRow(0)
        elif key == Qt.Key.Key_End and plain:
            self.selectRow(self.model().rowCount() - 1)
        else:
            super().keyPressEvent(event)

    def _look_whether_following(self) -> None:
        """Follow what arrives only where nobody reads: at the top, with nothing chosen."""
        at_top = self.verticalScrollBar().value() == 0
        self._following = at_top and not self.selectionModel().hasSelection()

    def _keep_place(self, arrived: int) -> None:
        if not self._following:
            bar = self.verticalScrollBar()
            place = bar.value()
            self.executeDelayedItemsLayout()
            bar.setValue(place + arrived)

    def _name(self) -> None:
        self.setAccessibleName(self._ctx.tr_code("log.title"))
