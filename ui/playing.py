"""`workstation --demo --play`: a scripted teller who presses the same keys a person would.

Only the demo profile plays. It acts on what the window shows, a second after it is shown, and
stops at the receipt, leaving the window open.
"""

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QObject, QTimer, Slot

from ui.navigation import Page
from ui.screens.liveness import LivenessScreen
from ui.screens.operation import OperationScreen
from ui.screens.sign_in import SignInScreen
from ui.shell.main_window import MainWindow

__all__ = ["Play", "ScriptedTeller"]

_PACE_MS: Final = 1_000
_FORWARD: Final = {
    Page.CONSENT: "F9",
    Page.SIGNATURE: "F5",
    Page.CONFIRMATION: "F9",
    Page.DECISION: "F9",
}


@dataclass(frozen=True, slots=True)
class Play:
    """What the scripted teller types: published demo data only."""

    operator: str
    secret: str
    iin: str
    new_phone: str


class ScriptedTeller(QObject):
    """Looks at the window once a second and does the next thing, each page once."""

    def __init__(self, window: MainWindow, play: Play, pace_ms: int = _PACE_MS) -> None:
        super().__init__(window)
        self._window = window
        self._play = play
        self._acted: Page | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(pace_ms)
        self._timer.timeout.connect(self._look)

    def start(self) -> None:
        """Begin to look."""
        self._timer.start()

    @Slot()
    def _look(self) -> None:
        page = self._window.page
        if self._window.ctx.locked:
            return
        if page is Page.RECEIPT:
            self._timer.stop()
            return
        if page is self._acted:
            return
        if self._act(page):
            self._acted = page

    def _act(self, page: Page) -> bool:
        """Do what the page asks for; False when it is not ready for that."""
        station = self._window.station
        if station is None:
            return False
        screen = self._window.screen_of(page)
        match screen:
            case SignInScreen():
                screen.operator.edit.setText(self._play.operator)
                screen.secret.edit.setText(self._play.secret)
                self._window.press("F9")
            case OperationScreen():
                return self._begin(screen)
            case LivenessScreen():
                if not station.models_ready or not station.camera:
                    return False
                self._window.press("F9")
            case _ if page is Page.CONSENT and not self._window.customer.is_shown():
                # One screen: the customer's window is opened and the screen is turned round.
                self._window.press("F11")
                return False
            case _ if page is Page.HOME:
                self._window.press("F2")
            case _ if page in _FORWARD:
                self._window.press(_FORWARD[page])
            case _:
                return False
        return True

    def _begin(self, screen: OperationScreen) -> bool:
        """Type what is typed with the registry at hand; begin once it has named the customer."""
        screen.fields["iin"].edit.setText(self._play.iin)
        screen.fields["new_phone"].edit.setText(self._play.new_phone)
        for question in () if screen.offer is None else screen.offer.attested:
            asked = screen.attestations[question.id]
            (asked.yes if question.good else asked.no).setChecked(True)
        if not screen.client.found:
            return False
        self._window.press("F9")
        return True
