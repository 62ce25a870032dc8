"""What the log page needs of whoever reads the log."""

from collections.abc import Sequence
from typing import Protocol

from workstation.station.log_view import LogRow

__all__ = ["LogPageSource"]


class LogPageSource(Protocol):
    """Who reads the log; called in the GUI thread, so a page by index must be a matter of ms."""

    def size(self) -> int:
        """Return how many entries there are."""
        ...

    def rows(self, start: int, count: int) -> Sequence[LogRow]:
        """Return at most `count` entries from index `start`, ascending."""
        ...
