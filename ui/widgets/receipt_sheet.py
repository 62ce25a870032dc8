"""The receipt as it was written: its own strokes, painted on the screen and on paper.

Neither a viewer of PDF files nor what rasterises them is on a teller's PC: Qt's is not in
PySide6-Essentials, and another library would read what we have just written. The strokes are those
the PDF was drawn of, by the same calls.
"""

from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.context import UiContext
from workstation.documents.receipt_page import (
    DrawnBar,
    DrawnFrame,
    DrawnLine,
    DrawnText,
    ReceiptDrawing,
)

__all__ = ["ReceiptSheet", "paint_receipt", "print_receipt"]

_EM: Final = 100
"""Pixels of the typeface that is scaled to each size: a font has whole pixels only."""

_PAPER, _INK = QColor("#FFFFFF"), QColor("#000000")


def paint_receipt(painter: QPainter, drawing: ReceiptDrawing, target: QRectF) -> None:
    """Paint the page into a box of its proportions, on white whatever the theme is."""
    painter.save()
    painter.fillRect(target, _PAPER)
    painter.translate(target.topLeft())
    painter.scale(target.width() / drawing.width, target.height() / drawing.height)
    painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
    fonts = {strong: _font(strong=strong) for strong in (False, True)}
    for stroke in drawing.strokes:
        match stroke:
            case DrawnText():
                painter.save()
                painter.translate(stroke.x, stroke.y)
                painter.scale(stroke.size / _EM, stroke.size / _EM)
                painter.setFont(fonts[stroke.strong])
                painter.setPen(QColor(stroke.colour))
                painter.drawText(QPointF(0, 0), stroke.text)
                painter.restore()
            case DrawnLine():
                line = QRectF(stroke.x, stroke.y, stroke.width, stroke.thickness)
                painter.fillRect(line, QColor(stroke.colour))
            case DrawnFrame():
                painter.setPen(QPen(QColor(stroke.colour), 1))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(QRectF(stroke.x, stroke.y, stroke.width, stroke.height))
            case DrawnBar():
                painter.fillRect(QRectF(stroke.x, stroke.y, stroke.width, stroke.height), _INK)
    painter.restore()


def print_receipt(drawing: ReceiptDrawing, printer: QPrinter) -> bool:
    """Print the one page and tell whether the printer took it; the page is never cut."""
    printer.setFullPage(True)
    painter = QPainter()
    if not painter.begin(printer):
        return False
    room = QRectF(printer.paperRect(QPrinter.Unit.DevicePixel))
    scale = min(room.width() / drawing.width, room.height() / drawing.height)
    width, height = drawing.width * scale, drawing.height * scale
    left = (room.width() - width) / 2
    paint_receipt(painter, drawing, QRectF(left, 0, width, height))
    return painter.end()


class ReceiptSheet(QWidget):
    """The page at the width it gets; the page behind it scrolls."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__()
        self._ctx = ctx
        self._drawing: ReceiptDrawing | None = None
        self._page = QPixmap()
        self._sheet = QPixmap()
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        ctx.changed.connect(self._name)
        self._name()

    def show_drawing(self, drawing: ReceiptDrawing | None) -> None:
        """Show a page, or none."""
        if drawing is not self._drawing:
            self._drawing = drawing
            self._sheet = QPixmap()
            self._name()
            self.updateGeometry()
            self.update()

    def hasHeightForWidth(self) -> bool:
        """Keep the paper's proportions."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the height of a page of a width."""
        drawing = self._drawing
        return 0 if drawing is None else round(width * drawing.height / drawing.width)

    def sizeHint(self) -> QSize:
        """Ask for a page that can be read."""
        drawing = self._drawing
        return (
            QSize(0, 0) if drawing is None else QSize(round(drawing.width), round(drawing.height))
        )

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the page."""
        if self._drawing is None:
            return
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._painted(self._drawing))
        painter.end()

    def _painted(self, drawing: ReceiptDrawing) -> QPixmap:
        """Return the page at this width, painted once: its letters take longer than a page may."""
        width, ratio = self.width(), self.devicePixelRatioF()
        if (width, ratio) != (self._sheet.width() / ratio, self._sheet.devicePixelRatioF()):
            size = QSizeF(width, self.heightForWidth(width))
            self._sheet = QPixmap((size * ratio).toSize())
            self._sheet.setDevicePixelRatio(ratio)
            painter = QPainter(self._sheet)
            paint_receipt(painter, drawing, QRectF(0, 0, size.width(), size.height()))
            painter.end()
        return self._sheet

    def _name(self) -> None:
        """Read the page to whoever cannot see it."""
        self.setAccessibleName(self._ctx.tr_code("receipt.preview"))
        strokes = () if self._drawing is None else self._drawing.strokes
        lines = (each.text for each in strokes if isinstance(each, DrawnText))
        self.setAccessibleDescription("\n".join(lines))


def _font(*, strong: bool) -> QFont:
    font = QFont("Inter")
    font.setPixelSize(_EM)
    font.setWeight(QFont.Weight.Bold if strong else QFont.Weight.Normal)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    # Letter by letter, as in the PDF: no other shapes for neighbours, no closer pairs.
    font.setKerning(False)
    font.setFeature(QFont.Tag("calt"), 0)
    return font
