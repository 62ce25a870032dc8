"""The decision: shown only from `snapshot.decision`, which is in the log before it is here."""

from typing import Final

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QHBoxLayout

from ui.context import UiContext
from ui.navigation import Route, may_correct
from ui.screens.matching import MatchView
from ui.screens.screen import Screen
from ui.theme.tone import Tone
from ui.widgets.banner import StatusBanner, VerdictBanner
from ui.widgets.buttons import Action, ButtonRole
from ui.widgets.card import Card
from ui.widgets.check_list import CheckGrid
from ui.widgets.labels import CodeLabel
from ui.wording import minute_text
from workstation.station.commands import NewSession
from workstation.station.snapshot import DecisionView, SessionSnapshot

__all__ = ["DecisionScreen"]

_LOOKS: Final = {
    "approved": ("shield-check", Tone.OK),
    "rejected": ("shield-x", Tone.BAD),
    "indeterminate": ("shield-alert", Tone.WARN),
}


class DecisionScreen(Screen):
    """Banner, grounds, photos. Without a recorded decision it says only what is waited for."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__(ctx)
        self._snapshot: SessionSnapshot | None = None
        self.banner = VerdictBanner(ctx)
        self.grid = CheckGrid(ctx)
        self.match = MatchView(ctx, QSize(132, 116))
        self.grounds = grounds = Card(ctx, "decision.grounds")
        grounds.body.addWidget(self.grid)
        self.compared = Card(ctx, "decision.comparison")
        self.compared.setFixedWidth(ctx.theme.scaled(324))
        self.compared.body.addWidget(self.match)
        self.authority = CodeLabel(ctx, "", "second", wrap=True)
        self.compared.body.addWidget(self.authority)
        self.compared.body.addStretch(1)
        self.warning = StatusBanner(ctx)
        self.warning.hide()
        self.column.addWidget(self.banner)
        self.column.addWidget(self.warning)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(grounds, 1)
        row.addWidget(self.compared)
        self.column.addLayout(row, 1)

    def show_session(self, snapshot: SessionSnapshot) -> None:
        """Show the recorded decision, the fault that kept it out of the log, or the wait."""
        self._snapshot = snapshot
        decision = snapshot.decision
        if snapshot.fault:
            self.banner.show_verdict("octagon-x", Tone.BAD, "verdict.fault", snapshot.fault)
            self.grid.show_checks(())
        elif decision is None:
            self.banner.show_verdict("clock", Tone.NOW, "verdict.waiting", "busy.log")
            self.grid.show_checks(())
        else:
            self._show_outcome(decision, snapshot.not_before_ms)
            self.grid.show_checks(decision.checks)
        shown = decision is not None and not snapshot.fault
        self.compared.setVisible(shown and bool(snapshot.reference_jpeg or snapshot.probe_jpeg))
        self.grounds.setVisible(shown)
        self.warning.show_status(Tone.WARN, snapshot.message)
        self.match.show_session(snapshot)
        # The warning above takes the room in which the ticks of the distance are explained.
        waits = shown and self.ctx.now_ms() < snapshot.not_before_ms
        self.match.ticks.setVisible(self.match.ticks.isVisibleTo(self.match) and not waits)
        number = snapshot.authority_number
        self.authority.setVisible(number != "")
        self.authority.set_code("authority.number", number=number)
        self.actions_changed.emit()

    def _show_outcome(self, decision: DecisionView, not_before_ms: int) -> None:
        """Show the outcome; an approval that may not be acted on yet is a waiting, not a go."""
        if self.ctx.now_ms() < not_before_ms:
            moment = minute_text(not_before_ms)
            self.banner.show_verdict(
                "clock", Tone.WARN, "verdict.not_before", "verdict.not_before_text", moment=moment
            )
            return
        icon, tone = _LOOKS.get(decision.outcome, _LOOKS["indeterminate"])
        # Some reasons have more words here: whom to call instead of trying again.
        more = f"decision.{decision.reason}"
        sentence = more if self.ctx.texts.has(more) else decision.reason
        self.banner.show_verdict(icon, tone, f"verdict.{decision.outcome}", sentence)

    def footer_actions(self) -> tuple[Action, ...]:
        """Return the receipt, or a new session when there is no receipt to show."""
        shown = self._snapshot
        if shown is not None and shown.fault:
            return (Action("button.home", "F9", self._new, ButtonRole.PRIMARY),)
        if shown is None or shown.decision is None:
            return ()
        correct = Action("button.correct", "F6", self._correct)
        return (
            self.match.larger.action(),
            *((correct,) if may_correct(shown) else ()),
            Action("button.new_session", "F2", self._next),
            Action("button.receipt", "F9", self._receipt, ButtonRole.PRIMARY),
        )

    def leave(self) -> None:
        """Forget the faces."""
        self.match.forget()

    def _receipt(self) -> None:
        self.navigate.emit(Route.RECEIPT.value)

    def _new(self) -> None:
        self.ctx.post(NewSession())

    def _correct(self) -> None:
        self.ctx.post(NewSession())
        self.navigate.emit(Route.CORRECTION.value)

    def _next(self) -> None:
        self.ctx.post(NewSession())
        self.navigate.emit(Route.FORM.value)
