"""The lock: Ctrl+L or three idle minutes, and nothing but its page is there until a new sign-in.

Three walls, none of which knows what it covers. The desk, everything else in the window, is another
page of the same stack: Qt itself gives a hidden and disabled page no key, mouse, drop, shortcut or
focus, and pages made later are its children. Windows above the desk are closed. What is posted all
the same is dropped (UiContext.post), and once more by the station.
"""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget
from shiboken6 import isValid

from ui.context import UiContext
from ui.navigation import IN_SESSION
from ui.theme.tone import Tone
from ui.widgets.buttons import ActionButton, ButtonRole
from ui.widgets.card import Card
from ui.widgets.dialogs import close_windows_above
from ui.widgets.form import Field
from ui.widgets.keyboard_sign import KeyboardSign
from ui.widgets.labels import CodeLabel, PlainLabel, set_tone
from ui.widgets.page_stack import OnePageStack
from workstation.station.commands import Lock, SignIn, SignOut
from workstation.station.snapshot import SessionSnapshot, StationStatus

__all__ = ["LockPage", "ScreenLock"]

_WIDTH: Final = 440
_SETTLING_MS: Final = 700
_UNLOCKING: Final = frozenset(
    {Qt.Key.Key_F9, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}
)


_PRESSES: Final = frozenset(
    {QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick, QEvent.Type.TouchBegin}
)


class LockPage(QFrame):
    """Opens on a sign-in that came after it asked; leaving a session needs one too."""

    opened = Signal()

    def __init__(self, ctx: UiContext) -> None:
        super().__init__()
        self.setObjectName("page")
        self._ctx = ctx
        self._operator = ""
        self._accepted = 0
        self._refused = 0
        self._waiting = False
        self._leaving = False
        self._in_session = False
        self.who = PlainLabel("strong")
        self.text = CodeLabel(ctx, "lock.text", "second", wrap=True)
        self.secret = Field(ctx, "field.secret")
        edit = self.secret.edit
        edit.setEchoMode(QLineEdit.EchoMode.Password)
        edit.setAcceptDrops(False)
        edit.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.keyboard = KeyboardSign(ctx, self.secret)
        self.message = CodeLabel(ctx, "", "strong", wrap=True)
        set_tone(self.message, Tone.BAD)
        self.open_button = ActionButton(ctx, "button.unlock", "F9", ButtonRole.PRIMARY)
        self.leave_button = ActionButton(ctx, "button.sign_out")
        self.stay_button = ActionButton(ctx, "button.stay")
        self.card = Card(ctx, "lock.title")
        self._lay_out()
        forward = QShortcut(QKeySequence("F9"), self)
        forward.setAutoRepeat(False)
        forward.activated.connect(self.try_unlock)
        edit.returnPressed.connect(self.try_unlock)
        self.open_button.clicked.connect(self.try_unlock)
        self.leave_button.clicked.connect(self._leave)
        self.stay_button.clicked.connect(self._stay)

    def _lay_out(self) -> None:
        card = self.card
        card.setFixedWidth(self._ctx.theme.scaled(_WIDTH))
        for widget in (self.who, self.text, self.secret, self.message):
            card.body.addWidget(widget)
        row = QHBoxLayout()
        row.addWidget(self.leave_button)
        row.addWidget(self.stay_button)
        row.addStretch(1)
        row.addWidget(self.open_button)
        card.body.addLayout(row)
        # Between stretches: an aligned card would not be asked how high its wrapped words are.
        across = QHBoxLayout()
        across.addStretch(1)
        across.addWidget(card)
        across.addStretch(1)
        column = QVBoxLayout(self)
        column.addStretch(1)
        column.addLayout(across)
        column.addStretch(1)

    def prepare(self, status: StationStatus) -> None:
        """Ask the operator who is signed in for their secret."""
        if status.operator is None:
            return
        self._operator = status.operator.id
        self._note_counts(status)
        self.who.setText(f"{status.operator.name} · {status.operator.id}")
        self._ask(leaving=False)

    def show_session(self, snapshot: SessionSnapshot) -> None:
        """Note whether there is a session to be left."""
        self._in_session = snapshot.state in IN_SESSION

    def show_station(self, status: StationStatus) -> None:
        """Open when a new sign-in was counted or nobody is signed in, or show what was refused."""
        if status.operator is None:
            self.opened.emit()
        elif self._waiting and status.sign_ins > self._accepted:
            self._waiting = False
            if self._leaving:
                self._ctx.send(SignOut())
            else:
                self.opened.emit()
        elif self._waiting and status.refused_sign_ins > self._refused:
            # Told by its count: a message alone may be of a command that was sent before.
            self._waiting = False
            self._note_counts(status)
            code = "notice.operator_locked" if status.seconds else status.message
            self.message.set_code(code, seconds=status.seconds)
            self._ctx.spoken.emit(self.message.text(), True)
        elif not self._waiting:
            # A sign-in that was sent before the lock fell does not open it.
            self._note_counts(status)

    def _note_counts(self, status: StationStatus) -> None:
        self._accepted, self._refused = status.sign_ins, status.refused_sign_ins

    def try_unlock(self) -> None:
        """Send a sign-in of the same operator."""
        secret = self.secret.text()
        if secret:
            self._waiting = True
            self.secret.edit.clear()
            self._ctx.send(SignIn(self._operator, secret))

    def ask_leave(self) -> None:
        """Ask for the secret of the operator whose running session would be aborted.

        Not a question alone: it would be answered by whoever passes, and the log would say that
        the teller had ended the customer's session.
        """
        self._ask(leaving=True)

    def _leave(self) -> None:
        if self._in_session:
            self.ask_leave()
        else:
            self._ctx.send(SignOut())

    def _stay(self) -> None:
        self._ask(leaving=False)

    def _ask(self, *, leaving: bool) -> None:
        # A secret that is on its way was given for the other purpose.
        self._waiting = False
        self._leaving = leaving
        self.text.set_code("lock.leave_text" if leaving else "lock.text")
        set_tone(self.text, Tone.WARN if leaving else Tone.NONE)
        self.open_button.set_code("button.leave_session" if leaving else "button.unlock")
        set_tone(
            self.open_button,
            Tone.NONE,
            (ButtonRole.DANGER if leaving else ButtonRole.PRIMARY).value,
        )
        self.leave_button.setVisible(not leaving)
        self.stay_button.setVisible(leaving)
        self.message.set_code("")
        self._ctx.spoken.emit(self.text.text(), True)
        self.secret.edit.clear()
        self.secret.edit.setFocus()


