"""What the screens see of the log: its entries as a list shows them, and whether it is whole."""

from dataclasses import dataclass

from workstation.log_index.entry_view import LogEntryView, LogMember, ProofLine, ProofState
from workstation.log_index.query import LogMatches, LogQuery
from workstation.log_index.row import LogRow

__all__ = [
    "LogEntryView",
    "LogExport",
    "LogMatches",
    "LogMember",
    "LogQuery",
    "LogRow",
    "LogVerification",
    "ProofLine",
    "ProofState",
]


@dataclass(frozen=True, slots=True)
class LogExport:
    """An export of the log: how far it is, or how it ended.

    kind    value of ExportKind; name: of the file
    total   rows in all, 0 while they are looked for
    code    of what went wrong (`export_cancelled` when it was ended), empty for nothing
    rows, sha256  of what was written, as the log's entry states them
    """

    kind: str
    name: str
    running: bool
    done: int = 0
    total: int = 0
    code: str = ""
    rows: int = 0
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class LogNotice:
    """What is no breach and worth a look: how often, and the first entry that it is about."""

    code: str
    count: int
    first: int


@dataclass(frozen=True, slots=True)
class LogVerification:
    """The outcome of verifying the log: first_bad is -1 when it is whole.

    While it runs, size counts the entries read so far of `total`, and reason is what was found the
    time before.
    """

    running: bool
    ok: bool
    size: int
    first_bad: int
    reason: str
    finished_ms: int
    total: int = 0
    notices: tuple[LogNotice, ...] = ()
