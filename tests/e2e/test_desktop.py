"""A whole session in the desktop, from sign-in to receipt: real keys, threads, child process,
HTTP, WSS and log; the customer before the camera is simulated in real time. No mocks."""

import sys
from pathlib import Path

import pytest

if "PySide6" not in sys.modules:
    pytest.importorskip("pytestqt", reason="the desktop needs pytest-qt")

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

import ui.app
from tests.support.system.event_loop import settle
from ui.navigation import Page
from ui.playing import Play
from ui.station import demo_folder, demo_play
from ui.theme.fonts import application_font, install_fonts
from workstation.rules.reference import ReferenceSource
from workstation.sandbox.demo_folder import AUDITOR, DEMO_SECRET
from workstation.session.states import State

KEYS = {
    "F2": Qt.Key.Key_F2,
    "F4": Qt.Key.Key_F4,
    "F5": Qt.Key.Key_F5,
    "F6": Qt.Key.Key_F6,
    "F7": Qt.Key.Key_F7,
    "F8": Qt.Key.Key_F8,
    "F9": Qt.Key.Key_F9,
    "F11": Qt.Key.Key_F11,
    "Tab": Qt.Key.Key_Tab,
    "Space": Qt.Key.Key_Space,
}
MOST_KEYS = 33
"""Keys of the teller from the home page to the receipt; issue 10 counted 77 and a file dialog."""


def dress_application():
    """Give the tests' application the fonts and the style of the program."""
    install_fonts()
    application = QApplication.instance()
    application.setStyle("Fusion")
    application.setFont(application_font(14))


@pytest.fixture
def desk(qtbot, tmp_path, monkeypatch):
    dress_application()
    # As `make run` starts it: the default folder, relative to wherever that is.
    monkeypatch.chdir(tmp_path)
    options = ui.app.read_options(["--demo"])
    opened = ui.app.Desktop(options, ui.app.start_runtime, "light")
    qtbot.addWidget(opened.window)
    opened.open()
    yield opened
    opened.close()


class Hands:
    """The teller's hands: keys where the focus is, all of them counted, and eyes for pictures."""

    def __init__(self, qtbot, desk, pictures: Path) -> None:
        self.bot = qtbot
        self.window = desk.window
        self.pictures = pictures
        self.taken: list[str] = []
        self.keys: list[str] = []

    def press(self, key: str) -> None:
        self.keys.append(key)
        self.bot.keyClick(QApplication.focusWidget() or self.window, KEYS[key])

    def type(self, text: str) -> None:
        self.keys += text
        self.bot.keyClicks(QApplication.focusWidget(), text)

    def wait_for(self, page: Page, *, seconds: int = 30) -> None:
        self.bot.waitUntil(lambda: self.window.page is page, timeout=seconds * 1000)

    def look(self, name: str) -> None:
        settle(self.bot)
        path = self.pictures / f"{len(self.taken):02d}_{name}.png"
        assert self.window.grab().save(str(path))
        self.taken.append(path.name)

    def sign_in(self, operator: str, secret: str = DEMO_SECRET) -> None:
        self.wait_for(Page.SIGN_IN)
        screen = self.window.screen_of(Page.SIGN_IN)
        self.bot.waitUntil(lambda: self.window.station is not None)
        self.bot.keyClicks(screen.operator.edit, operator)
        self.bot.keyClicks(screen.secret.edit, secret)
        self.look("sign_in")
        self.press("F9")
        self.wait_for(Page.HOME)
        # Once a day: the station has one screen, and the customer's window stands open on it.
        self.press("F11")

    def fill_form(self, play: Play) -> None:
        """Type the ИИН and the new number, answer the question; the registry tells the rest."""
        screen = self.window.screen_of(Page.OPERATION)
        self.type(play.iin)
        self.press("Tab")
        self.type(play.new_phone.removeprefix("+7"))
        self.press("Tab")
        self.press("Space")
        self.bot.waitUntil(lambda: screen.client.found)


def ready(window) -> bool:
    station = window.station
    return station is not None and station.models_ready and bool(station.camera)


@pytest.mark.timeout(240)
def test_a_teller_changes_a_trusted_number_with_at_most_33_keys(qtbot, desk, pictures):
    """From the home page to the receipt, with the person registry at hand and no mouse.

    Counted is every key that the teller presses: digits, Tab, Space and function keys. Not counted
    is what the customer does at the own device: face, PIN and pass phrase.
    """
    hands = Hands(qtbot, desk, pictures)
    window = desk.window
    qtbot.waitActive(window)
    play = demo_play()
    hands.sign_in(play.operator)
    qtbot.waitUntil(lambda: ready(window), timeout=60_000)
    hands.look("home")

    hands.keys.clear()
    hands.press("F2")
    hands.wait_for(Page.OPERATION)
    hands.fill_form(play)
    hands.look("operation")
    hands.press("F9")
    hands.wait_for(Page.CONSENT)
    hands.look("consent")
    hands.press("F9")
    hands.wait_for(Page.LIVENESS)
    assert window.session.reference_source is ReferenceSource.REGISTRY
    hands.press("F9")
    qtbot.waitUntil(
        lambda: window.session.prompt is not None and window.session.prompt.command is not None,
    )
    hands.look("liveness")
    hands.wait_for(Page.SIGNATURE, seconds=120)
    hands.look("signature")
    hands.press("F5")
    hands.wait_for(Page.CONFIRMATION)
    hands.look("confirmation")
    hands.press("F9")
    hands.wait_for(Page.DECISION)
    qtbot.waitUntil(lambda: window.session.decision is not None)
    hands.look("decision")
    hands.press("F9")
    hands.wait_for(Page.RECEIPT)

    decision = window.session.decision
    assert (decision.outcome, decision.reason) == ("approved", "decision.approved")
    assert window.session.state is State.RECORDED
    assert decision.permit.is_file()
    assert decision.receipt.read_bytes().startswith(b"%PDF")
    assert len(hands.keys) <= MOST_KEYS, hands.keys

    hands.look("receipt")
    hands.press("F6")
    hands.wait_for(Page.HOME)


@pytest.mark.timeout(120)
def test_an_auditor_reads_and_verifies_the_log(qtbot, desk, pictures):
    hands = Hands(qtbot, desk, pictures)
    hands.look = lambda _name: None
    window = desk.window
    qtbot.waitActive(window)

    hands.sign_in(AUDITOR)
    qtbot.keyClick(window, Qt.Key.Key_J, Qt.KeyboardModifier.ControlModifier)
    hands.wait_for(Page.LOG)
    hands.press("F8")
    hands.wait_for(Page.INTEGRITY)
    qtbot.waitUntil(
        lambda: window.station.verification is not None and not window.station.verification.running,
    )

    assert window.station.verification.ok
    assert window.station.verification.size == window.station.log_size


@pytest.mark.timeout(120)
def test_closing_the_window_mid_session_leaves_one_aborted_record(qtbot, desk):
    window = desk.window
    qtbot.waitActive(window)
    hands = Hands(qtbot, desk, Path())
    hands.look = lambda _name: None
    play = demo_play()
    hands.sign_in(play.operator)
    hands.press("F2")
    hands.wait_for(Page.OPERATION)
    hands.fill_form(play)
    hands.press("F9")
    hands.wait_for(Page.CONSENT)
    case = window.session.session

    desk.close()

    from workstation.bootstrap import build, close

    services = build(demo_folder(desk._options.data))
    results = [
        entry.data
        for entry in services.journal.log.entries()
        if entry.kind == "verify.result" and entry.data["case"] == case
    ]
    close(services)
    assert [result["outcome"] for result in results] == ["indeterminate"]
