"""Consent: the text the customer hears and reads, and the answer."""

from PySide6.QtWidgets import QPlainTextEdit, QWidget

from ui.context import UiContext
from ui.screens.session_screen import SessionScreen
from ui.theme.tone import Tone
from ui.widgets.buttons import Action, ButtonRole
from ui.widgets.card import Card
from ui.widgets.confirm import ask
from ui.widgets.labels import CodeLabel, set_tone
from ui.widgets.text_view import text_view
from workstation.station.commands import GiveConsent, RefuseConsent
from workstation.station.snapshot import SessionSnapshot

__all__ = ["ConsentScreen"]


class ConsentScreen(SessionScreen):
    """The consent is given in the language in which it is shown."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__(ctx, "consent.title")
        self._language = ""
        self._shown = False
        self._needs_window = False
        self.text: QPlainTextEdit = text_view(ctx, "consent.title")
        card = Card(ctx, "consent.card")
        card.body.addWidget(CodeLabel(ctx, "consent.hint", "second", wrap=True))
        card.body.addWidget(self.text, 1)
        self.window_state = CodeLabel(ctx, "customer_window.closed", "strong", wrap=True)
        card.body.addWidget(self.window_state)
        self.column.addWidget(card, 1)

    def show_session(self, snapshot: SessionSnapshot) -> None:
        """Show the text."""
        super().show_session(snapshot)
        self._language = snapshot.language
        if self.text.toPlainText() != snapshot.consent:
            self.text.setPlainText(snapshot.consent)
        self._shown = snapshot.consent != ""
        self._needs_window = snapshot.window_needed
        self._show_window()
        self.actions_changed.emit()

    def footer_actions(self) -> tuple[Action, ...]:
        """Return refuse and agree; nobody agrees to a text that is not there."""
        refuse = Action(
            "button.consent_refused", "F4", self._ask_refuse, ButtonRole.DANGER, enabled=self.idle
        )
        ready = self._shown and self.idle and not self._lacks_window()
        self._show_window()
        agree = Action("button.consent_given", "F9", self._agree, ButtonRole.PRIMARY, enabled=ready)
        opened = Action("button.customer_window", "F11", self.customer_wanted.emit)
        shown = () if self.ctx.customer_shown() else (opened,)
        return (*super().footer_actions(), *shown, refuse, agree)

    def _lacks_window(self) -> bool:
        """Say whether the customer has to read the own window and cannot."""
        return self._needs_window and not self.ctx.customer_shown()

    def _show_window(self) -> None:
        """Say beside the text whether the customer can read it."""
        shown = self.ctx.customer_shown()
        code = "open" if shown else "needed" if self._needs_window else "closed"
        self.window_state.set_code(f"customer_window.{code}")
        set_tone(self.window_state, Tone.OK if shown else Tone.WARN)

    def _agree(self) -> None:
        self.ctx.post(GiveConsent(self._language))

    def _ask_refuse(self) -> None:
        ask(self.ctx, self, "refuse_consent", "button.consent_refused", self._refuse)

    def _refuse(self) -> None:
        self.ctx.post(RefuseConsent())

    def first_focus(self) -> QWidget:
        """Return the text, so that arrows scroll it."""
        return self.text
