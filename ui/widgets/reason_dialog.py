"""A question answered with a reason of a closed list, and with words where it says nothing."""

from collections.abc import Callable, Iterable
from typing import Final, TypeVar

from PySide6.QtWidgets import QButtonGroup, QRadioButton, QWidget

from ui.context import UiContext
from ui.theme.tone import Tone
from ui.widgets.buttons import ActionButton
from ui.widgets.confirm import EDGE, QuestionDialog
from ui.widgets.dialogs import open_dialog
from ui.widgets.form import Field
from ui.widgets.labels import set_tone
from workstation.session.confirmation import (
    AbortReason,
    HandOverReason,
    SuspicionReason,
    needs_words,
)
from workstation.session.exception import FEWEST_LETTERS, count_letters, is_explained
from workstation.station.commands import HandOver, RefuseOnSuspicion

__all__ = ["ReasonDialog", "ask_abort", "ask_close", "ask_hand_over", "ask_reason", "ask_suspicion"]

Reason = SuspicionReason | HandOverReason | AbortReason
Given = TypeVar("Given", SuspicionReason, HandOverReason, AbortReason)

_PREFIXES: Final[dict[type[Reason], str]] = {
    SuspicionReason: "suspicion.",
    HandOverReason: "hand_over.",
    AbortReason: "abort_reason.",
}
_ABORT_REASONS: Final = tuple(
    each
    for each in AbortReason
    if each not in {AbortReason.TELLER_ABORTED, AbortReason.WINDOW_CLOSED}
)
"""What a person chooses; the others are the program's own."""

_LONGEST: Final = 200
_WIDTH: Final = 480


class ReasonDialog(QuestionDialog):
    """A question with reasons of which none is chosen yet, and with words."""

    def __init__(
        self,
        ctx: UiContext,
        parent: QWidget,
        question: str,
        agree: str,
        reasons: Iterable[Reason],
    ) -> None:
        super().__init__(ctx, parent, question, width=_WIDTH, spacing=8)
        self.reasons = tuple(reasons)
        self._group = QButtonGroup(self)
        for number, reason in enumerate(self.reasons):
            choice = QRadioButton(ctx.tr_code(_word(reason)))
            self._group.addButton(choice, number)
            self.column.addWidget(choice)
        self.words = Field(ctx, "field.words", longest=_LONGEST)
        self.column.addWidget(self.words)
        self.add_buttons(agree)
        self._group.idToggled.connect(self._judge)
        self.words.edit.textChanged.connect(self._judge)
        self._group.button(0).setFocus()
        self._judge()

    @property
    def reason(self) -> Reason | None:
        """What was chosen so far."""
        number = self._group.checkedId()
        return None if number < 0 else self.reasons[number]

    def offer(self, code: str, then: Callable[[], None]) -> ActionButton:
        """Offer another way out, which needs no reason."""
        other = ActionButton(self._ctx, code)
        self.row.insertWidget(1, other)
        other.clicked.connect(self.reject)
        other.clicked.connect(then)
        other.ensurePolished()
        other.show()
        # A width that was asked for keeps Qt from asking for the room of what came later.
        self.row.invalidate()
        wide = self.row.minimumSize().width() + 2 * EDGE
        self.setMinimumWidth(max(_WIDTH, wide))
        return other

    def choose(self, reason: Reason) -> None:
        """Choose a reason, as a click on it does."""
        self._group.button(self.reasons.index(reason)).click()

    def accept(self) -> None:
        """Agree, once there is a reason that says something."""
        if self._is_enough():
            super().accept()

    def _is_enough(self) -> bool:
        reason = self.reason
        if reason is None:
            return False
        return not needs_words(reason) or is_explained(self.words.text())

    def _judge(self, *_changed: object) -> None:
        reason = self.reason
        self.agree.setEnabled(self._is_enough())
        wanted = reason is not None and needs_words(reason)
        done = min(count_letters(self.words.text()), FEWEST_LETTERS)
        self.words.note.set_code("words.count" if wanted else "", done=done, most=FEWEST_LETTERS)
        set_tone(self.words.note, Tone.OK if done == FEWEST_LETTERS else Tone.NONE)


def ask_reason(
    ctx: UiContext,
    parent: QWidget,
    question: str,
    agree: str,
    reasons: Iterable[Given],
    then: Callable[[Given, str], None],
) -> ReasonDialog:
    """Open the question over the parent's window; `then` is given the reason and the words."""
    offered = tuple(reasons)
    dialog = ReasonDialog(ctx, parent.window(), question, agree, offered)

    def agreed() -> None:
        if dialog.reason is not None:
            then(offered[offered.index(dialog.reason)], dialog.words.text())

    dialog.accepted.connect(agreed)
    open_dialog(ctx, dialog)
    return dialog


def ask_abort(
    ctx: UiContext,
    parent: QWidget,
    then: Callable[[AbortReason, str], None],
    question: str = "abort",
    agree: str = "button.abort",
) -> ReasonDialog:
    """Ask why a case is ended without a decision; nothing ends before the answer."""
    return ask_reason(ctx, parent, question, agree, _ABORT_REASONS, then)


def ask_close(ctx: UiContext, parent: QWidget, then: Callable[[AbortReason], None]) -> None:
    """Ask why a case that waits is ended without its customer: a reason that needs no words."""
    offered = [each for each in _ABORT_REASONS if not needs_words(each)]
    agree = "button.close_case"
    dialog = ask_reason(
        ctx, parent, "close_case", agree, offered, lambda reason, _words: then(reason)
    )
    dialog.words.hide()
    dialog.adjustSize()


def ask_suspicion(ctx: UiContext, parent: QWidget) -> None:
    """Ask why the teller refuses; nothing is refused before the answer."""
    ask_reason(
        ctx,
        parent,
        "suspicion",
        "button.suspicion",
        SuspicionReason,
        lambda reason, words: ctx.post(RefuseOnSuspicion(reason, words)),
    )


def ask_hand_over(ctx: UiContext, parent: QWidget) -> None:
    """Ask why the teller does not decide alone."""
    ask_reason(
        ctx,
        parent,
        "handing_over",
        "button.hand_over",
        HandOverReason,
        lambda reason, words: ctx.post(HandOver(reason, words)),
    )


def _word(reason: Reason) -> str:
    return f"{_PREFIXES[type(reason)]}{reason.value}"
