"""The station's threads: capture owns the camera, session owns the station, io waits for others.

One inbox feeds the session thread. Frames reach it through a mailbox of one, newest wins, so a
slow analysis drops frames instead of queueing faces. An unexpected exception in a loop becomes
the fault `internal`: it is written to the diagnostic log, ends the session INDETERMINATE, and the
thread lives on. Connect the listener before entering.
"""

import logging
import queue
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from vision.errors import CameraError, VisionError
from vision.frame import Camera, Frame
from workstation.commands import Command
from workstation.mailbox import Mailbox
from workstation.parts import Parts
from workstation.preview import PreviewFeed
from workstation.snapshot import Listener
from workstation.station import Station
from workstation.task import Task

__all__ = ["Runtime"]

_log = logging.getLogger(__name__)
_TICK_S = 0.25
_REOPEN_S = 2.0
_REFRESH_S = 3600.0
_IO_WORKERS = 2
"""A customer may look for their key for minutes; the lists and the log check do not wait."""

_JOIN_S = 5.0


@dataclass(frozen=True, slots=True)
class _Finished:
    task: Task
    outcome: object


@dataclass(frozen=True, slots=True)
class _CameraOpened:
    camera: Camera


@dataclass(frozen=True, slots=True)
class _CameraFailed:
    code: str


class _FrameWaits:
    """A frame lies in the mailbox."""


@dataclass(frozen=True, slots=True)
class _ModelsLoaded:
    """The analysis answers, or the code of what prevents it."""

    code: str


class _ListsUpdated:
    """Revocation lists were fetched, or tried to be."""


class _Stop:
    """Leave the loop."""


_Item = (
    Command
    | _Finished
    | _CameraOpened
    | _CameraFailed
    | _FrameWaits
    | _ModelsLoaded
    | _ListsUpdated
    | _Stop
)


class Runtime:
    """Context manager over the threads; `post` may be called from any thread and never blocks."""

    def __init__(self, parts: Parts, listener: Listener) -> None:
        self._parts = parts
        self._listener = listener
        self._inbox: queue.SimpleQueue[_Item] = queue.SimpleQueue()
        self._frames: Mailbox[Frame] = Mailbox()
        self._stopping = threading.Event()
        self._camera: Camera | None = None
        self._io = ThreadPoolExecutor(max_workers=_IO_WORKERS, thread_name_prefix="io")
        self._session = threading.Thread(target=self._session_loop, name="session")
        self._capture = threading.Thread(target=self._capture_loop, name="capture", daemon=True)
        self._lingering: tuple[str, ...] = ()

    def post(self, command: Command) -> None:
        """Ask for something; the answer comes through the listener."""
        self._inbox.put(command)

    @property
    def lingering(self) -> tuple[str, ...]:
        """Return the names of threads that did not end in time after leaving the context."""
        return self._lingering

    def __enter__(self) -> Self:
        """Start the threads and the loading of the models."""
        self._session.start()
        self._capture.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Abort what runs into the log, stop every thread and report what lingers."""
        self._stopping.set()
        self._inbox.put(_Stop())
        self._session.join(_JOIN_S)
        self._capture.join(_JOIN_S)
        self._io.shutdown(wait=True, cancel_futures=True)
        self._parts.analysis.close()
        left = [thread.name for thread in (self._session, self._capture) if thread.is_alive()]
        self._lingering = tuple(left)
        for name in left:
            _log.error("thread did not end: %s", name)

    # -- session thread ---------------------------------------------------------------------

    def _session_loop(self) -> None:
        station = Station(self._parts, self._listener)
        station.publish()
        self._io.submit(self._load_models)
        due = 0.0
        while True:
            if time.monotonic() >= due:
                due = time.monotonic() + _REFRESH_S
                self._io.submit(self._refresh_lists)
            try:
                item = self._inbox.get(timeout=_TICK_S)
            except queue.Empty:
                station.tick()
                continue
            if isinstance(item, _Stop):
                break
            self._guarded(station, item)
        station.close("closed")

    def _guarded(self, station: Station, item: _Item) -> None:
        try:
            self._take(station, item)
        except Exception:  # noqa: BLE001 - see below
            # The one place where everything is caught: a dead session thread would be worse.
            _log.exception("unexpected failure in the session loop")
            station.fault("internal")

    def _take(self, station: Station, item: _Item) -> None:
        match item:
            case _FrameWaits():
                frame = self._frames.take()
                camera = self._camera
                if frame is not None and camera is not None and station.wants_frames:
                    station.frame(frame, camera)
            case _Finished(task=task, outcome=outcome):
                self._start(station.finished(task, outcome))
            case _CameraOpened(camera=camera):
                station.camera_opened(camera)
            case _CameraFailed(code=code):
                station.camera_failed(code)
            case _ModelsLoaded(code=code):
                station.models_ready(code)
            case _ListsUpdated():
                station.lists_updated()
            case _Stop():
                return
            case _:
                self._start(station.handle(item))

    def _start(self, task: Task | None) -> None:
        if task is not None and not self._stopping.is_set():
            self._io.submit(self._run, task)

    # -- io thread --------------------------------------------------------------------------

    def _run(self, task: Task) -> None:
        try:
            outcome = task.run()
        except Exception as error:  # noqa: BLE001 - handed to the session thread, which judges it
            outcome = error
        self._inbox.put(_Finished(task, outcome))

    def _load_models(self) -> None:
        try:
            self._parts.analysis.start()
        except VisionError as error:
            self._inbox.put(_ModelsLoaded(error.code))
            return
        self._inbox.put(_ModelsLoaded(""))

    def _refresh_lists(self) -> None:
        """Fetch the revocation lists, so that they are fresh when OCSP is out of reach."""
        try:
            for health in self._parts.revocation.update(self._parts.now()):
                _log.info("revocation list: %s", health.code)
        except Exception:  # noqa: BLE001 - a background convenience must not end the io thread
            _log.exception("revocation lists not updated")
        self._inbox.put(_ListsUpdated())

    # -- capture thread ---------------------------------------------------------------------

    def _capture_loop(self) -> None:
        while not self._stopping.is_set():
            try:
                self._capture_until_lost()
            except CameraError as error:
                self._inbox.put(_CameraFailed(error.code))
            except Exception:  # noqa: BLE001 - the thread must live on and say that it failed
                _log.exception("unexpected failure in the capture loop")
                self._inbox.put(_CameraFailed("camera_lost"))
            self._stopping.wait(_REOPEN_S)

    def _capture_until_lost(self) -> None:
        camera = self._parts.open_camera()
        feed = PreviewFeed(self._listener)
        try:
            self._camera = camera
            self._inbox.put(_CameraOpened(camera))
            while not self._stopping.is_set():
                frame = camera.read()
                if self._frames.put(frame):
                    self._inbox.put(_FrameWaits())
                feed.show(frame)
        finally:
            self._camera = None
            camera.close()
