"""The desktop program: options, one instance, a window at once, and only then the runtime.

Nothing heavy (numpy, OpenCV, dlib, reportlab) is imported before the window is on the screen.
"""

import argparse
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final, Protocol

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QApplication, QMessageBox, QStyleFactory

from crypto.core_dumps import forbid_core_dumps
from resources import LANGUAGES
from ui.appearance import Appearance
from ui.bridge import Bridge
from ui.context import UiContext
from ui.first_start.opening import open_first_start, wants_first_start
from ui.log_source import LogPageSource
from ui.preferences import SYSTEM, Preferences
from ui.process.diagnostics import keep_diagnostics, report_exit, tell_exit
from ui.process.garbage import GarbageTimer
from ui.process.identity import DESKTOP_FILE, name_application, name_process
from ui.process.instance import SingleInstance, come_forward, is_closed
from ui.process.refusal import describe_refusal
from ui.process.watchdog import watch_stalls
from ui.shell.key_unlock import KeyPrompt
from ui.shell.main_window import MainWindow
from ui.shell.placement import place_window, placement_of, return_to_screen
from ui.theme.fonts import application_font, install_fonts
from ui.theme.system import system_scale
from ui.theme.theme import load_theme
from workstation.documents.texts import Texts
from workstation.flavour import has_demo
from workstation.station.commands import Command
from workstation.station.snapshot import Listener

__all__ = [
    "AskPassphrase",
    "Desktop",
    "Options",
    "RunningRuntime",
    "Starter",
    "create_application",
    "main",
    "read_options",
    "start_runtime",
]

_log = logging.getLogger(__name__)

_ALREADY_RUNNING: Final = 3
_FOLDER_REFUSED: Final = 4
_FOLDER_CLOSED: Final = "app.folder_closed"
_DEMO_NOT_BUILT: Final = 3
FIRST_LANGUAGE: Final = "ru"
_USUAL_FOLDER: Final = "workstation"
"""Of the station, below the account's own folder, where none is named."""
_PROFILES: Final = ("demo", "production")
_PREPARING_MS: Final = 100
"""Between two pages that are built ahead, in each 10 to 40 ms: what is typed meanwhile is shown."""

_SWITCH_INTERVAL_S: Final = 0.0005
"""Bytecode in another thread delays the GUI by 6.7 ms at p99 instead of 24.6 (measured)."""


@dataclass(frozen=True, slots=True)
class Options:
    """What the program was started with.

    language  of the first page; empty for the one that was chosen last, or Russian
    policy  a draft that the demo plays by, None for the shipped one
    """

    data: Path
    profile: str
    language: str
    play: bool = False
    policy: Path | None = None


class RunningRuntime(Protocol):
    """What the window needs of the runtime: take commands without blocking, read log pages."""

    @property
    def log_pages(self) -> LogPageSource | None:
        """Return the reader behind the log page."""
        ...

    def post(self, command: Command) -> None:
        """Take a command."""
        ...


AskPassphrase = Callable[[int], str]
"""`KeyUnlock` of the vault, which is not imported before the window is on the screen."""

Starter = Callable[[Options, Listener, AskPassphrase], AbstractContextManager[RunningRuntime]]


def start_runtime(
    options: Options, listener: Listener, unlock: AskPassphrase
) -> AbstractContextManager[RunningRuntime]:
    """Build the station and return its runtime, entered by the caller and left at the end.

    unlock  asks for the pass phrase of the station's keys, where they have one
    """
    # Imported here: numpy, OpenCV and the rest must not keep the first window waiting.
    from ui.station import demo_folder, running_demo, running_station

    if options.profile == "demo":
        return running_demo(demo_folder(options.data), listener, options.policy)
    return running_station(options.data, listener, unlock)


