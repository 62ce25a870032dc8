"""The teller's window: header, rail, one page, footer, status bar, and the keys."""

from functools import partial
from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QKeySequence,
    QPaintEvent,
    QShortcut,
    QShowEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QVBoxLayout, QWidget

from ui.context import UiContext
from ui.navigation import FORMS, IN_SESSION, Page, Route, keeps_form, page_for, step_of
from ui.screens.catalogue import create_screen
from ui.screens.screen import Screen
from ui.shell.customer_window import CustomerScreens
from ui.shell.idle import IDLE_MS, IdleWatch
from ui.shell.lock import ScreenLock
from ui.steps import judge_steps
from ui.theme.theme import THEMES, load_theme
from ui.widgets.dialogs import open_dialog
from ui.widgets.footer import Footer
from ui.widgets.header import HeaderBar
from ui.widgets.help import HelpDialog
from ui.widgets.page_stack import OnePageStack, PageStack
from ui.widgets.status_bar import StatusBar
from ui.widgets.step_rail import StepRail
from ui.widgets.strip import DemoStrip
from workstation.station.commands import Abort, SignOut, VerifyLog
from workstation.station.snapshot import PreviewImage, SessionSnapshot, StationStatus

__all__ = ["KEYS", "MainWindow"]

KEYS: Final = (
    *(f"F{number}" for number in range(1, 12)),
    "Esc",
    "Ctrl+J",
    "Ctrl+L",
    "Ctrl+O",
    "Ctrl+H",
    "Ctrl+S",
    "Ctrl+T",
)
"""Every key the window listens to; a page's action of the same key comes first."""

_CLOSING_MS: Final = 3000


