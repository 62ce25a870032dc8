"""ИИН and БИН: twelve digits, their check digit and their date."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.errors import CryptoError
from crypto.x509.iin import (
    Bin,
    BinRefused,
    EntityKind,
    Iin,
    IinRefused,
    Sex,
    count_full_years,
)


def with_check_digit(eleven: str) -> str | None:
    for last in "0123456789":
        if Iin.parse(eleven + last).checksum_ok:
            return eleven + last
    return None


@pytest.mark.parametrize("text", ["", "1", "12345678901", "1234567890123", "12345678901a"])
def test_anything_but_twelve_digits_is_refused(text):
    with pytest.raises(IinRefused):
        Iin.parse(text)
    with pytest.raises(BinRefused):
        Bin.parse(text)


def test_non_ascii_digits_are_refused():
    with pytest.raises(IinRefused):
        Iin.parse("١" * 12)


@given(st.text())
def test_any_text_is_parsed_or_refused(text):
    if len(text) == 12 and set(text) <= set("0123456789"):
        assert Iin.parse(text).digits == Bin.parse(text).digits == text
        return
    with pytest.raises(CryptoError) as refused:
        Iin.parse(text)
    assert refused.value.code == "iin_malformed"


@given(st.integers(0, 99_999_999_999))
def test_at_most_one_check_digit_fits_and_any_single_digit_error_in_it_shows(number):
    eleven = f"{number:011d}"
    fitting = [d for d in "0123456789" if Iin.parse(eleven + d).checksum_ok]
    assert len(fitting) <= 1


def test_a_number_whose_both_weightings_give_ten_has_no_check_digit():
    # Weighted sums mod 11 found by search: 1..11 and 3..11,1,2 both leave 10.
    orphans = [f"{n:011d}" for n in range(3000) if with_check_digit(f"{n:011d}") is None]
    assert orphans


@pytest.mark.parametrize(
    ("digit", "year", "sex"),
    [
        ("1", 1899, Sex.MALE),
        ("2", 1899, Sex.FEMALE),
        ("3", 1999, Sex.MALE),
        ("4", 1999, Sex.FEMALE),
        ("5", 2099, Sex.MALE),
        ("6", 2099, Sex.FEMALE),
    ],
)
def test_the_seventh_digit_states_century_and_sex(digit, year, sex):
    iin = Iin.parse(f"991231{digit}00000")
    assert iin.birth_date == date(year, 12, 31)
    assert iin.sex is sex
    assert iin.date_ok


def test_a_foreigner_states_neither_century_nor_sex():
    iin = Iin.parse("991231000000")
    assert iin.birth_date is None
    assert iin.sex is None
    assert iin.date_ok
    assert not iin.states_birth


@pytest.mark.parametrize(
    ("digits", "born", "allowed"),
    [
        ("991231300000", date(1999, 12, 31), True),
        ("991231300000", date(1899, 12, 31), False),
        ("991231000000", date(1999, 12, 31), True),
        ("991231000000", date(1899, 12, 31), True),
        ("991231000000", date(1999, 12, 30), False),
        ("000229000000", date(2000, 2, 29), True),
        # An impossible date is nobody's, whatever is said beside it.
        ("991331000000", date(1999, 12, 31), False),
        ("991231900000", date(1999, 12, 31), False),
    ],
)
def test_a_number_allows_the_birth_that_its_digits_say(digits, born, allowed):
    assert Iin.parse(digits).allows_birth(born) is allowed


def test_29_february_exists_only_in_leap_years():
    assert Iin.parse("000229500000").date_ok
    assert not Iin.parse("000229300000").date_ok
    assert Iin.parse("000229000000").date_ok


@pytest.mark.parametrize("digits", ["123456789011", "123456789012"])
def test_published_test_identities_fail_both_rules(digits):
    iin = Iin.parse(digits)
    assert not iin.checksum_ok
    assert not iin.date_ok
    assert not iin.well_formed


def test_age_counts_full_years():
    born = date(2004, 2, 29)
    assert count_full_years(born, date(2022, 2, 28)) == 17
    assert count_full_years(born, date(2022, 3, 1)) == 18
    assert count_full_years(born, date(2004, 2, 28)) == -1


def test_the_mask_and_the_repr_hide_all_but_four_digits():
    iin = Iin.parse("990101300421")
    assert iin.masked == "••••••••0421"
    assert "9901" not in repr(iin)
    assert "9901" not in str(iin)


@pytest.mark.parametrize("digits", ["080540010396", "000740000728", "070840007503"])
def test_public_business_numbers_are_well_formed(digits):
    number = Bin.parse(digits)
    assert number.well_formed
    assert number.kind is EntityKind.RESIDENT


def test_a_business_number_with_one_digit_changed_is_not_well_formed():
    assert not Bin.parse("080540010397").well_formed
    assert not Bin.parse("081340010396").date_ok
