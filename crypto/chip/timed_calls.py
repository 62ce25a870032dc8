"""Calls into a driver that may never come back."""

import queue
import threading
import time
from collections.abc import Callable
from typing import Final, Generic, TypeVar

from crypto.chip.errors import ChipReadCancelled, ChipTimeout

__all__ = ["TimedCalls"]

_POLL_S: Final = 0.05
_T = TypeVar("_T")


class _Outcome(Generic[_T]):
    """What one call has returned or raised, once it has."""

    def __init__(self, function: Callable[[], _T]) -> None:
        self._function = function
        self._done = threading.Event()
        self._value: list[_T] = []
        self._failure: Exception | None = None

    def run(self) -> None:
        try:
            self._value.append(self._function())
        except Exception as failure:  # noqa: BLE001 - raised again on the thread that waits
            self._failure = failure
        self._done.set()

    def wait(self, seconds: float) -> bool:
        return self._done.wait(seconds)

    def get(self) -> _T:
        if self._failure is not None:
            raise self._failure
        return self._value[0]


class TimedCalls:
    """A thread that makes one call after the other, and is abandoned when one does not return.

    Nothing can end a call inside a driver; the thread leaves no trace when it returns after all.
    """

    def __init__(
        self,
        cancelled: Callable[[], bool],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._cancelled = cancelled
        self._clock = clock
        self._calls: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._stuck = ""
        threading.Thread(target=self._serve, name="chip", daemon=True).start()

    def call(self, function: Callable[[], _T], until: float, what: str) -> _T:
        """Return what the function does, on the other thread; it may last until a moment.

        what  the detail of ChipTimeout

        Raises ChipTimeout, ChipReadCancelled, and what the function raises.
        """
        if self._stuck:
            raise ChipTimeout(self._stuck)
        if self._cancelled():
            raise ChipReadCancelled
        outcome = _Outcome(function)
        self._calls.put(outcome.run)
        while not outcome.wait(_POLL_S):
            called_off = self._cancelled()
            if called_off or self._clock() >= until:
                self._stuck = what
                raise ChipReadCancelled if called_off else ChipTimeout(what)
        return outcome.get()

    def close(self, last: Callable[[], object] | None = None) -> None:
        """Let the thread end, after a last call that nobody waits for."""
        if last is not None:
            self._calls.put(_Outcome(last).run)
        self._calls.put(None)

    def _serve(self) -> None:
        while (run := self._calls.get()) is not None:
            run()
