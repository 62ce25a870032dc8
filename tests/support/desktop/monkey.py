"""A monkey at the counter: seeded hands that press, click, type and resize, and what must hold."""

import random

from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication

from tests.support.desktop.counter import BEHIND_THE_LOCK
from tests.support.desktop.intruder import press
from tests.support.pki import certificates as pki
from tests.support.station.scripted import Behaviour
from tests.support.station.stations import NAME, NEW_PHONE, SECRET, SUPERVISOR, TELLER
from ui.navigation import Page, page_for
from ui.shell.main_window import KEYS
from ui.theme.theme import THEMES, load_theme
from workstation.rules.checks import CheckStatus, Hardness
from workstation.session.states import State
from workstation.station.commands import BeginOperation, Confirm, GiveConsent, Sign, StartLiveness

__all__ = ["Monkey"]

NARROWEST, LOWEST = 1280, 720
"""The smallest screen of a branch: no page may ask for more."""

_OTHER_KEYS = (
    *("Tab", "Shift+Tab", "Space", "Return", "Enter", "Esc", "Up", "Down", "Left", "Right"),
    *("Home", "End", "PgUp", "PgDown", "Backspace", "Del", "Ctrl+A", "Ctrl+C", "Ctrl+V", "Ctrl+Z"),
    *("Alt+Left", "Alt+F", "Ctrl+Tab", "F11", "F12", "Menu"),
)
_TEXTS = (
    pki.IIN,
    "920314 400005",
    "920314400006",
    NEW_PHONE,
    "8 (701) 123-45-67",
    "1 500 000",
    "24 мес",
    NAME,
    "Нұрғалиева Әсел \u202eСерікқызы",
    "\u0000\u0007\u001b[31m\u2066x\u2069",
    "',;--<b>x</b>",
    "я" * 5000,
    "",
)
_FORWARD = frozenset({"F2", "F9", "F5", "F6"})
_WORK = frozenset(
    {Page.CONSENT, Page.LIVENESS, Page.MATCHING, Page.SIGNATURE, Page.CONFIRMATION, Page.DECISION}
)


