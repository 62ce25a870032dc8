"""What is made of entries that leave the station. A screen needs no more of this room."""

from enum import StrEnum

__all__ = ["ExportKind"]


class ExportKind(StrEnum):
    """What is made of the entries.

    CSV     a table for a spreadsheet
    PDF     the newest 5,000 on paper
    TILES   the whole log, which anybody can verify (c2sp.org/tlog-tiles); a ZIP by its name
    COURT   one case with all that proves it
    REPORT  what the last verification has found, on one page
    """

    CSV = "csv"
    PDF = "pdf"
    TILES = "tiles"
    COURT = "court"
    REPORT = "report"
