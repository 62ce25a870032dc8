"""Entries as a table for a spreadsheet: CSV as Excel of these countries opens it by itself."""

import csv
from pathlib import Path
from typing import Final

from workstation.log_export.draft import Progress
from workstation.log_export.row_words import RowWords
from workstation.log_export.selection import LogSelection

__all__ = ["write_table"]

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
"""What a spreadsheet may begin to compute or run by (OWASP, CSV injection)."""


def write_table(path: Path, selection: LogSelection, words: RowWords, progress: Progress) -> int:
    """Write the table to a new file and return its rows; raises OSError, LogError."""
    rows = 0
    with path.open("x", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
        writer.writerow(words.captions())
        for entry in selection.entries(progress):
            writer.writerow(_defuse(cell) for cell in words.cells(entry))
            rows += 1
    return rows


def _defuse(untrusted: str) -> str:
    """Return a cell that no spreadsheet takes for a formula, nor any reader for two cells."""
    plain = "".join(c if c.isprintable() else " " for c in untrusted)
    return f"'{plain}" if untrusted.startswith(_FORMULA) else plain
