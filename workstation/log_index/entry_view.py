"""One entry with every member and its proof, as a panel beside the list shows it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from crypto.log.format.entry import LogEntry
from workstation.log_index.row import LogRow, read_row

__all__ = ["LogEntryView", "LogMember", "ProofLine", "ProofState", "list_members"]

_DIGEST_CHARACTERS = 64
_GROUP = 8


class ProofState(StrEnum):
    """How a part of an entry's proof came out."""

    GOOD = "good"
    BAD = "bad"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class LogMember:
    """One member of an entry.

    name   its path, such as `checks.3.reason`
    value  as it stands; digests in groups of eight
    """

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class ProofLine:
    """One part of the proof: words by `log_proof.<code>`.

    detail   a digest, the name of a key, or the code of what is wrong
    time_ms  when somebody vouched, 0 for no moment
    """

    code: str
    state: ProofState
    detail: str = ""
    time_ms: int = 0


@dataclass(frozen=True, slots=True)
class LogEntryView:
    """One entry: `row` as in the list, every member, the names of the keys that signed, the proof.

    size  of the log under whose newest head it is proven
    """

    row: LogRow
    members: tuple[LogMember, ...]
    signers: tuple[str, ...]
    proof: tuple[ProofLine, ...]
    size: int

    @classmethod
    def make(cls, entry: LogEntry, proof: tuple[ProofLine, ...], size: int) -> "LogEntryView":
        """Show an entry with the proof that was made of it."""
        return cls(read_row(entry), tuple(list_members(entry)), entry.signers, proof, size)


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
