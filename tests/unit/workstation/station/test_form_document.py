"""The document fills the form in: its lines, before a session, and they vouch for nobody."""

import json
from dataclasses import replace
from datetime import date

import pytest

from tests.support.pki import certificates as pki
from tests.support.station import documents
from tests.support.station.documents import HeldDocument
from tests.support.station.stations import DOCUMENT, OTHER_TELLER, SUPERVISOR, Desk, a_site, form
from vision.errors import VisionError
from workstation.rules.reference import ReferenceSource
from workstation.sandbox.services.virtual_chip import VirtualReader
from workstation.session.states import State
from workstation.station import commands as c
from workstation.station.snapshot import DocumentPhase
from workstation.verification.services import ChipServices

OTHER_NUMBER = "987654321"


def read(desk, **changes):
    """Hold a document before the camera of a desk without a session."""
    desk.sign_in()
    return desk.hold_document(HeldDocument(lines=documents.card_lines(**changes))).document


def begin(desk, **changes):
    desk.do(c.LookUpPerson(pki.IIN))
    return desk.do(c.BeginOperation(form(**changes)))


@pytest.fixture
def chip_desk(tmp_path):
    reader = VirtualReader(documents.chip())
    chips = ChipServices("sandbox", reader, documents.csca_trust())
    with a_site(tmp_path, chips=chips) as site:
        yield Desk(site)


def test_the_lines_that_two_frames_agree_on_are_there_for_the_form(desk):
    document = read(desk)

    assert (document.phase, document.iin) == (DocumentPhase.READ, pki.IIN)
    assert (document.number_masked, document.name) == ("••••••678", "TESTOV TEST")
    assert (document.birth_date, document.expiry) == (date(1990, 1, 1), date(2034, 3, 14))
    assert document.source is ReferenceSource.DOCUMENT_CAMERA
    assert (desk.now.state, desk.now.reference_source) == (State.IDLE, None)
    assert not desk.station.wants_frames


def test_what_is_done_next_is_shown_while_it_is_read(desk):
    desk.sign_in()
    desk.site.analysis.held = HeldDocument().observe
    desk.do(DOCUMENT)
    assert desk.station.wants_frames
    desk.look(most=3)

    assert (desk.now.document.phase, desk.now.document.advice) == (
        DocumentPhase.CAMERA,
        "turn_over",
    )


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        (documents.card_lines(expires=date(2020, 1, 1)), "reference.document_expired"),
        (documents.card_lines("9" * 12), "reference.no_iin"),
        (documents.card_lines(state="UTO"), "reference.other_issuer"),
        (documents.card_lines(birth=date(1990, 1, 2)), "reference.other_birth_date"),
    ],
)
def test_lines_that_are_not_believed_fill_nothing_in_and_say_why(desk, lines, code):
    desk.sign_in()
    document = desk.hold_document(HeldDocument(lines=lines)).document

    assert (document.phase, document.fault, document.iin) == (DocumentPhase.REFUSED, code, "")
    assert not desk.station.wants_frames


def test_what_takes_too_long_ends(desk):
    desk.sign_in()

    assert desk.hold_document(HeldDocument(margin=0.4)).document.fault == (
        "reference.document_timeout"
    )


def test_it_is_cancelled_and_nothing_stays(desk):
    desk.sign_in()
    desk.do(DOCUMENT)
    desk.do(c.CancelDocument())

    assert desk.now.document is None
    assert not desk.station.wants_frames


def test_a_camera_that_is_lost_ends_the_reading(desk):
    desk.sign_in()
    desk.do(DOCUMENT)
    desk.station.camera_failed("camera_lost")

    assert desk.now.document.fault == "camera_lost"
    assert not desk.station.wants_frames
    desk.do(DOCUMENT)
    assert (desk.now.document.phase, desk.now.document.fault) == (
        DocumentPhase.REFUSED,
        "camera_lost",
    )


def test_an_analysis_that_fails_ends_the_reading(desk, site, monkeypatch):
    def broken(_frame):
        raise VisionError

    monkeypatch.setattr(site.analysis, "observe_document", broken)
    desk.sign_in()
    desk.do(DOCUMENT)
    desk.look()

    assert desk.now.document.fault == VisionError.code
    assert not desk.station.wants_frames


