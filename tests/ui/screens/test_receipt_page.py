"""The receipt's page: the customer's own page is seen, printed, saved; nobody else's is near."""

import io
import re

import pytest
from PySide6.QtPrintSupport import QPrinter, QPrinterInfo
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel

from resources import LANGUAGES
from tests.support.desktop.qr_codes import text_in
from tests.support.desktop.snapshots import NOW_MS, decision, drawn_receipt, session, station
from tests.support.desktop.window_pages import open_settled
from ui.navigation import Page, Route
from ui.widgets.printer_search import FoundPrinters
from ui.widgets.receipt_sheet import print_receipt
from workstation.documents.texts import Texts
from workstation.session.states import State
from workstation.station.commands import NewSession

pypdf = pytest.importorskip("pypdf")


def opened(window, **changed):
    open_settled(window, State.RECORDED, **changed)
    window.navigate(Route.RECEIPT.value)
    QApplication.processEvents()
    return window.screen_of(Page.RECEIPT)


def letters(pdf):
    """Return the text of a PDF without its blanks: how words are joined is the writer's own."""
    (page,) = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return re.sub(r"\s", "", page.extract_text())


def to_file(path):
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(path))
    return printer


def offer(screen, *names, printer=None, silent=False):
    """Let the search find these at once, and a printer be the one that is opened."""
    answer = FoundPrinters(names, silent)
    screen.printers.begin = lambda: screen.printers.found.emit(answer)
    screen.open_printer = lambda _name: printer


def can_print(screen):
    (action,) = [each for each in screen.footer_actions() if each.key == "Ctrl+P"]
    return action.enabled


def recorded_in(tmp_path):
    path = tmp_path / "receipt-000418.pdf"
    path.write_bytes(drawn_receipt()[0])
    return path


def test_what_is_printed_says_every_word_of_the_receipt(window, tmp_path):
    screen = opened(window)
    offer(screen, "office", printer=to_file(tmp_path / "printed.pdf"))

    window.press("Ctrl+P")

    printed = letters((tmp_path / "printed.pdf").read_bytes())
    receipt, drawing = drawn_receipt()
    lines = [re.sub(r"\s", "", each.text) for each in drawing.strokes if hasattr(each, "text")]
    assert len(lines) > 60
    assert [line for line in lines if line not in printed] == []
    assert sorted(letters(receipt)) == sorted(printed)
    assert screen.aside.text() != ""


