"""The lock: Ctrl+L or three idle minutes hide everything until the operator signs in anew."""

from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from ui.context import UiContext
from ui.widgets.buttons import ActionButton, Role
from ui.widgets.card import Card
from ui.widgets.form import Field
from ui.widgets.labels import CodeLabel, PlainLabel, set_tone
from workstation.commands import SignIn, SignOut
from workstation.snapshot import StationStatus

__all__ = ["IDLE_MS", "IdleWatch", "LockOverlay"]

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
    """Watches one native window: its events are few, the application's are thousands."""

    idle = Signal()

    def __init__(self, idle_ms: int) -> None:
        super().__init__()
        self.timer = QTimer(self)
        self.timer.setSingleShot(True)
        self.timer.setInterval(idle_ms)
        self.timer.timeout.connect(self.idle)
        self.timer.start()

    def touch(self) -> None:
        """Start the three minutes anew."""
        self.timer.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note what the operator does and let it pass."""
        if event.type() in _TOUCHES:
            self.timer.start()
        return super().eventFilter(watched, event)


class LockOverlay(QFrame):
    """Covers the whole window; only a sign-in the core counted after the wish opens it."""

    unlocked = Signal()

    def __init__(self, ctx: UiContext, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self.setAutoFillBackground(True)
        self._ctx = ctx
        self._operator = ""
        self._counted = 0
        self._waiting = False
        self.who = PlainLabel("strong")
        self.secret = Field(ctx, "field.secret")
        self.secret.edit.setEchoMode(QLineEdit.EchoMode.Password)
        self.notice = CodeLabel(ctx, "", "strong", wrap=True)
        set_tone(self.notice, "bad")
        self.open_button = ActionButton(ctx, "button.unlock", "F9", Role.PRIMARY)
        self.leave_button = ActionButton(ctx, "button.sign_out")
        self.card = card = Card(ctx, "lock.title")
        card.setFixedWidth(440)
        card.body.addWidget(CodeLabel(ctx, "lock.text", "second", wrap=True))
        for widget in (self.who, self.secret, self.notice):
            card.body.addWidget(widget)
        row = QHBoxLayout()
        row.addWidget(self.leave_button)
        row.addStretch(1)
        row.addWidget(self.open_button)
        card.body.addLayout(row)
        column = QVBoxLayout(self)
        column.addStretch(1)
        column.addWidget(card, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        self.secret.edit.returnPressed.connect(self.try_unlock)
        self.open_button.clicked.connect(self.try_unlock)
        self.leave_button.clicked.connect(self._leave)
        self.hide()

    def lock(self, status: StationStatus) -> None:
        """Cover the window in the name of the operator who is signed in."""
        if status.operator is None:
            return
        self._operator = status.operator.id
        self._counted = status.sign_ins
        self._waiting = False
        self.who.setText(f"{status.operator.name} · {status.operator.id}")
        self.notice.set_code("")
        self.secret.edit.clear()
        cover = self.parentWidget()
        if cover is not None:
            self.setGeometry(cover.rect())
        self.show()
        self.raise_()
        self.secret.edit.setFocus()

    def show_station(self, status: StationStatus) -> None:
        """Open when a new sign-in was counted, or show why it was refused."""
        if not self.isVisible():
            return
        if status.operator is None or (self._waiting and status.sign_ins > self._counted):
            self.hide()
            self.unlocked.emit()
        elif self._waiting and status.notice:
            self._waiting = status.notice == ""
            code = "notice.operator_locked" if status.seconds else status.notice
            self.notice.set_code(code, seconds=status.seconds)

    def try_unlock(self) -> None:
        """Post a sign-in of the same operator."""
        secret = self.secret.text()
        if secret:
            self._waiting = True
            self.secret.edit.clear()
            self._ctx.post(SignIn(self._operator, secret))

    def _leave(self) -> None:
        self._ctx.post(SignOut())
