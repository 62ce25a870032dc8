"""One piece of work as its two threads see it: the worker that does it, and the station's own."""

import threading
from dataclasses import dataclass, field

__all__ = ["WatchedRun"]


@dataclass(slots=True)
class WatchedRun:
    """How far it is, done of how many, and whether it is to end."""

    cancelled: threading.Event = field(default_factory=threading.Event)
    far: tuple[int, int] = (0, 0)

    def tell(self, done: int, total: int) -> None:
        """Take note of how far it is."""
        self.far = (done, total)