class Desktop(QObject):
    """Window, bridge and runtime of one run; commands posted before the runtime is there wait."""

    _built = Signal(object)

    def __init__(self, options: Options, starter: Starter, theme: str = "") -> None:
        super().__init__()
        self._options = options
        self._starter = starter
        self._runtime: RunningRuntime | None = None
        self._stack = ExitStack()
        self._waiting: list[Command] = []
        self._starting: threading.Thread | None = None
        self._closed = False
        self._built.connect(self._take)
        self._preferences = preferences = Preferences(options.data)
        choice = theme or preferences.last.theme
        language = options.language or preferences.last.language or FIRST_LANGUAGE
        shown = load_theme("light" if choice == SYSTEM else choice, _text_scale())
        self.ctx = UiContext(Texts(language), shown, self.post, _now_ms)
        self.appearance = Appearance(self.ctx, preferences, choice)
        self.bridge = Bridge()
        self.window = MainWindow(self.ctx)
        self.keys = KeyPrompt(self.ctx, self.window)
        self.keys.given_up.connect(self._give_up)
        self.watchdog = watch_stalls(self.ctx)
        self.garbage = GarbageTimer()
        self._preparing = QTimer(self)
        self._preparing.setInterval(_PREPARING_MS)
        self._preparing.timeout.connect(self._prepare)
        # First, so that the page after the sign-in opens as its operator left it.
        self.bridge.station.connect(self.appearance.show_station)
        self.bridge.station.connect(self.window.show_station)
        self.bridge.session.connect(self.window.show_session)
        self.bridge.preview_ready.connect(self.window.show_preview)

    def post(self, command: Command) -> None:
        """Hand a command to the runtime, or keep it until there is one."""
        if self._runtime is None:
            self._waiting.append(command)
        else:
            self._runtime.post(command)

    def open(self) -> None:
        """Show the window at once; the runtime starts after its first frame."""
        self.garbage.start()
        self.window.painted.connect(self._painted)
        self.window.closed.connect(self._remember_place)
        place_window(self.window, self._preferences.window)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.screenRemoved.connect(self._screens_changed)
            application.primaryScreenChanged.connect(self._screens_changed)

    @Slot()
    def _screens_changed(self) -> None:
        # One turn later: Qt moves the windows of a screen that is gone by itself, if it can.
        QTimer.singleShot(0, self._return_to_screen)

    @Slot()
    def _return_to_screen(self) -> None:
        return_to_screen(self.window)

    @Slot()
    def _remember_place(self) -> None:
        self._preferences.place(placement_of(self.window))

    @Slot()
    def _prepare(self) -> None:
        if not self.window.isVisible() or not self.window.built.prepare():
            self._preparing.stop()

    @Slot()
    def _painted(self) -> None:
        QTimer.singleShot(0, self.start)

    @Slot()
    def start(self) -> None:
        """Build the station in a thread of its own: imports and keys would freeze the window."""
        if self._closed:
            return
        self.window.customer.start()
        self.window.system_session.watch()
        self._starting = threading.Thread(target=self._build, name="start")
        self._starting.start()

    @Slot()
    def close(self) -> None:
        """Leave the runtime: it joins what it started. Repeating is harmless."""
        self._closed = True
        if self._starting is not None:
            self.keys.cancel()
            self._starting.join()
        self._runtime = None
        # Before whoever reads the log is closed: the thread may be in the middle of a page.
        self.ctx.reading.close()
        self._stack.close()
        self.garbage.stop()
        self._preparing.stop()

    @Slot()
    def _give_up(self) -> None:
        """Leave the program: without its keys there is no station."""
        application = QApplication.instance()
        if application is not None:
            application.exit(0)

    def _build(self) -> None:
        try:
            runtime = self._stack.enter_context(
                self._starter(self._options, self.bridge, self.keys.ask)
            )
        except Exception as refused:  # noqa: BLE001 - whatever it is, the window must say so
            _log.exception("runtime not started")
            profile, language = self._options.profile, self.ctx.texts.language
            self.bridge.station_changed(describe_refusal(refused, profile, language))
            return
        self._built.emit(runtime)

    @Slot(object)
    def _take(self, runtime: RunningRuntime) -> None:
        if self._closed:
            return  # It was built just before the end: the stack is left already.
        self._runtime = runtime
        self.ctx.log_pages = runtime.log_pages
        if self._options.play:
            from ui.playing import ScriptedTeller
            from ui.station import demo_play

            ScriptedTeller(self.window, demo_play()).start()
        self._preparing.start()
        waiting, self._waiting = self._waiting, []
        for command in waiting:
            runtime.post(command)


def create_application(arguments: Sequence[str]) -> QApplication:
    """Return the application with Fusion and the bundled typeface."""
    name_process()
    application = QApplication([DESKTOP_FILE, *arguments[1:]])
    name_application(application)
    application.setStyle(QStyleFactory.create("Fusion"))
    for weight in install_fonts():
        _log.warning("font refused: weight=%s", weight)
    usual, scale = load_theme("light").sizes["body"], system_scale(application.font())
    application.setFont(application_font(round(usual * scale)))
    return application


def _text_scale() -> float:
    """Return what the system's text size has made of the application's font."""
    return QApplication.font().pixelSize() / load_theme("light").sizes["body"]


