"""The pass phrase of the station's keys, asked of the administrator before the station opens.

The station is built in a thread of its own, which waits here for what is typed in a window.
"""

from queue import SimpleQueue
from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from crypto.errors import KeyLocked
from ui.context import UiContext
from ui.theme.tone import Tone
from ui.widgets.buttons import ActionButton, ButtonRole
from ui.widgets.dialogs import open_dialog
from ui.widgets.form import Field
from ui.widgets.keyboard_sign import KeyboardSign
from ui.widgets.labels import CodeLabel, set_tone

__all__ = ["KeyPrompt", "KeyUnlockDialog"]

_WIDTH: Final = 460
_LONGEST: Final = 256
_LONGEST_WAIT_S: Final = 30
_SECOND_MS: Final = 1000


class KeyUnlockDialog(QDialog):
    """One field; a wrong pass phrase is said, and the wait before the next one doubles.

    failures  how many wrong pass phrases came before
    """

    def __init__(self, ctx: UiContext, parent: QWidget, failures: int) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(ctx.tr_code("unlock.title"))
        self.setFixedWidth(ctx.theme.scaled(_WIDTH))
        # 1, 2, 4, … s. It keeps a hand from trying many; a thief of the disk tries elsewhere.
        self._left = min(2 ** (failures - 1), _LONGEST_WAIT_S) if failures else 0
        self.passphrase = Field(ctx, "field.passphrase", longest=_LONGEST)
        edit = self.passphrase.edit
        edit.setEchoMode(QLineEdit.EchoMode.Password)
        edit.setAcceptDrops(False)
        edit.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.keyboard = KeyboardSign(ctx, self.passphrase)
        self.message = CodeLabel(ctx, "unlock.wrong" if failures else "", "strong", wrap=True)
        set_tone(self.message, Tone.BAD)
        self.message.setVisible(failures > 0)
        self.open_button = ActionButton(ctx, "button.open_station", "F9", ButtonRole.PRIMARY)
        self.quit_button = ActionButton(ctx, "button.close", "Esc")
        self.open_button.setAutoDefault(False)
        self.quit_button.setAutoDefault(False)
        self._lay_out(ctx)
        forward = QShortcut(QKeySequence("F9"), self)
        forward.setAutoRepeat(False)
        forward.activated.connect(self._open)
        edit.returnPressed.connect(self._open)
        edit.textChanged.connect(self._show_wait)
        self.open_button.clicked.connect(self._open)
        self.quit_button.clicked.connect(self.reject)
        self._timer = QTimer(self)
        self._timer.setInterval(_SECOND_MS)
        self._timer.timeout.connect(self._count_down)
        if self._left:
            self._timer.start()
        self._show_wait()

    def _lay_out(self, ctx: UiContext) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(12)
        column.addWidget(CodeLabel(ctx, "unlock.title", "banner", wrap=True))
        column.addWidget(CodeLabel(ctx, "unlock.text", "second", wrap=True))
        column.addWidget(self.passphrase)
        column.addWidget(self.message)
        row = QHBoxLayout()
        row.addWidget(self.quit_button)
        row.addStretch(1)
        row.addWidget(self.open_button)
        column.addSpacing(8)
        column.addLayout(row)

    @Slot()
    def _count_down(self) -> None:
        self._left -= 1
        if self._left <= 0:
            self._timer.stop()
        self._show_wait()

    @Slot()
    def _show_wait(self) -> None:
        waiting = self._left > 0
        if self.message.isVisibleTo(self):
            self.message.set_code("unlock.wait" if waiting else "unlock.wrong", seconds=self._left)
        self.open_button.setEnabled(not waiting and self.passphrase.edit.text() != "")

    @Slot()
    def _open(self) -> None:
        if self.open_button.isEnabled():
            self.accept()

    def take(self) -> str:
        """Return what was typed, which leaves the field."""
        typed = self.passphrase.edit.text()
        self.passphrase.edit.clear()
        return typed


class KeyPrompt(QObject):
    """Carries the question from the thread that opens the keys to the window, and the answer back.

    `given_up` is emitted when the administrator closes the window instead.
    """

    given_up = Signal()
    _asked = Signal(int)

    def __init__(self, ctx: UiContext, window: QWidget) -> None:
        super().__init__()
        self._ctx = ctx
        self._window = window
        self._answers: SimpleQueue[str | None] = SimpleQueue()
        self.dialog: KeyUnlockDialog | None = None
        self._asked.connect(self._show, Qt.ConnectionType.QueuedConnection)

    def ask(self, failures: int) -> str:
        """Return what the administrator types; blocks, so never in the window's thread.

        Raises KeyLocked when the window, or the program, is closed instead.
        """
        self._asked.emit(failures)
        answer = self._answers.get()
        if answer is None:
            raise KeyLocked("passphrase_missing")
        return answer

    def cancel(self) -> None:
        """Let whoever waits for an answer go on without one: the program is ending."""
        self._answers.put(None)

    @Slot(int)
    def _show(self, failures: int) -> None:
        self.dialog = KeyUnlockDialog(self._ctx, self._window, failures)
        self.dialog.finished.connect(self._finish)
        open_dialog(self._ctx, self.dialog)
        self.dialog.passphrase.edit.setFocus()

    @Slot(int)
    def _finish(self, result: int) -> None:
        dialog, self.dialog = self.dialog, None
        if dialog is not None and result == QDialog.DialogCode.Accepted:
            self._answers.put(dialog.take())
        else:
            self._answers.put(None)
            self.given_up.emit()
