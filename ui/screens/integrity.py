"""The outcome of verifying the log: whole, or broken from a named entry on, and what to do."""

from typing import Final

from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QProgressBar, QWidget

from crypto.log.file.faults import LogFault
from ui.context import UiContext
from ui.navigation import Route
from ui.screens.screen import Screen
from ui.theme.tone import Tone
from ui.widgets.banner import VerdictBanner
from ui.widgets.buttons import Action, ButtonRole, Side
from ui.widgets.card import Card
from ui.widgets.export_dialog import Exporting, ExportOffer
from ui.widgets.labels import CodeLabel, PlainLabel, set_tone
from ui.wording import count_text, date_time_text, duration_text
from workstation.log_export.kind import ExportKind
from workstation.station.commands import StopVerifyingLog, VerifyLog
from workstation.station.log_view import LogNotice, LogQuery, LogVerification
from workstation.station.snapshot import StationStatus

__all__ = ["IntegrityScreen", "advise"]

_FILE: Final = frozenset({LogFault.MISSING, LogFault.NOT_A_LOG, LogFault.UNREADABLE, LogFault.BUSY})
_HEADS: Final = frozenset(
    {
        LogFault.RELEASED_UNREADABLE,
        LogFault.RELEASED_MISSING,
        LogFault.RELEASED_ORDER,
        LogFault.RELEASED_SIGNATURE,
        LogFault.OTHER_ORIGIN,
    }
)
_BACK: Final = frozenset(
    {LogFault.ROLLED_BACK, LogFault.FORKED, LogFault.TOO_SHORT, LogFault.EMPTY}
)
_FASTEST_MS: Final = 500
"""A rate is not told before so much has gone by: it would jump."""


def advise(reason: str) -> str:
    """Return the code of what to do about a fault of the log."""
    for faults, advice in ((_FILE, "file"), (_HEADS, "heads"), (_BACK, "back")):
        if reason in faults:
            return f"integrity.advice.{advice}"
    return "integrity.advice.tampered"


