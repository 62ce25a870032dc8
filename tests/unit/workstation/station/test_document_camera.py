"""The customer's document before the camera: both sides, one person, never authenticated."""

from dataclasses import replace
from datetime import date

import pytest

from tests.support.pki import certificates as pki
from tests.support.station import documents
from tests.support.station.documents import HeldDocument
from tests.support.station.stations import DOCUMENT, Desk, a_site, override
from workstation.devices.signing_methods import SigningMethod
from workstation.rules.checks import CheckId
from workstation.rules.reference import ReferenceSource
from workstation.sandbox.services.virtual_chip import CardFault, VirtualReader
from workstation.session.states import State
from workstation.station import commands as c
from workstation.station.snapshot import DocumentPhase
from workstation.verification.services import ChipServices

NAMESAKE = pki.well_formed_iin("90010130043")


def require_refused(desk, code):
    """Hold that nothing was taken, and that the screens say why."""
    document = desk.now.document
    assert (desk.now.state, desk.now.message) == (State.REFERENCE, code)
    assert (document.phase, document.fault) == (DocumentPhase.REFUSED, code)
    assert desk.now.reference_source is None
    assert not desk.station.wants_frames


def test_both_sides_of_the_customers_card_are_the_reference(desk, site):
    desk.to(State.REFERENCE)
    desk.hold_document()

    assert desk.now.state is State.LIVENESS
    assert desk.now.reference_source is ReferenceSource.DOCUMENT_CAMERA
    assert not desk.station.wants_frames
    document = desk.now.document
    assert (document.phase, document.front, document.back) == (DocumentPhase.READ, True, True)
    assert (document.number_masked, document.name) == ("••••••678", "TESTOV TEST")
    assert (document.birth_date, document.expiry) == (date(1990, 1, 1), date(2034, 3, 14))
    assert not document.copy_possible


def test_what_the_camera_saw_is_unauthenticated_and_waits_for_a_second_person(desk, site):
    desk.to(State.REFERENCE)
    desk.hold_document()
    desk.live()
    desk.do(c.Sign(SigningMethod.NCALAYER))
    assert desk.now.review == (CheckId.REFERENCE_CONFIRMED,)
    desk.do(override(CheckId.REFERENCE_CONFIRMED, reason="compared it with her identity card"))

    assert desk.outcome == ("approved", "decision.approved")
    (entry,) = site.entries("verify.result")
    assert site.opened_payload(entry)["document_lines"].split() == list(documents.card_lines())
    assert entry.data["provenance"]["grade"] == "unauthenticated"
    reference = site.claims()["reference"]
    assert (reference["source"], reference["grade"]) == ("document_camera", "unauthenticated")


def test_the_screens_are_shown_what_to_do_and_where_the_card_is(desk):
    desk.to(State.REFERENCE)
    desk.site.analysis.held = HeldDocument().observe
    desk.do(DOCUMENT)
    assert (desk.now.document.phase, desk.now.document.advice) == (
        DocumentPhase.CAMERA,
        "show_front",
    )
    desk.look(most=4)
    assert desk.now.document.advice == "turn_over"
    assert (desk.now.document.front, desk.now.document.back) == (True, False)
    assert desk.now.document.outline[0] == (round(10 / 96 * 1e6), round(8 / 64 * 1e6))
    desk.look()

    assert desk.now.document.outline == ()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"iin": NAMESAKE}, "reference.other_iin"),
        ({"number": "987654321"}, "reference.other_number"),
        ({"expires": date(2020, 1, 1)}, "reference.document_expired"),
        ({"birth": date(1990, 1, 2)}, "reference.other_birth_date"),
        ({"sex": "F"}, "reference.other_sex"),
    ],
)
def test_a_document_that_is_not_the_customers_valid_one_is_not_taken(desk, changes, code):
    desk.to(State.REFERENCE)
    desk.hold_document(HeldDocument(lines=documents.card_lines(**changes)))

    require_refused(desk, code)


def test_lines_whose_digits_do_not_add_up_are_named_and_not_waited_for(desk):
    first, second, name = documents.card_lines()
    altered = (first.replace(documents.NUMBER, "012345679"), second, name)
    desk.to(State.REFERENCE)
    desk.hold_document(HeldDocument(lines=altered))

    require_refused(desk, "reference.mrz_check_digit")


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        (documents.card_lines("9" * 12), "reference.no_iin"),
        (documents.card_lines(state="UTO"), "reference.other_issuer"),
    ],
)
def test_without_a_reader_only_the_states_own_lines_are_believed(desk, lines, code):
    desk.to(State.REFERENCE)
    desk.hold_document(HeldDocument(lines=lines))

    require_refused(desk, code)


