"""Consent: the text the customer hears and reads, and the answer."""

from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QWidget

from ui.context import UiContext
from ui.screens.session_screen import SessionScreen
from ui.theme.touch import has_touch_screen
from ui.widgets.buttons import Action, ButtonRole
from ui.widgets.card import Card
from ui.widgets.confirm import ask
from ui.widgets.customer_card import CustomerCard
from ui.widgets.labels import CodeLabel
from ui.widgets.text_view import text_view
from workstation.station.commands import AnswerQuestion, GiveConsent, RefuseConsent
from workstation.station.snapshot import SessionSnapshot, StationStatus

__all__ = ["ConsentScreen"]


class ConsentScreen(SessionScreen):
    """The consent is given in the language in which it is shown."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__(ctx, "consent.title")
        self._language = ""
        self._shown = False
        self._needs_window = False
        self._question = ""
        self.text: QPlainTextEdit = text_view(ctx, "consent.title")
        card = Card(ctx, "consent.card")
        card.body.addWidget(CodeLabel(ctx, "consent.hint", "second", wrap=True))
        card.body.addWidget(self.text, 1)
        bar = self.text.verticalScrollBar()
        bar.valueChanged.connect(lambda at: ctx.reading_moved.emit(at / max(1, bar.maximum())))
        self.customer = CustomerCard(ctx)
        self.customer.answered.connect(self._answer)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(card, 3)
        row.addWidget(self.customer, 2)
        self.column.addLayout(row, 1)

    def show_session(self, snapshot: SessionSnapshot) -> None:
        """Show the text."""
        super().show_session(snapshot)
        self._language = snapshot.language
        if self.text.toPlainText() != snapshot.consent:
            self.text.setPlainText(snapshot.consent)
        self._shown = snapshot.consent != ""
        self._needs_window = snapshot.window_needed
        self._question = snapshot.question
        self.customer.show_question(snapshot.question, *snapshot.questions)
        self.customer.enable_answers(enabled=self._readable)
        self.customer.show_window(needed=self._needs_window)
        self.actions_changed.emit()

    def show_station(self, status: StationStatus) -> None:
        """Show by whose hand the answer comes."""
        super().show_station(status)
        self.customer.show_station(status, touch=has_touch_screen())

    def footer_actions(self) -> tuple[Action, ...]:
        """Return refuse and agree; nobody agrees to a text that is not there."""
        refuse = Action(
            "button.consent_refused", "F4", self._ask_refuse, ButtonRole.DANGER, enabled=self.idle
        )
        ready = self._shown and self._readable and not self._question
        agree = Action("button.consent_given", "F9", self._agree, ButtonRole.PRIMARY, enabled=ready)
        opened = Action("button.customer_window", "F11", self.customer_wanted.emit)
        shown = () if self.ctx.customer_shown() else (opened,)
        return (*super().footer_actions(), *shown, refuse, agree)

    @property
    def _readable(self) -> bool:
        """Whether an answer may be given: the customer can read the own window where one has to."""
        return self.idle and (not self._needs_window or self.ctx.customer_shown())

    def _answer(self, yes: bool) -> None:  # noqa: FBT001 - a signal's argument
        """Enter what the customer has said to the question in the own window."""
        if self._question and self._readable:
            self.ctx.post(AnswerQuestion(self._question, yes))

    def _agree(self) -> None:
        self.ctx.post(GiveConsent(self._language))

    def _ask_refuse(self) -> None:
        ask(self.ctx, self, "refuse_consent", "button.consent_refused", self._refuse)

    def _refuse(self) -> None:
        self.ctx.post(RefuseConsent())

    def first_focus(self) -> QWidget:
        """Return the text, so that arrows scroll it."""
        return self.text
