"""The teller's window: header, rail, one page, footer, status bar, and the keys."""

from functools import partial
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QPaintEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QMainWindow

from ui.context import UiContext
from ui.navigation import (
    FORMS,
    IN_SESSION,
    Page,
    Route,
    keeps_form,
    page_for,
    refuse_route,
    step_of,
)
from ui.screens.screen import Screen
from ui.shell.announcer import Announcer
from ui.shell.built_pages import BuiltPages
from ui.shell.customer_screens import CustomerScreens
from ui.shell.desk_layout import lay_out_desk
from ui.shell.idle import IDLE_MS, IdleWatch
from ui.shell.leaving import Leaving
from ui.shell.lock import ScreenLock
from ui.shell.notices import Notices
from ui.shell.system_session import SystemSession
from ui.shell.window_keys import KEYS, WindowKeys, bind_keys
from ui.steps import judge_steps
from ui.widgets.footer import Footer
from ui.widgets.header import HeaderBar
from ui.widgets.hint import Hint
from ui.widgets.page_stack import OnePageStack, PageStack
from ui.widgets.status_bar import StatusBar
from ui.widgets.step_rail import StepRail
from ui.widgets.strip import DemoStrip
from workstation.station.commands import VerifyLog
from workstation.station.snapshot import PreviewImage, SessionSnapshot, StationStatus

__all__ = ["KEYS", "MainWindow"]

