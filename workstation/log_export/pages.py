"""Entries on paper: A4 across, a table with the head of the log that they stand under."""

from pathlib import Path
from typing import Any, Final

from crypto.log.format.checkpoint import SignedCheckpoint
from workstation.documents.receipt_page import register_fonts
from workstation.log_export.draft import Progress
from workstation.log_export.row_words import COLUMNS, RowWords
from workstation.log_export.selection import LogSelection

__all__ = ["MOST_ROWS", "write_pages"]

MOST_ROWS: Final = 5_000
"""Of 110 pages; a longer table is for a spreadsheet."""

_WIDTH, _HEIGHT = 841.89, 595.28
_MARGIN, _TOP, _LINE, _SIZE = 28.0, 540.0, 11.0, 7.0
_SHOWN: Final = (
    ("seq", 40.0),
    ("time", 84.0),
    ("kind", 130.0),
    ("operation", 120.0),
    ("outcome", 120.0),
    ("reason", 180.0),
    ("actor", 60.0),
)
_REGULAR, _STRONG = "Inter", "Inter-Bold"


def write_pages(
    path: Path, selection: LogSelection, words: RowWords, title: str, progress: Progress
) -> int:
    """Write the newest MOST_ROWS entries to a new file; return how many; OSError, LogError."""
    from reportlab.pdfgen.canvas import Canvas

    register_fonts()
    rows = 0
    with path.open("xb") as file:
        canvas: Any = Canvas(
            file, pagesize=(_WIDTH, _HEIGHT), invariant=1, lang=words.texts.language
        )
        canvas.setTitle(title)
        page = _Page(canvas, words, title, selection.head)
        for entry in selection.entries(progress, MOST_ROWS):
            page.write(words.cells(entry))
            rows += 1
        page.end()
        canvas.save()
    return rows


class _Page:
    """Writes rows from the top down and turns the page."""

    def __init__(self, canvas: Any, words: RowWords, title: str, head: SignedCheckpoint) -> None:
        self._canvas, self._words, self._title, self._head = canvas, words, title, head
        self._number, self._y = 0, 0.0

    def write(self, cells: list[str]) -> None:
        """Write a row."""
        if self._y < _MARGIN + 2 * _LINE:
            self._turn()
        self._y -= _LINE
        self._row(cells, _REGULAR)

    def end(self) -> None:
        """Write what is under the last row."""
        if not self._number:
            self._turn()
        self._canvas.showPage()

    def _turn(self) -> None:
        if self._number:
            self._canvas.showPage()
        self._number += 1
        checkpoint = self._head.checkpoint
        self._text(_MARGIN, _TOP + 24, f"{self._title} · {checkpoint.origin}", 9, _STRONG)
        head = f"{checkpoint.size} · {checkpoint.root.hex()} · {self._number}"
        self._text(_MARGIN, _TOP + 12, head, 6, _REGULAR)
        self._y = _TOP - 2
        captions = self._words.captions()
        self._row(captions, _STRONG)

    def _row(self, cells: list[str], font: str) -> None:
        from reportlab.pdfbase.pdfmetrics import stringWidth

        x = _MARGIN
        for column, width in _SHOWN:
            text = cells[COLUMNS.index(column)]
            while text and stringWidth(text, font, _SIZE) > width - 6:
                text = f"{text[:-2]}…" if len(text) > 2 else ""  # noqa: PLR2004 - the mark itself
            self._text(x, self._y, text, _SIZE, font)
            x += width

    def _text(self, x: float, y: float, text: str, size: float, font: str) -> None:
        self._canvas.setFont(font, size)
        self._canvas.drawString(x, y, text)
