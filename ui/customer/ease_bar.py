"""Two switches for a customer who reads badly: large print, and prompts spoken aloud."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from ui.context import UiContext
from workstation.documents.texts import Texts

__all__ = ["EaseBar"]

_HEIGHT = 44


class EaseBar(QWidget):
    """Large print and spoken prompts, in the customer's own reach."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__()
        self._ctx = ctx
        self.large, self.spoken = QPushButton(), QPushButton()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        for button in (self.large, self.spoken):
            button.setCheckable(True)
            button.setAutoDefault(False)
            button.setProperty("role", "tool")
            button.setMinimumHeight(_HEIGHT)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.clicked.connect(self._ease)
            row.addWidget(button)
        ctx.customer_eased.connect(self._follow)
        self._follow()

    def show_words(self, texts: Texts) -> None:
        """Show the words of a language."""
        self.large.setText(texts.tr("customer.large"))
        self.spoken.setText(texts.tr("customer.spoken"))

    def _ease(self) -> None:
        self._ctx.ease_customer(large=self.large.isChecked(), spoken=self.spoken.isChecked())

    def _follow(self) -> None:
        """Show what is in force, whoever has chosen it."""
        self.large.setChecked(self._ctx.customer_ease.large)
        self.spoken.setChecked(self._ctx.customer_ease.spoken)
