"""Drawing of the receipt's one page: who says what is `receipt`'s part, where it stands is here.

The page is written twice by the same calls: as a PDF, and as strokes for a screen and a printer.
"""

import io
import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import resources
from workstation.documents.qr_code import qr_modules

__all__ = [
    "DrawnBar",
    "DrawnFrame",
    "DrawnLine",
    "DrawnText",
    "ReceiptDrawing",
    "ReceiptPage",
    "Row",
    "fit_page",
    "register_fonts",
]

_WIDTH, _HEIGHT = 595.276, 841.89  # A4 in points
_LEFT, _RIGHT, _TOP, _BOTTOM = 48.0, 547.0, 806.0, 36.0
_GAP = 14.0
_QR = 94.0
_QUIET = 2
_MODULE = 1.0
"""Points: 0.35 mm, which a telephone still reads."""

_INK, _GREY, _RULE = "#16202b", "#5b6873", "#cfd6dc"
_GOOD, _BAD, _DEMO = "#0f6b3d", "#9c1c1c", "#8a4b00"
_THIN = 0.5
_SHRINK = 0.995
_REGULAR, _STRONG = "Inter", "Inter-Bold"


_Line = tuple[str, float, str]
"""Text, size in points, colour."""


@dataclass(frozen=True, slots=True)
class Row:
    """A label and a value, each in one to three languages, the customer's first.

    What is the same in two languages is written once.
    """

    labels: Sequence[str]
    values: Sequence[str]


@dataclass(frozen=True, slots=True)
class DrawnText:
    """A line of text; its left end and base line in points, y downwards, as everything here."""

    x: float
    y: float
    text: str
    size: float
    colour: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class DrawnLine:
    """A thin horizontal line."""

    x: float
    y: float
    width: float
    thickness: float
    colour: str


@dataclass(frozen=True, slots=True)
class DrawnFrame:
    """The outline of a box."""

    x: float
    y: float
    width: float
    height: float
    colour: str


