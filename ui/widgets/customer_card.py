"""What the teller knows of the customer's window: whether it is read, who acts, what is eased."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QCheckBox

from ui.context import UiContext
from ui.theme.tone import Tone
from ui.widgets.buttons import ActionButton
from ui.widgets.card import Card
from ui.widgets.labels import CodeLabel, set_tone
from workstation.station.snapshot import StationStatus

__all__ = ["CustomerCard"]


class CustomerCard(Card):
    """State of the window, by whose hand the answer comes, large print and spoken prompts.

    answered  the teller enters the customer's answer to the question: whether it was yes
    """

    answered = Signal(bool)

    def __init__(self, ctx: UiContext) -> None:
        super().__init__(ctx, "customer.title")
        self._ctx = ctx
        self.state = CodeLabel(ctx, "customer_window.closed", "strong", wrap=True)
        self.acts = CodeLabel(ctx, "customer_window.by_teller", "second", wrap=True)
        self.large, self.spoken = QCheckBox(), QCheckBox()
        self.question = CodeLabel(ctx, "", "strong", wrap=True)
        self.count = CodeLabel(ctx, "", "caption")
        self.yes, self.no = (ActionButton(ctx, "button.consent_given") for _ in range(2))
        for widget in (self.state, self.acts, self.large, self.spoken):
            self.body.addWidget(widget)
        for asked in (self.count, self.question, self.yes, self.no):
            self.body.addWidget(asked)
            asked.hide()
        self.yes.clicked.connect(lambda: self.answered.emit(True))
        self.no.clicked.connect(lambda: self.answered.emit(False))
        self.body.addStretch(1)
        for box in (self.large, self.spoken):
            box.clicked.connect(self._ease)
        ctx.customer_eased.connect(self._follow)
        ctx.changed.connect(self._name)
        self._name()
        self._follow()

    def show_window(self, *, needed: bool) -> None:
        """Say whether the customer can read the window; `needed`: nothing goes on without."""
        shown, alone = self._ctx.customer_shown(), len(QGuiApplication.screens()) == 1
        # On the one screen it may stand behind the teller's: nobody but the teller can tell.
        code = "one_screen" if shown and alone else "open" if shown else ""
        self.state.set_code(f"customer_window.{code or ('needed' if needed else 'closed')}")
        set_tone(self.state, Tone.OK if shown and not alone else Tone.WARN)

    def show_question(self, question: str, number: int, count: int) -> None:
        """Show what the customer is asked now, and both answers to be entered; empty for nothing.

        number, count  which question it is, and of how many
        """
        for widget in (self.count, self.question, self.yes, self.no):
            widget.setVisible(question != "")
        if question:
            code = f"attest.{question}"
            self.count.set_code("customer.question", number=number, count=count)
            self.question.set_code(code)
            self.yes.set_code(f"{code}.yes")
            self.no.set_code(f"{code}.no")

    def enable_answers(self, *, enabled: bool) -> None:
        """Let an answer be entered, or none while the customer cannot read the question."""
        for button in (self.yes, self.no):
            button.setEnabled(enabled)

    def show_station(self, status: StationStatus, *, touch: bool) -> None:
        """Say by whose hand the answer comes; `touch`: the system knows of a touch screen."""
        keys, taps = status.customer_keys, status.customer_touch or touch
        by_themselves = "customer_window.by_touch" if taps else "customer_window.by_keys"
        self.acts.set_code(by_themselves if taps or keys else "customer_window.by_teller")

    def _ease(self) -> None:
        self._ctx.ease_customer(large=self.large.isChecked(), spoken=self.spoken.isChecked())

    def _follow(self) -> None:
        """Show what is in force, whoever has chosen it."""
        self.large.setChecked(self._ctx.customer_ease.large)
        self.spoken.setChecked(self._ctx.customer_ease.spoken)

    def _name(self) -> None:
        self.large.setText(self._ctx.tr_code("customer.large"))
        self.spoken.setText(self._ctx.tr_code("customer.spoken"))
