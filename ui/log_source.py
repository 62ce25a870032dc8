"""Who reads the log for its pages, and the thread that does: the GUI's own waits for no file.

Questions stand in slots: one that was not begun gives way to a newer one of its slot, and the
newest slot is answered first, since it is what somebody looks at. Answers come back by a queued
signal, as everything from other threads does (ui.bridge).
"""

import logging
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot
from shiboken6 import isValid

from workstation.station.log_view import LogEntryView, LogMatches, LogQuery, LogRow

__all__ = ["LogPageSource", "Reading"]

_log = logging.getLogger(__name__)

_Answer = TypeVar("_Answer")


class LogPageSource(Protocol):
    """Who reads the log: called by one thread, that of `Reading`, and never by the GUI's."""

    def size(self) -> int:
        """Return how many entries there are."""
        ...

    def operators(self) -> Mapping[str, str]:
        """Return the names of the operators by number."""
        ...

    def rows(self, start: int, count: int) -> Sequence[LogRow]:
        """Return at most `count` entries from index `start`, ascending."""
        ...

    def rows_of(self, seqs: Sequence[int]) -> Sequence[LogRow]:
        """Return the entries of these numbers, as far as there are such."""
        ...

    def find(self, query: LogQuery) -> LogMatches:
        """Return which entries answer."""
        ...

    def case_entries(self, case: str) -> Sequence[LogRow]:
        """Return all entries of a case, ascending."""
        ...

    def entry(self, seq: int) -> LogEntryView | None:
        """Return one entry with every member and its proof, None where there is none."""
        ...

    def interrupt(self) -> None:
        """End the search that runs, if one does; the one method that any thread may call."""
        ...


@dataclass(frozen=True, slots=True)
class _Question:
    source: LogPageSource
    owner: QObject
    read: Callable[[LogPageSource], Any]
    then: Callable[[Any], None]


class Reading(QObject):
    """Belongs to the GUI thread; its own thread starts with the first question."""

    _came = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._condition = threading.Condition()
        self._questions: dict[tuple[int, str], _Question] = {}
        self._answers: deque[tuple[_Question, Any]] = deque()
        self._running: _Question | None = None
        self._thread: threading.Thread | None = None
        self._closed = False
        self._came.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def ask(
        self,
        source: LogPageSource,
        owner: QObject,
        slot: str,
        read: Callable[[LogPageSource], _Answer],
        then: Callable[[_Answer], None],
    ) -> None:
        """Call `read` with the source in the reading thread, and `then` here with its answer.

        owner  who asks: nothing is answered once it is gone; each has slots of its own
        """
        key = (id(owner), slot)
        with self._condition:
            if self._closed:
                return
            self._questions.pop(key, None)
            self._questions[key] = _Question(source, owner, read, then)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="log", daemon=True)
                self._thread.start()
            self._condition.notify()

    @property
    def busy(self) -> bool:
        """Whether something is asked that was not answered yet."""
        with self._condition:
            return bool(self._questions or self._running is not None or self._answers)

    def close(self) -> None:
        """End the thread and forget what was asked; whoever read the log may be closed then."""
        with self._condition:
            self._closed = True
            self._questions.clear()
            running = self._running
            self._condition.notify()
        if running is not None:
            running.source.interrupt()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while (question := self._next()) is not None:
            try:
                answer = question.read(question.source)
            except Exception:  # noqa: BLE001 - whatever it is, the thread is needed again
                # A page stays empty; the program and this thread live on.
                _log.exception("log not read")
                continue
            with self._condition:
                if self._closed:
                    return
                self._answers.append((question, answer))
            self._came.emit()

    def _next(self) -> _Question | None:
        with self._condition:
            self._running = None
            while not self._questions and not self._closed:
                self._condition.wait()
            if self._closed:
                return None
            _, self._running = self._questions.popitem()
            return self._running

    @Slot()
    def _deliver(self) -> None:
        while self._answers:
            question, answer = self._answers.popleft()
            if not self._closed and isValid(question.owner):
                question.then(answer)
