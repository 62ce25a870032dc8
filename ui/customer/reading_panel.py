"""A text for the customer to read: as large as it fits, and where it does not, to be scrolled."""

from typing import Final

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFont, QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QScroller

from ui.widgets.labels import printable

__all__ = ["LEAST_PX", "ReadingPanel"]

LEAST_PX: Final = 20
"""Whoever stands two steps away reads no less."""

_MOST_PX: Final = 32
_LEAST_HEIGHT: Final = 96
_BESIDE: Final = 48
"""Frame, padding, the document's own margin and the room of the scroll bar."""

_ABOVE: Final = 36


class ReadingPanel(QPlainTextEdit):
    """Shows a text in the largest type in which it fits, never below `LEAST_PX` pixels.

    A finger or a wheel moves it; `move_to` lets the teller do it where the customer cannot.
    """

    def __init__(self) -> None:
        super().__init__()
        self._factor = 1.0
        self.setObjectName("reading")
        self.setReadOnly(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumHeight(_LEAST_HEIGHT)
        QScroller.grabGesture(self.viewport(), QScroller.ScrollerGestureType.TouchGesture)

    def show_text(self, untrusted_text: str, *, factor: float) -> None:
        """Show a text from its beginning; the same one stays where it was read.

        factor  how much larger than usual, for who needs it
        """
        # The last line feed is signed, and would be an empty line here.
        text = printable(untrusted_text).rstrip("\n")
        if text == self.toPlainText() and factor == self._factor:
            return
        self._factor = factor
        if text != self.toPlainText():
            self.setPlainText(text)
        self._fit()

    def move_to(self, share: float) -> None:
        """Show another part: 0 the beginning, 1 the end."""
        bar = self.verticalScrollBar()
        bar.setValue(round(share * bar.maximum()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Choose the type anew."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        least, most = round(LEAST_PX * self._factor), round(_MOST_PX * self._factor)
        font = QFont(self.font())
        room = QRect(0, 0, max(1, self.width() - _BESIDE), 0)
        words = Qt.TextFlag.TextWordWrap
        for size in range(most, least - 1, -1):
            font.setPixelSize(size)
            metrics = QFontMetrics(font)
            needed = metrics.boundingRect(room, words, self.toPlainText()).height()
            if needed + metrics.lineSpacing() <= self.height() - _ABOVE:
                break
        # A style sheet wins over `setFont`, so the size is said in one.
        sheet = f"#reading {{ font-size: {font.pixelSize()}px; }}"
        if sheet != self.styleSheet():
            self.setStyleSheet(sheet)
