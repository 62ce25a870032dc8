"""Where the customer's window stands: on a screen of its own, and never over the teller's data."""

from functools import partial
from typing import Final

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeySequence, QScreen, QShortcut
from PySide6.QtWidgets import QWidget

from ui.context import UiContext
from ui.shell.customer_window import CustomerWindow
from workstation.station.commands import ReportCustomerWindow
from workstation.station.snapshot import PreviewImage, SessionSnapshot, StationStatus

__all__ = ["CustomerScreens"]

_OWN_KEYS: Final = {"F13": True, "F14": False}
"""What a key pad of the customer's own sends: no teller's keyboard has these keys."""


class CustomerScreens(QObject):
    """Places the customer's window: never over the teller's screen unless the teller opens it.

    shown_changed  whether the customer can read the window, once for each change
    """

    shown_changed = Signal()

    def __init__(self, ctx: UiContext, teller: QWidget) -> None:
        super().__init__(teller)
        self._ctx = ctx
        self._teller = teller
        self.window: CustomerWindow | None = None
        self._snapshot: SessionSnapshot | None = None
        self._status: StationStatus | None = None
        self._placed: QScreen | None = None
        self._hidden = False
        self._told = False
        self._unplugged = False
        self._watching = False
        application = QGuiApplication.instance()
        if isinstance(application, QGuiApplication):
            application.screenRemoved.connect(self.screen_removed)
            application.screenAdded.connect(self.screen_added)
        self._bind_keys(teller)

    def _bind_keys(self, window: QWidget) -> None:
        """Take the customer's own keys, whichever of the two windows has the focus."""
        for key, yes in _OWN_KEYS.items():
            shortcut = QShortcut(QKeySequence(key), window)
            shortcut.setAutoRepeat(False)
            shortcut.activated.connect(partial(self._press_key, yes=yes))

    def _press_key(self, *, yes: bool) -> None:
        if self.window is not None:
            self.window.press_key(yes=yes)

    def second_screen(self) -> QScreen | None:
        """Return the customers' screen: that of the settings, or the first not the teller's."""
        mine = self._teller.screen()
        others = [screen for screen in QGuiApplication.screens() if screen is not mine]
        wanted = self._named
        named = [screen for screen in others if screen.name() == wanted]
        if wanted:
            return named[0] if named else None
        return others[0] if others else None

    def is_shown(self) -> bool:
        """Say whether the customer can read the window: on their screen wherever they have one."""
        return self.window is not None and self.window.is_seen() and self._faces_customer()

    def _faces_customer(self) -> bool:
        """Say whether the window stands where the customer looks, and the teller's does not."""
        if self.window is None:
            return False
        here = self.window.screen()
        if here is self._teller.screen():
            # The only screen may be turned round; where there is another, this one is not.
            return not self._named and len(QGuiApplication.screens()) == 1
        return self._named in {"", here.name()}

    @property
    def _named(self) -> str:
        return "" if self._status is None else self._status.customer_display

    def start(self) -> None:
        """Open on the second screen, if there is one."""
        if self.second_screen() is not None:
            self.toggle()

    def toggle(self) -> None:
        """Open or close the window; a locked station does neither."""
        if self._ctx.locked:
            return
        if self.window is not None and self.window.isVisible():
            self.window.hide()
            return
        if self.window is None:
            self.window = CustomerWindow(self._ctx)
            self.window.hide_content(hidden=self._hidden)
            self.window.seen_changed.connect(self._tell)
            self._bind_keys(self.window)
            if self._status is not None:
                self.window.show_station(self._status)
            if self._snapshot is not None:
                self.window.show_session(self._snapshot)
        self._place(self.window)

    def _place(self, window: CustomerWindow) -> None:
        handle = self._teller.windowHandle()
        if not self._watching and handle is not None:
            self._watching = True
            handle.screenChanged.connect(self._tell)
        screen = self._placed = self.second_screen()
        if screen is None:
            window.setWindowFlags(Qt.WindowType.Window)
            window.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
            window.resize(960, 680)
            window.show()
            # The keys stay the teller's: what is typed next is meant for the page.
            self._teller.activateWindow()
            return
        window.setWindowFlags(
            Qt.WindowType.Window
            | Qt.WindowType.FramelessWindowHint
            | Qt.WindowType.WindowDoesNotAcceptFocus
        )
        window.setScreen(screen)
        window.setGeometry(screen.geometry())
        window.showFullScreen()

    def _tell(self) -> None:
        """Tell the station whether the customer can read it, once for each change."""
        shown = self.is_shown()
        if shown != self._told:
            self._told = shown
            # Past `post`: a locked station has to know, too.
            self._ctx.send(ReportCustomerWindow(shown))
            self.shown_changed.emit()

    def screen_removed(self, screen: QScreen) -> None:
        """Hide the window rather than let it jump over the teller's data."""
        if self.window is not None and screen is self._placed:
            self._unplugged = True
            self.window.hide()
        self._tell()

    def screen_added(self, _screen: QScreen) -> None:
        """Come back to a screen that is there again; never onto the teller's."""
        if self.window is None or self.second_screen() is None:
            return
        if self._unplugged or self.window.isVisible():
            self._unplugged = False
            self._place(self.window)
        self._tell()

    def show_station(self, status: StationStatus) -> None:
        """Take the customers' screen of the settings, once they are known."""
        before, self._status = self._status, status
        if self.window is None:
            return
        self.window.show_station(status)
        named = status.customer_display
        if named and (before is None or before.customer_display != named):
            screen = self.second_screen()
            if screen is not None and screen is not self._placed and self.window.isVisible():
                self._place(self.window)
        self._tell()

    def show_session(self, snapshot: SessionSnapshot) -> None:
        """Hand the session on; what was made easier was so for one customer."""
        before, self._snapshot = self._snapshot, snapshot
        if before is not None and before.session != snapshot.session:
            self._ctx.ease_customer(large=False, spoken=False)
        if self.window is not None:
            self.window.show_session(snapshot)

    def show_preview(self, image: PreviewImage) -> None:
        """Hand the camera picture on."""
        if self.window is not None and self.window.isVisible():
            self.window.show_preview(image)

    def hide_content(self, *, hidden: bool) -> None:
        """Blank or show the content."""
        self._hidden = hidden
        if self.window is not None:
            self.window.hide_content(hidden=hidden)

    def close(self) -> None:
        """Close the window with the teller's."""
        if self.window is not None:
            self.window.close()
