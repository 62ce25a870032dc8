"""The session of the operating system: when it is locked or the PC falls asleep, the desk locks.

Windows posts messages to a window that asked for them; Linux has signals of logind and of the
screen saver on D-Bus. Where neither is there, Ctrl+L and the idle minutes remain.
"""

import ctypes
import logging
import sys
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import (
    SLOT,
    QAbstractNativeEventFilter,
    QByteArray,
    QCoreApplication,
    QObject,
    Signal,
    Slot,
)
from PySide6.QtDBus import QDBusConnection
from PySide6.QtWidgets import QWidget

__all__ = ["BusSignals", "SessionMessages", "SystemSession"]

_log = logging.getLogger(__name__)

_WTSSESSION_CHANGE: Final = 0x02B1
_LEAVING: Final = frozenset({0x2, 0x4, 0x6, 0x7})
"""Console or remote desktop disconnected, signed out, locked."""

_POWERBROADCAST: Final = 0x0218
_SUSPENDING: Final = 0x4
_THIS_SESSION: Final = 0

_LOGIND: Final = "org.freedesktop.login1"
_SAVERS: Final = ("org.freedesktop.ScreenSaver", "org.gnome.ScreenSaver")


class _Message(ctypes.Structure):
    """MSG of windows.h, in types that every system has."""

    _fields_ = (
        ("window", ctypes.c_void_p),
        ("number", ctypes.c_uint32),
        ("wparam", ctypes.c_size_t),
        ("lparam", ctypes.c_ssize_t),
        ("time", ctypes.c_uint32),
        ("x", ctypes.c_int32),
        ("y", ctypes.c_int32),
    )


class SessionMessages(QAbstractNativeEventFilter):
    """Reads Windows' messages and lets every one pass."""

    def __init__(self, leave: Callable[[], None]) -> None:
        super().__init__()
        self._leave = leave

    def nativeEventFilter(
        self, kind: QByteArray | bytes | bytearray | memoryview, message: int
    ) -> bool:
        """Tell of a session that is locked or left, and of a PC that falls asleep."""
        named = bytes(kind.data() if isinstance(kind, QByteArray) else kind)
        # Of its window, not of its dispatcher; a posted one may come twice, and locks once.
        if named == b"windows_generic_MSG":
            told = _Message.from_address(int(message))
            locked = told.number == _WTSSESSION_CHANGE and told.wparam in _LEAVING
            asleep = told.number == _POWERBROADCAST and told.wparam == _SUSPENDING
            if locked or asleep:
                self._leave()
        return False


class BusSignals(QObject):
    """Listens to logind on the system's bus and to a screen saver on the session's.

    Any session's lock counts: on a PC with several seats a lock too many opens nothing.
    """

    left = Signal()

    def watch(self, system: QDBusConnection, session: QDBusConnection) -> int:
        """Listen, and return to how many signals; a bus that is not there has none."""
        wanted = (
            (system, _LOGIND, f"{_LOGIND}.Session", "Lock", "leave()"),
            (system, _LOGIND, f"{_LOGIND}.Manager", "PrepareForSleep", "note(bool)"),
            *((session, saver, saver, "ActiveChanged", "note(bool)") for saver in _SAVERS),
        )
        return sum(self._listen(*each) for each in wanted)

    def _listen(
        self, bus: QDBusConnection, service: str, interface: str, name: str, slot: str
    ) -> bool:
        # The stubs ask for octets, which the binding itself refuses.
        return bus.isConnected() and bus.connect(  # type: ignore[call-overload]
            service, "", interface, name, self, SLOT(slot)
        )

    @Slot()
    def leave(self) -> None:
        """Take logind's request to lock."""
        self.left.emit()

    @Slot(bool)
    def note(self, begins: bool) -> None:  # noqa: FBT001 - D-Bus's argument
        """Take the beginning of a sleep or of a blank screen; their end opens nothing."""
        if begins:
            self.left.emit()


class SystemSession(QObject):
    """`left` tells that nobody sits at this session of the operating system any more."""

    left = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._messages: SessionMessages | None = None
        self._signals: BusSignals | None = None

    def watch(self) -> None:
        """Begin to listen, once; the window has a native one by now."""
        if self._messages is not None or self._signals is not None:
            return
        if sys.platform == "win32":
            self._watch_messages()
            return
        self._signals = signals = BusSignals(self)
        signals.left.connect(self.left)
        if not signals.watch(QDBusConnection.systemBus(), QDBusConnection.sessionBus()):
            _log.info("no D-Bus: the lock of the system's session is not followed")

    def _watch_messages(self) -> None:
        application = QCoreApplication.instance()
        if application is None:
            return
        self._messages = SessionMessages(self.left.emit)
        application.installNativeEventFilter(self._messages)
        handle = ctypes.c_void_p(int(self._window.winId()))
        # Looked up by name: the member is on Windows alone, and mypy reads this everywhere.
        wtsapi = vars(ctypes)["WinDLL"]("wtsapi32", use_last_error=True)
        if not wtsapi.WTSRegisterSessionNotification(handle, _THIS_SESSION):
            _log.warning("the lock of Windows' session is not followed")
