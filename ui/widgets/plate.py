"""Words on a dark rounded ground over the camera picture, drawn once and not once per frame."""

from PySide6.QtCore import QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPixmap

__all__ = ["Plate"]


class Plate:
    """Keeps the newest drawing: its words change a few times a minute, its ground never.

    height, margin  logical pixels: of the whole plate, and left and right of the words together
    text_height     logical pixels of the typeface
    alpha           0 to 255, opacity of the ground
    """

    def __init__(self, *, height: int, margin: int, text_height: int, alpha: int) -> None:
        self._height = height
        self._margin = margin
        self._text_height = text_height
        self._ground = QColor(11, 15, 20, alpha)
        self._key: tuple[str, str, str, float] | None = None
        self._pixmap = QPixmap()

    def pixmap(self, words: str, font: QFont, ink: QColor, ratio: float) -> QPixmap:
        """Return the plate with these words at a pixel ratio."""
        key = (words, font.family(), ink.name(), ratio)
        if key != self._key:
            self._pixmap = self._draw(words, QFont(font), ink, ratio)
            self._key = key
        return self._pixmap

    def _draw(self, words: str, font: QFont, ink: QColor, ratio: float) -> QPixmap:
        font.setPixelSize(self._text_height)
        font.setBold(True)
        width = QFontMetrics(font).horizontalAdvance(words) + self._margin
        size = QSizeF(width, self._height)
        plate = QPixmap((size * ratio).toSize())
        plate.setDevicePixelRatio(ratio)
        plate.fill(Qt.GlobalColor.transparent)
        painter = QPainter(plate)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._ground)
        box = QRectF(0, 0, size.width(), size.height())
        painter.drawRoundedRect(box, self._height / 2, self._height / 2)
        painter.setFont(font)
        painter.setPen(ink)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)
        painter.end()
        return plate
