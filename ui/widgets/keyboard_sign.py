"""What the keyboard will write into a hidden field: Caps Lock and the layout, as far as known.

Windows tells both, X11 tells Caps Lock. Elsewhere a typed letter tells: a capital without Shift,
Cyrillic or Latin. What nobody has told is not shown.
"""

import ctypes
import sys
from functools import cache
from typing import Any, Final

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent

from ui.context import UiContext
from ui.theme.tone import Tone
from ui.widgets.form import Field
from ui.widgets.labels import set_tone

__all__ = ["KeyboardSign", "read_caps_lock"]

_TELLS_LAYOUT: Final = frozenset({"windows", "cocoa"})
"""Where Qt asks the system which layout is on; elsewhere it answers with the system's language."""

_VK_CAPITAL: Final = 0x14
_CORE_KEYBOARD: Final = 0x100
_CAPS_LOCK: Final = 0x01
_SHOWN_ON: Final = frozenset({QEvent.Type.FocusIn, QEvent.Type.KeyPress, QEvent.Type.KeyRelease})


def read_caps_lock(platform: str) -> bool | None:
    """Return whether Caps Lock is on, None where the system does not tell; Qt's platform name."""
    if sys.platform == "win32" and platform == "windows":
        return bool(ctypes.windll.user32.GetKeyState(_VK_CAPITAL) & 1)
    if platform != "xcb":
        return None
    x11, display = _open_x11()
    if not display:
        return None
    state = ctypes.c_uint()
    if x11.XkbGetIndicatorState(display, _CORE_KEYBOARD, ctypes.byref(state)):
        return None
    return bool(state.value & _CAPS_LOCK)


@cache
def _open_x11() -> tuple[Any, Any]:
    """Open a connection of our own: Qt's is not handed out. It lasts as long as the program."""
    try:
        x11 = ctypes.CDLL("libX11.so.6")
    except OSError:
        return None, None
    x11.XOpenDisplay.restype = ctypes.c_void_p
    x11.XkbGetIndicatorState.argtypes = (ctypes.c_void_p, ctypes.c_uint, ctypes.c_void_p)
    return x11, x11.XOpenDisplay(None)


class KeyboardSign(QObject):
    """Writes into the field's note while the field has the focus."""

    def __init__(self, ctx: UiContext, field: Field) -> None:
        super().__init__(field)
        self._ctx = ctx
        self._field = field
        self._caps: bool | None = None
        self._script = ""
        field.edit.installEventFilter(self)
        QGuiApplication.inputMethod().localeChanged.connect(self._show)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look at the keyboard after every key, and let the key pass."""
        if event.type() is QEvent.Type.FocusOut:
            self._field.note.set_code("")
        elif event.type() in _SHOWN_ON:
            if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
                self._infer(event)
            told = read_caps_lock(QGuiApplication.platformName())
            self._caps = self._caps if told is None else told
            self._show()
        return super().eventFilter(watched, event)

    def _infer(self, event: QKeyEvent) -> None:
        """Learn from the key itself: the only witness where the system tells nothing."""
        letter = event.text()
        if event.key() == Qt.Key.Key_CapsLock and self._caps is not None:
            self._caps = not self._caps
        elif len(letter) == 1 and letter.isalpha():
            shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._caps = letter.isupper() != shifted
            self._script = "keyboard.latin" if letter.isascii() else "keyboard.cyrillic"

    def _show(self) -> None:
        if not self._field.edit.hasFocus():
            return
        layout = self._find_layout()
        caps = "keyboard.caps" if self._caps else ""
        both = "keyboard.caps_layout" if caps and layout else caps
        note = self._field.note
        note.set_code(both or ("keyboard.layout" if layout else ""), layout=layout)
        set_tone(note, Tone.WARN if caps else Tone.NONE)

    def _find_layout(self) -> str:
        if QGuiApplication.platformName() in _TELLS_LAYOUT:
            return QGuiApplication.inputMethod().locale().nativeLanguageName()
        return self._ctx.tr_code(self._script) if self._script else ""
