"""What a teller types to open a chip."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.chip.access_keys import AccessKey
from crypto.x509.iin import Iin
from tests.support.pki import certificates as pki
from vision.document.mrz import compute_check_digit
from workstation.verification.reference.typed_key import TypedKey

IIN = Iin.parse(pki.IIN)
NUMBER = "012345678"


def checked(field):
    return f"{field}{compute_check_digit(field)}"


@pytest.mark.parametrize(
    "typed",
    [
        TypedKey(NUMBER, "900101", "340314"),
        TypedKey(f" {NUMBER[:3]} {NUMBER[3:]}", "90-01-01", "34.03.14"),
        TypedKey(checked(NUMBER), checked("900101"), checked("340314")),
    ],
)
def test_blanks_hyphens_and_check_digits_open_the_same_chip(typed):
    assert typed.find_fault(IIN) == ""
    assert typed.compose() == AccessKey.from_mrz(NUMBER, "900101", "340314")


def test_a_number_of_a_letter_is_taken_in_either_case():
    typed = TypedKey("n12345678", "900101", "340314")

    assert typed.find_fault(IIN) == ""
    assert typed.compose() == AccessKey.from_mrz("N12345678", "900101", "340314")


@pytest.mark.parametrize("changed", range(9))
def test_one_mistyped_digit_is_found_by_the_check_digit(changed):
    other = str((int(NUMBER[changed]) + 1) % 10)
    mistyped = NUMBER[:changed] + other + NUMBER[changed + 1 :] + checked(NUMBER)[-1]

    fault = TypedKey(mistyped, "900101", "340314").find_fault(IIN)
    assert fault == "reference.number_check_digit"


@pytest.mark.parametrize(
    ("expiry", "fault"),
    [
        ("280229", ""),
        ("300230", "reference.expiry_malformed"),
        ("", "reference.expiry_malformed"),
        ("3403", "reference.expiry_malformed"),
        ("\u0663\u0664\u0660\u0663\u0661\u0664", "reference.expiry_malformed"),
    ],
)
def test_a_day_has_to_be_one(expiry, fault):
    assert TypedKey(NUMBER, "900101", expiry).find_fault(IIN) == fault


def test_nothing_typed_is_empty():
    assert TypedKey("", "", "").empty
    assert not TypedKey("", "", "3").empty


@given(number=st.text(max_size=40), birth=st.text(max_size=20), expiry=st.text(max_size=20))
def test_anything_typed_has_an_answer_and_what_is_right_composes(number, birth, expiry):
    typed = TypedKey(number, birth, expiry)
    fault = typed.find_fault(IIN)

    assert fault == "" or fault.startswith("reference.")
    if not fault:
        assert typed.compose().mrz_information