_UNCHOSEN: Final = StationStatus("", "").language


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
        self.notices = Notices()
        self._was_painted = False
        self._build()
        self.customer = CustomerScreens(ctx, self)
        ctx.customer_shown = self.customer.is_shown
        self.customer.shown_changed.connect(self._show_pictures)
        self.screen_lock = ScreenLock(ctx, self.rooms, self.desk, lambda: self.customer.window)
        self.lock_page = self.screen_lock.page
        self.idle = IdleWatch(idle_ms)
        self.idle.idle.connect(self._lock_unattended)
        self.system_session = SystemSession(self)
        self.system_session.left.connect(self.lock)
        self.screen_lock.opened.connect(self._unlocked)
        self.header.lock.connect(self.lock)
        self.leaving = Leaving(ctx, self, lambda: self.session, lambda: self.built[self.page])
        self.leaving.done.connect(self._close_now)
        self.header.sign_out.connect(self.leaving.sign_out)
        self.keys = WindowKeys(
            *(ctx, self, self._verify_log, self.customer.toggle),
            *(partial(self.navigate, Route.LOG), self.lock, self._go_back),
        )
        bind_keys(self.desk, self.press)
        self.announcer = Announcer(ctx, self)
        ctx.changed.connect(self._restyle)
        self._restyle()
        self.built.show(Page.SIGN_IN, Page.SIGN_IN)
        self._open(Page.SIGN_IN)
        self._focus()

    def _build(self) -> None:
        ctx = self.ctx
        self.header, self.rail = HeaderBar(ctx), StepRail(ctx)
        self.footer, self.status = Footer(ctx), StatusBar(ctx)
        self.strip = DemoStrip(ctx)
        self.pages = PageStack()
        self.built = BuiltPages(ctx, self.pages, self._connect)
        self.rooms = OnePageStack()
        self.desk = lay_out_desk(
            (self.header, self.strip), self.rail, (self.pages, self.footer), self.status
        )
        self.rooms.addWidget(self.desk)
        self.setCentralWidget(self.rooms)
        self.hint = Hint(ctx, self.pages)

    def screen_of(self, page: Page) -> Screen:
        """Return the page's screen, built when it is first needed: start-up shows one page."""
        return self.built[page]

    def _connect(self, screen: Screen) -> None:
        screen.actions_changed.connect(self._show_actions)
        screen.navigate.connect(self.navigate)
        screen.customer_wanted.connect(self.customer.toggle)
        screen.notice_read.connect(self._forget_notice)

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
        self.leaving.note_session(self.station)

    def show_station(self, status: StationStatus) -> None:
        """Take the newest picture of the station; a change of its language changes the words."""
        before, self.station = self.station, status
        # Only a change is followed: a station that starts says the language that nobody chose.
        if status.language != (_UNCHOSEN if before is None else before.language):
            self.ctx.use_language(status.language)
        if status.operator is None:
            self.route = Route.NONE
        self.ctx.use_words(status.words)
        self.header.show_station(status)
        self.status.show_station(status)
        self.customer.show_station(status)
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
        """Open what the operator asked for beside the session, or come back; not while locked.

        What the role or the state does not allow is said in a sentence, and nothing else happens.
        """
        if self.ctx.locked:
            return
        refusal = refuse_route(self.station, self.session, Route(route))
        self.hint.say(refusal)
        if refusal:
            return
        self.route = Route(route)
        self._open(page_for(self.station, self.session, self.route))

    def lock(self) -> None:
        """Hide everything, on the customer's screen too; a secret that was typed is forgotten."""
        if self.station is not None and self.station.operator is not None:
            self.screen_lock.lock(self.station)
            self.customer.hide_content(hidden=True)
        else:
            self.screen_of(self.page).leave()

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
        self.announcer.open_page(self.page, self.screen_of(self.page).title.text())
        before = self.screen_lock.focus_before(within=self.pages)
        before.setFocus() if before is not None else self._focus()

    def _open(self, page: Page) -> None:
        screen = self.screen_of(page)
        opened = page is not self.page or self.pages.currentWidget() is not screen
        if opened:
            if page is not self.page:
                self.screen_of(self.page).leave()
            self.built.show(page, self.page)
            self.page = page
            self.hint.say("")
            self.announcer.open_page(page, screen.title.text())
        if Page.OPERATION in self.built and not keeps_form(page, self.session, self.route):
            self.screen_of(Page.OPERATION).forget()
        self._show_pictures()
        if opened:
            self._focus()
        step = step_of(page)
        self.rail.setVisible(step is not None)
        if step is not None:
            self.rail.show_steps(judge_steps(page, self.session))
        self.header.setVisible(page is not Page.SIGN_IN)

    def _show_pictures(self) -> None:
        if self.station is not None:
            screen, focus = self.screen_of(self.page), not self.ctx.locked
            self.notices.show(screen, self.page, self.station, self.session, focus=focus)
        self._show_actions()

    def _forget_notice(self) -> None:
        if self.notices.forget():
            self._show_pictures()

    def _focus(self) -> None:
        if self.ctx.locked:
            return
        target = self.screen_of(self.page).first_focus()
        if target is not None:
            target.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.pages.setFocus()

    def _show_actions(self) -> None:
        self.footer.show_actions(*self.screen_of(self.page).offer_actions())

    def press(self, key: str) -> None:
        """Do what the key means here: on a locked window only the lock answers."""
        if not self.screen_lock.take(key) and not self.footer.perform(key):
            signed_in = self.station is not None and self.station.operator is not None
            self.keys.press(key, signed_in=signed_in)

    def _verify_log(self) -> None:
        self.navigate(Route.INTEGRITY)
        if self.page is Page.INTEGRITY:
            self.ctx.post(VerifyLog())

    def _go_back(self) -> None:
        """Come back from what was opened beside the session; nothing is lost by it."""
        if page_for(self.station, self.session, Route.NONE) is self.page:
            self.hint.say("hint.no_back" if self._in_session() else "")
        elif self.screen_of(self.page).unsaved:
            self.press("Esc")
        else:
            self.navigate(Route.NONE)

    def _in_session(self) -> bool:
        return self.session is not None and self.session.state in IN_SESSION

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
        """Close once nothing of a session is left open and nothing typed would be lost.

        A locked window with a session stays: whoever passes must not end what the teller began.
        """
        if self.ctx.locked and self._in_session() and not self.leaving.closing:
            self.lock_page.ask_leave()
        elif self.leaving.may_close():
            self.customer.close()
            self.closed.emit()
            event.accept()
            return
        event.ignore()

    def _close_now(self) -> None:
        if self.isVisible():
            self.session = None
            self.close()