class MainWindow(QMainWindow):
    """Shows one page, which is a function of the newest snapshots and the route taken.

    `painted` comes once, with the first frame; `closed` when nothing of a session is left open.
    """

    closed = Signal()
    painted = Signal()

    def __init__(self, ctx: UiContext, idle_ms: int = IDLE_MS) -> None:
        super().__init__()
        self.ctx = ctx
        self.station: StationStatus | None = None
        self.session: SessionSnapshot | None = None
        self.route = Route.NONE
        self.page = Page.SIGN_IN
        self._closing = False
        self._was_painted = False
        self._build()
        self.customer = CustomerScreens(ctx, self)
        ctx.customer_shown = self.customer.is_shown
        self.screen_lock = ScreenLock(ctx, self.rooms, self.desk, lambda: self.customer.window)
        self.lock_page = self.screen_lock.page
        self.idle = IdleWatch(idle_ms)
        self.idle.idle.connect(self._lock_unattended)
        self.screen_lock.opened.connect(self._unlocked)
        self.header.lock.connect(self.lock)
        self.header.sign_out.connect(self._sign_out)
        for key in KEYS:
            # The desk's, not the window's: Qt lets no shortcut of a hidden widget through.
            shortcut = QShortcut(QKeySequence(key), self.desk)
            shortcut.setAutoRepeat(False)
            shortcut.activated.connect(partial(self.press, key))
        ctx.changed.connect(self._restyle)
        self._restyle()
        self._open(Page.SIGN_IN)

    def _build(self) -> None:
        ctx = self.ctx
        self.header, self.rail = HeaderBar(ctx), StepRail(ctx)
        self.footer, self.status = Footer(ctx), StatusBar(ctx)
        self.strip = DemoStrip(ctx)
        self.pages = PageStack()
        self._screens: dict[Page, Screen] = {}
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(self.pages, 1)
        right.addWidget(self.footer)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.rail)
        middle.addLayout(right, 1)
        self.desk, self.rooms = QWidget(), OnePageStack()
        self.rooms.addWidget(self.desk)
        column = QVBoxLayout(self.desk)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for widget in (self.header, self.strip):
            column.addWidget(widget)
        column.addLayout(middle, 1)
        column.addWidget(self.status)
        self.setCentralWidget(self.rooms)
        self.resize(1366, 768)

    def screen_of(self, page: Page) -> Screen:
        """Return the page's screen, built when it is first needed: start-up shows one page."""
        screen = self._screens.get(page)
        if screen is None:
            screen = create_screen(page, self.ctx)
            screen.actions_changed.connect(self._show_actions)
            screen.navigate.connect(self.navigate)
            screen.customer_wanted.connect(self.customer.toggle)
            self._screens[page] = screen
            self.pages.addWidget(screen)
        return screen

    def show_session(self, snapshot: SessionSnapshot) -> None:
        """Take the newest picture of the session."""
        before = self.session
        self.session = snapshot
        started = before is None or before.session != snapshot.session
        if started and snapshot.session and self.route in {*FORMS, Route.RECEIPT}:
            self.route = Route.NONE
        if snapshot.attempt_running:
            self.idle.touch()
        self.header.show_session(snapshot)
        self.lock_page.show_session(snapshot)
        self.customer.show_session(snapshot)
        if self.ctx.locked and snapshot.phone is None:
            self.customer.hide_content(hidden=True)
        self.strip.show_state(self.station, self.session)
        self._open(page_for(self.station, snapshot, self.route))
        if self._closing and not self._in_session():
            self.close()

    def show_station(self, status: StationStatus) -> None:
        """Take the newest picture of the station; a change of its language changes the words."""
        before, self.station = self.station, status
        if before is None or before.language != status.language:
            self.ctx.use_language(status.language)
        if status.operator is None:
            self.route = Route.NONE
        self.ctx.use_words(status.words)
        self.header.show_station(status)
        self.status.show_station(status)
        self.strip.show_state(self.station, self.session)
        self._open(page_for(status, self.session, self.route))
        if self.ctx.locked:
            self.lock_page.show_station(status)

    def show_preview(self, image: PreviewImage) -> None:
        """Hand the camera picture to the page and to the customer's window."""
        if not self.ctx.locked:
            self.screen_of(self.page).show_preview(image)
            self.customer.show_preview(image)

    def navigate(self, route: str) -> None:
        """Open what the operator asked for beside the session, or come back; not while locked."""
        if self.ctx.locked:
            return
        self.route = Route(route)
        self._open(page_for(self.station, self.session, self.route))

    def lock(self) -> None:
        """Hide everything, on the customer's screen too."""
        if self.station is not None and self.station.operator is not None:
            self.screen_lock.lock(self.station)
            self.customer.hide_content(hidden=True)

    def _lock_unattended(self) -> None:
        """Lock after idle minutes, but leave a code that the customer's phone is still to scan.

        Signing in eGov Mobile takes longer than the idle time and nobody touches the PC for it.
        """
        if self.ctx.locked:
            return
        self.lock()
        if self.session is not None and self.session.phone is not None:
            self.customer.hide_content(hidden=False)

    def _unlocked(self) -> None:
        self.customer.hide_content(hidden=False)
        self.idle.touch()
        before = self.screen_lock.focus_before(within=self.pages)
        before.setFocus() if before is not None else self._focus()

    def _open(self, page: Page) -> None:
        screen = self.screen_of(page)
        if page is not self.page or self.pages.currentWidget() is not screen:
            if page is not self.page:
                self.screen_of(self.page).leave()
            self.page = page
            self.pages.setCurrentWidget(screen)
            self._focus()
        if Page.OPERATION in self._screens and not keeps_form(page, self.session, self.route):
            self._screens[Page.OPERATION].forget()
        if self.station is not None:
            screen.show_station(self.station)
        if self.session is not None:
            screen.show_session(self.session)
        step = step_of(page)
        self.rail.setVisible(step is not None)
        if step is not None:
            self.rail.show_steps(judge_steps(page, self.session))
        self.header.setVisible(page is not Page.SIGN_IN)
        self._show_actions()

    def _focus(self) -> None:
        if self.ctx.locked:
            return
        target = self.screen_of(self.page).first_focus()
        if target is not None:
            target.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.pages.setFocus()

    def _show_actions(self) -> None:
        self.footer.show_actions(self.screen_of(self.page).footer_actions())

    def press(self, key: str) -> None:
        """Do what the key means here: on a locked window only the lock answers."""
        if self.ctx.locked:
            if key == "F9":
                self.lock_page.try_unlock()
        elif not self.footer.perform(key):
            self._press_anywhere(key)

    def _press_anywhere(self, key: str) -> None:
        signed_in = self.station is not None and self.station.operator is not None
        match key:
            case "F1":
                open_dialog(self.ctx, HelpDialog(self.ctx, self))
            case "F8" if signed_in:
                self.ctx.post(VerifyLog())
                self.navigate(Route.INTEGRITY)
            case "F11" if signed_in:
                self.customer.toggle()
            case "Ctrl+J" if signed_in:
                self.navigate(Route.LOG)
            case "Ctrl+L":
                self.lock()
            case "Ctrl+T":
                self.ctx.use_theme(load_theme(THEMES[1 - THEMES.index(self.ctx.theme.name)]))
            case _:
                pass

    def _in_session(self) -> bool:
        return self.session is not None and self.session.state in IN_SESSION

    def _sign_out(self) -> None:
        self.ctx.post(SignOut())

    def _restyle(self) -> None:
        self.setWindowTitle(self.ctx.tr_code("app.name"))

    def showEvent(self, event: QShowEvent) -> None:
        """Watch the native windows for the operator's touch."""
        super().showEvent(event)
        self.idle.watch(self)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Tell once that the window is on the screen."""
        super().paintEvent(event)
        if not self._was_painted:
            self._was_painted = True
            self.painted.emit()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Abort a running session first and close when its end is in the log.

        A locked window with a session stays: whoever passes must not end what the teller began.
        """
        if self._in_session() and not self._closing:
            if self.ctx.locked:
                self.lock_page.ask_leave()
                event.ignore()
                return
            self._closing = True
            self.ctx.post(Abort("window_closed"))
            QTimer.singleShot(_CLOSING_MS, self._close_anyway)
            event.ignore()
            return
        self.customer.close()
        self.closed.emit()
        event.accept()

    def _close_anyway(self) -> None:
        if self.isVisible():
            self.session = None
            self.close()
