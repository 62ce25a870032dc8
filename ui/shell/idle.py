"""Three minutes without a touch of the teller's windows: nobody is at the desk."""

from typing import Final

from PySide6.QtCore import QEvent, QObject, QPoint, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

__all__ = ["IDLE_MS", "IdleWatch"]

IDLE_MS: Final = 180_000

_TOUCHES: Final = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
    }
)


class IdleWatch(QObject):
    """Watches native windows: their events are few, the application's are thousands.

    The window it is given and every window opened above it, such as a file dialog, count as one.
    The customer's window does not: a customer who waits must not keep the station open.
    """

    idle = Signal()

    def __init__(self, idle_ms: int) -> None:
        super().__init__()
        self._pointer = QPoint()
        self._teller: QWidget | None = None
        self.timer = QTimer(self)
        self.timer.setSingleShot(True)
        self.timer.setInterval(idle_ms)
        self.timer.timeout.connect(self.idle)
        self.timer.start()

    def watch(self, teller: QWidget) -> None:
        """Watch the teller's window, which has a native one, and every window above it."""
        if self._teller is None:
            application = QGuiApplication.instance()
            if isinstance(application, QGuiApplication):
                application.focusWindowChanged.connect(self._watch_active)
        self._teller = teller
        self._install(teller)

    def touch(self) -> None:
        """Start the three minutes anew."""
        self.timer.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note what the operator does and let it pass."""
        if event.type() in _TOUCHES and self._by_a_person(event):
            self.timer.start()
        return super().eventFilter(watched, event)

    def _watch_active(self) -> None:
        active = QApplication.activeWindow()
        above = active
        while above is not None and above is not self._teller:
            above = above.parentWidget()
        if active is not None and above is not None:
            self._install(active)

    def _install(self, window: QWidget) -> None:
        handle = window.windowHandle()
        if handle is not None:
            handle.installEventFilter(self)

    def _by_a_person(self, event: QEvent) -> bool:
        """Tell a touch from a thing lying on a key and from a window moved under a mouse."""
        if isinstance(event, QKeyEvent):
            return not event.isAutoRepeat()
        if isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseMove:
            before, self._pointer = self._pointer, event.globalPosition().toPoint()
            return self._pointer != before
        return True