@pytest.mark.parametrize("number", [documents.NUMBER, "012345679"])
def test_lines_that_are_read_without_certainty_are_waited_for_until_it_takes_too_long(desk, number):
    first, second, name = documents.card_lines()
    lines = (first.replace(documents.NUMBER, number), second, name)
    desk.to(State.REFERENCE)
    desk.hold_document(HeldDocument(lines=lines, margin=0.4))

    require_refused(desk, "reference.document_timeout")


def test_the_live_person_is_no_document(desk, site):
    desk.to(State.REFERENCE)
    desk.do(DOCUMENT)
    desk.look()

    require_refused(desk, "reference.document_timeout")


def test_a_face_that_fills_the_side_is_the_live_person_and_the_third_time_for_good(desk, site):
    wide = HeldDocument(face=documents.portrait(aged=False))
    desk.to(State.REFERENCE)
    for _ in range(2):
        desk.hold_document(replace(wide))
        require_refused(desk, "reference.live_person")
    desk.hold_document(replace(wide))

    assert desk.outcome == ("rejected", "reference.live_person")
    assert site.permits() == []


def test_where_only_an_issuer_vouches_the_portrait_on_the_paper_is_not_taken(desk):
    desk.to(State.REFERENCE, kind="app_registration", device="Pixel 9")
    desk.do(DOCUMENT)

    assert desk.now.message == "reference.source_not_allowed"
    assert not desk.station.wants_frames


def test_a_reading_that_was_called_off_wants_no_frames(desk):
    desk.to(State.REFERENCE)
    desk.do(DOCUMENT)
    assert desk.station.wants_frames
    desk.do(c.CancelDocument())

    assert not desk.station.wants_frames
    assert desk.now.document is None
    desk.do(c.UseReferenceFile(desk.site.photo))
    assert desk.now.state is State.LIVENESS


def test_a_camera_that_is_lost_is_a_warning_and_no_document_is_awaited(desk):
    desk.to(State.REFERENCE)
    desk.do(DOCUMENT)
    desk.station.camera_failed("camera_lost")

    require_refused(desk, "camera_lost")


# -- with a reader beside the camera ----------------------------------------------------------


@pytest.fixture
def reader():
    return VirtualReader(documents.chip())


@pytest.fixture
def chip_desk(tmp_path, reader):
    chips = ChipServices("sandbox", reader, documents.csca_trust())
    with a_site(tmp_path, chips=chips) as site:
        yield Desk(site)


def test_the_lines_open_the_chip_and_it_is_read_next(chip_desk):
    desk = chip_desk
    desk.to(State.REFERENCE)
    desk.hold_document()
    document = desk.now.document
    assert (desk.now.state, document.phase) == (State.REFERENCE, DocumentPhase.CHIP)
    assert document.advice == "place_on_reader"
    assert document.number_masked == "••••••678"
    desk.wait()

    assert desk.now.state is State.LIVENESS
    assert desk.now.reference_source is ReferenceSource.CHIP


def test_the_chip_is_read_again_without_showing_the_card_again(chip_desk, reader):
    desk = chip_desk
    reader.fault = CardFault.NO_CARD
    desk.to(State.REFERENCE)
    desk.hold_document()
    desk.wait()
    assert (desk.now.state, desk.now.message) == (State.REFERENCE, "chip_no_card")
    reader.fault = CardFault.NONE
    desk.do(c.ReadChip())

    assert desk.now.reference_source is ReferenceSource.CHIP


def test_where_the_chip_fails_the_portrait_on_the_paper_is_taken(chip_desk, reader):
    desk = chip_desk
    reader.fault = CardFault.OTHER_CARD
    desk.to(State.REFERENCE)
    desk.hold_document()
    desk.wait()
    assert desk.now.message == "chip_other_card"
    desk.hold_document()

    assert desk.now.reference_source is ReferenceSource.DOCUMENT_CAMERA


def test_a_chip_without_a_known_key_has_its_lines_read_first(chip_desk):
    desk = chip_desk
    desk.to(State.REFERENCE, kind="app_registration", device="Pixel 9")
    desk.site.analysis.held = HeldDocument().observe
    desk.do(c.ReadChip())
    assert desk.now.document.phase is DocumentPhase.CAMERA
    desk.look(most=3)
    assert desk.now.document.advice == "turn_over"
    desk.look()
    desk.wait()

    assert desk.now.reference_source is ReferenceSource.CHIP


def test_another_persons_card_is_refused_before_its_chip_is_read(chip_desk):
    desk = chip_desk
    desk.to(State.REFERENCE)
    desk.hold_document(HeldDocument(lines=documents.card_lines(NAMESAKE)))
    desk.wait()

    require_refused(desk, "reference.other_iin")
