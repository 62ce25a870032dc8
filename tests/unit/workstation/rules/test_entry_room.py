"""A policy whose sessions the log has no room for is refused when it is read."""

import pytest

from tests.support.station.operations import SHIPPED_TEXT
from workstation.errors import PolicyRefused
from workstation.rules.policy_file import read_policy

RULE = """
[[rules]]
id = "S-{number}"
check = "own_check_of_the_bank_{number}"
grade = "bank"
effective_from = 2026-07-12
kk = "Банктің ішкі ережесі, сынақ үшін."
ru = "Внутреннее правило банка, для проверки."
en = "Rule of the bank, for a test."

[[checks]]
id = "own_check_of_the_bank_{number}"
by = "second_person"
label = {{ kk = "Растау {number}", ru = "Подтверждение {number}", en = "Confirmation {number}" }}
look = {{ kk = "Қараңыз {number}", ru = "Посмотрите {number}", en = "Look {number}" }}
reasons = {{ needed = {{ kk = "Керек {number}", ru = "Нужно {number}", en = "Needed {number}" }} }}
"""


def with_checks(count: int) -> bytes:
    numbers = range(30, 30 + count)
    demanded = "".join(
        f'  {{ check = "own_check_of_the_bank_{each}", hardness = "soft", rule = "S-{each}" }},\n'
        for each in numbers
    )
    place = SHIPPED_TEXT.index('kind = "card_issue"')
    consent = SHIPPED_TEXT.index('  { check = "consent"', place)
    text = SHIPPED_TEXT[:consent] + demanded + SHIPPED_TEXT[consent:]
    return (text + "".join(RULE.format(number=each) for each in numbers)).encode()


def test_as_many_checks_as_an_entry_holds_are_taken():
    assert len(read_policy(with_checks(18)).operation("card_issue").required) > 35


def test_more_checks_than_an_entry_holds_are_refused_with_their_place():
    with pytest.raises(PolicyRefused, match=r"operations\[4\].required: no entry has room for"):
        read_policy(with_checks(30))
