"""The desktop, its threads and a document's chip on the reader: typed open, read, judged, shown.
Camera and face analysis are scripted; reader and chip answer APDUs in process."""

import sys
from contextlib import ExitStack

import pytest

if "PySide6" not in sys.modules:
    pytest.importorskip("pytestqt", reason="the desktop needs pytest-qt")

from PySide6.QtWidgets import QApplication, QLabel

from tests.e2e.test_desktop_signing import Counter
from tests.support.desktop.intruder import press
from tests.support.pki import certificates as pki
from tests.support.station import documents
from tests.support.station.stations import NAME, NEW_PHONE, SECRET, TELLER, customer, form
from tests.support.system.event_loop import settle
from ui.navigation import Page
from workstation.documents.texts import Texts
from workstation.rules.reference import ReferenceSource
from workstation.sandbox.services.virtual_chip import CardFault, VirtualReader
from workstation.station import commands as c
from workstation.station.snapshot import DocumentPhase
from workstation.verification.services import ChipServices

TYPED = {"number": documents.NUMBER, "birth": "01.01.1990", "expiry": "14.03.2034"}
"""As the teller reads it off the customer's card."""


@pytest.fixture
def reader():
    return VirtualReader(documents.chip())


@pytest.fixture
def counter(qtbot, tmp_path, reader):
    chips = ChipServices("Contactless Reader 0", reader, documents.csca_trust())
    with ExitStack() as stack:
        yield Counter(qtbot, tmp_path, stack, chips=chips)


def to_reference(counter):
    post, window = counter.runtime.post, counter.window
    counter.site.registries.somebody = customer(portrait=None)
    post(c.SignIn(TELLER.id, SECRET))
    post(c.BeginOperation(form()))
    counter.until_page(Page.CONSENT)
    post(c.GiveConsent("ru"))
    counter.until_page(Page.REFERENCE)
    return window.screen_of(Page.REFERENCE)


def read_chip(counter, screen):
    """Type what opens the chip, by keys alone, and read it."""
    screen.key.number.edit.setFocus()
    for name, text in TYPED.items():
        assert QApplication.focusWidget() is screen.key.fields[name].edit
        counter.bot.keyClicks(QApplication.focusWidget(), text)
        press(counter.window, "Tab")
    press(counter.window, "F9")


@pytest.mark.timeout(120)
def test_a_teller_types_what_opens_the_chip_and_sees_what_the_state_signed(counter):
    screen = to_reference(counter)
    read_chip(counter, screen)
    counter.until_page(Page.LIVENESS)
    settle(counter.bot)
    window, tr = counter.window, Texts("ru").tr
    said = [label.text() for label in window.findChildren(QLabel) if label.isVisible()]

    assert window.session.reference_source is ReferenceSource.CHIP
    assert {"TESTOV TEST", "••••••678", "01.01.1990", "14.03.2034"} <= set(said)
    assert {tr("document_grade.issuer_signed"), tr("document.copy_possible")} <= set(said)
    assert screen.key.empty


@pytest.mark.timeout(120)
def test_one_key_reads_the_lines_by_camera_and_then_the_chip(counter):
    screen = to_reference(counter)
    window = counter.window
    counter.until(lambda: bool(window.station.camera))
    counter.site.services.analysis.held = documents.HeldDocument().observe
    said = set()
    counter.bridge.session.connect(lambda _: said.add(screen.banner.words.text()))

    press(window, "F9")
    counter.until_page(Page.LIVENESS)

    assert window.session.reference_source is ReferenceSource.CHIP
    assert Texts("ru").tr("document.by_camera") in said


@pytest.mark.timeout(120)
def test_a_document_that_filled_the_form_in_opens_its_chip_without_being_shown_again(counter):
    counter.site.registries.somebody = customer(portrait=None)
    counter.runtime.post(c.SignIn(TELLER.id, SECRET))
    window = counter.window
    counter.until_page(Page.HOME)
    counter.until(lambda: bool(window.station.camera))
    press(window, "F2")
    counter.until_page(Page.OPERATION)
    screen = window.screen_of(Page.OPERATION)
    counter.site.services.analysis.held = documents.HeldDocument().observe
    press(window, "F3")
    counter.until(lambda: screen.client.found)
    assert (screen.client.iin.text(), screen.client.name.text()) == (pki.IIN, NAME)
    counter.site.services.analysis.held = None

    counter.bot.keyClicks(screen.fields["new_phone"].edit, NEW_PHONE[2:])
    screen.attestations["old_number_called"].yes.click()
    press(window, "F9")
    counter.until_page(Page.CONSENT)
    counter.runtime.post(c.GiveConsent("ru"))
    counter.until_page(Page.REFERENCE)
    press(window, "F9")
    counter.until_page(Page.LIVENESS)

    assert window.session.reference_source is ReferenceSource.CHIP


@pytest.mark.timeout(120)
def test_without_a_reader_the_same_key_takes_both_sides(qtbot, tmp_path):
    with ExitStack() as stack:
        counter = Counter(qtbot, tmp_path, stack)
        to_reference(counter)
        window = counter.window
        counter.until(lambda: bool(window.station.camera))
        counter.site.services.analysis.held = documents.HeldDocument().observe
        press(window, "F9")
        counter.until_page(Page.LIVENESS)

        assert window.session.reference_source is ReferenceSource.DOCUMENT_CAMERA


@pytest.mark.timeout(120)
def test_a_card_that_was_pulled_is_said_and_read_when_it_lies_there_again(counter, reader):
    reader.fault, reader.after = CardFault.REMOVED, 12
    screen = to_reference(counter)
    read_chip(counter, screen)
    window = counter.window
    counter.until(lambda: window.session.message == "chip_card_removed")
    counter.until(screen.banner.isVisible)
    refused = window.session.document
    words = screen.banner.words.text()
    reader.fault = CardFault.NONE

    press(window, "F9")
    counter.until_page(Page.LIVENESS)

    assert (refused.phase, refused.name) == (DocumentPhase.REFUSED, "")
    assert words == Texts("ru").tr("chip_card_removed")
