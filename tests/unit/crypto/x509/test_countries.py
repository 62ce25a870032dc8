"""States by the codes of machine-readable zones."""

import pytest

from crypto.x509.countries import find_country


@pytest.mark.parametrize(
    ("code", "country"),
    [("KAZ", "KZ"), ("DEU", "DE"), ("D", "DE"), ("GBD", "GB"), ("UTO", "UT"), ("UNO", "UN")],
)
def test_a_code_of_a_zone_is_the_state_that_signs(code, country):
    assert find_country(code) == country


@pytest.mark.parametrize("code", ["", "KZ", "kaz", "K<Z", "XXX", "ZZZ", "KAZAKHSTAN"])
def test_a_code_of_nobody_is_no_state(code):
    assert find_country(code) == ""
