"""A question before something that cannot be taken back; it never blocks the event loop."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from ui.context import UiContext
from ui.widgets.buttons import ActionButton, ButtonRole
from ui.widgets.dialogs import open_dialog
from ui.widgets.labels import CodeLabel

__all__ = ["EDGE", "ConfirmDialog", "QuestionDialog", "ask"]

EDGE: Final = 24
"""Pixels left and right of what stands in a question."""


class QuestionDialog(QDialog):
    """Title and consequence; below them what else is asked, and at last the two buttons.

    width    least width in pixels; spacing: between what stands in it
    """

    def __init__(
        self, ctx: UiContext, parent: QWidget, question: str, *, width: int, spacing: int
    ) -> None:
        super().__init__(parent)
        self._ctx = ctx
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(ctx.tr_code(f"{question}.title"))
        self.setMinimumWidth(width)
        self.column, self.row = QVBoxLayout(self), QHBoxLayout()
        self.column.setContentsMargins(EDGE, 20, EDGE, 20)
        self.column.setSpacing(spacing)
        self.column.addWidget(CodeLabel(ctx, f"{question}.title", "banner", wrap=True))
        self.column.addWidget(CodeLabel(ctx, f"{question}.text", "second", wrap=True))

    def add_buttons(self, agree: str) -> None:
        """Add the buttons: last, for Tab goes through what was added in its order."""
        self.agree = ActionButton(self._ctx, agree, role=ButtonRole.DANGER)
        self.stay = ActionButton(self._ctx, "button.stay", "Esc")
        self.row.addWidget(self.agree)
        self.row.addStretch(1)
        self.row.addWidget(self.stay)
        self.column.addSpacing(8)
        self.column.addLayout(self.row)
        self.agree.clicked.connect(self.accept)
        self.stay.clicked.connect(self.reject)


class ConfirmDialog(QuestionDialog):
    """A question of yes or no; the safe answer has the focus."""

    def __init__(self, ctx: UiContext, parent: QWidget, question: str, agree: str) -> None:
        super().__init__(ctx, parent, question, width=420, spacing=12)
        self.add_buttons(agree)
        self.stay.setFocus()


def ask(
    ctx: UiContext, parent: QWidget, question: str, agree: str, then: Callable[[], None]
) -> ConfirmDialog:
    """Open the question over the parent's window and call `then` if the operator agrees."""
    dialog = ConfirmDialog(ctx, parent.window(), question, agree)
    dialog.accepted.connect(then)
    open_dialog(ctx, dialog)
    return dialog
