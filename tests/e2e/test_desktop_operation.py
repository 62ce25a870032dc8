"""An operation that a bank added by TOML alone, on the desktop: approved, and refused.

The block is the cookbook's. The demo's two signers sign the file; the rest is the desktop's own:
real keys, threads, child process, HTTP, WSS and log, a simulated customer in real time.
"""

import sys
from pathlib import Path

import pytest

if "PySide6" not in sys.modules:
    pytest.importorskip("pytestqt", reason="the desktop needs pytest-qt")

from pypdf import PdfReader
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

import resources
import ui.app
from tests.e2e.test_desktop import Hands, dress_application, ready
from tests.support.policy.cookbook import appended
from tests.support.system.event_loop import settle
from ui.navigation import Page
from ui.station import demo_play
from workstation.sandbox.demo_folder import TELLER
from workstation.sandbox.people import CustomerKey
from workstation.sandbox.scenarios.scenario import person

KIND = "card_limit_increase"
NAMES = {
    "kk": "Карта лимитін арттыру",
    "ru": "Повышение лимита карты",
    "en": "Increase of a card's limit",
}


@pytest.fixture
def draft(tmp_path) -> Path:
    shipped = resources.path("policies", "kz-2026-07-12.toml").read_text(encoding="utf-8")
    path = tmp_path / "bank.toml"
    text = shipped.replace('id = "kz-2026-07-12"', 'id = "bank-draft"', 1)
    path.write_text(text + "\n" + appended(KIND), encoding="utf-8")
    return path


@pytest.fixture
def desk(qtbot, tmp_path, monkeypatch, draft):
    dress_application()
    monkeypatch.chdir(tmp_path)
    options = ui.app.read_options(["--demo", "--policy", str(draft)])
    opened = ui.app.Desktop(options, ui.app.start_runtime, "light")
    qtbot.addWidget(opened.window)
    opened.open()
    yield opened
    opened.close()


def look_in_three_languages(hands: Hands, desk, name: str) -> None:
    for language in resources.LANGUAGES:
        desk.ctx.use_language(language)
        settle(hands.bot)
        hands.look(f"{name}_{language}")
    desk.ctx.use_language("ru")


def begin(hands: Hands, desk, customer) -> None:
    """Choose the new operation, fill its form and go to the customer's consent."""
    window = desk.window
    hands.press("F2")
    hands.wait_for(Page.OPERATION)
    screen = window.screen_of(Page.OPERATION)
    kinds = [each.definition.kind for each in screen.offers]
    screen.select(kinds.index(KIND))
    screen.fields["iin"].edit.setText(customer.iin)
    screen.fields["card"].edit.setText("4417")
    screen.fields["amount"].edit.setText("900 000")
    purpose = screen.fields["purpose"].entries[0]
    purpose.setCurrentIndex(purpose.findText("Поездка"))
    purpose.activated.emit(purpose.currentIndex())
    hands.bot.waitUntil(lambda: screen.client.found)
    look_in_three_languages(hands, desk, "form")
    hands.press("F9")
    hands.wait_for(Page.CONSENT)


def sign(hands: Hands, desk) -> str:
    """Go from the consent to the decision; return the statement that was signed."""
    window = desk.window
    hands.press("F9")
    hands.wait_for(Page.LIVENESS)
    hands.press("F9")
    hands.wait_for(Page.SIGNATURE, seconds=150)
    statement = window.session.statement
    look_in_three_languages(hands, desk, "signature")
    hands.press("F5")
    hands.bot.waitUntil(lambda: window.page in {Page.CONFIRMATION, Page.DECISION})
    if window.page is Page.CONFIRMATION:
        look_in_three_languages(hands, desk, "confirmation")
        hands.press("F9")
    hands.wait_for(Page.DECISION)
    hands.bot.waitUntil(lambda: window.session.decision is not None)
    return statement


def pages(path: Path) -> str:
    return " ".join(page.extract_text() for page in PdfReader(path).pages)


@pytest.mark.timeout(400)
def test_an_operation_of_toml_alone_is_approved_and_refused(qtbot, desk, pictures):
    hands = Hands(qtbot, desk, pictures / "operation")
    hands.pictures.mkdir(exist_ok=True)
    window = desk.window
    qtbot.waitActive(window)
    hands.sign_in(TELLER)
    qtbot.waitUntil(lambda: ready(window), timeout=90_000)
    assert window.station.policy == "bank-draft"

    begin(hands, desk, person(CustomerKey.GOOD))
    statement = sign(hands, desk)
    assert "Прошу повысить лимит моей карты 4417 до 900 000 KZT. Цель: Поездка." in statement
    approved = window.session.decision
    assert (approved.outcome, approved.reason) == ("approved", "decision.approved")
    assert approved.permit.is_file()
    for name in NAMES.values():
        assert name in pages(approved.receipt)
    hands.press("F9")
    hands.wait_for(Page.RECEIPT)
    look_in_three_languages(hands, desk, "receipt")
    hands.press("F6")
    hands.wait_for(Page.HOME)

    begin(hands, desk, person(CustomerKey.REVOKED))
    sign(hands, desk)
    refused = window.session.decision
    assert (refused.outcome, refused.reason) == ("rejected", "signature.revoked")
    assert refused.permit is None
    for name in NAMES.values():
        assert name in pages(refused.receipt)


def paste(bot, text: str) -> None:
    QGuiApplication.clipboard().setText(text)
    focused = QApplication.focusWidget()
    bot.keyClick(focused, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)


@pytest.mark.timeout(200)
def test_a_case_begins_once_the_form_is_right_and_the_question_answered(qtbot, desk):
    hands = Hands(qtbot, desk, Path())
    hands.look = lambda _name: None
    window, play = desk.window, demo_play()
    qtbot.waitActive(window)
    hands.sign_in(play.operator)
    qtbot.waitUntil(lambda: ready(window), timeout=90_000)
    hands.press("F2")
    hands.wait_for(Page.OPERATION)
    page = window.screen_of(Page.OPERATION)

    paste(qtbot, f"\u202a{play.iin[:6]} {play.iin[6:]}\u202c")
    qtbot.waitUntil(lambda: page.client.found)
    assert page.client.iin.text() == play.iin
    hands.press("Tab")
    hands.type("701")
    hands.press("F9")

    number = page.fields["new_phone"]
    assert window.page is Page.OPERATION
    assert QApplication.focusWidget() is number.edit
    assert number.message.isVisible()

    number.edit.selectAll()
    paste(qtbot, f"+7 ({play.new_phone[2:5]}) {play.new_phone[5:]}")
    hands.press("F9")
    (question,) = [each for each in page.attestations.values() if not each.isHidden()]
    assert window.page is Page.OPERATION
    assert QApplication.focusWidget() is question.yes

    hands.press("Space")
    hands.press("F9")
    hands.wait_for(Page.CONSENT)
    assert window.session.kind == "change_trusted_phone"
