"""One entry with every member and its proof, as a panel beside the list shows it."""

from dataclasses import dataclass
from enum import StrEnum

from workstation.log_index.row import LogRow

__all__ = ["LogEntryView", "LogMember", "ProofLine", "ProofState"]


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
