"""The one crossing from the runtime's threads to the screens.

It lives in the GUI thread, connects its own queued wake-up in its constructor (a window that
connects late must not lose the first one) and keeps only the newest of everything: however long the
GUI is busy, at most one preview image waits.
"""

import threading

from PySide6.QtCore import QObject, Qt, Signal, Slot

from workstation.station.snapshot import PreviewImage, SessionSnapshot, StationStatus

__all__ = ["Bridge"]


class Bridge(QObject):
    """Listener of the runtime: any thread calls in, signals come out in the GUI thread."""

    session = Signal(object)
    station = Signal(object)
    preview_ready = Signal(object)
    _wake = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._lock = threading.Lock()
        self._awake = False
        self._session: SessionSnapshot | None = None
        self._station: StationStatus | None = None
        self._preview: PreviewImage | None = None
        self._wake.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def session_changed(self, snapshot: SessionSnapshot) -> None:
        """Take the newest snapshot of the session."""
        with self._lock:
            self._session = snapshot
        self._call()

    def station_changed(self, status: StationStatus) -> None:
        """Take the newest status of the station."""
        with self._lock:
            self._station = status
        self._call()

    def preview(self, image: PreviewImage) -> None:
        """Take the newest preview image; one that was not shown yet is dropped."""
        with self._lock:
            self._preview = image
        self._call()

    def _call(self) -> None:
        with self._lock:
            if self._awake:
                return
            self._awake = True
        self._wake.emit()

    @Slot()
    def _deliver(self) -> None:
        with self._lock:
            self._awake = False
            station, self._station = self._station, None
            session, self._session = self._session, None
            image, self._preview = self._preview, None
        if station is not None:
            self.station.emit(station)
        if session is not None:
            self.session.emit(session)
        if image is not None:
            self.preview_ready.emit(image)
