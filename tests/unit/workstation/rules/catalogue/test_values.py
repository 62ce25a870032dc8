"""Values of fields: what is taken, its one spelling, and what of it others see."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.errors import OperationRefused
from workstation.rules.catalogue import values
from workstation.rules.catalogue.fields import Choice, FieldDefinition, FieldType, FilledBy
from workstation.rules.catalogue.values import (
    Money,
    mask_value,
    parse_value,
    read_money,
    show_value,
)
from workstation.rules.catalogue.words import Words

LABEL = Words("Өріс", "Поле", "Field")
CHOICES = (
    Choice("close", Words("Жабу", "Закрыть", "Close")),
    Choice("keep", Words("Қалдыру", "Оставить", "Keep")),
)
STATED = {
    FieldType.MONEY: {"least": 1, "most": 1_000_000, "currencies": ("KZT", "USD")},
    FieldType.COUNT: {"least": 1, "most": 600},
    FieldType.TEXT: {"least": 2, "most": 64},
    FieldType.CHOICE: {"choices": CHOICES},
    FieldType.PHONE: {"countries": ("KZ",)},
}
SPELLED = {
    FieldType.PHONE: "+77011234567",
    FieldType.MONEY: "1250.50 USD",
    FieldType.IBAN: "KZ86125KZT5004100100",
    FieldType.IIN: "920314400005",
    FieldType.BIN: "010340000001",
    FieldType.DATE: "2026-11-22",
    FieldType.CHOICE: "close",
    FieldType.DOCUMENT: "N1234567",
    FieldType.COUNT: "12",
    FieldType.TEXT: "Galaxy A55",
}
"""A value of every type as it is kept."""


def a_field(kind, **changes):
    stated = {"least": 0, "most": 0, "masked": False} | STATED.get(kind, {}) | changes
    return FieldDefinition(
        id="some", name="given", type=kind, filled_by=FilledBy.TELLER, label=LABEL,
        hint=None, error=None, **stated,
    )  # fmt: skip


def mistake_in(field, typed):
    with pytest.raises(OperationRefused) as refused:
        parse_value(field, typed)
    assert refused.value.detail == "given"
    return refused.value.code


def test_every_type_has_a_reader():
    assert values._PARSERS.keys() == SPELLED.keys() == set(FieldType)


@pytest.mark.parametrize("kind", FieldType)
def test_what_is_kept_is_read_as_it_stands(kind):
    assert parse_value(a_field(kind), SPELLED[kind]) == SPELLED[kind]
    assert parse_value(a_field(kind), f" {SPELLED[kind]}\u00a0") == SPELLED[kind]


@pytest.mark.parametrize("kind", FieldType)
@pytest.mark.parametrize("typed", ["", " ", "\u00a0\t"])
def test_only_an_optional_field_may_be_left_empty(kind, typed):
    absent = Words("жоқ", "нет", "none")

    # `iin.missing` says that a check was not made.
    said = "malformed" if kind is FieldType.IIN else "missing"
    assert mistake_in(a_field(kind), typed) == f"{kind.value}.{said}"
    assert parse_value(a_field(kind, absent=absent), typed) == ""


@pytest.mark.parametrize("kind", FieldType)
@given(typed=st.text(max_size=40))
def test_whatever_is_typed_has_one_spelling_or_a_mistake_with_a_name(kind, typed):
    mistake, value = "", ""
    try:
        value = parse_value(a_field(kind), typed)
    except OperationRefused as refused:
        mistake = refused.code
    if mistake:
        assert mistake.startswith(f"{kind.value}.")
        return
    assert parse_value(a_field(kind), value) == value
    assert value.isprintable()
    assert value == value.strip() != ""


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("500000", "500000 KZT"),
        ("500 000", "500000 KZT"),
        ("500\u202f000,00", "500000 KZT"),
        ("500\u00a0000.50", "500000.50 KZT"),
        ("0,01 kzt", "0.01 KZT"),
        ("12 usd", "12 USD"),
        ("007", "7 KZT"),
        ("1000000,00", "1000000 KZT"),
    ],
)
def test_an_amount_is_read_however_people_group_it(typed, value):
    assert parse_value(a_field(FieldType.MONEY, least=0), typed) == value


@pytest.mark.parametrize(
    ("typed", "mistake"),
    [
        ("0", "limit"),
        ("0,00", "limit"),
        ("0,99", "limit"),
        ("1000000,01", "limit"),
        ("1000001", "limit"),
        ("-5", "malformed"),
        ("1e6", "malformed"),
        ("1,234,567", "malformed"),
        ("1.234", "malformed"),
        ("5,5", "malformed"),
        ("٣٠٠", "malformed"),
        ("9" * 13, "malformed"),
        ("KZT", "malformed"),
        ("₸500", "malformed"),
        ("5 EUR", "currency"),
    ],
)
def test_an_amount_that_could_be_read_two_ways_or_is_out_of_bounds_is_refused(typed, mistake):
    assert mistake_in(a_field(FieldType.MONEY), typed) == f"money.{mistake}"


def test_nothing_is_never_an_amount():
    assert mistake_in(a_field(FieldType.MONEY, least=0), "0") == "money.limit"


@given(
    hundredths=st.integers(1, 1_000_000 * 100),
    currency=st.sampled_from(["KZT", "USD"]),
    point=st.sampled_from([".", ","]),
)
def test_an_amount_is_kept_to_the_hundredth(hundredths, currency, point):
    units, part = divmod(hundredths, 100)
    typed = f"{units:,}".replace(",", " ") + f"{point}{part:02} {currency}"
    value = parse_value(a_field(FieldType.MONEY, least=0), typed)

    assert read_money(value) == Money(hundredths, currency)


@pytest.mark.parametrize(
    ("value", "tenge"),
    [("500000 KZT", 500_000), ("0.01 KZT", 1), ("648750.01 KZT", 648_751), ("5 USD", None)],
)
def test_a_part_of_a_tenge_counts_as_one_and_another_currency_as_unknown(value, tenge):
    assert read_money(value).tenge == tenge


@pytest.mark.parametrize(
    ("typed", "mistake"),
    [("0", "limit"), ("601", "limit"), ("-1", "malformed"), ("1.0", "malformed"),
     ("²", "malformed"), ("٣", "malformed"), ("1" * 10, "malformed")],
)  # fmt: skip
def test_a_count_is_a_whole_number_within_its_bounds(typed, mistake):
    assert mistake_in(a_field(FieldType.COUNT), typed) == f"count.{mistake}"


@pytest.mark.parametrize(
    ("typed", "value"), [("1", "1"), ("600", "600"), ("0 0 7", "7"), ("1\u00a00", "10")]
)
def test_a_count_has_no_zeros_before_it(typed, value):
    assert parse_value(a_field(FieldType.COUNT), typed) == value


@pytest.mark.parametrize(
    ("typed", "mistake"),
    [
        ("KZ86125KZT500410010", "malformed"),
        ("KZ86125KZT50041001000", "malformed"),
        ("DE89370400440532013000", "malformed"),
        ("KZ87125KZT5004100100", "checksum"),
        ("KZ86125KZT5004100010", "checksum"),
        ("ҚZ86125KZT5004100100", "malformed"),
    ],
)
def test_an_account_number_has_the_countrys_length_and_its_check_digits(typed, mistake):
    assert mistake_in(a_field(FieldType.IBAN), typed) == f"iban.{mistake}"


def test_an_account_number_may_be_typed_in_groups_and_small_letters():
    assert (
        parse_value(a_field(FieldType.IBAN), "kz86 125k zt50 0410 0100")
        == (SPELLED[FieldType.IBAN])
    )


@given(place=st.integers(2, 19), other=st.sampled_from("0123456789"))
def test_one_wrong_digit_of_an_account_number_is_found(place, other):
    right = SPELLED[FieldType.IBAN]
    wrong = right[:place] + other + right[place + 1 :]
    if wrong != right:
        assert mistake_in(a_field(FieldType.IBAN), wrong) in {"iban.checksum", "iban.malformed"}


@pytest.mark.parametrize("kind", [FieldType.IIN, FieldType.BIN])
def test_a_number_of_the_state_has_twelve_digits_and_its_check_digit(kind):
    right = SPELLED[kind]
    wrong = right[:-1] + str((int(right[-1]) + 1) % 10)

    assert mistake_in(a_field(kind), right[:-1]) == f"{kind.value}.malformed"
    assert mistake_in(a_field(kind), right[:-1] + "x") == f"{kind.value}.malformed"
    assert mistake_in(a_field(kind), wrong) == f"{kind.value}.checksum"


@given(day=st.dates())
def test_a_day_is_read_as_people_write_it_and_as_iso_does(day):
    dotted = f"{day.day:02}.{day.month:02}.{day.year:04}"

    assert parse_value(a_field(FieldType.DATE), dotted) == day.isoformat()
    assert parse_value(a_field(FieldType.DATE), day.isoformat()) == day.isoformat()


@pytest.mark.parametrize(
    "typed", ["31.02.2026", "1.2.2026", "22/11/2026", "2026-13-01", "22.11.26", "сегодня"]
)
def test_a_day_that_does_not_exist_or_is_abbreviated_is_refused(typed):
    assert mistake_in(a_field(FieldType.DATE), typed) == "date.malformed"


@pytest.mark.parametrize("typed", ["Close", "close ,", "Закрыть", "open"])
def test_only_the_id_of_a_choice_is_one(typed):
    assert mistake_in(a_field(FieldType.CHOICE), typed) == "choice.malformed"


@pytest.mark.parametrize("typed", ["12345", "1234567890123", "N-1234567", "Н1234567"])
def test_a_document_has_six_to_twelve_latin_letters_and_digits(typed):
    assert mistake_in(a_field(FieldType.DOCUMENT), typed) == "document.malformed"


def test_a_document_may_be_typed_in_groups_and_small_letters():
    assert parse_value(a_field(FieldType.DOCUMENT), "n 123 4567") == "N1234567"


@pytest.mark.parametrize(
    ("typed", "mistake"),
    [("x", "length"), ("x" * 65, "length"), ("a\nb", "malformed"), ("a\u202eb", "malformed"),
     ("a\u200bb", "malformed"), ("a\x00b", "malformed")],
)  # fmt: skip
def test_a_text_is_one_line_of_visible_characters_within_its_bounds(typed, mistake):
    assert mistake_in(a_field(FieldType.TEXT), typed) == f"text.{mistake}"


def test_a_text_is_kept_composed():
    assert parse_value(a_field(FieldType.TEXT), "Йод и\u0306") == "Йод й"


@pytest.mark.parametrize(
    ("kind", "value", "language", "shown"),
    [
        (FieldType.MONEY, "1250000 KZT", "ru", "1 250 000 KZT"),
        (FieldType.MONEY, "1250.50 USD", "kk", "1 250,50 USD"),
        (FieldType.MONEY, "1250.50 USD", "en", "1 250.50 USD"),
        (FieldType.COUNT, "1200", "ru", "1 200"),
        (FieldType.DATE, "2026-11-22", "en", "22.11.2026"),
        (FieldType.IBAN, "KZ86125KZT5004100100", "ru", "KZ86 125K ZT50 0410 0100"),
        (FieldType.CHOICE, "close", "kk", "Жабу"),
        (FieldType.CHOICE, "gone", "kk", "gone"),
        (FieldType.TEXT, "Galaxy A55", "ru", "Galaxy A55"),
        (FieldType.TEXT, "", "ru", ""),
    ],
)
def test_a_value_is_shown_as_people_read_it(kind, value, language, shown):
    field = a_field(kind)

    assert show_value(field, value, language) == shown
    assert mask_value(field, value, language) == shown


@pytest.mark.parametrize("masked", [True, False])
def test_what_was_left_empty_is_said_in_the_policys_words(masked):
    field = a_field(FieldType.TEXT, absent=Words("жоқ", "нет", "none"), masked=masked)

    assert show_value(field, "", "kk") == mask_value(field, "", "kk") == "жоқ"


@pytest.mark.parametrize(
    ("kind", "value", "hidden"),
    [
        (FieldType.PHONE, "+77011234567", "+7701 ••• •• 67"),
        (FieldType.IBAN, "KZ86125KZT5004100100", "••••••••0100"),
        (FieldType.IIN, "920314400005", "••••••••0005"),
        (FieldType.DOCUMENT, "N1234567", "••••4567"),
        (FieldType.TEXT, "abcd", "••••"),
        (FieldType.TEXT, "abcde", "•••de"),
        (FieldType.MONEY, "1250000 KZT", "••••"),
        (FieldType.COUNT, "12", "••••"),
        (FieldType.DATE, "2026-11-22", "••••"),
        (FieldType.CHOICE, "close", "••••"),
    ],
)
@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_a_masked_value_keeps_its_end_or_nothing(kind, value, hidden, language):
    assert mask_value(a_field(kind, masked=True), value, language) == hidden


@pytest.mark.parametrize("kind", FieldType)
def test_no_masked_value_is_whole(kind):
    field = a_field(kind, masked=True)

    assert SPELLED[kind] not in mask_value(field, SPELLED[kind], "ru")
    assert show_value(field, SPELLED[kind], "ru") != mask_value(field, SPELLED[kind], "ru")


def test_a_day_is_that_of_the_calendar():
    assert show_value(a_field(FieldType.DATE), date(2028, 2, 29).isoformat(), "ru") == "29.02.2028"
