"""The chip of the customer's document: what the state signed vouches for the face, nothing else."""

import json
from datetime import date

import pytest

from crypto.lds.csca import CscaTrust
from crypto.report.policy import Environment
from tests.support.pki import certificates as pki
from tests.support.station import documents
from tests.support.station.stations import Desk, a_site, customer, override
from workstation.devices.signing_methods import SigningMethod
from workstation.records.chip_files import read_chip_payload
from workstation.registries.person import DocumentKind, IdentityDocument
from workstation.rules.checks import CheckId
from workstation.rules.reference import ReferenceSource
from workstation.sandbox.pki.travel_documents import issue_csca, issue_document_signer
from workstation.sandbox.services.virtual_chip import CardFault, VirtualReader
from workstation.session.states import State
from workstation.station import commands as c
from workstation.station.snapshot import DocumentPhase
from workstation.verification.services import ChipServices

READ = c.ReadChip(documents.NUMBER, "900101", "340314")
"""What opens the customer's chip, as the teller reads it off the card."""

NAMESAKE = pki.well_formed_iin("90010130043")
"""Another man who was born on the same day."""


@pytest.fixture
def reader():
    return VirtualReader(documents.chip())


@pytest.fixture
def site(tmp_path, reader):
    chips = ChipServices("sandbox", reader, documents.csca_trust())
    with a_site(tmp_path, chips=chips) as site:
        yield site


def require_refused(desk, code):
    """Hold that nothing was taken, and that the screens say why."""
    document = desk.now.document
    assert (desk.now.state, desk.now.message) == (State.REFERENCE, code)
    assert (document.phase, document.fault) == (DocumentPhase.REFUSED, code)
    assert desk.now.reference_source is None
    assert desk.now.busy == ""


def test_a_portrait_that_the_state_signed_is_the_reference(desk, site):
    desk.to(State.REFERENCE)
    desk.do(READ)

    assert (desk.now.state, desk.now.message) == (State.LIVENESS, "")
    assert desk.now.reference_source is ReferenceSource.CHIP
    document = desk.now.document
    assert (document.phase, document.percent, document.fault) == (DocumentPhase.READ, 100, "")
    assert (document.number_masked, document.name) == ("••••••678", "TESTOV TEST")
    assert (document.birth_date, document.expiry) == (date(1990, 1, 1), date(2034, 3, 14))
    assert document.copy_possible
    desk.live()
    desk.do(c.Sign(SigningMethod.NCALAYER))

    assert desk.outcome == ("approved", "decision.approved")
    anchor = documents.state().csca.parsed.sha256
    assert site.claims()["reference"] == {
        "source": "chip",
        "grade": "issuer_signed",
        "taken": "",
        "vouched_by": f"KZ {anchor[:16]}",
    }


def test_the_record_names_who_signed_and_no_number_or_name(desk, site):
    desk.to(State.REFERENCE)
    desk.do(READ)
    (step,) = [each for each in site.entries("verify.step") if each.data["step"] == "reference"]
    chip, document = step.data["chip"], step.data["document"]

    assert chip["signer"] == documents.state().signer.parsed.sha256
    assert chip["anchor"] == documents.state().csca.parsed.sha256
    assert (chip["access"], chip["authenticity"], chip["copy_possible"]) == ("bac", "none", True)
    assert chip["indication"] == "TOTAL_PASSED"
    assert (document["format"], document["issuer"], document["name"]) == ("td1", "KAZ", "passed")
    written = "".join(str(each.data) for each in site.entries())
    assert documents.NUMBER not in written
    assert "TESTOV" not in written


def test_the_sealed_payload_holds_what_a_court_verifies_again(desk, site, reader):
    desk.to(State.REFERENCE)
    desk.do(READ)
    desk.do(c.Abort("teller_aborted"))
    (entry,) = site.entries("verify.result")
    kept = read_chip_payload(json.dumps(site.opened_payload(entry)).encode())

    assert kept.files.security_object == reader.contents.security_object
    assert kept.files.data_groups[1] == reader.contents.data_groups[1]
    assert kept.reference == documents.portrait()


