"""Let Qt do what it has posted, without sleeping: two turns of the event loop."""

from PySide6.QtCore import QTimer

__all__ = ["settle"]


def settle(qtbot):
    """Return after everything posted so far, and what that posted, was delivered."""
    for _ in range(2):
        timer = QTimer()
        timer.setSingleShot(True)
        with qtbot.waitSignal(timer.timeout):
            timer.start(0)
