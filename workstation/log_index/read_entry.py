"""What is shown of an entry, read from it: its row in the list, and every member.

Apart from what is shown (`row`, `entry_view`): a window's first frame needs those and no log.
"""

from collections.abc import Iterator, Mapping
from functools import cache

from crypto.canonical_json import JsonValue
from crypto.log.format.entry import LogEntry
from workstation.documents.texts import Texts
from workstation.log_index.entry_view import LogEntryView, LogMember, ProofLine
from workstation.log_index.row import LogRow
from workstation.log_index.terms import CODE, read_outcome
from workstation.log_index.words import find_code
from workstation.records.alarms import ALARM
from workstation.rules.checks import CheckStatus, Hardness

__all__ = ["list_members", "read_row", "show_members"]

_DIGEST_CHARACTERS = 64
_GROUP = 8


def show_members(entry: LogEntry, proof: tuple[ProofLine, ...], size: int) -> LogEntryView:
    """Show an entry with the proof that was made of it."""
    return LogEntryView(read_row(entry), tuple(list_members(entry)), entry.signers, proof, size)


def read_row(entry: LogEntry) -> LogRow:
    """Return an entry as the list shows it."""
    data = entry.data
    return LogRow(
        seq=entry.seq,
        time_ms=entry.t_ms,
        kind=entry.kind,
        actor=entry.actor,
        operation=str(data.get("operation", "")),
        outcome=read_outcome(data),
        reason=_read_reason(entry.kind, data),
        findings=tuple(_find_silent(data.get("checks"))),
        case=str(data.get("case", "")),
        words=" · ".join(_list_typed(data)),
    )


@cache
def _codes() -> Texts:
    """Return one of the catalogues: all have the same codes."""
    return Texts("ru")


def _read_reason(kind: str, data: Mapping[str, JsonValue]) -> str:
    """Return the catalogue's code of why; what has none and is no code was typed, and is not here.

    Why a supervisor's act did not count goes before why it was done.
    """
    if kind == ALARM:
        return f"alarm.{data.get('code')}"
    value = next((str(data[name]) for name in ("refused", "reason", "why") if data.get(name)), "")
    return find_code(_codes(), value) or (value if CODE.fullmatch(value) else "")


def _list_typed(data: Mapping[str, JsonValue]) -> Iterator[str]:
    """Yield what a person typed: in words of their own, or in the place of a reason."""
    for name in ("reason", "words", "comment"):
        value = str(data.get(name) or "")
        if value and not (name == "reason" and CODE.fullmatch(value)):
            yield value


def _find_silent(checks: object) -> Iterator[str]:
    """Yield the reasons of a result's silent checks that found something."""
    for check in checks if isinstance(checks, list) else ():
        if not isinstance(check, dict) or check.get("hard") != Hardness.SILENT.value:
            continue
        reason = str(check.get("reason", ""))
        if check.get("status") != CheckStatus.PASSED.value and not reason.endswith(".missing"):
            yield reason


def list_members(entry: LogEntry) -> Iterator[LogMember]:
    """Yield every member of an entry's data in order, nested ones under a path with dots."""
    yield from _walk("", entry.data)


def _walk(path: str, value: object) -> Iterator[LogMember]:
    if isinstance(value, Mapping | list) and value:
        pairs = value.items() if isinstance(value, Mapping) else enumerate(value)
        for name, each in pairs:
            yield from _walk(f"{path}.{name}" if path else str(name), each)
    else:
        yield LogMember(path, _show(value))


def _show(value: object) -> str:
    match value:
        case None | [] | {}:
            return ""
        case bool():
            return "true" if value else "false"
        case str() if len(value) == _DIGEST_CHARACTERS and set(value) <= set("0123456789abcdef"):
            return " ".join(value[at : at + _GROUP] for at in range(0, len(value), _GROUP))
        case _:
            return str(value)
