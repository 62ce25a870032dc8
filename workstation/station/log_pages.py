"""The log as a list of rows for a screen: codes only, every row re-hashed before it is shown."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from crypto.errors import LogError
from crypto.log.audit.reader import LogReader
from crypto.log.format.entry import LogEntry
from workstation.records.alarms import ALARM
from workstation.rules.checks import CheckStatus, Hardness
from workstation.station.log_view import LogRow

__all__ = ["LogPages"]


class LogPages:
    """Reads pages for one thread. `allowed` says whether the signed-in operator may read.

    A log that does not verify shows nothing: what is wrong with it is for `log verify` to say.
    """

    def __init__(self, path: Path, vkey: str, allowed: Callable[[], bool]) -> None:
        self._path = path
        self._vkey = vkey
        self._allowed = allowed
        self._reader: LogReader | None = None

    def size(self) -> int:
        """Return how many entries there are; 0 for an operator who may not read."""
        try:
            return self._open().size if self._allowed() else 0
        except LogError:
            return 0

    def rows(self, start: int, count: int) -> Sequence[LogRow]:
        """Return at most `count` entries from index `start`, ascending."""
        if not self._allowed():
            return ()
        try:
            return tuple(_row(entry) for entry in self._open().page(start, count))
        except LogError:
            return ()

    def close(self) -> None:
        """Let go of the file."""
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    def _open(self) -> LogReader:
        if self._reader is None:
            self._reader = LogReader(self._path, self._vkey)
        return self._reader


def _row(entry: LogEntry) -> LogRow:
    data = entry.data
    return LogRow(
        seq=entry.seq,
        time_ms=entry.t_ms,
        kind=entry.kind,
        actor=entry.actor,
        operation=str(data.get("operation", "")),
        outcome=str(data.get("outcome", "") or data.get("verdict", "") or data.get("step", "")),
        reason=f"alarm.{data.get('code')}" if entry.kind == ALARM else str(data.get("reason", "")),
        findings=tuple(_find_silent(data.get("checks"))),
    )


def _find_silent(checks: object) -> Iterator[str]:
    """Yield the reasons of a result's silent checks that found something."""
    for check in checks if isinstance(checks, list) else ():
        if not isinstance(check, dict) or check.get("hard") != Hardness.SILENT.value:
            continue
        reason = str(check.get("reason", ""))
        if check.get("status") != CheckStatus.PASSED.value and not reason.endswith(".missing"):
            yield reason
