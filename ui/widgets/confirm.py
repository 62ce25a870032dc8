"""A question before something that cannot be taken back; it never blocks the event loop."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from ui.context import UiContext
from ui.widgets.buttons import ActionButton, ButtonRole
from ui.widgets.dialogs import open_dialog
from ui.widgets.labels import CodeLabel

__all__ = ["ConfirmDialog", "ask"]


class ConfirmDialog(QDialog):
    """Title, consequence, and two buttons; the safe one has the focus."""

    def __init__(self, ctx: UiContext, parent: QWidget, question: str, agree: str) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(ctx.tr_code(f"{question}.title"))
        self.setMinimumWidth(420)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(12)
        column.addWidget(CodeLabel(ctx, f"{question}.title", "banner", wrap=True))
        column.addWidget(CodeLabel(ctx, f"{question}.text", "second", wrap=True))
        row = QHBoxLayout()
        self.agree = ActionButton(ctx, agree, role=ButtonRole.DANGER)
        self.stay = ActionButton(ctx, "button.stay", "Esc")
        row.addWidget(self.agree)
        row.addStretch(1)
        row.addWidget(self.stay)
        column.addSpacing(8)
        column.addLayout(row)
        self.agree.clicked.connect(self.accept)
        self.stay.clicked.connect(self.reject)
        self.stay.setFocus()


def ask(
    ctx: UiContext, parent: QWidget, question: str, agree: str, then: Callable[[], None]
) -> ConfirmDialog:
    """Open the question over the parent's window and call `then` if the operator agrees."""
    dialog = ConfirmDialog(ctx, parent.window(), question, agree)
    dialog.accepted.connect(then)
    open_dialog(ctx, dialog)
    return dialog
