"""Where the customer's window stands: on a screen of its own, and never over the teller's data."""

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication, QScreen
from PySide6.QtWidgets import QWidget

from ui.context import UiContext
from ui.shell.customer_window import CustomerWindow
from workstation.station.commands import ReportCustomerWindow
from workstation.station.snapshot import PreviewImage, SessionSnapshot

__all__ = ["CustomerScreens"]


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
        self._hidden = False
        self._told = False
        application = QGuiApplication.instance()
        if isinstance(application, QGuiApplication):
            application.screenRemoved.connect(self.screen_removed)
            application.screenAdded.connect(self.screen_added)

    def second_screen(self) -> QScreen | None:
        """Return the first screen that is not the teller's."""
        mine = self._teller.screen()
        others = [screen for screen in QGuiApplication.screens() if screen is not mine]
        return others[0] if others else None

    def is_shown(self) -> bool:
        """Say whether the customer can read the window."""
        return self.window is not None and self.window.is_seen()

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
            if self._snapshot is not None:
                self.window.show_session(self._snapshot)
        self._place(self.window)

    def _place(self, window: CustomerWindow) -> None:
        screen = self.second_screen()
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
        if self.window is not None and self.window.screen() in {screen, self._teller.screen()}:
            self.window.hide()

    def screen_added(self, _screen: QScreen) -> None:
        """Take the new screen."""
        if self.window is not None:
            self._place(self.window)

    def show_session(self, snapshot: SessionSnapshot) -> None:
        """Hand the session on."""
        self._snapshot = snapshot
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
