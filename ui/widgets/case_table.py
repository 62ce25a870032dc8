"""The cases that wait: one row each, chosen with the arrows, taken up with Enter."""

from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

from ui.context import UiContext
from ui.widgets.labels import as_tooltip, printable
from ui.wording import date_time_text, number_text
from workstation.cases.parked_case import ParkedCase

__all__ = ["CaseTable"]

_COLUMNS: Final = ("since", "operation", "client", "waits_for", "by")
_WIDTHS: Final = {"since": 64, "waits_for": 108, "by": 84}
"""Pixels; the other columns share what is left."""

_ENTER: Final = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})
_ROW: Final = 64
_HIGHEST_ROW: Final = 88
"""Four lines: what an operation is called in Kazakh takes three below its number."""


class CaseTable(QTableWidget):
    """`taken` is Enter or a double click on a case; `chosen` that another one is current."""

    taken = Signal()
    chosen = Signal()

    def __init__(self, ctx: UiContext) -> None:
        super().__init__(0, len(_COLUMNS))
        self._ctx = ctx
        self._cases: tuple[ParkedCase, ...] = ()
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setMinimumHeight(_ROW * 3)
        rows, columns = self.verticalHeader(), self.horizontalHeader()
        rows.setMinimumSectionSize(_ROW)
        rows.setMaximumSectionSize(_HIGHEST_ROW)
        rows.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        rows.hide()
        columns.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        columns.setHighlightSections(False)
        columns.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        for name, width in _WIDTHS.items():
            columns.setSectionResizeMode(_COLUMNS.index(name), QHeaderView.ResizeMode.Fixed)
            self.setColumnWidth(_COLUMNS.index(name), width)
        self.installEventFilter(self)
        self.itemDoubleClicked.connect(self.taken)
        self.itemSelectionChanged.connect(self.chosen)
        ctx.changed.connect(self._fill)
        self._fill()

    @property
    def case(self) -> ParkedCase | None:
        """Return the case that is chosen."""
        row = self.currentRow()
        return self._cases[row] if 0 <= row < len(self._cases) else None

    def show_cases(self, cases: tuple[ParkedCase, ...]) -> None:
        """Show the cases; the one that was chosen stays chosen, else the oldest is."""
        if cases != self._cases:
            before = self.case
            self._cases = cases
            self._fill()
            kept = 0 if before is None or before not in cases else cases.index(before)
            self.setCurrentCell(kept if cases else -1, 0)
            self.chosen.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take Enter for the row: a table of Qt's own keeps it to itself and does nothing."""
        key = event.key() if isinstance(event, QKeyEvent) else 0
        if event.type() is QEvent.Type.KeyPress and key in _ENTER and self.case is not None:
            self.taken.emit()
            return True
        return super().eventFilter(watched, event)

    def _fill(self) -> None:
        tr = self._ctx.tr_code
        self.setAccessibleName(tr("home.cases"))
        self.setHorizontalHeaderLabels([tr(f"cases.{name}") for name in _COLUMNS])
        self.setRowCount(len(self._cases))
        today = date_time_text(self._ctx.now_ms())[:10]
        for row, case in enumerate(self._cases):
            since = date_time_text(case.parked_ms)
            day, clock = since[:10], since[11:16]
            kind = tr(f"operation.{case.kind}")
            iin = tr("header.iin", iin=case.iin_masked)
            texts = (
                clock if day == today else f"{day[:5]}\n{clock}",
                f"№ {number_text(case.number)}\n{kind}",
                f"{case.client_name}\n{iin}",
                tr(f"waits_for.{case.waits_for.value}"),
                case.by,
            )
            for column, text in enumerate(texts):
                item = QTableWidgetItem(printable(text))
                item.setToolTip(as_tooltip(text))
                self.setItem(row, column, item)
