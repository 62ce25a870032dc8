"""The documents of the demo's customers: whose they are, and what may be wrong with them."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from crypto.chip.access_keys import AccessKey
from crypto.chip.errors import CardMissing, CardRemoved, OtherCard, ReaderMissing
from crypto.chip.read import read_chip
from crypto.lds.csca import CscaTrust
from crypto.lds.files import ChipAuthenticity, ChipFiles
from crypto.lds.passive_authentication import authenticate
from crypto.report.policy import Environment
from vision.camera.simulation.documents.held import DocumentPresentation
from vision.camera.simulation.photographs import SimulatedPerson
from workstation.sandbox.people import PEOPLE, CustomerKey
from workstation.sandbox.pki.travel_documents import issue_csca, issue_document_signer
from workstation.sandbox.services.documents import DocumentBehaviour, SandboxDocuments
from workstation.sandbox.services.virtual_chip import CardFault

NOW = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)
GOOD, REVOKED = PEOPLE[:2]
OTHER = next(each for each in PEOPLE if each.key is CustomerKey.OTHER_PERSON)


@pytest.fixture(scope="module")
def csca():
    return issue_csca()


@pytest.fixture(scope="module")
def signer(csca):
    return issue_document_signer(csca)


@pytest.fixture
def present():
    return [GOOD]


@pytest.fixture
def documents(signer, present):
    return SandboxDocuments(signer, lambda: present[0])


def judge(document, csca):
    trust = CscaTrust.pinned(Environment.TEST, anchors=(csca.der,), pins=(csca.parsed.sha256,))
    files = ChipFiles(
        com=document.common_data,
        security_object=document.security_object,
        data_groups=document.data_groups,
        access="none",
        authenticity=ChipAuthenticity.NONE,
    )
    return authenticate(files, trust, NOW)


def test_the_document_is_that_of_whoever_is_at_the_desk(documents, present):
    assert documents.issue().lines[0][15:27] == GOOD.iin
    present[0] = REVOKED
    assert documents.issue().lines[0][15:27] == REVOKED.iin


def test_a_customer_keeps_the_same_document(documents):
    assert documents.issue() is documents.issue()


def test_a_good_chip_holds_what_the_state_has_signed(documents, csca):
    assert judge(documents.issue(), csca).genuine_data


@pytest.mark.parametrize("fault", ["altered", "unknown_state"])
def test_a_chip_that_the_state_has_not_signed_so_is_not_genuine(documents, csca, fault):
    documents.behaviour = replace(DocumentBehaviour(), **{fault: True})
    assert not judge(documents.issue(), csca).genuine_data


def test_somebody_elses_document_has_somebody_elses_face(documents):
    documents.behaviour = DocumentBehaviour(owner=OTHER)
    assert documents.issue().lines[0][15:27] == OTHER.iin
    assert documents.contents.picture is SimulatedPerson.HOPPER


def test_an_expired_document_says_so_and_its_chip_is_still_genuine(documents, csca):
    documents.behaviour = DocumentBehaviour(expires=date(2025, 3, 14))
    document = documents.issue()
    assert document.lines[1][8:14] == "250314"
    assert judge(document, csca).genuine_data


@pytest.mark.parametrize("passport", [False, True])
def test_what_opens_the_chip_stands_in_the_printed_lines(documents, passport):
    documents.behaviour = DocumentBehaviour(passport=passport)
    number, birth, expiry = documents.issue().access_key
    assert number == ("N00000101" if passport else "000000101")
    assert (birth, expiry) == ("920314", "340314")


@pytest.mark.parametrize("presentation", DocumentPresentation)
def test_the_document_is_held_into_the_camera_as_ordered(documents, presentation):
    documents.behaviour = DocumentBehaviour(presentation=presentation)
    held = documents.hold()
    assert held.presentation is presentation
    assert len(held.sides) == 2


@pytest.mark.parametrize("passport", [False, True])
def test_the_chip_on_the_reader_opens_to_the_printed_lines_and_is_read_back(documents, passport):
    documents.behaviour = DocumentBehaviour(passport=passport)
    document = documents.issue()
    with documents.connect(wait_s=1, cancelled=lambda: False) as transport:
        files = read_chip(transport, AccessKey.from_mrz(*document.access_key))
    assert files.security_object == document.security_object
    assert files.data_groups == document.data_groups
    assert files.access == "bac"


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (CardFault.READER_MISSING, ReaderMissing),
        (CardFault.NO_CARD, CardMissing),
        (CardFault.OTHER_CARD, OtherCard),
        (CardFault.REMOVED, CardRemoved),
    ],
)
def test_reader_and_card_fail_as_ordered(documents, fault, error):
    documents.behaviour = DocumentBehaviour(fault=fault, after=20)
    key = AccessKey.from_mrz(*documents.issue().access_key)

    def read():
        with documents.connect(wait_s=1, cancelled=lambda: False) as transport:
            read_chip(transport, key)

    with pytest.raises(error):
        read()
