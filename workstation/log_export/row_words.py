"""One entry in words, column by column: what a table for people holds."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from crypto.log.format.entry import LogEntry
from workstation.documents.texts import Texts
from workstation.log_index.read_entry import read_row
from workstation.rules.local_time import KAZAKHSTAN

__all__ = ["COLUMNS", "RowWords"]

COLUMNS: Final = (
    *("seq", "time", "kind", "operation", "outcome", "reason", "actor", "name", "case", "words"),
    *("kind_code", "outcome_code", "reason_code", "leaf"),
)
"""Captions by `log_export.<column>`. The codes and the hash stand last, for other programs."""


class RowWords:
    """Words of one language; names of operators by number."""

    def __init__(self, texts: Texts, names: Mapping[str, str]) -> None:
        self.texts, self._names = texts, names

    def captions(self) -> list[str]:
        """Return what the columns are called."""
        return [self.texts.tr(f"log_export.{each}") for each in COLUMNS]

    def cells(self, entry: LogEntry) -> list[str]:
        """Return an entry's cells."""
        row = read_row(entry)
        moment = datetime.fromtimestamp(row.time_ms / 1000, KAZAKHSTAN)
        return [
            str(row.seq),
            f"{moment:%Y-%m-%d %H:%M:%S}",
            self.word(f"entry.{row.kind}", row.kind),
            self.word(f"operation.{row.operation}", row.operation),
            self.word(f"outcome.{row.outcome}", row.outcome),
            self.word(row.reason, row.reason),
            row.actor,
            self._names.get(row.actor, ""),
            row.case,
            row.words,
            row.kind,
            row.outcome,
            row.reason,
            entry.leaf.hex(),
        ]

    def word(self, code: str, untrusted: str) -> str:
        """Return the words of a code; what has none stands as it is."""
        return self.texts.tr(code) if self.texts.has(code) else untrusted
