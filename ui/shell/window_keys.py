"""The keys of the window that are no action of the page in it: help, log, lock, colours, back."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from resources import LANGUAGES
from ui.context import UiContext
from ui.shell.place_shortcuts import PlaceShortcuts
from ui.widgets.dialogs import open_dialog
from ui.widgets.help import HelpDialog

__all__ = ["KEYS", "WindowKeys", "bind_keys"]

KEYS: Final = (
    *(f"F{number}" for number in range(1, 12)),
    "Esc",
    "Ctrl+E",
    "Ctrl+J",
    "Ctrl+K",
    "Ctrl+L",
    "Ctrl+O",
    "Ctrl+P",
    "Ctrl+H",
    "Ctrl+S",
    "Ctrl+T",
    "Alt+Left",
)
"""Every key the window listens to; a page's action of the same key comes first."""


def bind_keys(desk: QWidget, press: Callable[[str], None]) -> None:
    """Have every key pressed on the desk, in every layout, once for a key that is held down.

    The desk's, not the window's: Qt lets no shortcut of a hidden widget through.
    """
    for key in KEYS:
        shortcut = QShortcut(QKeySequence(key), desk)
        shortcut.setAutoRepeat(False)
        shortcut.activated.connect(partial(press, key))
    PlaceShortcuts(desk, KEYS, press)


@dataclass(frozen=True, slots=True)
class WindowKeys:
    """What they do; each that opens something says itself why it may not."""

    ctx: UiContext
    window: QWidget
    verify_log: Callable[[], None]
    show_customer: Callable[[], None]
    read_log: Callable[[], None]
    lock: Callable[[], None]
    go_back: Callable[[], None]

    def press(self, key: str, *, signed_in: bool) -> None:
        """Do what the key means on every page; what needs an operator does nothing without one."""
        match key:
            case "F1":
                open_dialog(self.ctx, HelpDialog(self.ctx, self.window))
            case "F8" if signed_in:
                self.verify_log()
            case "F11" if signed_in:
                self.show_customer()
            case "Ctrl+J" if signed_in:
                self.read_log()
            case "Ctrl+L":
                self.lock()
            case "Ctrl+K":
                self.ctx.choose_language(_after(self.ctx.texts.language))
            case "Ctrl+T":
                self.ctx.choose_theme("")
            case "Alt+Left" if signed_in:
                self.go_back()
            case _:
                pass


def _after(language: str) -> str:
    """Return the language that follows in the order they are offered."""
    return LANGUAGES[(LANGUAGES.index(language) + 1) % len(LANGUAGES)]
