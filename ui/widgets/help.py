"""Help: every key that works, in words."""

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QGridLayout, QVBoxLayout, QWidget

from ui.context import UiContext
from ui.widgets.buttons import ActionButton
from ui.widgets.labels import CodeLabel, PlainLabel

__all__ = ["HelpDialog"]

_KEYS: Final = (
    ("F1", "help.f1"),
    ("F2", "help.f2"),
    ("F3", "help.f3"),
    ("F4", "help.f4"),
    ("F5", "help.f5"),
    ("F6", "help.f6"),
    ("F7", "help.f7"),
    ("F8", "help.f8"),
    ("F9", "help.f9"),
    ("F11", "help.f11"),
    ("Esc", "help.esc"),
    ("Alt+Left", "help.back"),
    ("Ctrl+E", "help.export"),
    ("Ctrl+J", "help.log"),
    ("Ctrl+K", "help.language"),
    ("Ctrl+L", "help.lock"),
    ("Ctrl+P", "help.print"),
    ("Ctrl+S", "help.save_text"),
    ("Ctrl+T", "help.theme"),
)


class HelpDialog(QDialog):
    """A list of keys; opened without blocking."""

    def __init__(self, ctx: UiContext, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(ctx.tr_code("help.title"))
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(12)
        column.addWidget(CodeLabel(ctx, "help.title", "banner"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(20)
        for row, (key, code) in enumerate(_KEYS):
            name = PlainLabel("strong")
            name.setText(key)
            grid.addWidget(name, row, 0)
            grid.addWidget(CodeLabel(ctx, code), row, 1)
        column.addLayout(grid)
        close = ActionButton(ctx, "button.close", "Esc")
        close.clicked.connect(self.reject)
        column.addWidget(close, 0, Qt.AlignmentFlag.AlignRight)
