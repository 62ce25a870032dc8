"""A page that shows that the printer prints: letters of three languages, lines, grey."""

from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtPrintSupport import QPrinter

from ui.context import UiContext

__all__ = ["paint_test_page", "print_test_page"]

_LINES: Final = 24
_GREYS: Final = 10
_BLACK: Final = QColor(0, 0, 0)


def print_test_page(ctx: UiContext, printer: QPrinter) -> bool:
    """Print the page; whether the printer took it."""
    painter = QPainter()
    if not painter.begin(printer):
        return False
    room = QRectF(printer.paperRect(QPrinter.Unit.DevicePixel))
    margin = room.width() / 12
    paint_test_page(ctx, painter, room.adjusted(margin, margin, -margin, -margin))
    return painter.end()


def paint_test_page(ctx: UiContext, painter: QPainter, room: QRectF) -> None:
    """Paint the page into a rectangle; black and grey only."""
    line = room.height() / _LINES
    font = painter.font()
    font.setPixelSize(max(1, round(line * 0.5)))
    painter.setFont(font)
    painter.setPen(_BLACK)
    texts = (
        ctx.tr_code("app.name"),
        ctx.tr_code("devices.printer_page"),
        ctx.tr_code("devices.printer_letters"),
    )
    for number, text in enumerate(texts):
        place = QRectF(room.x(), room.y() + number * line, room.width(), line)
        painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
    top, width = room.y() + 4 * line, room.width() / _GREYS
    for step in range(_GREYS):
        grey = round(255 * step / (_GREYS - 1))
        painter.fillRect(
            QRectF(room.x() + step * width, top, width, line), QColor(grey, grey, grey)
        )
    painter.setPen(QPen(_BLACK, 1))
    painter.drawRect(room)
