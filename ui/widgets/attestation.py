"""A question the teller answers yes or no; no answer is a third value and stays one."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QVBoxLayout, QWidget

from ui.context import UiContext
from ui.theme.tone import Tone
from ui.widgets.buttons import ChoiceButton
from ui.widgets.labels import CodeLabel, set_tone
from workstation.rules.questions.definition import AttestationQuestion

__all__ = ["AttestationField"]


class AttestationField(QWidget):
    """Question and two buttons; `answer` is None until one of them was pressed.

    Its words are the policy's, which knows which answer is the good one. `changed` tells of another
    answer.
    """

    changed = Signal()

    def __init__(self, ctx: UiContext, question: AttestationQuestion) -> None:
        super().__init__()
        self._group = QButtonGroup(self)
        code = f"attest.{question.id}"
        text = CodeLabel(ctx, code, wrap=True)
        self.yes, self.no = (ChoiceButton(ctx, f"{code}.{answer}") for answer in ("yes", "no"))
        for number, button in enumerate((self.no, self.yes)):
            self._group.addButton(button, number)
        self._group.idClicked.connect(self._answered)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self.message = CodeLabel(ctx, "attest.unanswered", "caption", wrap=True)
        set_tone(self.message, Tone.BAD)
        self.message.hide()
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addStretch(1)
        words.addWidget(text)
        words.addWidget(self.message)
        words.addStretch(1)
        row.addLayout(words, 1)
        row.addWidget(self.yes)
        row.addWidget(self.no)

    def answer(self) -> bool | None:
        """Return whether the teller said yes, None when nothing was said."""
        pressed = self._group.checkedId()
        return None if pressed < 0 else pressed == 1

    def mark(self, *, unanswered: bool) -> None:
        """Say that the case does not begin without an answer, or take that back."""
        self.message.setVisible(unanswered)

    def _answered(self, _answer: int) -> None:
        self.mark(unanswered=False)
        self.changed.emit()

    def clear(self) -> None:
        """Forget the answer."""
        self.mark(unanswered=False)
        self._group.setExclusive(False)
        for button in self._group.buttons():
            button.setChecked(False)
        self._group.setExclusive(True)
