"""Why no set of commands fits a customer: a reason out of the list and the teller's own words."""

from PySide6.QtCore import Signal

from ui.context import UiContext
from ui.widgets.card import Card
from ui.widgets.choice_list import ChoiceList
from ui.widgets.form import Field
from ui.widgets.labels import CodeLabel
from workstation.session.exception import ExceptionReason

__all__ = ["ExceptionCard"]


class ExceptionCard(Card):
    """The reason has no first value; whether the words are enough is the core's to say."""

    changed = Signal()

    def __init__(self, ctx: UiContext) -> None:
        super().__init__(ctx, "exception.card")
        self._ctx = ctx
        self.body.addWidget(CodeLabel(ctx, "exception.hint", "caption", wrap=True))
        caption = CodeLabel(ctx, "field.exception_reason", "caption")
        self.reason = ChoiceList()
        # As wide as the card, not as its longest reason: a card that wants more room is squeezed.
        self.reason.setSizeAdjustPolicy(
            ChoiceList.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        caption.setBuddy(self.reason)
        self.body.addWidget(caption)
        self.body.addWidget(self.reason)
        self.reason.addItem("", None)
        for each in ExceptionReason:
            self.reason.addItem("", each.value)
        self.words = Field(ctx, "field.exception_words", longest=200)
        self.body.addWidget(self.words)
        self.reason.currentIndexChanged.connect(self.changed)
        self.words.edit.textChanged.connect(self.changed)
        self._name()
        ctx.changed.connect(self._name)

    def chosen_reason(self) -> ExceptionReason | None:
        """Return the reason, None before one was chosen."""
        value = self.reason.currentData()
        return ExceptionReason(value) if value else None

    @property
    def complete(self) -> bool:
        """Whether a reason was chosen and something was written."""
        return self.chosen_reason() is not None and self.words.text() != ""

    def clear(self) -> None:
        """Forget it: it was written about one customer."""
        self.reason.setCurrentIndex(0)
        self.words.edit.clear()

    def _name(self) -> None:
        for row, reason in enumerate(ExceptionReason, start=1):
            self.reason.setItemText(row, self._ctx.tr_code(f"exception_reason.{reason.value}"))
        self.reason.setAccessibleName(self._ctx.tr_code("field.exception_reason"))
