"""The station's threads: capture owns the camera, session owns the station, io waits for others.

The others put calls into one inbox and the session thread makes them, in order. Frames reach it
through a mailbox of one, newest wins, so a slow analysis drops frames instead of queueing faces. An
unexpected exception in a loop becomes the fault `internal`: it is written to the diagnostic log,
ends the session INDETERMINATE, and the thread lives on. Connect the listener before entering.
"""

import logging
import queue
import threading
import time
from collections.abc import Callable
from functools import partial
from types import TracebackType
from typing import Self

from crypto.crl_store.importer import estimate_percent
from vision.errors import VisionError
from workstation.station.capture import Capture
from workstation.station.commands import Command, StartLiveness, TakeExceptionPhoto
from workstation.station.log_follower import LogFollower
from workstation.station.snapshot import Listener
from workstation.station.station import Station
from workstation.station.task import Task
from workstation.station.workers import Workers
from workstation.verification.services import Services

__all__ = ["Runtime"]

_log = logging.getLogger(__name__)
_TICK_S = 0.25
_REFRESH_S = 60.0
"""How often the lists are asked whether they are due; each has its own pace."""

_PERCENT_STEP = 5
_IO_WORKERS = 3
"""A customer may look for their key for minutes; the lists and the log check do not wait."""

_JOIN_S = 5.0
"""For all threads together; a fetch or a camera that still hangs then is reported."""


class Runtime:
    """Context manager over the threads; `post` may be called from any thread and never blocks."""

    def __init__(self, services: Services, listener: Listener) -> None:
        self._services = services
        # None ends the session thread.
        self._inbox: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._stopping = threading.Event()
        self._station = Station(services, listener)
        self._io = Workers(_IO_WORKERS, "io")
        self.log_index = LogFollower(services.log_path, services.log_key.vkey)
        self._session = threading.Thread(target=self._session_loop, name="session")
        self._capture = Capture(
            services.open_camera,
            listener,
            challenged=lambda response: self._inbox.put(
                partial(self._station.camera_challenged, response)
            ),
            opened=lambda camera: self._inbox.put(partial(self._station.camera_opened, camera)),
            watched=lambda seen: self._inbox.put(partial(self._station.camera_watched, seen)),
            failed=lambda code: self._inbox.put(partial(self._station.camera_failed, code)),
            frame_waits=lambda: self._inbox.put(self._take_frame),
        )

        if services.diagnosis is not None:
            services.diagnosis.counters.count_dropped = self._capture.count_dropped

    def post(self, command: Command) -> None:
        """Ask for something; the answer comes through the listener."""
        self._inbox.put(partial(self._handle, command))

    def __enter__(self) -> Self:
        """Start the threads and the loading of the models."""
        self._io.start()
        self._session.start()
        self._capture.start()
        self.log_index.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Abort what runs into the log, stop every thread and report what lingers."""
        deadline = time.monotonic() + _JOIN_S
        self._stopping.set()
        self._capture.stop()
        self._services.revocation.stop()
        self._inbox.put(None)
        self._session.join(_JOIN_S)
        # Closing waits for models that are being loaded; the child process dies with this one.
        closing = threading.Thread(
            target=self._services.analysis.close, name="analysis", daemon=True
        )
        closing.start()
        closing.join(max(0.0, deadline - time.monotonic()))
        left = [each.name for each in (self._session, closing) if each.is_alive()]
        others = (*self._capture.join(deadline), *self._io.close(deadline))
        for name in (*left, *others, *self.log_index.stop(deadline)):
            _log.error("thread did not end: %s", name)

    # -- session thread ---------------------------------------------------------------------

    def _session_loop(self) -> None:
        self._guard(self._station.publish)
        self._io.submit(self._load_models)
        refresh_due = tick_due = 0.0
        while True:
            # By the clock, not when the inbox is empty: camera frames never let it be.
            now = time.monotonic()
            if now >= refresh_due:
                refresh_due = now + _REFRESH_S
                self._io.submit(self._refresh_lists)
            if now >= tick_due:
                tick_due = now + _TICK_S
                self._guard(self._tick)
            try:
                call = self._inbox.get(timeout=_TICK_S)
            except queue.Empty:
                continue
            if call is None:
                break
            self._guard(call)
        self._guard(partial(self._station.close, "closed"))

    def _guard(self, call: Callable[[], None]) -> None:
        try:
            call()
        except Exception:  # noqa: BLE001 - see below
            # The one place where everything is caught: a dead session thread would be worse.
            _log.exception("unexpected failure in the session loop")
            try:
                self._station.fault("internal")
            except Exception:  # noqa: BLE001 - a listener that fails must not kill the thread
                _log.exception("the failure could not be shown")

    def _tick(self) -> None:
        self._start(self._station.tick())
        self.log_index.tell(self._services.journal.log.size)
        if self._station.note_index(self.log_index.size):
            self._station.publish()
        if self._station.breaks.take_lost():
            if self._services.diagnosis is not None:
                self._services.diagnosis.counters.restarts += 1
            self._io.submit(self._load_models)

    def _handle(self, command: Command) -> None:
        waiting = self._station.wants_frames
        self._start(self._station.handle(command))
        live = isinstance(command, StartLiveness | TakeExceptionPhoto)
        if live and self._station.wants_frames and not waiting:
            # Before the first frame that counts: an attempt's time begins there.
            self._capture.challenge()

    def _finish(self, task: Task, outcome: object) -> None:
        self._start(self._station.finish(task, outcome))

    def _take_frame(self) -> None:
        taken = self._capture.take()
        if taken is not None and self._station.wants_frames:
            self._station.take_frame(*taken)

    def _start(self, task: Task | None) -> None:
        if task is not None and not self._stopping.is_set():
            self._io.submit(partial(self._run, task))

    # -- io thread --------------------------------------------------------------------------

    def _run(self, task: Task) -> None:
        try:
            outcome = task.run()
        except Exception as error:  # noqa: BLE001 - handed to the session thread, which judges it
            outcome = error
        self._inbox.put(partial(self._finish, task, outcome))

    def _load_models(self) -> None:
        code = ""
        try:
            self._services.analysis.start()
        except VisionError as error:
            code = error.code
        self._inbox.put(partial(self._station.models_ready, code))

    def _refresh_lists(self) -> None:
        """Fetch the revocation lists that are due, so that they are fresh without OCSP."""
        shown = 0

        def report(stage: str, done: int, whole: int) -> None:
            nonlocal shown
            percent = estimate_percent(stage, done, whole)
            if percent and abs(percent - shown) >= _PERCENT_STEP:
                shown = percent
                self._inbox.put(partial(self._station.lists_updated, percent))

        try:
            for health in self._services.revocation.refresh(self._services.now(), report):
                _log.info("revocation list: %s", health.code)
        except Exception:  # noqa: BLE001 - a background convenience must not end the io thread
            _log.exception("revocation lists not updated")
        self._inbox.put(self._station.lists_updated)
