"""The end of a connection at its deadline, or when nobody waits for it any more."""

import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Final, Self

__all__ = ["CutOff"]

_POLL_S: Final = 0.1
_SLACK_S: Final = 0.05
"""By how much a silent peer is left after the deadline, never before it: clocks tick in 16 ms."""


class CutOff:
    """Shuts a connection down at its deadline or when it is cancelled, whatever it waits for.

    The time-out of a socket begins anew with every octet, so a peer that drips a handshake, a head
    or the line before a chunk never runs into it. What was cut short may look whole: look at
    `cancelled` and `late`. A peer that says nothing is left by the time-out, made shorter where
    the deadline is nearer: on Windows a shutdown does not wake a thread that waits.

    deadline      by `time.monotonic`
    is_cancelled  called ten times a second in another thread; None: never cancelled
    """

    def __init__(
        self,
        opened: socket.socket,
        deadline: float,
        is_cancelled: Callable[[], bool] | None = None,
    ) -> None:
        self._opened = opened
        self._deadline = deadline
        self._is_cancelled = is_cancelled
        self._silence_s = opened.gettimeout()
        self._cancelled = self._late = False
        self._over = threading.Event()
        self._watch: threading.Thread | None = None

    @property
    def cancelled(self) -> bool:
        """Whether the connection was cut because nobody waits for it any more."""
        return self._cancelled

    @property
    def late(self) -> bool:
        """Whether it was cut at a deadline, even one extended since, or is too late now."""
        return self._late or time.monotonic() >= self._deadline

    def __enter__(self) -> Self:
        self._arm()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._disarm()

    def extend(self, deadline: float) -> None:
        """Wait longer from here on: a large body may take what a head may not."""
        self._disarm()
        self._deadline = deadline
        self._arm()

    def _arm(self) -> None:
        longest_s = max(0.0, self._deadline - time.monotonic()) + _SLACK_S
        self._opened.settimeout(
            longest_s if self._silence_s is None else min(self._silence_s, longest_s)
        )
        self._over.clear()
        self._watch = threading.Thread(target=self._run, name="cut-off", daemon=True)
        self._watch.start()

    def _disarm(self) -> None:
        self._over.set()
        if self._watch is not None:
            self._watch.join()

    def _run(self) -> None:
        while not (self._cancelled or self._late):
            left = max(0.0, self._deadline - time.monotonic())
            if self._over.wait(left if self._is_cancelled is None else min(left, _POLL_S)):
                return
            self._cancelled = self._is_cancelled is not None and self._is_cancelled()
            self._late = time.monotonic() >= self._deadline
        with suppress(OSError):
            # The plain socket's: that of TLS would take the session from its reader.
            socket.socket.shutdown(self._opened, socket.SHUT_RDWR)
