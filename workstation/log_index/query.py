"""What is asked of the log, and which entries answer it."""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

__all__ = ["LogMatches", "LogQuery", "read_number"]

_DIGITS: Final = 10
"""No log has so many entries that the number of one has as many."""


@dataclass(frozen=True, slots=True)
class LogQuery:
    """What an entry must be; an empty member asks for nothing, and all that are not must hold.

    text      words, each of which is the beginning of one that the entry shows: a name of an
              operator, the words of a code in any language, a number, a supervisor's own words
    since_ms, until_ms  wall clock of the entry: since_ms <= t < until_ms
    operator  personnel number: who acted, or whom it is about
    outcome   as `LogRow.outcome`
    case      id of a case, or its number (index of its first entry)
    kinds     one of these
    """

    text: str = ""
    since_ms: int | None = None
    until_ms: int | None = None
    operator: str = ""
    operation: str = ""
    outcome: str = ""
    case: str = ""
    kinds: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether every entry answers."""
        return not self.text.strip() and self == LogQuery(text=self.text)


def read_number(untrusted: str) -> int | None:
    """Return the number of an entry, or of a case, that a word of a query may be."""
    plain = untrusted.isascii() and untrusted.isdigit() and len(untrusted) < _DIGITS
    return int(untrusted) if plain else None


@dataclass(frozen=True, slots=True)
class LogMatches:
    """The numbers of the entries that answer, ascending; they prove nothing by themselves.

    total     how many there are
    searched  how many entries of the log were looked through; fewer than it holds while the index
              is being built
    """

    seqs: Sequence[int] = field(default_factory=lambda: array("I"))
    total: int = 0
    searched: int = 0
