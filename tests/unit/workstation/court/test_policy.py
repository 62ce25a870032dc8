"""What a pack takes from the policy of its day, of whatever release."""

import pytest

from resources import path
from tests.support.station.operations import shipped_policy
from workstation.court.policy import read_basis, read_words
from workstation.errors import PolicyRefused

SHIPPED = path("policies", "kz-2026-07-12.toml").read_bytes()
OLDER = b"""
id = "kz-2026-07-12"
cooling_off = [{ above_mci = 150, hours = 8 }]
[[rules]]
id = "B-02"
check = "liveness"
grade = "press"
kk = "kk words"
ru = "ru words"
en = "en words"
"""


def test_the_basis_of_every_rule_is_read():
    basis = read_basis(SHIPPED)

    assert list(basis) == [each.id for each in shipped_policy().rules]
    assert all(basis[each.id].ru == each.text("ru") for each in shipped_policy().rules)


def test_the_basis_of_a_policy_of_an_earlier_release_is_read_and_it_has_no_words():
    assert read_basis(OLDER)["B-02"].text("kk") == "kk words"
    assert read_words(OLDER) == {}


def test_operations_are_worded_by_the_policy():
    assert read_words(SHIPPED)["operation.loan_issue"].ru == "Выдача займа"


@pytest.mark.parametrize("octets", [b"", b"\xff", b"rules = 1", b"[[rules]]\nid = 'x'"])
def test_what_states_no_rules_is_refused(octets):
    with pytest.raises(PolicyRefused):
        read_basis(octets)