def test_a_portrait_in_jpeg_2000_is_taken_as_well(desk, reader):
    reader.contents = documents.chip(jpeg_2000=True)
    desk.to(State.REFERENCE)
    desk.do(READ)

    assert desk.now.state is State.LIVENESS
    assert desk.now.reference_jpeg.startswith(b"\xff\xd8")


def test_where_only_an_issuer_vouches_the_chip_does(desk):
    desk.to(State.REFERENCE, kind="app_registration", device="Pixel 9")
    desk.do(READ)

    assert desk.now.reference_source is ReferenceSource.CHIP


def test_a_chip_with_another_face_than_the_customers_is_no_match(desk, reader, site):
    reader.contents = documents.chip(face=documents.portrait(person=2))
    desk.to(State.REFERENCE)
    desk.do(READ)
    desk.live()

    assert desk.outcome[0] == "rejected"
    assert desk.outcome[1].startswith("match.")
    assert site.permits() == []


def test_another_name_in_the_document_waits_for_a_second_person(desk, reader):
    lines = documents.card_lines(name="KARIMOV<<DAULET")
    reader.contents = documents.chip(lines)
    desk.to(State.REFERENCE)
    desk.do(READ)
    desk.live()
    desk.do(c.Sign(SigningMethod.NCALAYER))
    assert desk.now.review == (CheckId.DOCUMENT_NAME,)
    desk.do(override(CheckId.DOCUMENT_NAME, reason="she has married since"))

    assert desk.outcome == ("approved", "decision.approved")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"iin": NAMESAKE}, "reference.other_iin"),
        ({"number": "987654321"}, "reference.other_number"),
        ({"expires": date(2020, 1, 1)}, "reference.document_expired"),
    ],
)
def test_a_document_that_is_not_the_customers_valid_one_is_not_taken(desk, reader, changes, code):
    lines = documents.card_lines(**changes)
    reader.contents = documents.chip(lines)
    desk.to(State.REFERENCE)
    desk.do(documents.typed(lines))

    require_refused(desk, code)


@pytest.mark.parametrize("known", [True, False])
def test_a_document_without_an_iin_counts_only_if_the_register_knows_it(desk, site, reader, known):
    reader.contents = documents.chip(documents.card_lines("<" * 12))
    if not known:
        on_file = IdentityDocument(DocumentKind.PASSPORT, "N00000001", None)
        site.registries.somebody = customer(document=on_file)
    desk.to(State.REFERENCE)
    desk.do(READ)

    if known:
        assert desk.now.state is State.LIVENESS
    else:
        require_refused(desk, "reference.no_iin")


def test_a_portrait_that_nobody_signed_is_never_the_reference(desk, site, reader):
    reader.contents = documents.with_face(documents.chip(), documents.portrait(person=2))
    desk.to(State.REFERENCE)
    desk.do(READ)

    require_refused(desk, "chip.data_group_changed")
    (step,) = [e for e in site.entries("verify.step") if e.data["step"] == "reference.refused"]
    assert step.data["chip"]["indication"] == "TOTAL_FAILED"


def test_a_state_that_nobody_pinned_vouches_for_nobody(desk, reader):
    foreign = issue_csca()
    reader.contents = documents.chip(signer=issue_document_signer(foreign))
    desk.to(State.REFERENCE)
    desk.do(READ)

    require_refused(desk, "chip.no_csca")


def test_without_any_anchor_no_chip_vouches(tmp_path, reader):
    nobody = CscaTrust.pinned(Environment.TEST, anchors=(), pins=())
    with a_site(tmp_path, chips=ChipServices("sandbox", reader, nobody)) as site:
        desk = Desk(site)
        desk.to(State.REFERENCE)
        desk.do(READ)

        require_refused(desk, "chip.no_csca")


