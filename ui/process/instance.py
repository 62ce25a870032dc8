"""One program for one data folder: a second start raises the first one's window and leaves.

The lock decides; the socket only knocks. It carries nothing inwards, and outwards the language of
the first program, so that the second can say nothing in another one.
"""

import ctypes
import hashlib
import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QLockFile, QObject, QStandardPaths, Qt, Signal
from PySide6.QtWidgets import QWidget

from resources import LANGUAGES
from ui.widgets.hint import Hint

if TYPE_CHECKING:
    from PySide6.QtNetwork import QLocalServer

__all__ = ["SingleInstance", "come_forward", "is_closed"]

_log = logging.getLogger(__name__)

_LOCK: Final = "instance.lock"
_LONGEST_PATH: Final = 100
"""Octets: a socket's address holds 108 on Linux, 104 on macOS."""

_CONNECT_MS: Final = 1000
_ANSWER_MS: Final = 3000
_LONGEST_ANSWER: Final = 8
_ANY_PROCESS: Final = -1


class SingleInstance(QObject):
    """Held from the start to the end of the program; `knocked` when another start was made."""

    knocked = Signal()

    def __init__(self, data: Path) -> None:
        super().__init__()
        self._data = data
        self._name = _name_server(data)
        self._language: Callable[[], str] = lambda: ""
        self._server: QLocalServer | None = None
        self._lock = QLockFile(str(data / _LOCK))
        self._lock.setStaleLockTime(0)

    def take(self) -> bool:
        """Whether this is the only program of the folder.

        A folder that is not there yet is reported by the runtime, in words, on the first page.
        """
        return not self._data.is_dir() or self._lock.tryLock(0)

    @property
    def closed(self) -> bool:
        """Whether it was not taken because this account may not write into the folder."""
        return self._lock.error() is QLockFile.LockError.PermissionError

    def listen(self, language: Callable[[], str]) -> None:
        """Answer other starts; without the socket they are refused all the same, in words."""
        # Imported here: the first window does not wait for it.
        from PySide6.QtNetwork import QLocalServer

        self._language = language
        server = self._server = QLocalServer(self)
        server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        server.setMaxPendingConnections(1)
        # Left by a program that was killed: whoever holds the lock is the only one to use it.
        QLocalServer.removeServer(self._name)
        server.newConnection.connect(self._answer)
        if not server.listen(self._name):
            _log.warning("not listening for other starts: %s", server.serverError().name)

    def knock(self) -> str:
        """Raise the window of the program that runs; return its language, empty for no answer."""
        from PySide6.QtNetwork import QLocalSocket

        if sys.platform == "win32":
            # Only the program in front may give its place away.
            ctypes.windll.user32.AllowSetForegroundWindow(_ANY_PROCESS)
        socket = QLocalSocket()
        socket.connectToServer(self._name)
        if not socket.waitForConnected(_CONNECT_MS):
            return ""
        if not socket.bytesAvailable() and not socket.waitForReadyRead(_ANSWER_MS):
            return ""
        told = bytes(socket.read(_LONGEST_ANSWER).data()).decode("ascii", "replace").strip()
        return told if told in LANGUAGES else ""

    def release(self) -> None:
        """Let the next start be the first. Repeating is harmless."""
        if self._server is not None:
            self._server.close()
        self._lock.unlock()

    def _answer(self) -> None:
        socket = None if self._server is None else self._server.nextPendingConnection()
        if socket is None:
            return
        # What is sent to us is never read: there is nothing that may be asked for.
        socket.disconnected.connect(socket.deleteLater)
        socket.write(f"{self._language()}\n".encode("ascii"))
        socket.flush()
        socket.disconnectFromServer()
        self.knocked.emit()


def is_closed(data: Path) -> bool:
    """Whether this account may not even look into a folder, as into another account's."""
    try:
        (data / _LOCK).exists()
    except PermissionError:
        return True
    return False


def come_forward(window: QWidget, hint: Hint) -> None:
    """Show the window and say in it that it runs already; a locked one stays locked."""
    window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
    window.show()
    window.raise_()
    window.activateWindow()
    hint.say("app.already_running")


def _name_server(data: Path) -> str:
    """Return the socket's address: inside the folder, which is nobody else's, where it fits."""
    whole = os.path.abspath(data)  # noqa: PTH100 - the folder may be away
    digest = hashlib.sha256(os.fsencode(whole)).hexdigest()[:32]
    if sys.platform == "win32":
        return f"workstation-{digest}"
    inside = str(Path(whole) / "instance.socket")
    if len(os.fsencode(inside)) <= _LONGEST_PATH:
        return inside
    runtime = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.RuntimeLocation)
    return str(Path(runtime) / f"workstation-{digest}")
