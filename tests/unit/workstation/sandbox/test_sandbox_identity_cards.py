"""The cards of the demo's customers: the zone's grammar, the portrait, the chip's files."""

import cv2
import numpy as np
import pytest

from vision.camera.simulation.photographs import SimulatedPerson
from vision.camera.simulation.portraits import print_portrait
from vision.document.mrz import compute_check_digit
from workstation.sandbox.identity_cards import DocumentContents, issue_document
from workstation.sandbox.people import PEOPLE, CustomerKey
from workstation.sandbox.pki.data_group_writer import FacialImageType
from workstation.sandbox.pki.travel_documents import issue_csca, issue_document_signer
from workstation.verification.findings.names import NameLikeness, compare_names


@pytest.fixture(scope="module")
def signer():
    return issue_document_signer(issue_csca())


@pytest.mark.parametrize("customer", PEOPLE, ids=lambda each: each.key.value)
def test_every_customer_has_a_card_with_right_check_digits(customer):
    first, second, third = DocumentContents.of_customer(customer).card_lines
    assert [len(line) for line in (first, second, third)] == [30, 30, 30]
    assert first[:5] == "IDKAZ"
    assert first[15:27] == customer.iin
    assert int(first[14]) == compute_check_digit(first[5:14])
    assert second[:6] == customer.iin[:6]
    for field, check in ((second[:6], second[6]), (second[8:14], second[14])):
        assert int(check) == compute_check_digit(field)
    composite = first[5:] + second[:7] + second[8:15] + second[18:29]
    assert int(second[29]) == compute_check_digit(composite)
    surname, given = third.rstrip("<").split("<<")
    named = f"{customer.surname} {customer.given_name}"
    assert compare_names(f"{surname} {given}", named) is NameLikeness.SAME


@pytest.mark.parametrize("customer", PEOPLE, ids=lambda each: each.key.value)
def test_every_customer_has_a_passport_with_right_check_digits(customer):
    first, second = DocumentContents.of_customer(customer).passport_lines
    assert [len(first), len(second)] == [44, 44]
    assert second[28:40] == customer.iin
    fields = ((0, 9), (13, 19), (21, 27), (28, 42))
    for start, end in fields:
        assert int(second[end]) == compute_check_digit(second[start:end])
    assert int(second[43]) == compute_check_digit(second[:10] + second[13:20] + second[21:43])


def test_the_numbers_are_all_different():
    assert len({each.document_number for each in PEOPLE}) == len(PEOPLE)


@pytest.mark.parametrize("image", FacialImageType)
def test_the_chip_holds_the_zone_and_a_portrait_that_decodes(signer, image):
    customer = next(each for each in PEOPLE if each.key is CustomerKey.GOOD)
    document = issue_document(DocumentContents.of_customer(customer), signer, image=image)
    assert "".join(document.lines).encode() in document.data_groups[1]
    assert document.portrait.octets in document.data_groups[2]
    decoded = cv2.imdecode(np.frombuffer(document.portrait.octets, np.uint8), cv2.IMREAD_COLOR)
    assert decoded.shape == (531, 413, 3)
    assert 10_000 < len(document.portrait.octets) < 100_000
    assert document.common_data.endswith(b"\x61\x75")


def test_a_changed_portrait_is_in_the_chip_and_nobody_signed_it(signer):
    customer = next(each for each in PEOPLE if each.key is CustomerKey.GOOD)
    document = issue_document(DocumentContents.of_customer(customer), signer)
    changed = document.with_portrait(print_portrait(SimulatedPerson.HOPPER))
    assert changed.data_groups[2] != document.data_groups[2]
    assert changed.security_object == document.security_object
    assert changed.data_groups[1] == document.data_groups[1]
