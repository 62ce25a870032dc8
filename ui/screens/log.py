"""The list of the log: newest first, any length, with the state of its integrity on top."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QHeaderView, QTableView, QWidget

from ui.context import UiContext
from ui.log_model import COLUMNS, LogModel
from ui.navigation import Route
from ui.screens.screen import Screen
from ui.theme.tone import Tone
from ui.widgets.buttons import Action, ButtonRole, Side
from ui.widgets.labels import CodeLabel, set_tone
from ui.widgets.pill import Pill
from ui.widgets.readiness import log_line
from ui.wording import count_text
from workstation.station.commands import VerifyLog
from workstation.station.snapshot import StationStatus

__all__ = ["LogScreen"]

_WIDTHS = {
    "seq": 7,
    "time": 18,
    "kind": 13,
    "operation": 20,
    "outcome": 12,
    "reason": 28,
    "findings": 7,
    "actor": 8,
}
"""Digits that fit into a column: widths come from the font, never from contents."""


class LogScreen(Screen):
    """A table over pages; fixed rows, no wrapping, no width computed from contents."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__(ctx, "log.title")
        self._size = -1
        self.pill = Pill(ctx)
        self.model = LogModel(ctx)
        self.table = QTableView()
        self.table.setModel(self.model)
        self.table.setWordWrap(False)
        self.table.setShowGrid(False)
        self.table.setAlternatingRowColors(True)
        self.table.setTabKeyNavigation(False)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setMinimumHeight(240)
        rows = self.table.verticalHeader()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(36)
        rows.hide()
        columns = self.table.horizontalHeader()
        columns.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        columns.setStretchLastSection(True)
        columns.setHighlightSections(False)
        metrics = self.table.fontMetrics()
        for number, column in enumerate(COLUMNS):
            widest = metrics.horizontalAdvance("0" * _WIDTHS[column])
            self.table.setColumnWidth(number, widest + 28)
        self.detail = CodeLabel(ctx, "", wrap=True)
        set_tone(self.detail, Tone.WARN)
        self.table.selectionModel().currentRowChanged.connect(self._show_findings)
        self.model.modelReset.connect(self._show_findings)
        self.shown = CodeLabel(ctx, "", "caption")
        row = QHBoxLayout()
        row.addWidget(self.pill)
        row.addStretch(1)
        self.column.addLayout(row)
        self.column.addWidget(self.table, 1)
        self.column.addWidget(self.detail)
        self.column.addWidget(self.shown)
        ctx.changed.connect(self._name)
        self._name()

    def _name(self) -> None:
        self.table.setAccessibleName(self.ctx.tr_code("log.title"))

    def show_station(self, status: StationStatus) -> None:
        """Show the log's integrity; read again when it has grown."""
        tone, code, values = log_line(status)
        self.pill.set_state(code, tone, **values)
        if status.log_size != self._size or self.model.stale():
            self._size = status.log_size
            self.model.refresh()
            self._show_count()

    def _show_count(self) -> None:
        self.shown.set_code("log.count", size=count_text(self.model.rowCount()))

    def _show_findings(self) -> None:
        """Say what a silent check found in the chosen entry: nobody at the desk was told."""
        row = self.table.currentIndex().row()
        found = self.model.findings(row) if row >= 0 else ()
        words = "; ".join(self.model.word(code, code) for code in found)
        self.detail.set_code("log.to_review" if found else "", what=words)
        self.detail.setVisible(bool(found))

    def footer_actions(self) -> tuple[Action, ...]:
        """Return the way back and the verification."""
        return (
            Action("button.back", "Esc", self._back, side=Side.LEFT),
            Action("button.verify_log", "F8", self._verify, ButtonRole.PRIMARY),
        )

    def _back(self) -> None:
        self.navigate.emit(Route.NONE.value)

    def _verify(self) -> None:
        self.ctx.post(VerifyLog())
        self.navigate.emit(Route.INTEGRITY.value)

    def first_focus(self) -> QWidget:
        """Return the table."""
        return self.table
