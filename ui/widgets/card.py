"""A white card with a title: the only box the screens are built of."""

from PySide6.QtWidgets import QFrame, QSizePolicy, QVBoxLayout

from ui.context import UiContext
from ui.widgets.labels import CodeLabel

__all__ = ["Card"]


class Card(QFrame):
    """A frame with padding 16 and an optional title; content goes into `body`."""

    def __init__(self, ctx: UiContext, title: str = "") -> None:
        super().__init__()
        self.setObjectName("card")
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(16, 12, 16, 12)
        self.body.setSpacing(8)
        self.title = CodeLabel(ctx, title, "card")
        # It stays at the top however much room the card has.
        self.title.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        # Into the layout first: a label shown without a parent flashes as a window of its own.
        self.body.addWidget(self.title)
        self.title.setVisible(title != "")
