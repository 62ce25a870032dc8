"""The end of a case at the counter, by keys: refused, handed over, and forced.

Real windows before a real station on virtual time, in one thread: what a key posts the station
does, and what it says is shown. Face analysis, camera and NCALayer are scripted.
"""

import sys
from dataclasses import replace

import pytest

if "PySide6" not in sys.modules:
    pytest.importorskip("pytestqt", reason="the desktop needs pytest-qt")

from PySide6.QtWidgets import QApplication

from tests.support.station.stations import SECRET, SUPERVISOR, TELLER, Desk, a_site, form
from tests.support.system.event_loop import settle
from ui.context import UiContext
from ui.navigation import Page
from ui.shell.main_window import MainWindow
from ui.theme.fonts import application_font, install_fonts
from ui.theme.theme import apply_theme, load_theme
from ui.widgets.reason_dialog import ReasonDialog
from workstation.documents.texts import Texts
from workstation.session.confirmation import HandOverReason, SuspicionReason
from workstation.station import commands as c

SECOND = "white birds above the steppe"
"""As long as the own secret: a field shows a dot for each letter."""


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

    def sign_in(self, secret=SECRET):
        screen = self.window.screen_of(Page.SIGN_IN)
        screen.operator.edit.setText(TELLER.id)
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


@pytest.fixture
def counter(qtbot, tmp_path):
    with a_site(tmp_path) as site:
        made = Counter(qtbot, site)
        yield made
        made.window.close()


def at_confirmation(counter):
    counter.sign_in()
    for _ in counter.to_confirmation():
        pass
    return counter


def test_a_teller_confirms_before_anything_is_recorded(counter):
    at_confirmation(counter)
    assert counter.site.results() == []
    counter.press("F9")

    assert counter.window.page is Page.DECISION
    assert counter.site.results()[0]["outcome"] == "approved"


def test_a_teller_refuses_on_suspicion_with_a_reason(counter):
    at_confirmation(counter).press("F4")
    assert counter.site.results() == []
    counter.answer(SuspicionReason.GUIDED_BY_PHONE)

    assert counter.window.page is Page.DECISION
    (result,) = counter.site.results()
    assert (result["outcome"], result["reason"]) == ("rejected", "suspicion.guided_by_phone")
    assert counter.site.permits() == []


def test_a_case_that_was_handed_over_comes_back_from_a_supervisor(counter):
    at_confirmation(counter).press("F7")
    counter.answer(HandOverReason.DOUBT_ABOUT_PERSON)
    assert counter.window.page is Page.REVIEW
    screen = counter.window.screen_of(Page.REVIEW)
    screen.form.reason.edit.setText("оба снимка и документ сверены")
    screen.form.supervisor.edit.setText(SUPERVISOR.id)
    screen.form.secret.edit.setText(SECRET)
    counter.show()
    counter.press("F9")
    assert counter.window.page is Page.CONFIRMATION
    counter.press("F9")

    (result,) = counter.site.results()
    assert result["outcome"] == "approved"
    assert result["second_look"]["by"] == SUPERVISOR.id


def play(bot, folder, at_sign_in, at_unlock):
    """Serve one customer with these secrets; return the pictures of every step."""
    folder.mkdir()
    taken = {}
    with a_site(folder) as site:
        site.services.authenticator.set_duress_secret(TELLER.id, SECRET, SECOND)
        counter = Counter(bot, site)
        taken["before"] = counter.pictures()
        counter.sign_in(at_sign_in)
        taken["home"] = counter.pictures()
        for step in counter.to_confirmation():
            taken[step] = counter.pictures()
        counter.lock()
        taken["locked"] = counter.pictures()
        counter.unlock(at_unlock)
        taken["unlocked"] = counter.pictures()
        for step, page in (("decision", Page.DECISION), ("receipt", Page.RECEIPT)):
            counter.press("F9")
            assert counter.window.page is page, (counter.desk.now.message, counter.desk.status)
            taken[step] = counter.pictures()
        counter.do(c.NewSession())
        taken["home again"] = counter.pictures()
        ended = site.results()[0]["reason"], len(site.permits()), len(site.entries())
        counter.window.close()
    return taken, ended


@pytest.mark.timeout(240)
@pytest.mark.parametrize("secrets", [(SECOND, SECRET), (SECRET, SECOND)], ids=["sign_in", "unlock"])
def test_who_is_forced_sees_the_same_to_the_pixel_in_both_windows(qtbot, tmp_path, secrets):
    free, let_in = play(qtbot, tmp_path / "free", SECRET, SECRET)
    forced, held = play(qtbot, tmp_path / "forced", *secrets)

    assert (let_in[0], held[0]) == ("decision.approved", "duress")
    assert (let_in[1], held[1]) == (1, 0)
    assert let_in[2] == held[2]
    assert [len(each) for each in free.values()] == [2] * len(free)
    different = [step for step in free if free[step] != forced[step]]
    assert different == []
