"""The desktop, its threads and a signing service on loopback: a phone that reads the customer's
screen, and a file that is dropped on the teller's page. Camera and face analysis are scripted."""

import sys
import threading
from contextlib import ExitStack
from dataclasses import replace

import pytest

if "PySide6" not in sys.modules:
    pytest.importorskip("pytestqt", reason="the desktop needs pytest-qt")

from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication

from tests.e2e.test_desktop import dress_application
from tests.support.desktop.intruder import drop_file, press, strike_every_key
from tests.support.desktop.qr_codes import text_in
from tests.support.pki import certificates as pki
from tests.support.station.sandbox import egov_settings
from tests.support.station.scripted import ScriptedAnalysis, ScriptedCamera
from tests.support.station.stations import SECRET, TELLER, a_site, form
from tests.support.system.event_loop import settle
from ui.bridge import Bridge
from ui.context import UiContext
from ui.navigation import Page
from ui.process.garbage import GarbageTimer
from ui.shell.main_window import MainWindow
from ui.theme.theme import apply_theme, load_theme
from workstation.devices.carriers import Carriers
from workstation.devices.signing_methods import SigningMethod
from workstation.documents.texts import Texts
from workstation.sandbox.services.egov import EgovBehaviour, SandboxEgov
from workstation.session.states import State
from workstation.station import commands as c
from workstation.station.runtime import Runtime


class Counter:
    """Window, runtime and services of one session; `changed` is a site's."""

    def __init__(self, bot, folder, stack, **changed):
        dress_application()
        garbage = GarbageTimer()
        garbage.start()
        stack.callback(garbage.stop)
        consumed = threading.Event()
        self.bot = bot
        self.folder = folder
        self.site = stack.enter_context(
            a_site(
                folder,
                analysis=ScriptedAnalysis(consumed),
                open_camera=lambda: ScriptedCamera(consumed=consumed),
                **changed,
            )
        )
        self.service = SandboxEgov(lambda _key, document: self.signed(document))
        self.service.behaviour = EgovBehaviour(scans_itself=False)
        self.service.start()
        stack.callback(self.service.close)
        egov = egov_settings(self.service.url, signing_timeout_s=60)
        services = replace(self.site.services, carriers=Carriers(self.site.carrier, egov_qr=egov))
        self.bridge = Bridge()
        self.runtime = Runtime(services, self.bridge)
        theme = load_theme("light")
        context = UiContext(Texts("ru"), theme, self.runtime.post, self.site.clock.wall_ms)
        apply_theme(QApplication.instance(), theme)
        self.window = MainWindow(context)
        bot.addWidget(self.window)
        self.bridge.station.connect(self.window.show_station)
        self.bridge.session.connect(self.window.show_session)
        self.window.show()
        bot.waitActive(self.window)
        stack.enter_context(self.runtime)
        # One screen: the teller opens the customer's window and turns the screen round.
        self.window.customer.toggle()

    def signed(self, document):
        return pki.world().cms(document, signing_time=self.site.services.now())

    def until(self, met):
        self.bot.waitUntil(met)

    def until_page(self, page):
        self.until(lambda: self.window.page is page)

    def to_signature(self):
        post, window = self.runtime.post, self.window
        post(c.SignIn(TELLER.id, SECRET))
        post(c.BeginOperation(form()))
        self.until_page(Page.CONSENT)
        post(c.GiveConsent("ru"))
        post(c.UseReferenceFile(self.site.photo))
        self.until_page(Page.LIVENESS)
        self.until(lambda: bool(window.station.camera))
        post(c.StartLiveness())
        self.until_page(Page.SIGNATURE)
        return window.screen_of(Page.SIGNATURE)

    def until_recorded(self):
        self.until(self.confirm)
        return self.window.session.decision

    def confirm(self):
        """Press until it is taken: a stroke just after unlocking is not."""
        if self.window.page is Page.CONFIRMATION:
            self.window.press("F9")
        return self.window.session.state is State.RECORDED


@pytest.fixture
def counter(qtbot, tmp_path):
    with ExitStack() as stack:
        yield Counter(qtbot, tmp_path, stack)