@dataclass(frozen=True, slots=True)
class DrawnBar:
    """A filled box: a run of dark modules of the code."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class ReceiptDrawing:
    """One page in points, what its code holds, and the code's rows of modules.

    Whoever draws the strokes shows what stands in the PDF: both are written by the same calls.
    """

    width: float
    height: float
    strokes: tuple[DrawnText | DrawnLine | DrawnFrame | DrawnBar, ...] = field(repr=False)
    code: str = field(repr=False)
    modules: tuple[bytes, ...] = field(repr=False)


class ReceiptPage:
    """A canvas written from the top down; finish() gives the PDF, drawing() its strokes.

    scale  of letters and lines, at most 1: smaller holds more; margins and the code stay
    """

    def __init__(self, *, title: str, language: str, scale: float = 1) -> None:
        # Imported here: a station that never prints a receipt does not load reportlab.
        from reportlab.pdfgen.canvas import Canvas

        register_fonts()
        self._buffer = io.BytesIO()
        self._canvas: Any = Canvas(
            self._buffer, pagesize=(_WIDTH, _HEIGHT), invariant=1, lang=language
        )
        self._canvas.setTitle(title)
        self._canvas.scale(scale, scale)
        self._scale = scale
        self._top, self._bottom = _TOP / scale, _BOTTOM / scale
        self._left, self._right = _LEFT / scale, _RIGHT / scale
        self._y = self._top
        self._strokes: list[DrawnText | DrawnLine | DrawnFrame | DrawnBar] = []
        self._code = ""
        self._modules: tuple[bytes, ...] = ()

    def heading(self, issuer: str, titles: Sequence[str]) -> None:
        """Write who issued the receipt and what it is."""
        self._paragraph(issuer, 9, _GREY)
        self._y -= 8
        self._line(titles[0], 17, _INK, font=_STRONG)
        self._line(" · ".join(titles[1:]), 8.5, _GREY)
        self._y -= 7

    def banner(self, lines: Sequence[str]) -> None:
        """Write a framed warning across the page."""
        height = 25.0
        self._frame(self._left, self._y - height, self._right - self._left, height, _DEMO)
        self._line(lines[0], 9, _DEMO, font=_STRONG, indent=8)
        self._line(" · ".join(lines[1:]), 6.5, _DEMO, indent=8)
        self._y -= 6

    def verdict(self, words: Sequence[str], *, good: bool) -> None:
        """Write the outcome large, with its translations."""
        self._y -= 6
        self._line(words[0], 15, _GOOD if good else _BAD, font=_STRONG)
        self._line(" · ".join(words[1:]), 8.5, _GREY)
        self._y -= 5

    def sentences(self, lines: Sequence[str]) -> None:
        """Write paragraphs, the first in full size."""
        for index, line in enumerate(lines):
            self._paragraph(line, 9 if index == 0 else 7.5, _GREY if index else _INK)
        self._y -= 5

    def section(self, words: Sequence[str]) -> None:
        """Write a section's title."""
        self._line(" · ".join(words), 8, _GREY)
        self._y -= 4

    def facts(self, rows: Sequence[Row]) -> None:
        """Write facts in two columns: the label small, its value beneath, then translations."""
        cells: list[list[_Line]] = []
        for row in rows:
            first, *others = dict.fromkeys(row.values)
            label, translations = " · ".join(dict.fromkeys(row.labels)), " · ".join(others)
            cells.append([(label, 6, _GREY), (first, 8.5, _INK), (translations, 6, _GREY)])
        self._grid(cells)

    def outcomes(self, rows: Sequence[Row]) -> None:
        """Write checks in two columns; a check without a value has only its label."""
        cells: list[list[_Line]] = []
        for row in rows:
            labels, values = " · ".join(row.labels[1:]), " · ".join(row.values[1:])
            value = row.values[0] if row.values else ""
            cell = [(row.labels[0], 8.5, _INK), (labels, 5.5, _GREY), (value, 7, _INK)]
            cells.append([*cell, (values, 5.5, _GREY)])
        self._grid(cells)

    def _grid(self, cells: Sequence[Sequence[_Line]]) -> None:
        """Write cells of lines in two columns, left before right; empty lines take no room.

        What is wider than its column goes on below: nothing of it is left out.
        """
        column = (self._right - self._left - _GAP) / 2
        for first in range(0, len(cells), 2):
            self._rule()
            lowest = self._y
            pair = cells[first : first + 2]
            for left, lines in zip((self._left, self._right - column), pair, strict=False):
                y = self._y - 1
                for text, size, colour in lines:
                    for part in _wrap(text, size, column):
                        y -= size * 1.12
                        self._text(left, y, part, size, colour)
                lowest = min(lowest, y)
            self._y = lowest - 3.5

    def proof(
        self, content: str, stated: str, captions: Sequence[str], closing: Sequence[str]
    ) -> None:
        """Draw the QR code of the content; beside it what it states, and how to dispute."""
        self._y -= 6
        top, self._code = self._y, content
        side = self._qr(content, self._left - 4, top)
        beside = self._left + side + 8
        for index, caption in enumerate(captions):
            self._paragraph(caption, 8 if index == 0 else 6.5, _GREY if index else _INK, beside)
        self._y -= 4
        for line in stated.splitlines():
            self._paragraph(line, 6, _GREY, beside)
        self._y -= 4
        for index, paragraph in enumerate(closing):
            self._paragraph(paragraph, 8.5 if index == 0 else 6.5, _GREY if index else _INK, beside)
            self._y -= 2
        self._y = min(self._y, top - side) - 4

    def finish(self) -> bytes:
        """Return the PDF of this one page."""
        self._canvas.showPage()
        self._canvas.save()
        return self._buffer.getvalue()

    def drawing(self) -> ReceiptDrawing:
        """Return what was written so far as strokes."""
        return ReceiptDrawing(_WIDTH, _HEIGHT, tuple(self._strokes), self._code, self._modules)

    def _qr(self, content: str, left: float, top: float) -> float:
        """Draw the code in one path and return its side; a shape a module would cost 0.2 s."""
        modules = self._modules = qr_modules(content)
        count = len(modules) + 2 * _QUIET
        # On paper a module is never smaller, whatever the rest is.
        side = max(_QR / count, _MODULE) / self._scale
        path = self._canvas.beginPath()
        for number, row in enumerate(modules):
            down = top - (number + 1 + _QUIET) * side
            column = 0
            for dark, run in itertools.groupby(row, bool):
                length = len(list(run))
                if dark:
                    at = left + (column + _QUIET) * side
                    path.rect(at, down, length * side, side)
                    self._strokes.append(DrawnBar(*self._place(at, down, length * side, side)))
                column += length
        self._canvas.setFillColor("#000000")
        self._canvas.drawPath(path, stroke=0, fill=1)
        return side * count

    @property
    def scale_to_fit(self) -> float:
        """Scale at which all that is written fits on one page; 1 where it does already."""
        return min(1, (self._top - self._bottom) / (self._top - self._y))

    def _line(
        self, text: str, size: float, colour: str, *, font: str = _REGULAR, indent: float = 0
    ) -> None:
        self._y -= size * 1.25
        self._text(self._left + indent, self._y, text, size, colour, font=font)

    def _paragraph(self, text: str, size: float, colour: str, left: float | None = None) -> None:
        left = self._left if left is None else left
        for line in _wrap(text, size, self._right - left):
            self._y -= size * 1.25
            self._text(left, self._y, line, size, colour)

    def _text(
        self, x: float, y: float, text: str, size: float, colour: str, *, font: str = _REGULAR
    ) -> None:
        self._canvas.setFillColor(colour)
        self._canvas.setFont(font, size)
        self._canvas.drawString(x, y, text)
        scale, strong = self._scale, font == _STRONG
        self._strokes.append(
            DrawnText(x * scale, _HEIGHT - y * scale, text, size * scale, colour, strong)
        )

    def _rule(self) -> None:
        self._canvas.setStrokeColor(_RULE)
        self._canvas.setLineWidth(_THIN)
        self._canvas.line(self._left, self._y, self._right, self._y)
        x, y, width, thin = self._place(self._left, self._y, self._right - self._left, _THIN)
        self._strokes.append(DrawnLine(x, y + thin, width, thin, _RULE))

    def _frame(self, x: float, y: float, width: float, height: float, colour: str) -> None:
        self._canvas.setStrokeColor(colour)
        self._canvas.rect(x, y, width, height, stroke=1, fill=0)
        self._strokes.append(DrawnFrame(*self._place(x, y, width, height), colour))

    def _place(
        self, x: float, y: float, width: float, height: float
    ) -> tuple[float, float, float, float]:
        """Return a box of the canvas, counted from its lower left, as one of the page."""
        scale = self._scale
        return x * scale, _HEIGHT - (y + height) * scale, width * scale, height * scale


