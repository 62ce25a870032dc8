"""Bars painted in the theme's colours; the same figures stand in a table beside them."""

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.context import UiContext
from ui.widgets.labels import printable

__all__ = ["Bar", "BarChart", "BarPart"]

_ROW: Final = 28
_BAR: Final = 14
_GAP: Final = 8
_NAMES: Final = 0.42
"""Share of the width that names take at the most."""

_STEPS: Final = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}


@dataclass(frozen=True, slots=True)
class BarPart:
    """A part of a bar: how much, and a colour of the theme by its token."""

    value: float
    token: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its name, its parts from the left, and its value in words.

    mark  a value that a thin line shows, such as what all others have; negative: none
    """

    name: str
    parts: tuple[BarPart, ...]
    words: str
    mark: float = -1.0

    @property
    def total(self) -> float:
        """Return how long it is."""
        return sum(part.value for part in self.parts)


class BarChart(QWidget):
    """`chosen` tells which bar the arrows or the mouse went to; a screen reader hears its words."""

    chosen = Signal(int)

    def __init__(self, ctx: UiContext, title: str) -> None:
        super().__init__()
        self._ctx = ctx
        self._title = title
        self.bars: tuple[Bar, ...] = ()
        self.current = -1
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(160)
        ctx.changed.connect(self._name)
        self._name()

    def show_bars(self, bars: tuple[Bar, ...]) -> None:
        """Show other bars; the one that was chosen stays so where there is one."""
        if bars != self.bars:
            self.bars = bars
            self.current = min(self.current, len(bars) - 1)
            self.updateGeometry()
            self._name()
            self.update()

    def choose(self, number: int) -> None:
        """Mark a bar, as the table beside does; nothing is told."""
        if number != self.current and -1 <= number < len(self.bars):
            self.current = number
            self._name()
            self.update()

    def sizeHint(self) -> QSize:
        """Return room for every bar."""
        return QSize(240, self._ctx.theme.scaled(_ROW) * max(1, len(self.bars)))

    def minimumSizeHint(self) -> QSize:
        """Return the height of every bar, in little width."""
        return QSize(160, self.sizeHint().height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go to the next or the last bar; at the ends the page has the key."""
        step = _STEPS.get(Qt.Key(event.key()))
        goal = self.current + (step or 0)
        if step is None or not 0 <= goal < len(self.bars):
            super().keyPressEvent(event)
            return
        self.choose(goal)
        self.chosen.emit(goal)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the bar under the mouse."""
        number = int(event.position().y() // self._ctx.theme.scaled(_ROW))
        if 0 <= number < len(self.bars):
            self.choose(number)
            self.chosen.emit(number)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint names, bars and values; the chosen one on the tint of a selection."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        metrics = self.fontMetrics()
        widest = max((metrics.horizontalAdvance(bar.name) for bar in self.bars), default=0)
        names = min(widest + _GAP, int(self.width() * _NAMES))
        values = max((metrics.horizontalAdvance(bar.words) for bar in self.bars), default=0)
        room = QRectF(names + _GAP, 0, max(8, self.width() - names - values - 3 * _GAP), 0)
        longest = max((max(bar.total, bar.mark) for bar in self.bars), default=0.0) or 1.0
        for number, bar in enumerate(self.bars):
            self._paint_bar(painter, number, bar, room, longest)
        if self.hasFocus():
            painter.setPen(QPen(self._colour("focus"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 4, 4)
        painter.end()

    def _paint_bar(
        self, painter: QPainter, number: int, bar: Bar, room: QRectF, longest: float
    ) -> None:
        height = self._ctx.theme.scaled(_ROW)
        top = number * height
        if number == self.current:
            painter.fillRect(QRectF(0, top, self.width(), height), self._colour("selection"))
        metrics = QFontMetrics(self.font())
        line = QRectF(4, top, room.left() - _GAP, height)
        shown = metrics.elidedText(bar.name, Qt.TextElideMode.ElideRight, int(line.width()))
        middle = int(Qt.AlignmentFlag.AlignVCenter)
        painter.setPen(self._colour("text"))
        painter.drawText(line, middle, shown)
        left, thickness = room.left(), self._ctx.theme.scaled(_BAR)
        for part in bar.parts:
            width = room.width() * part.value / longest
            shape = QRectF(left, top + (height - thickness) / 2, width, thickness)
            painter.fillRect(shape, self._colour(part.token))
            left += width
        if bar.mark >= 0:
            at = room.left() + room.width() * bar.mark / longest
            painter.setPen(QPen(self._colour("text"), 2))
            painter.drawLine(int(at), int(top + 3), int(at), int(top + height - 3))
        painter.setPen(self._colour("text2"))
        painter.drawText(QRectF(left + _GAP, top, self.width() - left, height), middle, bar.words)

    def _colour(self, token: str) -> QColor:
        return self._ctx.theme.colour(token)

    def _name(self) -> None:
        self.setAccessibleName(self._ctx.tr_code(self._title))
        bar = self.bars[self.current] if 0 <= self.current < len(self.bars) else None
        said = [f"{each.name}: {each.words}" for each in ((bar,) if bar else self.bars)]
        self.setAccessibleDescription(printable("; ".join(said)))
        for each in said if bar else ():
            self._ctx.announce(each)
