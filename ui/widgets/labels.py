"""Labels that never interpret what they show: certificate subjects and names are hostile text."""

import unicodedata
from html import escape

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from ui.context import UiContext
from ui.theme.tone import Tone

__all__ = [
    "CodeLabel",
    "PlainLabel",
    "ShortenedCodeLabel",
    "ShortenedLabel",
    "as_button_text",
    "as_tooltip",
    "printable",
    "set_tone",
]

_LONGEST = 20_000
_LEAST = 120


def printable(untrusted_text: str, *, longest: int | None = _LONGEST) -> str:
    """Return the text with what is no letter of its line made visible as �.

    That is control, format and bidirectional characters and the separators of lines and paragraphs.

    longest  characters that are shown; None for all of a text whose size is bounded elsewhere
    """
    kept = untrusted_text[:longest]
    return "".join(symbol if _is_printable(symbol) else "\ufffd" for symbol in kept)


def as_button_text(untrusted_text: str) -> str:
    """Return the text so that a button shows its letters and makes no key of the one behind &."""
    return printable(untrusted_text).replace("&", "&&")


def as_tooltip(untrusted_text: str) -> str:
    """Return the text so that a tooltip shows its letters: Qt takes what looks like markup for it.

    Markup would load pictures, on Windows from whichever computer it names.
    """
    text = printable(untrusted_text)
    return f"<p style='white-space: pre-wrap'>{escape(text)}</p>" if set("<&") & set(text) else text


def _is_printable(symbol: str) -> bool:
    category = unicodedata.category(symbol)
    return symbol == "\n" or not (category.startswith("C") or category in {"Zl", "Zp"})


def set_tone(widget: QWidget, tone: Tone, role: str | None = None) -> None:
    """Give the widget a tone, and a role, of the style sheet."""
    if widget.property("tone") == tone.value and role in {None, widget.property("role")}:
        return
    widget.setProperty("tone", tone.value)
    if role is not None:
        widget.setProperty("role", role)
    widget.style().unpolish(widget)
    widget.style().polish(widget)


class PlainLabel(QLabel):
    """The one label for text that is not ours: plain, no markup, no control characters."""

    def __init__(self, role: str = "body", *, wrap: bool = False) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", role)
        self.setWordWrap(wrap)
        if wrap:
            self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)

    def setText(self, untrusted_text: str) -> None:
        """Show the text as it is, line by line."""
        super().setText(printable(untrusted_text))


class ShortenedLabel(PlainLabel):
    """One line of words of any length: the end that has no room is not painted."""

    def minimumSizeHint(self) -> QSize:
        """Return the little room below which nothing can be read."""
        return _least(super().minimumSizeHint())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint as much as there is room for, and three dots for the rest."""
        _paint_shortened(self)


class CodeLabel(PlainLabel):
    """A label that holds a code and shows its words, in whatever language is chosen."""

    def __init__(
        self, ctx: UiContext, code: str = "", role: str = "body", *, wrap: bool = False
    ) -> None:
        super().__init__(role, wrap=wrap)
        self._ctx = ctx
        self._code = code
        self._values: dict[str, str | int] = {}
        self._show()
        ctx.changed.connect(self._show)

    def set_code(self, code: str, /, **values: str | int) -> None:
        """Show another code; the empty one shows nothing."""
        if (code, values) != (self._code, self._values):
            self._code, self._values = code, values
            self._show()

    def _show(self) -> None:
        self.setText(self._ctx.tr_code(self._code, **self._values) if self._code else "")


class ShortenedCodeLabel(CodeLabel):
    """A code whose words end in three dots where there is no room."""

    def minimumSizeHint(self) -> QSize:
        """Return the little room below which nothing can be read."""
        return _least(super().minimumSizeHint())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint as much as there is room for, and three dots for the rest."""
        _paint_shortened(self)


def _least(whole: QSize) -> QSize:
    return QSize(min(whole.width(), _LEAST), whole.height())


def _paint_shortened(label: QLabel) -> None:
    room = label.contentsRect()
    words = label.fontMetrics().elidedText(label.text(), Qt.TextElideMode.ElideRight, room.width())
    painter = QPainter(label)
    label.style().drawItemText(
        painter,
        room,
        label.alignment(),
        label.palette(),
        label.isEnabled(),
        words,
        label.foregroundRole(),
    )
    painter.end()
