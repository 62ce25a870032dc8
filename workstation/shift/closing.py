"""End a shift: its entry in the log, then what leaves the station with it.

The entry is the truth. The head of the log that covers it, and the report on paper, are files that
can be written again at any time; a full disk or a share that is gone loses nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from crypto.files.durable import write_durably
from crypto.log.audit.reader import LogReader
from crypto.log.file.view import TreeView
from crypto.log.format.entry import LogEntry
from workstation.documents.receipt import head_text
from workstation.errors import OperationRefused
from workstation.records.journal import SHIFT_CLOSE, Journal, SignedIn
from workstation.records.shifts.count import ShiftCount, ShiftTally
from workstation.records.shifts.facts import read_shift, require_room, shift_facts
from workstation.records.shifts.reading import find_last_close
from workstation.session.exception import is_explained
from workstation.shift.closed import ClosedShift
from workstation.shift.report import ReportPlace, compose_shift

__all__ = [
    "HEADS_FOLDER",
    "SHIFTS_FOLDER",
    "SavedShift",
    "close_shift",
    "find_closed",
    "require_words",
    "save_shift",
]

HEADS_FOLDER: Final = "heads"
SHIFTS_FOLDER: Final = "shifts"
"""Folders in the outbox."""


@dataclass(frozen=True, slots=True)
class SavedShift:
    """The files of a shift; None, and the code of why, where one could not be written."""

    head: Path | None
    report: Path | None
    trouble: str = ""


def require_words(count: ShiftCount, words: str) -> None:
    """Raise OperationRefused where something is open and nobody says why.

    words  one line, as the log takes it
    """
    is_open = count.state.open or count.state.looks
    if is_open and not is_explained(words):
        raise OperationRefused("words", "shift.words_short")
    if code := require_room(count):
        raise OperationRefused("shift", code)


def close_shift(journal: Journal, who: SignedIn, tally: ShiftTally, words: str) -> ClosedShift:
    """Write the entry that ends the shift; raises OperationRefused as `require_words`, LogError.

    tally  the shift so far; what the log has had since is counted here
    """
    log = journal.log
    for entry in log.entries(tally.size, log.size):
        tally.take(entry)
    count = tally.count()
    require_words(count, words)
    root = log.checkpoint(count.size).root
    written = journal.record_shift(who, shift_facts(count, root, words))
    return ClosedShift(
        number=written.entry.seq,
        count=count,
        words=words,
        supervisor=written.entry.actor,
        closed_ms=written.entry.t_ms,
        head=written.checkpoint,
    )


def find_closed(reader: LogReader) -> ClosedShift | None:
    """Return the shift that ended last, as its entry has it; None before the first."""
    with reader.snapshot() as view:
        number = find_last_close(view)
        return None if number is None else _read_closed(view, view.entry(number))


def _read_closed(view: TreeView, entry: LogEntry) -> ClosedShift | None:
    stated = read_shift(entry.data)
    if entry.kind != SHIFT_CLOSE or stated is None:
        return None
    return ClosedShift(
        number=entry.seq,
        count=stated.count,
        words=stated.words,
        supervisor=entry.actor,
        closed_ms=entry.t_ms,
        head=view.checkpoint(entry.seq + 1),
    )


def save_shift(closed: ClosedShift, outbox: Path, place: ReportPlace, language: str) -> SavedShift:
    """Write the head and the report of a shift into the outbox, or say why not; may be repeated."""
    name = f"{closed.number:06d}"
    head = outbox / HEADS_FOLDER / f"{name}.note"
    report = outbox / SHIFTS_FOLDER / f"shift-{name}.pdf"
    saved = [
        _save(head, lambda: head_text(closed.head).encode()),
        _save(report, lambda: compose_shift(closed, place, language)),
    ]
    trouble = "" if all(saved) else "shift.not_saved"
    return SavedShift(head if saved[0] else None, report if saved[1] else None, trouble)


def _save(path: Path, compose: Callable[[], bytes]) -> bool:
    try:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        write_durably(path, compose())
    except OSError:
        return False
    return True
