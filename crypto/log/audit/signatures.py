"""Signatures verified beside the walk over entries, in other processes where there are cores.

Which key may sign an entry is the walk's to say, in order; whether the key did needs nothing but
key, text and signature, so it is taken out of the order and costs half of an audit.
"""

import signal
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from types import TracebackType
from typing import Self

from crypto.log.format.note import NoteVerifier

__all__ = ["SignatureQueue", "verify_signature"]

_BATCH = 256
"""Signatures a process is given at once: about 30 ms of work against 1 ms to carry it there."""

_AHEAD = 2
"""Batches that wait for one process; what is more the walk verifies itself, so no core idles."""

_Signed = tuple[int, NoteVerifier, bytes, bytes]


def verify_signature(_seq: int, key: NoteVerifier, text: bytes, signature: bytes) -> bool:
    """Whether the key signed the text, answered at once."""
    return key.verifies(text, signature)


def _find_bad(batch: Sequence[_Signed]) -> int | None:
    """Return the first entry whose signature does not hold."""
    return next((seq for seq, key, text, sig in batch if not key.verifies(text, sig)), None)


def _ignore_interrupts() -> None:
    # Ctrl+C goes to every process of a terminal; who began the audit ends it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)


class SignatureQueue:
    """Takes signatures in the order of their entries; `find_bad` says which was the first bad one.

    workers  processes beside this one; 0, or where none can be started: all are verified here
    """

    def __init__(self, workers: int) -> None:
        self._room = workers * _AHEAD
        self._batch: list[_Signed] = []
        self._waiting: deque[tuple[Future[int | None], list[_Signed]]] = deque()
        self._bad: int | None = None
        self._pool: ProcessPoolExecutor | None = None
        if workers:
            # Spawned: a fork would carry the reader's SQLite connection along, which SQLite
            # forbids (sqlite.org/howtocorrupt.html, 2.6), and Windows knows nothing else.
            self._pool = ProcessPoolExecutor(
                workers, mp_context=get_context("spawn"), initializer=_ignore_interrupts
            )

    def add(self, seq: int, key: NoteVerifier, text: bytes, signature: bytes) -> bool:
        """Take a signature; False when one is known to be bad, this or an earlier one."""
        self._batch.append((seq, key, text, signature))
        if len(self._batch) == _BATCH:
            self._dispatch()
        return self._bad is None

    def _dispatch(self) -> None:
        batch, self._batch = self._batch, []
        while self._waiting and self._waiting[0][0].done():
            self._collect()
        if self._pool is None or len(self._waiting) >= self._room:
            self._note(_find_bad(batch))
            return
        try:
            self._waiting.append((self._pool.submit(_find_bad, batch), batch))
        except (BrokenProcessPool, OSError):
            self._pool = None
            self._note(_find_bad(batch))

    def _collect(self) -> None:
        future, batch = self._waiting.popleft()
        try:
            self._note(future.result())
        except (BrokenProcessPool, OSError):
            # A process was killed or could not be started: nothing is believed of its answer.
            self._pool = None
            self._note(_find_bad(batch))

    def _note(self, bad: int | None) -> None:
        if bad is not None:
            self._bad = bad if self._bad is None else min(self._bad, bad)

    def find_bad(self) -> int | None:
        """Return the first entry with a bad signature, when all that were taken are verified."""
        batch, self._batch = self._batch, []
        self._note(_find_bad(batch))
        while self._waiting:
            self._collect()
        return self._bad

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
