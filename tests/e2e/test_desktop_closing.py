"""What the teller says at the end, on the desktop: hands over, confirms, refuses on suspicion.

Real keys, threads, child process, HTTP, WSS and log; a simulated customer in real time.
"""

import sys

import pytest

if "PySide6" not in sys.modules:
    pytest.importorskip("pytestqt", reason="the desktop needs pytest-qt")

from pypdf import PdfReader
from PySide6.QtPrintSupport import QPrinter

from tests.e2e.test_desktop import Hands, desk, ready
from ui.navigation import Page
from ui.station import demo_play
from ui.steps import StepState
from ui.widgets.printer_search import FoundPrinters
from ui.widgets.reason_dialog import ReasonDialog
from workstation.sandbox.demo_folder import DEMO_SECRET, SUPERVISOR
from workstation.session.confirmation import HandOverReason, SuspicionReason

__all__ = ["desk"]

WORDS = "Клиент всё время смотрит на человека у двери"


def go_to_confirmation(hands, window, play):
    hands.wait_for(Page.OPERATION)
    hands.fill_form(play)
    hands.press("F9")
    hands.wait_for(Page.CONSENT)
    hands.press("F9")
    hands.wait_for(Page.LIVENESS)
    hands.press("F9")
    hands.wait_for(Page.SIGNATURE, seconds=120)
    hands.press("F5")
    hands.wait_for(Page.CONFIRMATION, seconds=60)
    assert window.session.decision is None


def answer(hands, window, reason):
    hands.bot.waitUntil(lambda: any(d.isVisible() for d in window.findChildren(ReasonDialog)))
    (dialog,) = [each for each in window.findChildren(ReasonDialog) if each.isVisible()]
    dialog.choose(reason)
    dialog.words.edit.setText(WORDS)
    hands.look(f"asked_{reason.value}")
    dialog.agree.click()
    # A window manager does this; the offscreen platform has none.
    window.activateWindow()
    hands.bot.waitActive(window)


def printed(screen, path):
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(path))
    screen.open_printer = lambda _name: printer
    screen._print_on(FoundPrinters(("to a file",)))
    (page,) = PdfReader(path).pages
    return "".join(page.extract_text().split())


@pytest.mark.timeout(400)
def test_a_case_is_handed_over_confirmed_and_the_next_one_refused(qtbot, desk, pictures, tmp_path):
    hands = Hands(qtbot, desk, pictures)
    window, play = desk.window, demo_play()
    qtbot.waitActive(window)
    hands.sign_in(play.operator)
    qtbot.waitUntil(lambda: ready(window), timeout=60_000)
    hands.press("F2")

    go_to_confirmation(hands, window, play)
    confirmation = window.screen_of(Page.CONFIRMATION)
    assert confirmation.signature.owner.text() != ""
    assert window.session.signature.chain[0] == confirmation.signature.owner.text()
    hands.press("F7")
    answer(hands, window, HandOverReason.DOUBT_ABOUT_PERSON)
    hands.wait_for(Page.REVIEW)
    review = window.screen_of(Page.REVIEW)
    assert WORDS in review.look.text()
    assert review.pair.isVisible()
    review.form.reason.edit.setText("Поговорил с клиентом, возражений нет")
    review.form.supervisor.edit.setText(SUPERVISOR)
    review.form.secret.edit.setText(DEMO_SECRET)
    hands.look("second_look")
    hands.press("F9")
    hands.wait_for(Page.CONFIRMATION)
    confirmation.comment.setText("Контролёр посмотрел")
    hands.press("F9")
    hands.wait_for(Page.DECISION)
    qtbot.waitUntil(lambda: window.session.decision is not None)
    approved = window.session.decision
    assert (approved.outcome, approved.reason) == ("approved", "decision.approved")
    hands.look("approved")

    hands.press("F9")
    hands.wait_for(Page.RECEIPT)
    receipt = window.screen_of(Page.RECEIPT)
    assert sorted(printed(receipt, tmp_path / "printed.pdf")) == sorted(
        "".join(PdfReader(approved.receipt).pages[0].extract_text().split())
    )
    hands.look("receipt")
    hands.press("F2")

    go_to_confirmation(hands, window, play)
    hands.press("F4")
    answer(hands, window, SuspicionReason.SPOKEN_FOR)
    hands.wait_for(Page.DECISION)
    qtbot.waitUntil(lambda: window.session.decision is not None)
    refused = window.session.decision
    assert (refused.outcome, refused.reason) == ("rejected", "suspicion.spoken_for")
    assert refused.permit is None
    assert refused.receipt.read_bytes().startswith(b"%PDF")
    hands.look("refused")
    rail = [step.shown for step in window.rail.steps]
    assert rail[:6] == [StepState.DONE] * 6
    assert rail[6] is StepState.NOW
