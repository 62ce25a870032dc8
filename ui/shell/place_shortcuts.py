"""Ctrl+L is Ctrl+L in every keyboard layout: where no Latin one is set up, the place counts.

Qt asks the window system which Latin letter a key would write. With the Kazakh or the Russian
layout alone there is none, and neither a shortcut nor a paste comes about.
"""

from collections.abc import Callable, Collection
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QWindow
from PySide6.QtWidgets import QApplication, QWidget

from ui.widgets.key_places import latin_of, strike

__all__ = ["PlaceShortcuts"]

_CTRL: Final = Qt.KeyboardModifier.ControlModifier
_KEYPRESSES: Final = (_CTRL, _CTRL | Qt.KeyboardModifier.ShiftModifier)


class PlaceShortcuts(QObject):
    """Watches every native window of the program that gets the keyboard.

    desk   listens as long as it is shown: not behind the lock
    keys   what it listens to, in Qt's portable form
    press  does what a key means
    """

    def __init__(self, desk: QWidget, keys: Collection[str], press: Callable[[str], None]) -> None:
        super().__init__(desk)
        self._desk = desk
        self._keys = keys
        self._press = press
        application = QGuiApplication.instance()
        if isinstance(application, QGuiApplication):
            application.focusWindowChanged.connect(self._watch)
            self._watch(application.focusWindow())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let a stroke that no shortcut has taken be the one of its place."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            letter = latin_of(event) if event.modifiers() in _KEYPRESSES else ""
            if letter:
                self._strike(watched, event, letter)
                return True
        return super().eventFilter(watched, event)

    def _strike(self, watched: QObject, event: QKeyEvent, letter: str) -> None:
        key = f"Ctrl+{letter}"
        first = event.modifiers() == _CTRL and not event.isAutoRepeat()
        listening = self._desk.isVisible() and watched is self._desk.window().windowHandle()
        if first and listening and key in self._keys:
            self._press(key)
        else:
            QApplication.sendEvent(watched, strike(event, letter, ""))

    def _watch(self, window: QWindow | None) -> None:
        if window is not None:
            window.installEventFilter(self)