class Monkey:
    """One seeded run; `play` does so many things and looks after each whether all is well.

    done  what was done, newest last
    """

    def __init__(self, counter, seed, tmp_path, warnings):
        self.counter = counter
        self.random = random.Random(seed)
        self.seed = seed
        self.done = []
        self.seen = set()
        self.approved = set()
        self._warnings = warnings
        self._files = [tmp_path / "a.cms", tmp_path / "photo.jpg"]
        for path in self._files:
            path.write_bytes(b"x")
        self._ways = (
            (self._press_key, 22),
            (self._press_forward, 20),
            (self._press_button, 16),
            (self._click_anywhere, 8),
            (self._type, 8),
            (self._fill_form, 10),
            (self._fill_officer, 4),
            (self._answer, 8),
            (self._resize, 3),
            (self._lock, 3),
            (self._unlock, 6),
            (self._change_language, 2),
            (self._change_theme, 2),
            (self._change_customer, 3),
            (self._let_time_pass, 3),
            (self._close, 1),
            (self._sign_in, 4),
        )

    def play(self, events):
        """Do so many things; AssertionError names the seed and the last ones."""
        for _ in range(events):
            way = self._choose_way()
            self.done.append(way.__name__)
            locked, asked = self.window.ctx.locked, len(self.counter.performed)
            way()
            QApplication.processEvents()
            self.counter.pump()
            self._start_again()
            self._look(locked=locked, asked=asked)

    def _choose_way(self):
        """Choose what to do; what leads back to work is not left to chance alone."""
        page, locked = self.window.page, self.window.ctx.locked
        back = {Page.SIGN_IN: self._sign_in, Page.OPERATION: self._fill_form}.get(page)
        if locked:
            back = self._unlock
        if back is not None and self.random.random() < 0.3:
            return back
        if page in _WORK and not locked and self.random.random() < 0.45:
            return self._go_on
        return self.random.choices(*zip(*self._ways, strict=True))[0]

    @property
    def window(self):
        """The window of the program as it runs now."""
        return self.counter.window

    # -- hands ------------------------------------------------------------------------------

    @property
    def _active(self):
        """The window that has the keyboard: a dialog, or the teller's own."""
        active = QApplication.activeWindow()
        shown = active is not None and active.isVisible() and active.windowHandle() is not None
        return active if shown else self.window

    def _press(self, key):
        self.done[-1] += f" {key}"
        press(self._active, key)

    def _press_key(self):
        self._press(self.random.choice((*KEYS, *_OTHER_KEYS)))

    def _press_forward(self):
        self._press(self.random.choice(("F9", "F9", *sorted(_FORWARD))))

    def _go_on(self):
        """Do what a teller would do next: the customer's window first, then forward."""
        if self._active is not self.window:
            self._press("Esc")
        elif not self.window.ctx.customer_shown() and self.random.random() < 0.5:
            self._press("F11")
        else:
            self._press(self.random.choice(("F9", "F9", "F5", "F6")))

    def _press_button(self):
        shown = [
            each
            for each in self._active.findChildren(QAbstractButton)
            if not each.visibleRegion().isEmpty() and each.window() is self._active
        ]
        if shown:
            button = self.random.choice(shown)
            self.done[-1] += f" {button.text()}"
            seen = button.visibleRegion().boundingRect().center()
            self._click(self._active, button.mapTo(self._active, seen))

    def _click_anywhere(self):
        size = self._active.size()
        place = QPoint(self.random.randrange(size.width()), self.random.randrange(size.height()))
        button = self.random.choice((Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton))
        self._click(self._active, place, button)
        popup = QApplication.activePopupWidget()
        if popup is not None and self.random.random() < 0.8:
            popup.close()

    def _click(self, window, place, button=Qt.MouseButton.LeftButton):
        none = Qt.KeyboardModifier.NoModifier
        QTest.mouseClick(window.windowHandle(), button, none, place)

    def _type(self):
        text = self.random.choice(_TEXTS)
        self.done[-1] += f" {text[:20]!r}"
        if self.random.random() < 0.5:
            QGuiApplication.clipboard().setText(text)
            press(self._active, "Ctrl+V")
            return
        handle, none = self._active.windowHandle(), Qt.KeyboardModifier.NoModifier
        for sign in text[:40]:
            stroke = QKeyEvent(QEvent.Type.KeyPress, ord(sign.upper()[0]), none, sign)
            QApplication.sendEvent(handle, stroke)

    def _fill_form(self):
        if self.window.page is not Page.OPERATION or self.window.ctx.locked:
            return
        page = self.counter.type_form()
        for asked in page.attestations.values():
            self.random.choice((asked.yes, asked.yes, asked.no)).click()
        if self.random.random() < 0.8:
            self._press("F9")

    def _fill_officer(self):
        if self.window.ctx.locked or self.window.page not in {Page.REVIEW, Page.COMPARISON}:
            return
        form = self.window.screen_of(self.window.page).form
        form.reason.edit.setText("Клиент показал договор и паспорт")
        form.supervisor.edit.setText(self.random.choice((SUPERVISOR.id, TELLER.id)))
        form.secret.edit.setText(self.random.choice((SECRET, "wrong")))

    def _answer(self):
        """Answer whatever was asked in a dialog."""
        if self._active is not self.window:
            self._press_button()

    def _resize(self):
        width, height = self.random.choice(((1280, 720), (1366, 768), (1920, 1040), (900, 500)))
        self.window.resize(width, height)

    def _lock(self):
        self.random.choice((self.window.lock, self.window.idle.timer.timeout.emit))()

    def _unlock(self):
        if self.window.ctx.locked:
            self.counter.unlock(self.random.choice((SECRET, SECRET, "wrong")))
            if self.window.station.seconds:
                self.counter.pass_time(1000 * (self.window.station.seconds + 1))

    def _change_language(self):
        self.window.ctx.use_language(self.random.choice(("kk", "ru", "en")))

    def _change_theme(self):
        self.window.ctx.use_theme(load_theme(self.random.choice(THEMES)))

    def _change_customer(self):
        behaviour = self.random.choice(
            (Behaviour(), Behaviour(), Behaviour(obeys=False), Behaviour(lost_at=9))
        )
        self.counter.plug(behaviour)

    def _let_time_pass(self):
        self.counter.pass_time(self.random.choice((500, 5000, 60_000)))

    def _close(self):
        self.window.close()

    def _start_again(self):
        """Start the program anew if it was left: nothing of a session was open then."""
        if not self.window.isVisible():
            self.done[-1] += " closed"
            assert self.counter.state in {State.IDLE, State.RECORDED}, self.done[-12:]
            self.counter.stop()
            self.counter.start()
            self.counter.sign_in()

    def _sign_in(self):
        if self.window.page is Page.SIGN_IN and not self.window.ctx.locked:
            self.counter.sign_in()
            self.counter.pass_time(1000)

    # -- what must hold ---------------------------------------------------------------------

    def _look(self, *, locked, asked):
        window, told = self.window, f"seed {self.seed}: {self.done[-12:]}"
        self.seen.add(window.page)
        assert self._warnings() == [], (self._warnings(), told)
        assert isinstance(self.counter.state, State), told
        if not window.ctx.locked:
            assert window.page is page_for(window.station, window.session, window.route), (
                window.page,
                told,
            )
        least = window.minimumSizeHint()
        assert (least.width(), least.height()) <= (NARROWEST, LOWEST), (least, window.page, told)
        behind = [each for each in self.counter.under_lock if type(each) not in BEHIND_THE_LOCK]
        assert behind == [], (behind, told)
        if locked and window.ctx.locked:
            done = self.counter.performed[asked:]
            assert all(isinstance(each, BEHIND_THE_LOCK) for each in done), (done, told)
        self._look_at_decision(told)

    def _look_at_decision(self, told):
        session = self.window.session
        if session is None or session.decision is None or session.decision.outcome != "approved":
            return
        self.approved.add(session.session)
        given = self.counter.given_since_begun
        needed = {BeginOperation, GiveConsent, StartLiveness, Sign, Confirm}
        assert needed <= given, (needed - given, told)
        hard = [each for each in session.decision.checks if each.hardness is Hardness.HARD]
        wrong = [each.check for each in hard if each.status is not CheckStatus.PASSED]
        judged = {each.check for each in session.decision.checks}
        assert wrong == [], (wrong, told)
        assert set(session.required) <= judged, (set(session.required) - judged, told)
        assert session.state is State.RECORDED, told
