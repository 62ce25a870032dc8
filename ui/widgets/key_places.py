"""What a key means by its place on the keyboard, whatever layout it writes in.

The digit row of the Kazakh layout writes ә і ң ғ, and without a Latin layout beside it Ctrl+L is
no shortcut. Windows names the place by its virtual key, X11 and Wayland by the scan code.
"""

import sys
from enum import StrEnum
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit

__all__ = ["KeyPlaces", "Typing", "latin_of", "place_of", "strike"]

_ROWS: Final = ((10, "1234567890-"), (24, "QWERTYUIOP"), (38, "ASDFGHJKL"), (52, "ZXCVBNM"))
_SCAN_CODES: Final = {
    first + offset: sign for first, row in _ROWS for offset, sign in enumerate(row)
}
_MINUS: Final = 0xBD
_VIRTUAL_KEYS: Final = {
    **{ord(sign): sign for sign in _SCAN_CODES.values() if sign != "-"},
    _MINUS: "-",
}
_LAST_LATIN: Final = 0x7F
_FIRST_NAMED: Final = 0x0100_0000
"""Qt's keys from here on have names, such as Return: no layout changes them."""

_SHIFT: Final = Qt.KeyboardModifier.ShiftModifier
_PLAIN: Final = (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.GroupSwitchModifier)


class Typing(StrEnum):
    """What belongs into a field, and so what its keys write."""

    ANY = "any"
    DIGITS = "digits"
    LATIN = "latin"


def place_of(event: QKeyEvent, *, windows: bool = sys.platform == "win32") -> str:
    """Return what stands at this place of a Latin keyboard: digit, capital, minus, or nothing."""
    if windows:
        return _VIRTUAL_KEYS.get(event.nativeVirtualKey(), "")
    return _SCAN_CODES.get(event.nativeScanCode(), "")


def latin_of(event: QKeyEvent) -> str:
    """Return the Latin letter of a key whose layout has another script; empty for every other."""
    foreign = _LAST_LATIN < event.key() < _FIRST_NAMED
    place = place_of(event) if foreign else ""
    return place if place.isalpha() else ""


def strike(event: QKeyEvent, sign: str, text: str) -> QKeyEvent:
    """Return the same stroke of another key; it says nothing of its place, so it is taken as is."""
    return QKeyEvent(
        event.type(),
        ord(sign),
        event.modifiers(),
        text,
        event.isAutoRepeat(),
        event.count(),
    )


class KeyPlaces(QObject):
    """Lets the keys of a line write what belongs there: its digits, or its Latin letters too."""

    def __init__(self, edit: QLineEdit, typing: Typing) -> None:
        super().__init__(edit)
        self._typing = typing
        edit.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Replace what a key of another script would have written."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            sign = self._meant(event)
            if sign:
                QApplication.sendEvent(watched, strike(event, sign.upper(), sign))
                return True
        return super().eventFilter(watched, event)

    def _meant(self, event: QKeyEvent) -> str:
        """Return what is to be written instead, empty where the layout wrote what belongs here."""
        shifted = bool(event.modifiers() & _SHIFT)
        if (event.modifiers() & ~_SHIFT) not in _PLAIN:
            return ""
        place, text = place_of(event), event.text()
        if place.isdigit():
            # With Shift the layouts have their signs there, such as the + of a phone.
            return "" if shifted or text == place else place
        if self._typing is not Typing.LATIN or not place or text.isascii():
            return ""
        return place if shifted else place.lower()
