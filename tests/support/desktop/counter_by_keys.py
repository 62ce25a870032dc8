"""Both windows before a real station on virtual time, in one thread, driven by keys.

What a key posts the station does, and what it says is shown. Face analysis, camera and NCALayer
are scripted.
"""

from dataclasses import replace

from PySide6.QtWidgets import QApplication

from tests.support.station.stations import SECRET, TELLER, Desk, form
from tests.support.system.event_loop import settle
from ui.context import UiContext
from ui.navigation import Page
from ui.shell.main_window import MainWindow
from ui.theme.fonts import application_font, install_fonts
from ui.theme.theme import apply_theme, load_theme
from ui.widgets.confirm import ConfirmDialog
from ui.widgets.reason_dialog import ReasonDialog
from workstation.documents.texts import Texts
from workstation.station import commands as c

__all__ = ["Counter"]


class Counter:
    """Both windows before one station; a command is performed once its key has been let go."""

    def __init__(self, bot, site):
        install_fonts()
        application = QApplication.instance()
        application.setStyle("Fusion")
        application.setFont(application_font(14))
        application.setCursorFlashTime(0)
        theme = load_theme("light")
        apply_theme(application, theme)
        self.bot, self.site, self.desk = bot, site, Desk(site)
        self.desk.confirms = False
        self.posted = []
        context = UiContext(Texts("ru"), theme, self.posted.append, site.clock.wall_ms)
        self.window = MainWindow(context)
        bot.addWidget(self.window)
        self.window.resize(1366, 768)
        self.window.show()
        bot.waitActive(self.window)
        self.desk.plug()
        self.show()
        self.window.customer.toggle()
        self.show()

    def show(self):
        """Perform what was posted, then show what the station says of it."""
        settle(self.bot)
        while self.posted:
            self.desk.do(self.posted.pop(0))
        self.window.show_station(self.desk.status)
        if self.desk.told.sessions:
            self.window.show_session(plain(self.desk.now))
        settle(self.bot)

    def press(self, key):
        self.window.press(key)
        self.show()

    def do(self, command):
        self.desk.do(command)
        self.show()

    def sign_in(self, operator=TELLER, secret=SECRET):
        screen = self.window.screen_of(Page.SIGN_IN)
        screen.operator.edit.setText(operator.id)
        screen.secret.edit.setText(secret)
        self.press("F9")
        assert self.window.page is Page.HOME

    def to_confirmation(self):
        self.do(c.BeginOperation(form()))
        assert self.window.page is Page.CONSENT
        yield "consent"
        self.do(c.GiveConsent("ru"))
        self.desk.live()
        self.show()
        assert self.window.page is Page.SIGNATURE
        yield "signature"
        self.press("F5")
        assert self.window.page is Page.CONFIRMATION, self.window.session.message
        yield "confirmation"

    def wait(self, milliseconds):
        """Let time pass, with whatever the station asks by itself."""
        self.site.clock.tick(milliseconds)
        self.desk.wait()
        self.show()

    def agree(self):
        """Press the button that does what the open question asks."""
        (dialog,) = [each for each in self.window.findChildren(ConfirmDialog) if each.isVisible()]
        dialog.agree.click()
        self.show()

    def lock(self):
        self.press("Ctrl+L")

    def unlock(self, secret):
        self.window.lock_page.secret.edit.setText(secret)
        self.press("F9")
        assert not self.window.ctx.locked
        # A second stroke of the same key presses nothing on the page that came back.
        self.bot.waitUntil(lambda: not self.window.screen_lock.settling)

    def answer(self, reason, words=""):
        """Choose a reason in the dialog that is open, and agree."""
        (dialog,) = [each for each in self.window.findChildren(ReasonDialog) if each.isVisible()]
        dialog.choose(reason)
        dialog.words.edit.setText(words)
        dialog.agree.click()
        self.show()

    def pictures(self):
        """Return the octets of both windows."""
        shown = [self.window, self.window.customer.window]
        images = [each.grab().toImage() for each in shown if each is not None]
        return [bytes(image.constBits()) for image in images]


def plain(snapshot):
    """Return the picture without what is new in every session, forced or not.

    The text to be signed names a nonce, and receipt, root and paths are digests or named by one.
    """
    decision = snapshot.decision
    if decision is not None:
        root = "A" * 43 + "="
        decision = replace(decision, root_base64=root, permit=None, receipt=None, drawing=None)
    return replace(snapshot, statement="ЗАЯВЛЕНИЕ" if snapshot.statement else "", decision=decision)