class ScreenLock(QObject):
    """Puts the lock's page in the place of the desk, and the desk back.

    A key that unlocks, struck twice, does not act on the page that has just come back, nor does a
    mouse that is clicked twice.

    customer  the customer's window, if there is one: it shows nothing to be hidden from the teller
    """

    opened = Signal()

    def __init__(
        self,
        ctx: UiContext,
        rooms: OnePageStack,
        desk: QWidget,
        customer: Callable[[], QWidget | None],
    ) -> None:
        super().__init__(rooms)
        self._ctx = ctx
        self._rooms = rooms
        self._desk = desk
        self._customer = customer
        self._focused: QWidget | None = None
        self.page = LockPage(ctx)
        rooms.addWidget(self.page)
        self.page.opened.connect(self._open)
        self._settling = QTimer(self)
        self._settling.setSingleShot(True)
        self._settling.setInterval(_SETTLING_MS)
        application = QGuiApplication.instance()
        if isinstance(application, QGuiApplication):
            # Whatever gets past `open_dialog` is closed as soon as it takes the keyboard.
            application.focusWindowChanged.connect(
                self._close_above, Qt.ConnectionType.QueuedConnection
            )

    def lock(self, status: StationStatus) -> None:
        """Lock in the name of the operator who is signed in; again while locked changes nothing."""
        if self._ctx.locked or status.operator is None:
            return
        self._focused = self._rooms.window().focusWidget()
        self._ctx.locked = True
        # Disabled first: a button that is held down is let go without a click.
        self._desk.setEnabled(False)
        self._rooms.setCurrentWidget(self.page)
        self._close_above()
        self.page.prepare(status)
        self._ctx.send(Lock())

    def take(self, key: str) -> bool:
        """Take a key that is not the page's: any behind the lock, and F9 just after it."""
        if self._ctx.locked:
            if key == "F9":
                self.page.try_unlock()
            return True
        return key == "F9" and self.settling

    @property
    def settling(self) -> bool:
        """Whether the desk came back so lately that a stroke may still be meant for the lock."""
        return self._settling.isActive()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take what would press something on the page that came back."""
        if self.settling and event.type() in _PRESSES:
            return True
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            struck_twice = self.settling and event.key() in _UNLOCKING
            return struck_twice or super().eventFilter(watched, event)
        return super().eventFilter(watched, event)

    def focus_before(self, within: QWidget) -> QWidget | None:
        """Return what had the focus before the lock if it is still there, inside `within`."""
        widget, self._focused = self._focused, None
        if widget is None or widget is within or not isValid(widget):
            return None
        there = within.isAncestorOf(widget) and widget.isVisible() and widget.isEnabled()
        return widget if there else None

    def _open(self) -> None:
        if self._ctx.locked:
            self._ctx.locked = False
            self._desk.setEnabled(True)
            self._rooms.setCurrentWidget(self._desk)
            self._settling.start()
            handle = self._rooms.window().windowHandle()
            if handle is not None:
                handle.installEventFilter(self)
            self.opened.emit()

    def _close_above(self) -> None:
        if not self._ctx.locked:
            return
        window = self._rooms.window()
        spared = (window, self._customer())
        above = QApplication.activeWindow() not in {None, *spared}
        close_windows_above(spared)
        if above:
            # The keyboard was in what was closed; not every window system hands it back by itself.
            window.activateWindow()
