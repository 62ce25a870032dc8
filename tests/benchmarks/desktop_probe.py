"""The desktop in a process of its own, told on standard output what it did and when.

    python -m tests.benchmarks.desktop_probe WHAT FOLDER

WHAT is first-paint, attempt, sign-in, switches or live.

Run by `bench_desktop`. It is the program itself, entered by its own `main`; the probe adds a signal
connection, a listener that counts, and one heartbeat timer. Nothing heavier than what the program
imports is imported before the window is painted.
"""

import json
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer, Slot
from PySide6.QtWidgets import QApplication

import ui.app
from ui.navigation import Page
from workstation.session.states import State
from workstation.station.snapshot import Listener, PreviewImage, SessionSnapshot, StationStatus

BEAT_NS = 5_000_000
PACE_MS = 200
LONGEST_MS = 100_000
LIVE_FRAMES = 120


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

    def __init__(self, options: ui.app.Options, starter: ui.app.Starter, theme: str = "") -> None:
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
        report({"processor_s": time.process_time()})
        QApplication.quit()


class SignInDesktop(ui.app.Desktop):
    """A desktop at which somebody signs in once: when is it said, when is the home page there."""

    def __init__(self, options: ui.app.Options, starter: ui.app.Starter, theme: str = "") -> None:
        super().__init__(options, starter, theme)
        self._pressed_ns = self._said_ns = self._home_ns = 0
        self.bridge.station.connect(self._look)

    @Slot(object)
    def _look(self, status: StationStatus) -> None:
        now = time.monotonic_ns()
        screen = self.window.screen_of(Page.SIGN_IN)
        if status.station and not self._pressed_ns:
            from ui.station import demo_play

            play = demo_play()
            screen.operator.edit.setText(play.operator)  # type: ignore[attr-defined]
            screen.secret.edit.setText(play.secret)  # type: ignore[attr-defined]
            self._pressed_ns = time.monotonic_ns()
            self.window.press("F9")
            screen.repaint()
            if screen.message.text():  # type: ignore[attr-defined]
                self._said_ns = time.monotonic_ns()
        elif status.operator is not None:
            if not self._home_ns:
                self.window.repaint()
                self._home_ns = time.monotonic_ns()
            if status.models_ready and status.camera:
                since = self._pressed_ns
                report(
                    {
                        "said_ms": (self._said_ns - since) / 1e6 if self._said_ns else -1,
                        "home_ms": (self._home_ns - since) / 1e6,
                        "ready_ms": (max(now, self._home_ns) - since) / 1e6,
                    }
                )
                self.window.close()
                QApplication.quit()


class SwitchDesktop(ui.app.Desktop):
    """A desktop that goes through its pages and languages by hand-made pictures."""

    @Slot()
    def start(self) -> None:
        """Open every page twice, the second time in three languages, and report the times."""
        from tests.support.desktop.gallery import LANGUAGES, pages, put
        from tests.support.desktop.snapshots import LogLines

        self.window.resize(1280, 680)
        self.ctx.log_pages = LogLines(1000)
        while self.window.built.prepare():
            pass
        shots = list(pages())
        opened: dict[str, tuple[float, float]] = {}
        spoken: dict[str, tuple[float, float]] = {}
        for shot in shots:
            opened[shot.name] = timed(lambda shot=shot: put(self.window, shot))
        again = {shot.name: timed(lambda shot=shot: put(self.window, shot)) for shot in shots}
        for shot in shots:
            put(self.window, shot)
            QApplication.processEvents()
            times = [
                timed(lambda to=language: self.ctx.use_language(to))
                for language in (*LANGUAGES, "ru")
                if language != self.ctx.texts.language
            ]
            spoken[shot.name] = max(times)
        report({"opened": opened, "again": again, "spoken": spoken})
        self.window.session = None
        self.window.close()
        QApplication.quit()


class LiveDesktop(ui.app.Desktop):
    """A desktop that is shown a running attempt at the camera's rate, without a station."""

    @Slot()
    def start(self) -> None:
        """Show pictures for some seconds and report how late the GUI thread was."""
        from tests.support.desktop.snapshots import preview_image, session, station

        self.window.show_station(station())
        self._snapshots = [session(State.LIVENESS, attempt=number) for number in (1, 2)]
        self._image = preview_image()
        self.heartbeat = Heartbeat()
        self._left = LIVE_FRAMES
        self._frames = QTimer(self)
        self._frames.setInterval(33)
        self._frames.timeout.connect(self._frame)
        self._frames.start()

    @Slot()
    def _frame(self) -> None:
        self._left -= 1
        self.window.show_session(self._snapshots[self._left % 2])
        self.window.show_preview(self._image)
        if self._left == LIVE_FRAMES - 15:
            self.heartbeat.start()
        if self._left == 0:
            self._frames.stop()
            report({"late_ns": self.heartbeat.late_ns})
            self.window.session = None
            self.window.close()
            QApplication.quit()


def timed(act: Callable[[], None]) -> tuple[float, float]:
    """Return milliseconds until what was done is on the screen: by the clock, of this thread."""
    started, worked = time.perf_counter(), time.thread_time()
    act()
    QApplication.processEvents()
    return (time.perf_counter() - started) * 1e3, (time.thread_time() - worked) * 1e3


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
    ui.app.Desktop = {  # type: ignore[misc]
        "first-paint": PaintDesktop,
        "attempt": AttemptDesktop,
        "sign-in": SignInDesktop,
        "switches": SwitchDesktop,
        "live": LiveDesktop,
    }[what]
    return ui.app.main(["--demo", "--data", folder])


if __name__ == "__main__":
    sys.exit(main())