def test_a_paper_of_another_size_holds_the_whole_page(qapp, tmp_path):
    from PySide6.QtGui import QPageSize

    printer = to_file(tmp_path / "letter.pdf")
    printer.setPageSize(QPageSize(QPageSize.PageSizeId.A5))

    assert print_receipt(drawn_receipt()[1], printer)

    (page,) = pypdf.PdfReader(tmp_path / "letter.pdf").pages
    assert float(page.mediabox.width) < 430
    assert sorted(letters((tmp_path / "letter.pdf").read_bytes())) == sorted(
        letters(drawn_receipt()[0])
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_a_printer_there_is_a_sentence_and_what_to_do(window, language):
    screen = opened(window, status=station(language=language))
    offer(screen)

    window.press("Ctrl+P")

    assert screen.aside.text() == Texts(language).tr("receipt.no_printer")
    assert screen.aside.text() != ""


def test_this_machine_without_printers_finds_none(window, qtbot):
    if QPrinterInfo.availablePrinterNames():
        pytest.skip("this machine has a printer")
    screen = opened(window)

    window.press("Ctrl+P")
    assert screen.aside.text() == Texts("ru").tr("devices.printer_search")
    assert not can_print(screen)
    qtbot.waitUntil(lambda: can_print(screen))

    assert screen.aside.text() == Texts("ru").tr("receipt.no_printer")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_print_service_that_does_not_answer_is_said(window, language):
    screen = opened(window, status=station(language=language))
    offer(screen, silent=True)

    window.press("Ctrl+P")

    assert screen.aside.text() == Texts(language).tr("receipt.printer_silent")


def test_a_printer_that_was_unplugged_meanwhile_is_none(window):
    screen = opened(window)
    offer(screen, "office")

    window.press("Ctrl+P")

    assert screen.aside.text() == Texts("ru").tr("receipt.no_printer")


@pytest.mark.parametrize("gone", ["left", "locked"])
def test_nothing_is_printed_for_who_has_gone_before_the_printer_is_found(window, tmp_path, gone):
    screen, paper = opened(window), tmp_path / "printed.pdf"
    offer(screen, "office", printer=to_file(paper))
    found, screen.printers.begin = screen.printers.begin, lambda: None
    window.press("Ctrl+P")
    if gone == "left":
        screen.leave()
    else:
        window.ctx.locked = True

    found()

    assert not paper.exists()
    assert screen.aside.text() == ""


@pytest.mark.qt_log_ignore("QPainter::begin")
def test_a_printer_that_does_not_take_the_page_is_said_to(window, tmp_path):
    screen = opened(window)
    offer(screen, "office", printer=to_file(tmp_path / "no" / "such" / "folder.pdf"))

    window.press("Ctrl+P")

    assert screen.aside.text() == Texts("ru").tr("receipt.print_failed", printer="")


def test_the_code_on_the_screen_is_the_code_of_the_receipt(window):
    screen = opened(window)

    image = screen.code.grab().toImage()
    # A module of two pixels is enough for a phone; OpenCV wants more of them.
    assert text_in(image.scaled(image.size() * 4)) == drawn_receipt()[1].code


def test_the_page_is_shown_as_it_was_drawn(window):
    screen = opened(window)

    page = screen.sheet.grab().toImage()

    dark = sum(
        page.pixelColor(x, y).lightness() < 128
        for x in range(0, page.width(), 3)
        for y in range(0, page.height(), 3)
    )
    assert page.height() / page.width() == pytest.approx(841.89 / 595.276, rel=0.01)
    assert dark > 500
    assert "000" not in screen.sheet.accessibleName()
    assert "Квитанция о проверке" in screen.sheet.accessibleDescription()


def test_the_receipt_is_saved_octet_for_octet(window, tmp_path):
    path = recorded_in(tmp_path)
    screen = opened(window, decision=replace_receipt(path))

    window.press("Ctrl+S")
    (dialog,) = [each for each in window.findChildren(QFileDialog) if each.isVisible()]
    dialog.close()
    screen.save_chosen(str(tmp_path / "customer.pdf"))

    assert (tmp_path / "customer.pdf").read_bytes() == path.read_bytes()
    assert screen.aside.text() == Texts("ru").tr("receipt.saved", name="customer.pdf")


def replace_receipt(path):
    from dataclasses import replace

    return replace(decision(), receipt=path)


@pytest.mark.parametrize("gone", ["receipt", "folder"])
def test_a_receipt_that_cannot_be_saved_is_a_sentence_and_no_half_file(window, tmp_path, gone):
    path = recorded_in(tmp_path)
    screen = opened(window, decision=replace_receipt(path))
    target = tmp_path / "customer.pdf"
    if gone == "receipt":
        path.unlink()
    else:
        target = tmp_path / "absent" / "customer.pdf"

    screen.save_chosen(str(target))

    assert not target.exists()
    assert screen.aside.text() == Texts("ru").tr("receipt.save_failed")


def test_a_receipt_replaces_nothing(window, tmp_path):
    screen = opened(window, decision=replace_receipt(recorded_in(tmp_path)))
    target = tmp_path / "log.sqlite"
    target.write_bytes(b"log")

    screen.save_chosen(str(target))

    assert target.read_bytes() == b"log"
    assert screen.aside.text() == Texts("ru").tr("export_exists")


@pytest.mark.parametrize("key", ["F2", "F9"])
def test_either_key_leads_to_the_next_customer(window, posted, key):
    opened(window)

    window.press(key)

    assert posted == [NewSession()]
    assert window.route is Route.FORM


def test_the_page_names_no_folder_and_no_file(window):
    opened(window)

    shown = [each.text() for each in window.findChildren(QLabel) if each.isVisible()]

    assert not any("/data" in text or ".pdf" in text or ".jws" in text for text in shown)


def test_the_next_customer_sees_nothing_of_the_one_before(window):
    screen = opened(window)

    window.show_session(session(State.IDLE))

    assert screen.sheet.accessibleDescription() == ""
    assert screen.aside.text() == ""


def test_a_receipt_that_was_not_written_is_said_to_be_missing(window):
    from dataclasses import replace

    screen = opened(window, decision=replace(decision(), receipt=None, drawing=None))

    assert screen.missing.isVisible()
    assert not screen.coded.isVisible()
    enabled = {each.code for each in screen.footer_actions() if each.enabled}
    assert not enabled & {"button.print", "button.save_receipt"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_fits_a_small_screen_with_all_its_lines(window, language):
    waiting = {"not_before_ms": NOW_MS + 1, "authority_number": "IDEC-2025-7731"}
    screen = opened(window, status=station(language=language), **waiting)

    assert screen.minimumSizeHint().height() <= 680 - 64 - 72 - 26
    assert screen.minimumSizeHint().width() <= 1280 - 232
