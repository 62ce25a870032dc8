"""Before the window closes: what runs is ended in the log, and what was typed is asked about."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from ui.context import UiContext
from ui.widgets.confirm import ask
from workstation.station.commands import Abort, SignOut

__all__ = ["Leaving"]

_CLOSING_MS: Final = 3000


class Leaving(QObject):
    """Asks on the way out.

    done        nothing of a session is left open: the window may close
    in_session  whether a session runs
    unsaved     whether the page holds what was typed and would go
    """

    done = Signal()

    def __init__(
        self,
        ctx: UiContext,
        window: QWidget,
        in_session: Callable[[], bool],
        unsaved: Callable[[], bool],
    ) -> None:
        super().__init__(window)
        self._ctx = ctx
        self._window = window
        self._in_session = in_session
        self._unsaved = unsaved
        self._agreed = False
        self.closing = False

    def may_close(self) -> bool:
        """Whether the window may close now; if not, begin what has to come before."""
        if self._in_session() and not self.closing:
            self.closing = True
            self._ctx.post(Abort("window_closed"))
            QTimer.singleShot(_CLOSING_MS, self, self._give_up_waiting)
            return False
        if self._unsaved() and not self._agreed and not self._ctx.locked:
            ask(self._ctx, self._window, "ask.close_form", "button.close_program", self._close)
            return False
        return True

    def sign_out(self) -> None:
        """Sign out; what was typed into a form is asked about first."""
        if self._unsaved():
            ask(self._ctx, self._window, "ask.sign_out_form", "button.sign_out", self._sign_out)
        else:
            self._sign_out()

    def note_session(self) -> None:
        """Close at last when the session that was in the way has ended."""
        if self.closing and not self._in_session():
            self.done.emit()

    def _give_up_waiting(self) -> None:
        self.done.emit()

    def _close(self) -> None:
        self._agreed = True
        self.done.emit()

    def _sign_out(self) -> None:
        self._ctx.post(SignOut())
