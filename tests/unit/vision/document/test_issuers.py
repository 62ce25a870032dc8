"""Which columns hold a person's number: data, with a grade, and never a guess."""

from datetime import date

import pytest

from crypto.x509.iin import Iin
from tests.support.documents.zones import MrzPerson, write_td1, write_td3
from vision.document.issuers import find_personal_number, find_rule, parse_rules
from vision.document.layout import MrzFormat
from vision.document.mrz import parse_mrz
from vision.errors import DocumentRulesRefused

TODAY = date(2026, 11, 29)
PERSON = MrzPerson()


def is_valid(digits):
    return Iin.parse(digits).checksum_ok


def found(lines):
    return find_personal_number(parse_mrz(lines, TODAY), is_valid)


@pytest.mark.parametrize(
    ("write", "grade"), [(write_td1, "secondary_source"), (write_td3, "unconfirmed")]
)
def test_the_number_of_a_person_is_found_with_its_grade(write, grade):
    number = found(write(PERSON))

    assert number is not None
    assert (number.digits, number.grade) == (PERSON.personal_number(), grade)


@pytest.mark.parametrize("write", [write_td1, write_td3])
def test_no_number_is_found_where_its_own_digit_is_wrong(write):
    digits = PERSON.personal_number()
    wrong = MrzPerson(iin=digits[:-1] + str((int(digits[-1]) + 1) % 10))

    assert found(write(wrong)) is None
    assert found(write(MrzPerson(iin="<" * 12))) is None


def test_nothing_is_taken_from_documents_of_others():
    assert found(write_td1(PERSON, issuer="UTO")) is None
    assert find_rule("UTO", MrzFormat.TD1) is None
    assert find_rule("KAZ", MrzFormat.TD2) is None


def test_a_rule_tells_which_field_does_not_fit():
    card, passport = find_rule("KAZ", MrzFormat.TD1), find_rule("KAZ", MrzFormat.TD3)

    assert card.find_fault(write_td1(PERSON)) == ""
    assert card.find_fault(write_td1(MrzPerson(number="A12345678"))) == "number"
    assert card.find_fault(write_td1(MrzPerson(iin="12345678901<"))) == "optional"
    assert passport.find_fault(write_td3(PERSON)) == ""


@pytest.mark.parametrize(
    "change",
    [
        ('format = "document-rules/1"', 'format = "document-rules/2"'),
        ('number = "#########"', 'number = "########"'),
        ('issuer = "KAZ"', 'issuer = "kaz"'),
        ("after = 12", "after = 0"),
        ("after = 12", "after = 40"),
        ('field = "optional"', 'field = "number"'),
        ('grade = "unconfirmed"', 'grade = "official"'),
        ("[[rules]]", "[rules]"),
    ],
)
def test_a_malformed_table_is_refused(change):
    import resources

    text = resources.path("documents", "issuers.toml").read_text(encoding="utf-8")
    assert change[0] in text
    with pytest.raises(DocumentRulesRefused):
        parse_rules(text.replace(*change).encode())
    with pytest.raises(DocumentRulesRefused):
        parse_rules(b"\xff")
