"""What the log page needs of whoever reads the log; the workstation supplies it structurally."""

from collections.abc import Sequence
from typing import Protocol

__all__ = ["LogPageSource", "LogRow"]


class LogRow(Protocol):
    """One entry as the list shows it: codes, no personal data."""

    @property
    def seq(self) -> int:
        """Index in the log."""
        ...

    @property
    def time_ms(self) -> int:
        """Wall clock of the entry, milliseconds since the epoch."""
        ...

    @property
    def kind(self) -> str:
        """Kind of the entry, such as `verify.result`."""
        ...

    @property
    def actor(self) -> str:
        """Personnel number of the operator, or empty."""
        ...

    @property
    def operation(self) -> str:
        """Kind of the operation, or empty."""
        ...

    @property
    def outcome(self) -> str:
        """Outcome, or empty."""
        ...

    @property
    def reason(self) -> str:
        """Stable reason code, or empty."""
        ...


class LogPageSource(Protocol):
    """Who reads the log; called in the GUI thread, so a page by index must be a matter of ms."""

    def size(self) -> int:
        """Return how many entries there are."""
        ...

    def rows(self, start: int, count: int) -> Sequence[LogRow]:
        """Return at most `count` entries from index `start`, ascending."""
        ...