def drop(screen, path):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    common = (
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    entering = QDragEnterEvent(screen.rect().center(), *common)
    QApplication.sendEvent(screen, entering)
    dropped = QDropEvent(QPointF(screen.rect().center()), *common)
    QApplication.sendEvent(screen, dropped)


@pytest.mark.timeout(120)
def test_a_phone_that_scans_the_customers_screen_signs_and_the_session_is_approved(
    counter, pictures
):
    screen = counter.to_signature()
    window = counter.window
    screen.methods.choose(SigningMethod.EGOV_QR)

    window.press("F5")
    customer = window.customer.window
    counter.until(customer.code.isVisible)
    settle(counter.bot)
    assert window.grab().save(str(pictures / "way_egov_teller.png"))
    assert customer.grab().save(str(pictures / "way_egov_customer.png"))
    scanned = text_in(customer.grab().toImage())
    assert text_in(screen.methods.code.grab().toImage()) == scanned
    assert counter.service.scan(scanned)

    assert counter.until_recorded().outcome == "approved"
    assert not customer.code.isVisible()
    (entry,) = [e for e in counter.site.entries("verify.step") if e.data["step"] == "signature"]
    assert entry.data["way"] == "egov_qr"


@pytest.mark.timeout(120)
def test_a_key_file_is_explained_and_the_signed_file_dropped_after_it_is_approved(
    counter, pictures
):
    screen = counter.to_signature()
    window = counter.window
    key_file, text, signed = (
        counter.folder / name for name in ("key.p12", "statement.txt", "statement.cms")
    )
    key_file.write_bytes(bytes.fromhex("3080020103") + bytes(64))

    drop(screen, key_file)
    counter.until(lambda: window.session.message == "wrong_file_kind.key_store")
    settle(counter.bot)
    assert screen.banner.words.text() == Texts("ru").tr("wrong_file_kind.key_store")
    assert window.grab().save(str(pictures / "way_file_key_store.png"))
    screen.save_chosen(str(text))
    counter.until(lambda: text.exists() and text.stat().st_size > 0)
    signed.write_bytes(counter.signed(text.read_bytes()))
    drop(screen, signed)

    assert counter.until_recorded().outcome == "approved"
    (entry,) = [e for e in counter.site.entries("verify.step") if e.data["step"] == "signature"]
    assert entry.data["way"] == "file"


@pytest.mark.timeout(120)
def test_a_locked_desktop_goes_on_and_obeys_only_who_signs_in_anew(counter):
    counter.to_signature()
    window, site = counter.window, counter.site
    text, signed = (counter.folder / name for name in ("statement.txt", "statement.cms"))
    window.screen_of(Page.SIGNATURE).save_chosen(str(text))
    counter.until(lambda: text.exists() and text.stat().st_size > 0)
    signed.write_bytes(counter.signed(text.read_bytes()))
    press(window, "Esc")
    window.idle.timer.timeout.emit()
    entries = site.services.journal.log.size

    for tried in strike_every_key(window):
        assert window.ctx.locked, tried
    assert not drop_file(window, signed, window.rect().center())
    # Past every wall of the window: the station itself does not obey.
    for command in (
        c.Sign(SigningMethod.FILE, signed),
        c.ParkSession(),
        c.Abort("teller_aborted"),
        c.SignOut(),
        c.VerifyLog(),
    ):
        window.ctx.send(command)
    counter.until(lambda: window.station.message == "station_locked")
    window.lock_page.ask_leave()
    window.lock_page.stay_button.click()
    window.lock_page.secret.edit.setText(SECRET)
    press(window, "Return")
    counter.until(lambda: not window.ctx.locked)

    assert window.session.state is State.SIGNATURE
    assert site.services.journal.log.size == entries
    assert window.station.message == ""
    assert drop_file(window, signed, window.rect().center())
    assert counter.until_recorded().outcome == "approved"


@pytest.mark.timeout(120)
def test_leaving_a_session_from_the_lock_is_signed_by_who_knows_the_secret(counter):
    counter.to_signature()
    window, page = counter.window, counter.window.lock_page
    window.lock()
    page.leave_button.click()
    page.secret.edit.setText("not the secret")
    press(window, "F9")
    counter.until(lambda: page.message.text() != "")
    still = (window.ctx.locked, window.session.state)
    page.secret.edit.setText(SECRET)
    press(window, "F9")

    counter.until(lambda: window.station.operator is None)
    assert still == (True, State.SIGNATURE)
    assert (window.ctx.locked, window.page) == (False, Page.SIGN_IN)
    assert [result["reason"] for result in counter.site.results()] == ["teller_aborted"]
