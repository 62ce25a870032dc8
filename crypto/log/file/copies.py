"""The newest released head in more places: another volume, a share of the branch, a keyring.

Whoever deletes the released heads and restores an old log has to reach these too. A place that
cannot be reached stops nobody; one that remembers a head that the log does not hold does.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from crypto.errors import LogTampered, LogUnwritable
from crypto.log.file.released import ReleasedHead, ReleasedMark

__all__ = ["CopiedHead", "HeadPlace"]

EVERY = 16
"""Appends after which the places are written; at the end of a session they are in any case."""

PATIENCE_S = 2.0
"""How long a place is waited for: a share that is gone may answer after minutes, or never."""


class HeadPlace(Protocol):
    """Somewhere that remembers heads; both raise LogUnwritable when it cannot be reached."""

    def marks(self, origin: str | None = None) -> Sequence[ReleasedMark]:
        """Return what it remembers of a log; LogTampered when that is damaged."""
        ...

    def remember(self, mark: ReleasedMark) -> None:
        """Remember a head durably, if it is larger than those it remembers."""
        ...


class CopiedHead(ReleasedHead):
    """Released heads whose newest is remembered in other places too.

    places  by the names that the settings have for them

    A place is asked in a thread of its own, which is left behind when it does not end; a start
    waits PATIENCE_S for it, an append never.
    """

    def __init__(self, path: Path, places: Mapping[str, HeadPlace]) -> None:
        super().__init__(path)
        self._places = places
        self._threads: dict[str, threading.Thread] = {}
        self._turn = threading.Lock()
        self._due: dict[str, Callable[[HeadPlace], None]] = {}
        self._busy: set[str] = set()
        self._reached: set[str] = set()
        self._newest: ReleasedMark | None = None
        self._uncopied = 0

    @property
    def unreached(self) -> tuple[str, ...]:
        """Names of the places that did not answer when they were last asked."""
        return tuple(name for name in self._places if name not in self._reached)

    def copied_marks(self, origin: str) -> tuple[ReleasedMark, ...]:
        """Return the heads of a log that the places remember; LogTampered for a damaged one."""
        found: list[ReleasedMark] = []
        damaged: list[LogTampered] = []

        def read(place: HeadPlace) -> None:
            try:
                found.extend(place.marks(origin))
            except LogTampered as error:
                damaged.append(error)

        self._ask(read)
        self._wait()
        if damaged:
            raise damaged[0]
        return tuple(found)

    def append(self, mark: ReleasedMark) -> None:
        """Remember a head, in the other places with every sixteenth."""
        super().append(mark)
        self._newest = mark
        self._uncopied += 1
        if self._uncopied >= EVERY:
            self._copy(mark)

    def sync(self) -> None:
        """Force the marks to the disk, and the newest to the other places."""
        super().sync()
        if self._newest is not None:
            self._copy(self._newest)

    def close(self) -> None:
        """Sync, wait for the places, and let go of the file."""
        super().close()
        self._wait()

    def _copy(self, mark: ReleasedMark) -> None:
        self._newest, self._uncopied = None, 0
        self._ask(lambda place: place.remember(mark))

    def _ask(self, question: Callable[[HeadPlace], None]) -> None:
        for name, place in self._places.items():
            with self._turn:
                self._reached.discard(name)
                # One that is still asked comes to the newest question afterwards: no more than
                # one thread waits for it, and a slow place does not miss the last head of a day.
                self._due[name] = question
                if name in self._busy:
                    continue
                self._busy.add(name)
            thread = threading.Thread(target=self._reach, args=(name, place), daemon=True)
            self._threads[name] = thread
            thread.start()

    def _reach(self, name: str, place: HeadPlace) -> None:
        while (question := self._next_question(name)) is not None:
            try:
                question(place)
            except (LogUnwritable, LogTampered):
                continue
            with self._turn:
                if name not in self._due:
                    self._reached.add(name)

    def _next_question(self, name: str) -> Callable[[HeadPlace], None] | None:
        with self._turn:
            if name not in self._due:
                self._busy.discard(name)
            return self._due.pop(name, None)

    def _wait(self) -> None:
        for thread in self._threads.values():
            thread.join(PATIENCE_S)
