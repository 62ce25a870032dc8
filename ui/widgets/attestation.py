"""A question the teller answers yes or no; no answer is a third value and stays one."""

from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QWidget

from ui.context import UiContext
from ui.widgets.buttons import ChoiceButton
from ui.widgets.labels import CodeLabel
from workstation.rules.questions.definition import AttestationQuestion

__all__ = ["AttestationField"]


class AttestationField(QWidget):
    """Question and two buttons; `answer` is None until one of them was pressed.

    Its words are the policy's, which knows which answer is the good one.
    """

    def __init__(self, ctx: UiContext, question: AttestationQuestion) -> None:
        super().__init__()
        self._group = QButtonGroup(self)
        code = f"attest.{question.id}"
        text = CodeLabel(ctx, code, wrap=True)
        self.yes, self.no = (ChoiceButton(ctx, f"{code}.{answer}") for answer in ("yes", "no"))
        for number, button in enumerate((self.no, self.yes)):
            self._group.addButton(button, number)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(text, 1)
        row.addWidget(self.yes)
        row.addWidget(self.no)

    def answer(self) -> bool | None:
        """Return whether the teller said yes, None when nothing was said."""
        pressed = self._group.checkedId()
        return None if pressed < 0 else pressed == 1

    def clear(self) -> None:
        """Forget the answer."""
        self._group.setExclusive(False)
        for button in self._group.buttons():
            button.setChecked(False)
        self._group.setExclusive(True)
