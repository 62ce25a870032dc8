"""What a screen may ask about the whole log: its verification, and taking entries out."""

from dataclasses import dataclass, field
from pathlib import Path

from workstation.log_export.kind import ExportKind
from workstation.log_index.query import LogQuery

__all__ = ["ExportKind", "ExportLog", "LogQuery", "StopExport", "StopVerifyingLog", "VerifyLog"]


@dataclass(frozen=True, slots=True)
class VerifyLog:
    """Verify the whole log and report the first bad index."""


@dataclass(frozen=True, slots=True)
class StopVerifyingLog:
    """End the running verification of the log; nothing is said of the log then."""


@dataclass(frozen=True, slots=True)
class ExportLog:
    """Take entries out of the station; `StationStatus.export` says how far it is.

    path   a new file, or a new folder for tiles
    query  which entries; for a court, whose case; a report and tiles are of the whole log
    """

    kind: ExportKind
    path: Path
    query: LogQuery = field(default_factory=LogQuery)


@dataclass(frozen=True, slots=True)
class StopExport:
    """End the running export; nothing of it is left."""
