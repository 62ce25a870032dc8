"""What is pasted is taken whole, what nobody sees is left out, and growing text is not blamed."""

import pytest

from tests.support.station.operations import definition
from workstation.rules.catalogue.fields import FieldType
from workstation.rules.catalogue.typed import find_slip, tidy_text, tidy_typed
from workstation.rules.catalogue.values import parse_value
from workstation.verification.case import find_slip as find_slip_of_form

MONTHS = definition("loan_issue").field("term_months")
AMOUNT = definition("loan_issue").field("amount")
PHONE = definition("change_trusted_phone").field("new_phone")
IBAN = definition("large_payment").field("payee_iban")
PAYEE = next(each for each in definition("large_payment").fields if each.type is FieldType.TEXT)
LABELS = (MONTHS.label.kk, MONTHS.label.ru, MONTHS.label.en)


@pytest.mark.parametrize(
    ("kind", "pasted", "kept"),
    [
        (FieldType.IIN, "920314 400005", "920314400005"),
        (FieldType.IIN, " 920314-400005\n", "920314400005"),
        (FieldType.IIN, "\u202d920314400005\u202c", "920314400005"),
        (FieldType.IIN, "92О314400005", "92О314400005"),
        (FieldType.PHONE, "+7 (701) 222-33-44", "+7 701 222 33 44"),
        (FieldType.PHONE, "\u202a+77012223344\u202c", "+77012223344"),
        (FieldType.MONEY, "1 500 000,50 ₸", "1 500 000,50 KZT"),
        (FieldType.MONEY, "500000 тенге", "500000 KZT"),
        (FieldType.MONEY, "100 USD", "100 USD"),
        (FieldType.DATE, "14/03/1992", "14.03.1992"),
        (FieldType.DATE, "1992-03-14", "1992-03-14"),
        (FieldType.TEXT, "ТОО\u200b «Ак\u00adжол»\t№ 5", "ТОО «Акжол» № 5"),
    ],
)
def test_what_is_pasted_is_taken_as_the_field_writes_it(kind, pasted, kept):
    assert tidy_typed(kind, pasted) == kept
    assert tidy_typed(kind, kept) == kept


@pytest.mark.parametrize(
    ("pasted", "kept"),
    [
        ("24 мес", "24"),
        ("24 мес.", "24"),
        ("24 месяца", "24"),
        ("24 ай", "24"),
        ("24 months", "24"),
        ("24 года", "24 года"),
        ("2 жыл", "2 жыл"),
        ("24 м", "24 м"),
        ("24 срок года", "24 срок года"),
    ],
)
def test_a_unit_is_left_out_only_where_the_fields_own_name_states_it(pasted, kept):
    assert tidy_typed(FieldType.COUNT, pasted, LABELS) == kept


@pytest.mark.parametrize("mark", ["\u202e", "\u200f", "\u2066", "\x00", "\x1b", "\ufeff", "\x9f"])
def test_marks_that_nobody_sees_never_stay_in_a_text(mark):
    assert tidy_text(f"Сери{mark}ков") == "Сериков"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (PHONE, "+77012223344"),
        (PHONE, "87012223344"),
        (PHONE, "7012223344"),
        (AMOUNT, "1 500 000,50"),
        (MONTHS, "24"),
        (IBAN, "KZ86125KZT5004100100"),
        (PAYEE, "ТОО"),
    ],
)
def test_a_value_that_is_being_typed_is_never_called_wrong(field, value):
    parse_value(field, value)
    assert [find_slip(field, value[:end]) for end in range(len(value) + 1)] == [""] * (
        len(value) + 1
    )


@pytest.mark.parametrize(
    ("field", "typed", "code"),
    [
        (PHONE, "7012223a", "phone.malformed"),
        (PHONE, "870122233445", "phone.malformed"),
        (AMOUNT, "12a4", "money.malformed"),
        (AMOUNT, "1 000 000 001", "money.limit"),
        (AMOUNT, "100 USD", "money.currency"),
        (MONTHS, "601", "count.limit"),
        (MONTHS, "24 года", "count.malformed"),
        (IBAN, "DE", "iban.malformed"),
        (IBAN, "KZ86125KZT5004100101", "iban.checksum"),
    ],
)
def test_a_mistake_that_no_further_key_mends_is_told_at_once(field, typed, code):
    assert find_slip(field, typed) == code


@pytest.mark.parametrize("name", ["iin", "second_iin"])
@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", ""),
        ("92031440000", ""),
        ("920314400005", ""),
        ("920314400006", "iin.checksum"),
        ("9203144000051", "iin.malformed"),
        ("92О3", "iin.malformed"),
    ],
)
def test_an_iin_is_judged_at_its_last_digit_and_at_the_first_that_is_none(name, typed, code):
    assert find_slip_of_form(name, typed) == code


def test_names_and_numbers_of_powers_are_judged_when_they_are_left():
    assert find_slip_of_form("name", "И") == ""
    assert find_slip_of_form("second_number", "№") == ""
    assert find_slip_of_form("name", "И" * 121) == "name.malformed"
    assert find_slip_of_form("unheard_of", "1") == ""
