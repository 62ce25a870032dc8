"""A sentence above the footer: why a key does nothing here. It moves nothing and takes no focus."""

from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from ui.context import UiContext
from ui.theme.tone import Tone
from ui.widgets.labels import CodeLabel, set_tone
from ui.widgets.pill import IconLabel

__all__ = ["HINT_MS", "Hint"]

HINT_MS: Final = 6000
_EDGE: Final = 12
_WIDEST: Final = 640


class Hint(QFrame):
    """Laid over the bottom of its parent for some seconds, and told to a screen reader."""

    def __init__(self, ctx: UiContext, parent: QWidget) -> None:
        super().__init__(parent)
        self._ctx = ctx
        self.setObjectName("tint")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.words = CodeLabel(ctx, "", "strong", wrap=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 8, 16, 8)
        row.setSpacing(12)
        row.addWidget(IconLabel(ctx, "info", 20, Tone.WARN))
        row.addWidget(self.words, 1)
        set_tone(self, Tone.WARN)
        set_tone(self.words, Tone.WARN)
        self.timer = QTimer(self)
        self.timer.setSingleShot(True)
        self.timer.setInterval(HINT_MS)
        self.timer.timeout.connect(self.hide)
        parent.installEventFilter(self)
        self.hide()

    def say(self, code: str, **values: str | int) -> None:
        """Show a sentence; the next one takes its place, the empty one hides it."""
        self.words.set_code(code, **values)
        self.setVisible(code != "")
        if code:
            self._place()
            self.raise_()
            self.timer.start()
            self._ctx.announce(self.words.text(), urgent=True)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay at the bottom when the parent becomes another size."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        parent = self.parentWidget()
        if parent is None:
            return
        width = min(_WIDEST, parent.width() - 2 * _EDGE)
        height = max(self.sizeHint().height(), self.heightForWidth(width))
        self.setGeometry(
            (parent.width() - width) // 2, parent.height() - height - _EDGE, width, height
        )
