import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.x509.iin import Iin
from tests.support.pki import certificates as pki
from vision.document.mrz import compute_check_digit
from workstation.verification.reference.document import find_document_fault

IIN = Iin.parse(pki.IIN)


def fault(iin=pki.IIN, number="012345678", on_file=""):
    return find_document_fault(iin, number, IIN, on_file)


@pytest.mark.parametrize(
    ("field", "digit"),
    # ICAO Doc 9303 part 3, section 4.9 and appendix A to part 4.
    [("520727", 3), ("AB2134<<<", 5), ("L898902C3", 6), ("740812", 2), ("120415", 9)],
)
def test_check_digits_are_those_of_the_examples_of_doc_9303(field, digit):
    assert compute_check_digit(field) == digit


@pytest.mark.parametrize(
    "number",
    ["012345678", "N12345678", " n12 345-678 ", f"012345678{compute_check_digit('012345678')}"],
)
def test_numbers_of_cards_and_passports_are_read_with_or_without_the_check_digit(number):
    assert fault(number=number) == ""


@pytest.mark.parametrize("number", ["", "12345678", "AB1234567", "01234567890", "№12345678"])
def test_what_is_no_number_of_a_document_is_said(number):
    assert fault(number=number) == "reference.number_malformed"


def test_a_wrong_check_digit_is_said():
    wrong = (compute_check_digit("012345678") + 1) % 10

    assert fault(number=f"012345678{wrong}") == "reference.number_check_digit"


@pytest.mark.parametrize(
    ("iin", "code"),
    [
        ("12", "reference.iin_malformed"),
        (pki.IIN[:-1] + str((int(pki.IIN[-1]) + 1) % 10), "reference.iin_malformed"),
        (pki.OTHER_IIN, "reference.other_iin"),
        (f" {pki.IIN[:6]} {pki.IIN[6:]} ", ""),
    ],
)
def test_the_iin_of_the_document_is_the_customers(iin, code):
    assert fault(iin=iin) == code


def test_a_number_that_the_register_knows_otherwise_is_another_document():
    assert fault(on_file="012345678") == ""
    assert fault(on_file="999999999") == "reference.other_number"


@given(st.text(max_size=40), st.text(max_size=40))
def test_whatever_is_typed_is_judged_and_never_raises(iin, number):
    assert find_document_fault(iin, number, IIN, "").startswith("reference.")


@given(st.text("0123456789", min_size=9, max_size=9), st.integers(0, 8), st.integers(1, 9))
def test_one_mistyped_digit_never_keeps_the_check_digit(number, place, shift):
    changed = str((int(number[place]) + shift) % 10)
    mistyped = number[:place] + changed + number[place + 1 :]

    assert compute_check_digit(mistyped) != compute_check_digit(number)