def read_options(argv: Sequence[str] | None) -> Options:
    """Read the command line; exits with its own message when it is wrong."""
    parser = argparse.ArgumentParser(prog="workstation")
    parser.add_argument("--demo", action="store_true", help="loopback services, simulated camera")
    parser.add_argument("--play", action="store_true", help="demo: a scripted teller at work")
    parser.add_argument("--policy", type=Path, help="demo: a draft of the policy to play by")
    parser.add_argument("--data", type=Path, help="data folder of the station")
    parser.add_argument("--profile", choices=_PROFILES, default="production")
    parser.add_argument("--language", choices=LANGUAGES, default="")
    given = parser.parse_args(argv)
    demo = given.demo or given.profile == "demo"
    usual = Path("demo-data") if demo else Path.home() / _USUAL_FOLDER
    data = usual if given.data is None else given.data
    profile = "demo" if demo else "production"
    if given.policy is not None and not demo:
        parser.error("--policy is for the demo: a station goes by its folder of signed ones")
    play = given.play and demo
    return Options(data, profile, given.language, play=play, policy=given.policy)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the desktop program and return its exit code."""
    os.umask(0o077)
    forbid_core_dumps()
    sys.setswitchinterval(_SWITCH_INTERVAL_S)
    with report_exit(_show_usage):
        options = read_options(argv)
    if options.profile == "demo" and not has_demo():
        return _refuse_demo(options.language or FIRST_LANGUAGE)
    refused, more = _find_refusal(options)
    if refused:
        application = create_application(sys.argv[:1])
        _show_message(application, options.language, refused, more)
        return _FOLDER_REFUSED
    application = create_application(sys.argv[:1])
    if options.profile == "production" and wants_first_start(options.data):
        language = options.language or FIRST_LANGUAGE
        # Its steps work in a thread, which must never be the one that frees a widget.
        garbage = GarbageTimer()
        garbage.start()
        made = open_first_start(application, options.data, language, _text_scale())
        garbage.stop()
        if made is None:
            return 0
        options = replace(options, data=made.folder, language=made.language)
    keep_diagnostics(options.data)
    # After it: a handler keeps the stream it finds, and without a console there was none before.
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(message)s")
    instance = SingleInstance(options.data)
    if not instance.take():
        if instance.closed:
            _show_message(application, options.language, _FOLDER_CLOSED, str(options.data))
            return _FOLDER_REFUSED
        return _refuse_second(application, options, instance)
    desktop = Desktop(options, start_runtime)
    desktop.window.painted.connect(partial(instance.listen, lambda: desktop.ctx.texts.language))
    window = desktop.window
    instance.knocked.connect(partial(come_forward, window, window.hint))
    # A shutdown of the machine ends a running session in the log, as closing the window does.
    # `quit` would ask the window, and a locked one does not close over a session.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: application.exit(0))
    # Windows kills the process as soon as the end of its session is answered: not after `exec`.
    application.aboutToQuit.connect(desktop.close)
    desktop.open()
    try:
        return application.exec()
    finally:
        desktop.close()
        instance.release()


def _find_refusal(options: Options) -> tuple[str, str]:
    """Make the demo's folder; return why no folder can be used and of what, empty when it can."""
    if options.profile == "demo":
        try:
            options.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            return "app.folder_refused", str(error)
    return (_FOLDER_CLOSED, str(options.data)) if is_closed(options.data) else ("", "")


def _refuse_second(application: QApplication, options: Options, instance: SingleInstance) -> int:
    """Leave the place to the program that runs: its window says so, or else ours."""
    if not instance.knock():
        _show_message(application, options.language, "app.already_running")
    return _ALREADY_RUNNING


def _refuse_demo(language: str) -> int:
    """Say that this build plays no demo."""

    def show(_why: str) -> None:
        _show_message(create_application(sys.argv[:1]), language, "app.demo_not_built")

    tell_exit(Texts(language).tr("app.demo_not_built"), show)
    return _DEMO_NOT_BUILT


def _show_usage(printed: str) -> None:
    """Say what the options are in a window: there is no console to read it on."""
    _show_message(create_application(sys.argv[:1]), "", "app.options", printed)


def _show_message(application: QApplication, language: str, code: str, more: str = "") -> None:
    texts = Texts(language or FIRST_LANGUAGE)
    box = QMessageBox()
    box.setWindowTitle(texts.tr("app.name"))
    box.setText(texts.tr(code))
    box.setInformativeText(more)
    box.finished.connect(application.quit)
    box.open()
    application.exec()


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


if __name__ == "__main__":
    sys.exit(main())