def fit_page(draw: Callable[[float], ReceiptPage]) -> ReceiptPage:
    """Return the page drawn at the largest scale, at most 1, at which everything is on it."""
    page, scale = draw(1), 1.0
    while page.scale_to_fit < 1:
        # The code does not shrink along, so once may not be enough.
        scale *= page.scale_to_fit * _SHRINK
        page = draw(scale)
    return page


def _wrap(text: str, size: float, width: float) -> list[str]:
    """Return the text in lines of at most `width` points; a word that is wider is broken."""
    from reportlab.lib.utils import simpleSplit
    from reportlab.pdfbase.pdfmetrics import stringWidth

    lines: list[str] = []
    for line in simpleSplit(text, _REGULAR, size, width):
        rest = line
        while stringWidth(rest, _REGULAR, size) > width:
            at = next(
                end
                for end in range(len(rest) - 1, 0, -1)
                if end == 1 or stringWidth(rest[:end], _REGULAR, size) <= width
            )
            lines.append(rest[:at])
            rest = rest[at:]
        lines.append(rest)
    return lines


def register_fonts() -> None:
    """Make the bundled faces known to reportlab, whose table of fonts is its own global."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    known = set(pdfmetrics.getRegisteredFontNames())
    for name, file in ((_REGULAR, "Inter-Regular.ttf"), (_STRONG, "Inter-Bold.ttf")):
        if name not in known:
            pdfmetrics.registerFont(TTFont(name, str(resources.path("fonts", file))))
