"""The list of the log: newest first, any length, found while typing, each entry with its proof."""

from collections.abc import Mapping

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QWidget

from ui.context import UiContext
from ui.log_model import LogModel
from ui.navigation import Route
from ui.screens.entry_table import EntryTable
from ui.screens.screen import Screen
from ui.theme.tone import Tone
from ui.widgets.buttons import Action, ButtonRole, Side
from ui.widgets.entry_panel import EntryPanel
from ui.widgets.export_dialog import Exporting, ExportOffer
from ui.widgets.labels import CodeLabel, set_tone
from ui.widgets.log_filter import LogFilter
from ui.widgets.pill import Pill
from ui.widgets.readiness import log_line
from ui.wording import count_text
from workstation.log_export.kind import ExportKind
from workstation.rules.parties import Role
from workstation.station.commands import VerifyLog
from workstation.station.log_view import LogEntryView
from workstation.station.snapshot import StationStatus

__all__ = ["LogScreen"]

_PREFERRED = {Role.SUPERVISOR: "cases"}
_BUILDING_MS = 1000


class LogScreen(Screen):
    """Filter above, table, and the panel of the entry that was asked for with Enter."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__(ctx, "log.title")
        self._seen: tuple[object, ...] = ()
        self.pill = Pill(ctx)
        self.headline.insertWidget(1, self.pill)
        self.filter = LogFilter(ctx)
        self.model = LogModel(ctx)
        self.table = EntryTable(ctx, self.model)
        self.panel = EntryPanel(ctx)
        self.exporting = Exporting(ctx, self)
        self.panel.hide()
        self.detail = CodeLabel(ctx, "", wrap=True)
        set_tone(self.detail, Tone.WARN)
        self.detail.hide()
        self.shown = CodeLabel(ctx, "", "caption")
        body = QHBoxLayout()
        body.setSpacing(16)
        body.addWidget(self.table, 1)
        body.addWidget(self.panel)
        self.column.addWidget(self.filter)
        self.column.addLayout(body, 1)
        self.column.addWidget(self.detail)
        self.column.addWidget(self.shown)
        self._building = QTimer(self)
        self._building.setSingleShot(True)
        self._building.setInterval(_BUILDING_MS)
        self._building.timeout.connect(self.model.refresh)
        self.filter.changed.connect(self._search)
        self.filter.entered.connect(self._open_first)
        self.table.entered.connect(self._enter)
        self.table.moved.connect(self._show_row)
        self.panel.case_wanted.connect(self._open_case)
        self.model.counted.connect(self._show_count)
        self.model.dataChanged.connect(self._show_findings)
        self.model.modelReset.connect(self._show_row)

    def show_station(self, status: StationStatus) -> None:
        """Show the log's integrity; what was written since comes on top."""
        tone, code, values = log_line(status)
        self.pill.set_state(code, tone, **values)
        self.exporting.show_station(status)
        role = None if status.operator is None else status.operator.role
        who = "" if status.operator is None else status.operator.id
        self.filter.offer_operations([each.definition.kind for each in status.operations])
        if self.model.stale() or self._seen[:1] != (who,):
            # Nothing that one may read is shown to the next.
            self._close_panel()
            self.filter.prefer(_PREFERRED.get(role, "all") if role else "all")
            self.filter.clear()
            self.model.restart()
            self._ask_names()
        elif self._seen[1:] != (status.log_size,):
            self.model.refresh()
        self._seen = (who, status.log_size)
        self.actions_changed.emit()

    def _ask_names(self) -> None:
        source = self.ctx.log_pages
        if source is not None:
            self.ctx.reading.ask(
                source, self, "names", lambda log: log.operators(), self._take_names
            )

    def _take_names(self, names: Mapping[str, str]) -> None:
        self.panel.names = names
        self.filter.offer_operators(sorted(names.items(), key=lambda each: each[1].casefold()))
        self.model.name_operators(names)

    def _search(self) -> None:
        self.model.search(self.filter.query())

    def _show_count(self) -> None:
        shown, total = self.model.rowCount(), self.model.total
        searched = self.model.searched
        building = 0 <= searched < total
        code = "log.shown_searching" if building else "log.shown"
        if not self.model.query.is_empty and not shown and not building:
            code = "log.shown_none"
        self.shown.set_code(
            code, shown=count_text(shown), size=count_text(total), searched=count_text(searched)
        )
        if building and self.isVisible():
            self._building.start()

    def _show_row(self) -> None:
        self._show_findings()
        if self.panel.isVisible():
            self._ask_entry()

    def _show_findings(self) -> None:
        """Say what a silent check found in the chosen entry: nobody at the desk was told."""
        row = self.table.currentIndex().row()
        found = self.model.findings(row) if row >= 0 and not self.panel.isVisible() else ()
        words = "; ".join(self.model.word(code, code) for code in found)
        self.detail.set_code("log.to_review" if found else "", what=words)
        self.detail.setVisible(bool(found))

    def _open_first(self) -> None:
        """Go on with the first entry found: Enter in the search."""
        if self.model.rowCount():
            self.table.selectRow(0)
            self.table.setFocus()
            self._open_panel()

    def _enter(self) -> None:
        """Open the entry's panel, or from it the page of its case."""
        entry = self.panel.entry
        if not self.panel.isVisible():
            self._open_panel()
        elif entry is not None and entry.row.seq == self._current() and entry.row.case:
            self._open_case()

    def _open_panel(self) -> None:
        self.panel.show_entry(None)
        self.panel.show()
        self.table.make_room(beside_panel=True)
        self._show_row()
        self.actions_changed.emit()

    def _close_panel(self) -> None:
        if self.panel.isVisible():
            self.table.setFocus()
        self.panel.hide()
        self.table.make_room(beside_panel=False)
        self._show_findings()
        self.actions_changed.emit()

    def _current(self) -> int:
        return self.model.seq_at(self.table.currentIndex().row())

    def _ask_entry(self) -> None:
        seq, source = self._current(), self.ctx.log_pages
        if seq >= 0 and source is not None:
            self.ctx.reading.ask(
                source, self, "entry", lambda log: log.entry(seq), self._take_entry
            )

    def _take_entry(self, entry: LogEntryView | None) -> None:
        if entry is not None and entry.row.seq == self._current():
            self.panel.show_entry(entry)

    def _open_case(self) -> None:
        entry = self.panel.entry
        if entry is not None:
            self.ctx.case = entry.row.case
            self.navigate.emit(Route.CASE.value)

    def footer_actions(self) -> tuple[Action, ...]:
        """Return the way back and the verification."""
        return (
            Action(
                "button.close_entry" if self.panel.isVisible() else "button.back",
                *("Esc", self._back),
                side=Side.LEFT,
            ),
            Action(*("button.export", "Ctrl+E", self._export), enabled=self.exporting.allowed),
            Action("button.verify_log", "F8", self._verify, ButtonRole.PRIMARY),
        )

    def key_actions(self) -> tuple[Action, ...]:
        """Return the key that comes back to the search."""
        return (Action("log.search", "Ctrl+J", self._focus_search, side=Side.PAGE),)

    def _export(self) -> None:
        """Offer what the list shows, or a period, as a file; the whole log for whoever verifies."""
        kinds = (ExportKind.CSV, ExportKind.PDF, ExportKind.TILES)
        offer = ExportOffer(kinds, self.model.query, self.model.rowCount(), "log")
        self.exporting.open(offer)

    def _focus_search(self) -> None:
        self.filter.text.setFocus()
        self.filter.text.selectAll()

    def _back(self) -> None:
        if self.panel.isVisible():
            self._close_panel()
        else:
            self.navigate.emit(Route.NONE.value)

    def _verify(self) -> None:
        self.ctx.post(VerifyLog())
        self.navigate.emit(Route.INTEGRITY.value)

    def first_focus(self) -> QWidget:
        """Return the search."""
        return self.filter.text
