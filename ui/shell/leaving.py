"""Before the window closes: what runs is ended in the log, and what was typed is asked about."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from ui.context import UiContext
from ui.navigation import IN_SESSION, may_park
from ui.screens.screen import Screen
from ui.widgets.confirm import ask
from ui.widgets.reason_dialog import ask_abort
from workstation.session.confirmation import AbortReason
from workstation.station.commands import Abort, ParkSession, SignOut
from workstation.station.snapshot import SessionSnapshot, StationStatus

__all__ = ["Leaving"]

_CLOSING_MS: Final = 3000


class Leaving(QObject):
    """Asks on the way out.

    done     nothing of a session is left open: the window may close
    session  the newest picture of the session
    page     the page that is shown: it may hold what was typed and would go
    """

    done = Signal()

    def __init__(
        self,
        ctx: UiContext,
        window: QWidget,
        session: Callable[[], SessionSnapshot | None],
        page: Callable[[], Screen],
    ) -> None:
        super().__init__(window)
        self._ctx = ctx
        self._window = window
        self._session = session
        self._page = page
        self._agreed = False
        self._parking = False
        self._told = 0
        self.closing = False

    def may_close(self) -> bool:
        """Whether the window may close now; if not, begin what has to come before."""
        session = self._session()
        if session is not None and session.state in IN_SESSION and not self.closing:
            dialog = ask_abort(
                self._ctx, self._window, self._abort, "leave_session", "button.abort_and_close"
            )
            if may_park(session):
                dialog.offer("button.park_and_close", self._park)
            return False
        if self._page().unsaved and not self._agreed and not self._ctx.locked:
            ask(self._ctx, self._window, "ask.close_form", "button.close_program", self._close)
            return False
        return True

    def sign_out(self) -> None:
        """Sign out; what was typed into a form is asked about first."""
        if self._page().unsaved:
            ask(self._ctx, self._window, "ask.sign_out_form", "button.sign_out", self._sign_out)
        else:
            self._sign_out()

    def note_session(self, status: StationStatus | None) -> None:
        """Close at last when the session that was in the way has ended, or was put aside.

        One that could not be put aside goes on, and closes nothing when it is decided later: every
        answer of the station counts a message, also an empty one.
        """
        told = 0 if status is None else status.message_count
        answered, self._told = told != self._told, told
        session = self._session()
        if session is None or session.state not in IN_SESSION:
            if self.closing or self._parking:
                self.done.emit()
        elif answered:
            self._parking = False

    def _abort(self, reason: AbortReason, words: str) -> None:
        self.closing = True
        self._ctx.post(Abort(reason, words))
        QTimer.singleShot(_CLOSING_MS, self, self._give_up_waiting)

    def _park(self) -> None:
        # Not `closing`: a case that cannot be put aside now is not aborted for it.
        self._parking = True
        self._ctx.post(ParkSession())

    def _give_up_waiting(self) -> None:
        self.done.emit()

    def _close(self) -> None:
        self._agreed = True
        self.done.emit()

    def _sign_out(self) -> None:
        self._ctx.post(SignOut())
