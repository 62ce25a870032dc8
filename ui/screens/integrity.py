"""The outcome of verifying the log: whole, or broken from a named entry on."""

from PySide6.QtWidgets import QGridLayout, QProgressBar, QWidget

from ui.context import UiContext
from ui.navigation import Route
from ui.screens.screen import Screen
from ui.theme.tone import Tone
from ui.widgets.banner import VerdictBanner
from ui.widgets.buttons import Action, ButtonRole, Side
from ui.widgets.card import Card
from ui.widgets.labels import CodeLabel, PlainLabel
from ui.wording import count_text, date_time_text
from workstation.station.commands import StopVerifyingLog, VerifyLog
from workstation.station.log_view import LogVerification
from workstation.station.snapshot import StationStatus

__all__ = ["IntegrityScreen"]


class IntegrityScreen(Screen):
    """Banner and four facts; while it runs, a bar that fills and no verdict."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__(ctx, "integrity.title")
        self._found: LogVerification | None = None
        self.banner = VerdictBanner(ctx)
        self.progress = QProgressBar()
        self.progress.setRange(0, 0)
        self.progress.setTextVisible(False)
        self.card = Card(ctx, "integrity.card")
        grid = QGridLayout()
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        self.lines = {name: PlainLabel("strong") for name in ("size", "first_bad", "cause", "time")}
        for row, (name, value) in enumerate(self.lines.items()):
            grid.addWidget(CodeLabel(ctx, f"integrity.{name}", "second"), row, 0)
            grid.addWidget(value, row, 1)
        self.card.body.addLayout(grid)
        self.column.addWidget(self.banner)
        self.column.addWidget(self.progress)
        self.column.addWidget(self.card)
        self.column.addStretch(1)
        ctx.changed.connect(self._show)
        self._show()

    def show_station(self, status: StationStatus) -> None:
        """Show the newest verification."""
        self._found = status.verification
        self._show()
        self.actions_changed.emit()

    def _show(self) -> None:
        found = self._found
        running = found is not None and found.running
        self.progress.setVisible(running)
        if found is not None:
            # Without a total it only moves: nothing was read yet.
            self.progress.setRange(0, found.total if running else 0)
            self.progress.setValue(found.size)
        self.progress.setAccessibleName(self.ctx.tr_code("integrity.running"))
        self.card.setVisible(found is not None and not running)
        if found is None:
            self.banner.show_verdict("info", Tone.WAIT, "integrity.none", "integrity.none_text")
            return
        if running:
            self.banner.show_verdict(
                "clock", Tone.NOW, "integrity.running", "integrity.running_text"
            )
            return
        if found.ok:
            self.banner.show_verdict(
                "shield-check", Tone.OK, "integrity.whole", "integrity.whole_text"
            )
        else:
            self.banner.show_verdict(
                "shield-x", Tone.BAD, "integrity.broken", "integrity.broken_text"
            )
        none = self.ctx.tr_code("integrity.no_bad")
        cause = self.ctx.tr_code(f"log_fault.{found.reason}") if found.reason else none
        self.lines["size"].setText(count_text(found.size))
        self.lines["first_bad"].setText(none if found.first_bad < 0 else str(found.first_bad))
        self.lines["cause"].setText(cause)
        self.lines["time"].setText(date_time_text(found.finished_ms))

    def footer_actions(self) -> tuple[Action, ...]:
        """Return back, the list, and verifying again, or ending it while it runs."""
        running = self._found is not None and self._found.running
        return (
            Action("button.back", "Esc", self._back, side=Side.LEFT),
            Action("button.log", "Ctrl+J", self._log),
            Action("button.stop_verifying", "F8", self._stop)
            if running
            else Action("button.verify_log", "F8", self._verify, ButtonRole.PRIMARY),
        )

    def _back(self) -> None:
        self.navigate.emit(Route.NONE.value)

    def _log(self) -> None:
        self.navigate.emit(Route.LOG.value)

    def _verify(self) -> None:
        self.ctx.post(VerifyLog())

    def _stop(self) -> None:
        self.ctx.post(StopVerifyingLog())

    def first_focus(self) -> QWidget | None:
        """Leave the focus to the footer."""
        return None
