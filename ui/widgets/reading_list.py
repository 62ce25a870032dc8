"""Lines that have to be read before they are signed: as high as they need, then it scrolls."""

from collections.abc import Callable, Iterable
from math import ceil
from typing import Final

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QPlainTextEdit, QSizePolicy

from ui.context import UiContext
from ui.widgets.labels import printable

__all__ = ["ReadingList"]

_ROWS: Final = 12
"""Of the lines; more of them scroll, by keys too."""

_SPARE: Final = 2
"""Pixels below the last line, without which it counts as out of sight."""


class ReadingList(QPlainTextEdit):
    """Shows every line whole, broken where it is too long; `read` once its end was in sight.

    name    code of the accessible name
    looked  is emitted when it becomes known whether the lines were read to their end
    """

    looked = Signal()

    def __init__(self, ctx: UiContext, name: str) -> None:
        super().__init__()
        self._ctx, self._name = ctx, name
        self._read: bool | None = None
        self._told: tuple[object, str] | None = None
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.document().documentLayout().documentSizeChanged.connect(self._fit)
        bar = self.verticalScrollBar()
        bar.valueChanged.connect(self._look)
        bar.rangeChanged.connect(self._look)
        ctx.changed.connect(self._call)
        self._call()

    @property
    def read(self) -> bool:
        """Whether the last of these lines was in sight since they were shown."""
        return self._read is True

    @property
    def unread(self) -> bool:
        """Whether there is more of them than was in sight."""
        return self._read is False

    def text(self) -> str:
        """Return the lines."""
        return self.toPlainText()

    def tell(self, what: object, word: Callable[[], Iterable[str]]) -> None:
        """Show lines that are worded anew only for others, or in another language.

        what  anything that equals itself as long as the lines are the same
        """
        told = (what, self._ctx.texts.language)
        if told != self._told:
            self._told = told
            self.show_lines(word())

    def show_lines(self, untrusted_lines: Iterable[str]) -> None:
        """Show the lines from their beginning; the same ones stay where they were read."""
        # A value that breaks its line would make a line of its own, which nobody has computed.
        shown = (printable(each.replace("\n", "\r"), longest=None) for each in untrusted_lines)
        text = "\n".join(shown)
        if text == self.toPlainText():
            return
        self._read = None
        self.setPlainText(text)
        self._look()

    def showEvent(self, event: QShowEvent) -> None:
        """Look whether all of it has room."""
        super().showEvent(event)
        self._look()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Take the height that the lines need at the new width."""
        super().resizeEvent(event)
        self._fit()

    @Slot()
    def _fit(self) -> None:
        first = self.document().firstBlock()
        line = self.blockBoundingRect(first).height() / max(1, first.lineCount())
        rows = max(1, min(_ROWS, round(self.document().size().height())))
        # Of a widget that was never laid out the viewport is of another size altogether.
        frame = max(0, self.height() - self.viewport().height())
        margins = 2 * self.document().documentMargin()
        self.setFixedHeight(ceil(rows * line + margins) + frame + _SPARE)

    @Slot()
    def _look(self) -> None:
        # One turn later: before it is laid out, anything has room.
        QTimer.singleShot(0, self, self._judge)

    @Slot()
    def _judge(self) -> None:
        bar = self.verticalScrollBar()
        if self._read or not self.isVisible():
            return
        read = bar.value() == bar.maximum()
        if read is not self._read:
            self._read = read
            self.looked.emit()

    @Slot()
    def _call(self) -> None:
        self.setAccessibleName(self._ctx.tr_code(self._name))
