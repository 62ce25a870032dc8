"""A few threads for work that waits for others: network, token, registries, loading."""

import logging
import queue
import threading
import time
from collections.abc import Callable

__all__ = ["Workers"]

_log = logging.getLogger(__name__)


class Workers:
    """Takes jobs from any thread; a job that raises is logged and costs no thread.

    The threads are daemons: a server that does not answer must not keep a closed program alive.
    """

    def __init__(self, count: int, name: str) -> None:
        self._jobs: queue.SimpleQueue[Callable[[], object] | None] = queue.SimpleQueue()
        self._closed = threading.Event()
        self._threads = [
            threading.Thread(target=self._work, name=f"{name}-{number}", daemon=True)
            for number in range(count)
        ]

    def start(self) -> None:
        """Start the threads."""
        for thread in self._threads:
            thread.start()

    def submit(self, job: Callable[[], object]) -> None:
        """Have the job done by the next free thread; after `close` it is dropped."""
        self._jobs.put(job)

    def close(self, deadline: float) -> tuple[str, ...]:
        """Drop what has not begun, wait until `deadline` (time.monotonic); name who lingers."""
        self._closed.set()
        for _ in self._threads:
            self._jobs.put(None)
        for thread in self._threads:
            if thread.ident is not None:
                thread.join(max(0.0, deadline - time.monotonic()))
        return tuple(thread.name for thread in self._threads if thread.is_alive())

    def _work(self) -> None:
        while True:
            job = self._jobs.get()
            if job is None or self._closed.is_set():
                return
            try:
                job()
            except Exception:  # noqa: BLE001 - the next job must find a living thread
                _log.exception("unexpected failure in a worker")
