"""Phone numbers: one spelling, of the countries that a field allows."""

import pytest

from workstation.rules.catalogue.phones import (
    COUNTRIES,
    PhoneRefused,
    is_foreign_number,
    mask_phone,
    read_phone,
)

HOME = ("KZ",)
NEIGHBOURS = ("KZ", "RU", "UZ")


@pytest.mark.parametrize(
    ("typed", "countries", "number"),
    [
        ("8 (701) 123-45-67", HOME, "+77011234567"),
        ("701 123 45 67", NEIGHBOURS, "+77011234567"),
        ("0077011234567", HOME, "+77011234567"),
        ("+998 90 123 45 67", NEIGHBOURS, "+998901234567"),
        ("00998901234567", NEIGHBOURS, "+998901234567"),
        ("+7 912 345-67-89", NEIGHBOURS, "+79123456789"),
        ("+44 7400 123456", (), "+447400123456"),
        # No plan of Bhutan is known here: any length that E.164 has.
        ("+975 17 12 34 56", (), "+97517123456"),
    ],
)
def test_a_number_has_one_spelling(typed, countries, number):
    assert read_phone(typed, countries) == number
    assert read_phone(number, countries) == number


@pytest.mark.parametrize(
    ("typed", "countries", "why"),
    [
        ("+998901234567", HOME, "foreign"),
        ("+79123456789", HOME, "foreign"),
        ("+996700123456", NEIGHBOURS, "foreign"),
        ("+97517123456", NEIGHBOURS, "foreign"),
        ("+7701123456", HOME, "malformed"),
        ("+7701123456", (), "malformed"),
        ("+770112345678", NEIGHBOURS, "malformed"),
        ("+99890123456", NEIGHBOURS, "length"),
        ("+9989012345678", (), "length"),
        # +7 is Kazakhstan's and Russia's alone, and nobody's number begins so.
        ("+71234567890", (), "malformed"),
        ("998901234567", NEIGHBOURS, "malformed"),
        ("8 912 345-67-89", ("RU",), "malformed"),
        ("+0123456789", (), "malformed"),
        ("+1234567", (), "malformed"),
        ("+1234567890123456", (), "malformed"),
        ("+9989012345٦7", NEIGHBOURS, "malformed"),
        ("", (), "malformed"),
        ("+", (), "malformed"),
    ],
)
def test_what_is_no_number_of_these_countries_says_why(typed, countries, why):
    with pytest.raises(PhoneRefused, match=f"^{why}$"):
        read_phone(typed, countries)


def test_a_number_of_home_is_foreign_nowhere():
    assert not is_foreign_number("+77011234567")
    assert is_foreign_number("+79123456789")
    assert is_foreign_number("+998901234567")
    assert {"KZ", "RU", "UZ", "KG", "TJ", "TM"} <= COUNTRIES


def test_a_foreign_number_is_masked_to_its_ends():
    assert mask_phone("+998901234567") == "+998 ••••••• 67"
