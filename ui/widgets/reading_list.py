"""Lines that have to be read before they are signed: as high as they need, then it scrolls."""

from collections.abc import Callable, Iterable
from math import ceil
from typing import Final

from PySide6.QtCore import Slot
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QPlainTextEdit, QSizePolicy

from ui.context import UiContext
from ui.widgets.end_in_sight import EndInSight
from ui.widgets.labels import printable

__all__ = ["ReadingList"]

_ROWS: Final = 12
"""Of the lines; more of them scroll, by keys too."""

_SPARE: Final = 2
"""Pixels below the last line, without which it counts as out of sight."""


class ReadingList(QPlainTextEdit):
    """Shows every line whole, broken where it is too long; `end` knows whether they were read.

    name  code of the accessible name
    """

    def __init__(self, ctx: UiContext, name: str) -> None:
        super().__init__()
        self._ctx, self._name = ctx, name
        self._told: tuple[object, str] | None = None
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.document().documentLayout().documentSizeChanged.connect(self._fit)
        self.end = EndInSight(self)
        ctx.changed.connect(self._call)
        self._call()

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
        self.setPlainText(text)
        self.end.begin()

    def showEvent(self, event: QShowEvent) -> None:
        """Look whether all of it has room."""
        super().showEvent(event)
        self.end.look()

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
    def _call(self) -> None:
        self.setAccessibleName(self._ctx.tr_code(self._name))
