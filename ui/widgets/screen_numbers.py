"""A large number on every screen, and what was touched or pressed on it: which screen is which."""

from functools import partial
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QScreen
from PySide6.QtWidgets import QWidget

from ui.context import UiContext

__all__ = ["ScreenNumber", "ScreenNumbers"]

_SHOWN_MS: Final = 8_000
_PART: Final = 2
_KEYS: Final = {Qt.Key.Key_F13: "F13", Qt.Key.Key_F14: "F14"}


class ScreenNumber(QWidget):
    """The number of one screen; `met` tells what reached it: `touch`, `mouse`, `F13`, `F14`."""

    met = Signal(str)

    def __init__(self, ctx: UiContext, number: int, screen: QScreen) -> None:
        super().__init__(None, Qt.WindowType.Tool | Qt.WindowType.FramelessWindowHint)
        self._ctx = ctx
        self._number = number
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAccessibleName(ctx.tr_code("devices.screen", number=number))
        room = screen.availableGeometry()
        width, height = room.width() // _PART, room.height() // _PART
        self.setScreen(screen)
        self.setGeometry(room.x() + width // 2, room.y() + height // 2, width, height)

    def event(self, event: QEvent) -> bool:
        """Tell of a touch before Qt makes a mouse of it."""
        if event.type() is QEvent.Type.TouchBegin:
            self.met.emit("touch")
            return True
        overridden = event.type() is QEvent.Type.ShortcutOverride
        if overridden and isinstance(event, QKeyEvent) and Qt.Key(event.key()) in _KEYS:
            # The customer's keys are shortcuts of the teller's window: here they are only tried.
            event.accept()
            return True
        return super().event(event)

    def mousePressEvent(self, _event: QMouseEvent) -> None:
        """Tell of a click."""
        self.met.emit("mouse")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Tell of the customer's keys."""
        name = _KEYS.get(Qt.Key(event.key()))
        if name is not None:
            self.met.emit(name)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the number as large as there is room for."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._ctx.theme.colour("primary"))
        font = painter.font()
        font.setPixelSize(max(1, self.height() * 2 // 3))
        painter.setFont(font)
        painter.setPen(self._ctx.theme.colour("on_primary"))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, str(self._number))
        painter.end()


class ScreenNumbers(QObject):
    """Numbers on all screens for eight seconds; `met` gives the screen's number and what met it."""

    met = Signal(int, str)

    def __init__(self, ctx: UiContext, parent: QObject) -> None:
        super().__init__(parent)
        self._ctx = ctx
        self.shown: list[ScreenNumber] = []
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_SHOWN_MS)
        self._timer.timeout.connect(self.hide)

    def show(self) -> None:
        """Show a number on every screen; shown already, they stay longer."""
        if not self.shown:
            for number, screen in enumerate(QGuiApplication.screens(), 1):
                window = ScreenNumber(self._ctx, number, screen)
                window.met.connect(partial(self.met.emit, number))
                self.shown.append(window)
                window.show()
        self._timer.start()

    def hide(self) -> None:
        """Take them away."""
        self._timer.stop()
        windows, self.shown = self.shown, []
        for window in windows:
            window.close()