class IntegrityScreen(Screen):
    """Banner, what was found and what it covers; while it runs, how far it is and how fast."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__(ctx, "integrity.title")
        self._found: LogVerification | None = None
        self._status: StationStatus | None = None
        self._begun: tuple[int, int] | None = None
        self.exporting = Exporting(ctx, self)
        self.banner = VerdictBanner(ctx)
        self.progress = QProgressBar()
        self.progress.setRange(0, 0)
        self.progress.setTextVisible(False)
        self.pace = PlainLabel("second")
        self.card = Card(ctx, "integrity.card")
        self.lines = self._add_lines(self.card, ("size", "first_bad", "cause", "time"))
        self.advice = CodeLabel(ctx, "", "lead", wrap=True)
        set_tone(self.advice, Tone.BAD)
        self.card.body.addWidget(self.advice)
        self.coverage = Card(ctx, "integrity.coverage")
        self.covered = self._add_lines(self.coverage, ("heads", "cosigned", "since"))
        for each in (self.card, self.coverage):
            each.body.addStretch(1)
        self.worth = Card(ctx, "integrity.worth")
        self.notices = PlainLabel(wrap=True)
        self.worth.body.addWidget(self.notices)
        row = QHBoxLayout()
        row.setSpacing(16)
        for card in (self.card, self.coverage):
            row.addWidget(card, 1)
        for widget in (self.banner, self.progress, self.pace):
            self.column.addWidget(widget)
        self.column.addLayout(row)
        self.column.addWidget(self.worth)
        self.column.addStretch(1)
        ctx.changed.connect(self._show)
        self._show()

    def _add_lines(self, card: Card, names: tuple[str, ...]) -> dict[str, PlainLabel]:
        grid = QGridLayout()
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        lines = {name: PlainLabel("strong", wrap=True) for name in names}
        for row, (name, value) in enumerate(lines.items()):
            grid.addWidget(CodeLabel(self.ctx, f"integrity.{name}", "second"), row, 0)
            grid.addWidget(value, row, 1)
        card.body.addLayout(grid)
        return lines

    def show_station(self, status: StationStatus) -> None:
        """Show the newest verification."""
        found, before = status.verification, self._found
        started = found is not None and found.running and (before is None or not before.running)
        if found is None or not found.running:
            self._begun = None
        elif started or self._begun is None:
            self._begun = (self.ctx.now_ms(), found.size)
        self._found, self._status = found, status
        self.exporting.show_station(status)
        self._show()
        self.actions_changed.emit()

    def _show(self) -> None:
        found = self._found
        running = found is not None and found.running
        self.progress.setVisible(running)
        self.pace.setVisible(running)
        if found is not None:
            # Without a total it only moves: nothing was read yet.
            self.progress.setRange(0, found.total if running else 0)
            self.progress.setValue(found.size)
        self.progress.setAccessibleName(self.ctx.tr_code("integrity.running"))
        for card in (self.card, self.coverage):
            card.setVisible(found is not None and not running)
        self.worth.setVisible(found is not None and not running and bool(found.notices))
        if found is None:
            self.banner.show_verdict("info", Tone.WAIT, "integrity.none", "integrity.none_text")
        elif running:
            self.pace.setText(self._say_pace(found))
            self.banner.show_verdict(
                "clock", Tone.NOW, "integrity.running", "integrity.running_text"
            )
        else:
            self._show_found(found)

    def _show_found(self, found: LogVerification) -> None:
        icon, tone, verdict = (
            ("shield-check", Tone.OK, "integrity.whole")
            if found.ok
            else ("shield-x", Tone.BAD, "integrity.broken")
        )
        self.banner.show_verdict(icon, tone, verdict, f"{verdict}_text")
        none = self.ctx.tr_code("integrity.no_bad")
        cause = self.ctx.tr_code(f"log_fault.{found.reason}") if found.reason else none
        self.lines["size"].setText(count_text(found.size))
        self.lines["first_bad"].setText(none if found.first_bad < 0 else str(found.first_bad))
        self.lines["cause"].setText(cause)
        self.lines["time"].setText(date_time_text(found.finished_ms))
        self.advice.set_code("" if found.ok else advise(found.reason))
        self.advice.setVisible(not found.ok)
        self.notices.setText("\n".join(map(self._say_notice, found.notices)))
        self._show_coverage(found)

    def _say_notice(self, notice: LogNotice) -> str:
        words = self.ctx.tr_code(f"log_notice.{notice.code}")
        count, first = count_text(notice.count), count_text(notice.first)
        return self.ctx.tr_code("integrity.notice", words=words, count=count, first=first)

    def _show_coverage(self, found: LogVerification) -> None:
        """Say what the verdict rests on, and what it does not cover."""
        status, tr = self._status, self.ctx.tr_code
        if status is None:
            return
        heads = "integrity.heads_ok" if found.ok else "integrity.heads_open"
        self.covered["heads"].setText(tr(heads, size=count_text(found.size)))
        if not status.witnessed:
            cosigned = tr("integrity.no_witness")
        elif status.anchored_size:
            moment = date_time_text(status.anchored_ms)
            cosigned = tr(
                "integrity.cosigned_to", size=count_text(status.anchored_size), time=moment
            )
        else:
            cosigned = tr("integrity.not_cosigned")
        self.covered["cosigned"].setText(cosigned)
        since = max(0, status.log_size - found.size)
        self.covered["since"].setText(count_text(since) if since else tr("integrity.no_bad"))

    def _say_pace(self, found: LogVerification) -> str:
        """Return how many entries are read, how many a second, and how long it will take."""
        done, total = count_text(found.size), count_text(found.total)
        words = self.ctx.tr_code("integrity.far", done=done, total=total) if found.total else ""
        begun = self._begun
        if begun is None or not found.total:
            return words
        passed, read = self.ctx.now_ms() - begun[0], found.size - begun[1]
        if passed < _FASTEST_MS or read <= 0:
            return words
        left = (found.total - found.size) * passed // read
        rate = count_text(read * 1000 // passed)
        pace = self.ctx.tr_code("integrity.pace", rate=rate, left=duration_text(left))
        return f"{words} · {pace}"

    def footer_actions(self) -> tuple[Action, ...]:
        """Return back, the list, the report, and verifying again, or ending it while it runs."""
        found = self._found
        running = found is not None and found.running
        return (
            Action("button.back", "Esc", self._back, side=Side.LEFT),
            Action("button.log", "Ctrl+J", self._log),
            Action(
                *("button.export_report", "Ctrl+E", self._export),
                enabled=self.exporting.allowed and found is not None and not running,
            ),
            Action("button.stop_verifying", "F8", self._stop)
            if running
            else Action("button.verify_log", "F8", self._verify, ButtonRole.PRIMARY),
        )

    def _export(self) -> None:
        found = self._found
        size = 0 if found is None else found.size
        self.exporting.open(ExportOffer((ExportKind.REPORT,), LogQuery(), size, "integrity"))

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
