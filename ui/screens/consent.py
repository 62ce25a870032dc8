"""Consent: the text the customer hears and reads, and the answer."""

from PySide6.QtWidgets import QPlainTextEdit, QWidget

from ui.context import UiContext
from ui.screens.session_screen import SessionScreen
from ui.widgets.buttons import Action, ButtonRole
from ui.widgets.card import Card
from ui.widgets.confirm import ask
from ui.widgets.labels import CodeLabel
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
        self.text: QPlainTextEdit = text_view(ctx, "consent.title")
        card = Card(ctx, "consent.card")
        card.body.addWidget(CodeLabel(ctx, "consent.hint", "second", wrap=True))
        card.body.addWidget(self.text, 1)
        self.column.addWidget(card, 1)

    def show_session(self, snapshot: SessionSnapshot) -> None:
        """Show the text."""
        super().show_session(snapshot)
        self._language = snapshot.language
        if self.text.toPlainText() != snapshot.consent:
            self.text.setPlainText(snapshot.consent)
        self._shown = snapshot.consent != ""
        self.actions_changed.emit()

    def footer_actions(self) -> tuple[Action, ...]:
        """Return refuse and agree; nobody agrees to a text that is not there."""
        refuse = Action(
            "button.consent_refused", "F4", self._ask_refuse, ButtonRole.DANGER, enabled=self.idle
        )
        ready = self._shown and self.idle
        agree = Action("button.consent_given", "F9", self._agree, ButtonRole.PRIMARY, enabled=ready)
        return (*super().footer_actions(), refuse, agree)

    def _agree(self) -> None:
        self.ctx.post(GiveConsent(self._language))

    def _ask_refuse(self) -> None:
        ask(self.ctx, self, "refuse_consent", "button.consent_refused", self._refuse)

    def _refuse(self) -> None:
        self.ctx.post(RefuseConsent())

    def first_focus(self) -> QWidget:
        """Return the text, so that arrows scroll it."""
        return self.text