def test_it_is_read_by_nobody_who_may_not_begin(desk):
    desk.do(DOCUMENT)
    assert desk.status.message == "operation_refused"
    desk.sign_in(SUPERVISOR)
    desk.do(DOCUMENT)

    assert desk.status.message == "role_missing"
    assert not desk.station.wants_frames


def test_a_locked_station_reads_none_and_goes_on_with_none(desk):
    desk.sign_in()
    desk.do(DOCUMENT)
    desk.do(c.Lock())
    assert not desk.station.wants_frames
    desk.do(DOCUMENT)

    assert desk.status.message == "station_locked"
    assert desk.now.document is None


def test_the_same_teller_finds_it_again_after_the_lock(desk):
    read(desk)
    desk.do(c.Lock())
    desk.sign_in()

    assert desk.now.document.iin == pki.IIN


@pytest.mark.parametrize(
    "forget",
    [
        lambda desk: desk.do(c.SignOut()),
        lambda desk: desk.sign_in(OTHER_TELLER),
        lambda desk: desk.do(c.LookUpPerson(pki.OTHER_IIN)),
        lambda desk: desk.do(c.LookUpPerson("")),
        lambda desk: desk.do(c.CancelDocument()),
    ],
)
def test_it_is_forgotten_with_the_form_and_its_teller(desk, forget):
    read(desk)
    forget(desk)

    assert desk.now.document is None


def test_it_is_forgotten_after_ten_minutes(desk, site):
    read(desk)
    site.clock.tick(10 * 60 * 1000 - 1000)
    desk.wait()
    assert desk.now.document is not None
    site.clock.tick(2000)
    desk.wait()

    assert desk.now.document is None


def test_a_document_of_another_iin_than_the_forms_is_not_the_sessions(desk):
    read(desk)
    desk.do(c.BeginOperation(form(untrusted_iin=pki.OTHER_IIN)))

    assert desk.station.verification.case.document is None


def test_a_form_that_is_refused_keeps_it_for_the_next_try(desk):
    read(desk)
    desk.do(c.BeginOperation(form(new_phone="12")))
    assert desk.now.document.iin == pki.IIN
    begin(desk)

    assert desk.now.state is State.CONSENT
    assert desk.now.document is None
    assert desk.station.verification.case.document is not None


def test_another_number_than_the_registers_stops_before_consent(desk, site):
    read(desk, number=OTHER_NUMBER)
    begin(desk)

    assert desk.outcome == ("rejected", "reference.other_number")
    assert site.steps() == ["prechecks"]
    (entry,) = site.entries("verify.result")
    lines = documents.card_lines(number=OTHER_NUMBER)
    assert site.opened_payload(entry)["document_lines"].split() == list(lines)


def test_a_document_whose_last_day_has_passed_since_stops_before_consent(desk, site):
    read(desk)
    fields = replace(desk.station._desk.form_document._fields, expiry=date(2020, 1, 1))
    desk.station._desk.form_document._fields = fields
    begin(desk)

    assert desk.outcome == ("rejected", "reference.document_expired")


def test_it_is_no_reference_and_stands_in_the_log_without_anybodys_data(desk, site):
    desk.sign_in()
    desk.has_no_portrait()
    read(desk)
    begin(desk)
    desk.do(c.GiveConsent("ru"))

    assert (desk.now.state, desk.now.reference_source) == (State.REFERENCE, None)
    written = json.dumps([dict(each.data) for each in site.entries()], ensure_ascii=False)
    assert "document_days_left" in written
    for secret in (documents.NUMBER, pki.IIN, "TESTOV", "2034-03-14"):
        assert secret not in written


@pytest.mark.parametrize("command", [c.ReadChip(), DOCUMENT])
def test_it_opens_the_chip_without_being_shown_again(chip_desk, command):
    desk = chip_desk
    desk.sign_in()
    desk.has_no_portrait()
    read(desk)
    begin(desk)
    desk.do(c.GiveConsent("ru"))
    desk.do(command)
    assert desk.now.document.phase is DocumentPhase.CHIP
    assert not desk.station.wants_frames
    desk.wait()

    assert desk.now.reference_source is ReferenceSource.CHIP
    assert "document.lines" in chip_desk.site.steps()
