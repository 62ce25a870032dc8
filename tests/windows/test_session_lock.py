"""The desk locks with Windows' session: its own messages, through Qt's own window.

Needs a screen, or Wine's `Graphics` driver `null`. That Windows itself posts the message was not
seen: Wine has no lock.
"""

import sys

import pytest

from tests.support.desktop.windows import said_by

pytestmark = pytest.mark.skipif(sys.platform != "win32", reason="messages of Windows")

SCRIPT = """
import ctypes
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication, QWidget
from ui.shell.system_session import SystemSession

application = QApplication([])
window = QWidget()
window.show()
told = []
session = SystemSession(window)
session.left.connect(lambda: told.append("left"))
session.watch()
user32, handle = ctypes.windll.user32, ctypes.c_void_p(int(window.winId()))
print(application.platformName())
for message, wparam in ((0x2B1, 8), (0x218, 18), (0x100, 7), (0x2B1, 7), (0x218, 4)):
    told.clear()
    user32.PostMessageW(handle, message, ctypes.c_void_p(wparam), None)
    loop = QEventLoop()
    QTimer.singleShot(300, loop.quit)
    loop.exec()
    print("left" if told else "here")
"""


def test_a_locked_session_and_a_suspended_pc_are_told_and_their_ends_are_not() -> None:
    code, printed = said_by("-c", SCRIPT)

    assert code == 0, printed
    assert printed.split() == ["windows", "here", "here", "here", "left", "left"]
