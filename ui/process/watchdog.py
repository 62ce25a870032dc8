"""Measures how late the GUI thread is: a heartbeat that comes late is a stall."""

import logging
import time
from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer

from ui.context import UiContext

__all__ = ["STALL_MS", "Watchdog", "watch_stalls"]

STALL_MS: Final = 100
_BEAT_MS: Final = 50

_log = logging.getLogger(__name__)


class Watchdog(QObject):
    """Logs every stall over 100 ms with its length alone: no personal data."""

    def __init__(self) -> None:
        super().__init__()
        self.stalls = 0
        self.worst_ms = 0
        self._last = time.monotonic_ns()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(_BEAT_MS)
        self._timer.timeout.connect(self.beat)
        self._timer.start()

    def beat(self) -> None:
        """Compare with the previous beat."""
        now = time.monotonic_ns()
        late_ms = (now - self._last) // 1_000_000 - _BEAT_MS
        self._last = now
        if late_ms > STALL_MS:
            self.stalls += 1
            self.worst_ms = max(self.worst_ms, late_ms)
            _log.warning("gui stalled: ms=%d", late_ms)


def watch_stalls(ctx: UiContext) -> Watchdog:
    """Return a watchdog that runs; the page of diagnostics counts by it."""
    watchdog = Watchdog()
    ctx.count_stalls = lambda: (watchdog.stalls, watchdog.worst_ms)
    return watchdog
