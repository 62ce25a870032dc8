"""A robot for widgets that waits half a minute before it gives up: a loaded PC is no failure."""

from functools import partial

from pytestqt.qtbot import QtBot

__all__ = ["PATIENCE_MS", "PatientBot"]

PATIENCE_MS = 30_000


class PatientBot(QtBot):
    """pytest-qt's QtBot, whose waits end after five seconds by default, with longer ones."""

    def __init__(self, request):
        super().__init__(request)
        self.waitActive = partial(self.waitActive, timeout=PATIENCE_MS)
        self.waitExposed = partial(self.waitExposed, timeout=PATIENCE_MS)
        self.waitSignal = partial(self.waitSignal, timeout=PATIENCE_MS)
        self.waitUntil = partial(self.waitUntil, timeout=PATIENCE_MS)
