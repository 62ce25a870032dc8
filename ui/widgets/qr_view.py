"""A QR code drawn from its modules: whole pixels, dark on white in every theme, quiet zone kept."""

from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

__all__ = ["QrView"]

_QUIET: Final = 4
"""Modules of white around a code (ISO/IEC 18004)."""

_DARK, _LIGHT = QColor("#000000"), QColor("#FFFFFF")


class QrView(QWidget):
    """Shows the code as large as whole pixels allow; `least` is the side in pixels it asks for."""

    def __init__(self, least: int) -> None:
        super().__init__()
        self._least = least
        self._modules: tuple[bytes, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_modules(self, modules: tuple[bytes, ...]) -> None:
        """Show rows of modules, 1 is dark; no rows show nothing."""
        if modules != self._modules:
            self._modules = modules
            self.update()

    def sizeHint(self) -> QSize:
        """Ask for a square."""
        return QSize(self._least, self._least)

    def minimumSizeHint(self) -> QSize:
        """Stay large enough for a phone to read."""
        return QSize(self._least, self._least)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw one rectangle per run of dark modules."""
        del event
        if not self._modules:
            return
        count = len(self._modules) + 2 * _QUIET
        ratio = self.devicePixelRatioF()
        # Whole device pixels: a module that is now 5, now 6 pixels wide is hard to read.
        module = max(1, int(min(self.width(), self.height()) * ratio / count)) / ratio
        side = module * count
        left, top = (self.width() - side) / 2, (self.height() - side) / 2
        painter = QPainter(self)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.fillRect(QRectF(left, top, side, side), _LIGHT)
        for number, row in enumerate(self._modules):
            for start, length in _runs(row):
                painter.fillRect(
                    QRectF(
                        left + (start + _QUIET) * module,
                        top + (number + _QUIET) * module,
                        length * module,
                        module,
                    ),
                    _DARK,
                )
        painter.end()


def _runs(row: bytes) -> list[tuple[int, int]]:
    """Return start and length of every run of dark modules."""
    found: list[tuple[int, int]] = []
    for at, value in enumerate(row):
        if not value:
            continue
        if found and sum(found[-1]) == at:
            found[-1] = (found[-1][0], found[-1][1] + 1)
        else:
            found.append((at, 1))
    return found