@pytest.mark.parametrize(
    ("face", "code"),
    [
        (b"\xff\xd8\xff no picture", "reference.image_refused"),
        (documents.portrait(faces=0), "reference.no_face"),
    ],
)
def test_a_signed_portrait_that_shows_no_face_is_not_taken(desk, reader, face, code):
    reader.contents = documents.chip(face=face)
    desk.to(State.REFERENCE)
    desk.do(READ)

    require_refused(desk, code)


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (CardFault.READER_MISSING, "chip_reader_missing"),
        (CardFault.READER_BUSY, "chip_reader_busy"),
        (CardFault.NO_CARD, "chip_no_card"),
        (CardFault.OTHER_CARD, "chip_other_card"),
        (CardFault.ACCESS_REFUSED, "chip_access_refused"),
        (CardFault.LARGE_PORTRAIT, "chip_too_large"),
        (CardFault.REMOVED, "chip_card_removed"),
        (CardFault.WRONG_MAC, "chip_malformed"),
    ],
)
def test_what_goes_wrong_at_the_reader_is_said_and_another_try_helps(desk, reader, fault, code):
    reader.fault, reader.after = fault, 4
    desk.to(State.REFERENCE)
    desk.do(READ)
    require_refused(desk, code)
    reader.fault = CardFault.NONE
    desk.do(READ)

    assert desk.now.state is State.LIVENESS


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (c.ReadChip("12", "900101", "340314"), "reference.number_malformed"),
        (c.ReadChip("0123456780", "900101", "340314"), "reference.number_check_digit"),
        (c.ReadChip(documents.NUMBER, "1990-01-01", "340314"), "reference.birth_malformed"),
        (c.ReadChip(documents.NUMBER, "901301", "340314"), "reference.birth_malformed"),
        (c.ReadChip(documents.NUMBER, "900101", ""), "reference.expiry_malformed"),
        (c.ReadChip(documents.NUMBER, "900101", "3403140"), "reference.expiry_malformed"),
        (c.ReadChip(documents.NUMBER, "900102", "340314"), "reference.other_birth_date"),
    ],
)
def test_a_slip_of_the_keyboard_is_told_before_the_card_is_asked(desk, command, code):
    desk.to(State.REFERENCE)
    task = desk.station.handle(command)

    assert task is None
    assert (desk.now.state, desk.now.message) == (State.REFERENCE, code)


def test_a_station_without_a_reader_says_so(tmp_path):
    with a_site(tmp_path) as site:
        desk = Desk(site)
        desk.to(State.REFERENCE)
        desk.do(READ)

        assert (desk.now.state, desk.now.message) == (State.REFERENCE, "chip_reader_missing")
        assert desk.status.chip_reader == ""


def test_a_reading_that_was_called_off_changes_nothing_any_more(desk):
    desk.to(State.REFERENCE)
    desk.ask(READ)
    assert desk.now.busy == "chip"
    assert (desk.now.document.phase, desk.now.document.advice) == (
        DocumentPhase.CHIP,
        "place_on_reader",
    )
    desk.station.handle(c.CancelDocument())
    assert desk.now.document is None
    desk.settle()

    assert (desk.now.state, desk.now.message, desk.now.busy) == (State.REFERENCE, "", "")
    assert desk.now.document is None


def test_a_reading_ends_with_its_session(desk):
    desk.to(State.REFERENCE)
    desk.ask(READ)
    desk.station.handle(c.Abort("teller_aborted"))
    desk.settle()

    assert desk.outcome == ("indeterminate", "teller_aborted")
    assert desk.now.reference_source is None


def test_one_chip_is_read_at_a_time(desk):
    desk.to(State.REFERENCE)
    desk.ask(READ)
    first = desk.pending
    desk.station.handle(READ)
    assert desk.now.message != ""
    desk.pending = first
    desk.settle()

    assert desk.now.state is State.LIVENESS


def test_a_fault_of_ours_over_the_chip_ends_the_session(desk, monkeypatch):
    def broken(*_args, **_kwargs):
        raise ZeroDivisionError

    monkeypatch.setattr("workstation.verification.reference.chip.authenticate", broken)
    desk.to(State.REFERENCE)
    desk.do(READ)

    assert desk.outcome == ("indeterminate", "internal")


def test_progress_is_published_as_it_comes(desk, reader):
    desk.to(State.REFERENCE)
    desk.ask(READ)
    task = desk.pending
    outcome = task.run()
    desk.station.tick()
    assert desk.now.document.percent == 100
    desk.station.finish(task, outcome)

    assert desk.now.state is State.LIVENESS
