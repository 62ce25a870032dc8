"""Cyclic garbage is collected in the GUI thread only.

Python's collector runs in whichever thread happens to allocate. Widgets are full of cycles; one
that is freed in the session or capture thread takes its C++ half down in the wrong thread and the
process with it (seen: one crash in three desktop test runs). So the automatic collector is off
while the desktop runs, and a timer in this thread does its work in small steps.
"""

import gc
from typing import Final

from PySide6.QtCore import QObject, QTimer, Slot

__all__ = ["GarbageTimer"]

_STEP_MS: Final = 500
_OLDEST: Final = 2


class GarbageTimer(QObject):
    """Collects the generations whose thresholds are reached, the oldest one last."""

    def __init__(self) -> None:
        super().__init__()
        self._timer = QTimer(self)
        self._timer.setInterval(_STEP_MS)
        self._timer.timeout.connect(self.step)

    def start(self) -> None:
        """Take the collector over; what exists by now stays for good and is not looked at again."""
        gc.collect()
        gc.freeze()
        gc.disable()
        self._timer.start()

    def stop(self) -> None:
        """Give the collector back."""
        self._timer.stop()
        gc.unfreeze()
        gc.collect()
        gc.enable()

    @Slot()
    def step(self) -> None:
        """Collect the oldest generation that is due; younger ones are part of it."""
        due = [
            generation
            for generation, (count, limit) in enumerate(
                zip(gc.get_count(), gc.get_threshold(), strict=True)
            )
            if limit and count > limit
        ]
        if due:
            gc.collect(min(max(due), _OLDEST))
