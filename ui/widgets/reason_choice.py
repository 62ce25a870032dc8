"""A reason of a closed list, with its caption: what is offered depends on what it is about."""

from collections.abc import Sequence
from enum import StrEnum

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.context import UiContext
from ui.widgets.choice_list import ChoiceList
from ui.widgets.labels import CodeLabel

__all__ = ["ReasonChoice"]


class ReasonChoice(QWidget):
    """Worded as `prefix.reason`; the first one is chosen until another is.

    `changed` tells that another one is.
    """

    changed = Signal()

    def __init__(self, ctx: UiContext, prefix: str, caption: str) -> None:
        super().__init__()
        self._ctx = ctx
        self._prefix = prefix
        self._offered: tuple[StrEnum, ...] = ()
        self.caption = CodeLabel(ctx, caption, "caption")
        self.list = ChoiceList()
        self.caption.setBuddy(self.list)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.caption)
        column.addWidget(self.list)
        self.list.currentIndexChanged.connect(self.changed)
        ctx.changed.connect(self._name)

    @property
    def chosen(self) -> str:
        """Return the value of the reason that is chosen, empty while none is offered."""
        return str(self.list.currentData() or "")

    def offer(self, reasons: Sequence[StrEnum]) -> None:
        """Offer these reasons; what was chosen stays chosen while the same ones are offered."""
        if tuple(reasons) != self._offered:
            self._offered = tuple(reasons)
            self.list.clear()
            self._name()

    def choose(self, reason: StrEnum) -> None:
        """Choose one that is offered."""
        self.list.setCurrentIndex(self._offered.index(reason))

    def _name(self) -> None:
        before = self.list.currentIndex()
        self.list.clear()
        for each in self._offered:
            self.list.addItem(self._ctx.tr_code(f"{self._prefix}.{each.value}"), each.value)
        self.list.setCurrentIndex(max(0, before) if self._offered else -1)
        self.list.setAccessibleName(self.caption.text())
