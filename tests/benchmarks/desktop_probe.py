"""The desktop in a process of its own, told on standard output what it did and when.

    python -m tests.benchmarks.desktop_probe first-paint | attempt FOLDER

Run by `bench_desktop`. It is the program itself, entered by its own `main`; the probe adds a signal
connection, a listener that counts, and one heartbeat timer. Nothing heavier than what the program
imports is imported before the window is painted.
"""

import json
import sys
import time
from collections import Counter
from contextlib import AbstractContextManager
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer, Slot
from PySide6.QtWidgets import QApplication

import ui.app
from workstation.station.snapshot import Listener, PreviewImage, SessionSnapshot, StationStatus

BEAT_NS = 5_000_000
PACE_MS = 200
LONGEST_MS = 100_000


def report(members: dict[str, object]) -> None:
    """Tell the parent one thing."""
    sys.stdout.write(json.dumps(members) + "\n")
    sys.stdout.flush()


class Counting:
    """Passes everything on and counts what the runtime said while an attempt ran."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self.running = False
        self.counts: Counter[str] = Counter()
        self.first_ns = self.last_ns = 0

    def session_changed(self, snapshot: SessionSnapshot) -> None:
        """During an attempt the station speaks once per analysed frame."""
        self.running = snapshot.attempt_running
        if self.running:
            self.last_ns = time.monotonic_ns()
            self.first_ns = self.first_ns or self.last_ns
            self.counts["analysed"] += 1
        self._listener.session_changed(snapshot)

    def station_changed(self, status: StationStatus) -> None:
        """Pass on."""
        self._listener.station_changed(status)

    def preview(self, image: PreviewImage) -> None:
        """Count what the camera delivered."""
        self.counts["captured"] += self.running
        self._listener.preview(image)


class Heartbeat(QObject):
    """A precise timer in the GUI thread; every gap longer than its interval is a lateness."""

    def __init__(self) -> None:
        super().__init__()
        self.late_ns: list[int] = []
        self._last = 0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(BEAT_NS // 1_000_000)
        self._timer.timeout.connect(self._beat)

    def start(self) -> None:
        """Begin."""
        self._last = time.monotonic_ns()
        self._timer.start()

    def stop(self) -> None:
        """End; what was measured stays."""
        self._timer.stop()

    @Slot()
    def _beat(self) -> None:
        now = time.monotonic_ns()
        self.late_ns.append(max(0, now - self._last - BEAT_NS))
        self._last = now


class AttemptDesktop(ui.app.Desktop):
    """A desktop at which a scripted teller goes as far as one liveness attempt."""

    def __init__(self, options: ui.app.Options, starter: ui.app.Starter, theme: str) -> None:
        self.counting: Counting | None = None
        super().__init__(options, self._counted(starter), theme)
        self.heartbeat = Heartbeat()
        self._seen = False
        self.bridge.session.connect(self._look)

    def _counted(self, starter: ui.app.Starter) -> ui.app.Starter:
        def start(
            options: ui.app.Options, listener: Listener, unlock: ui.app.AskPassphrase
        ) -> AbstractContextManager[ui.app.RunningRuntime]:
            self.counting = Counting(listener)
            return starter(options, self.counting, unlock)

        return start

    @Slot(object)
    def _take(self, runtime: ui.app.RunningRuntime) -> None:
        from ui.playing import ScriptedTeller
        from ui.station import demo_play

        super()._take(runtime)
        ScriptedTeller(self.window, demo_play(), PACE_MS).start()
        QTimer.singleShot(LONGEST_MS, self._leave)

    @Slot(object)
    def _look(self, snapshot: SessionSnapshot) -> None:
        if snapshot.attempt_running and not self._seen:
            self._seen = True
            self.heartbeat.start()
        elif self._seen and not snapshot.attempt_running:
            self.heartbeat.stop()
            self._tell(snapshot)
            self._leave()

    def _tell(self, snapshot: SessionSnapshot) -> None:
        from multiprocessing import active_children

        counting = self.counting
        if counting is None:
            return
        report(
            {
                "state": snapshot.state.value,
                "commands": len(snapshot.commands),
                "reason": snapshot.attempt_reason,
                "seconds": (counting.last_ns - counting.first_ns) / 1e9,
                "late_ns": self.heartbeat.late_ns,
                "gui_kib": resident_kib("self"),
                "child_kib": [resident_kib(str(child.pid)) for child in active_children()],
                **counting.counts,
            }
        )

    def _leave(self) -> None:
        self.window.session = None  # as after the closing time-out: the attempt is measured
        self.window.close()
        QApplication.quit()


class PaintDesktop(ui.app.Desktop):
    """A desktop that says when its first frame is complete; it leaves before the runtime starts."""

    @Slot()
    def start(self) -> None:
        """Report: the program comes here when the first paint event has been flushed."""
        report({"painted": True})
        QApplication.quit()


def resident_kib(process: str) -> int:
    """Return the resident memory of a process, 0 where the system has no /proc."""
    try:
        lines = Path("/proc", process, "status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmRSS")), 0)


def main() -> int:
    """Enter the program with the desktop that was asked for."""
    what, folder = sys.argv[1:]
    ui.app.Desktop = {"first-paint": PaintDesktop, "attempt": AttemptDesktop}[what]  # type: ignore[misc]
    return ui.app.main(["--demo", "--data", folder])


if __name__ == "__main__":
    sys.exit(main())
