"""What is typed is grouped as people read it, and stays what the core reads."""

import pytest
from PySide6.QtCore import Qt

from tests.support.station.operations import definition, sample_values
from ui.widgets.typed_field import MoneyField, TypedField, group_text
from workstation.rules.catalogue.fields import FieldType
from workstation.rules.catalogue.values import parse_value

PAYMENT = definition("large_payment")


def make(qtbot, ctx, field, kind=TypedField):
    made = kind(ctx, f"field.{field.id}", field)
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.mark.parametrize(
    ("kind", "typed", "shown"),
    [
        (FieldType.PHONE, "+77012223344", "+7 701 222 33 44"),
        (FieldType.PHONE, "87012", "8 701 2"),
        (FieldType.PHONE, "7012223344", "7012223344"),
        (FieldType.PHONE, "+998901234567", "+998901234567"),
        (FieldType.PHONE, "+7 (701)", "+7 (701)"),
        (FieldType.MONEY, "1500000,50", "1 500 000,50"),
        (FieldType.MONEY, "12 34", "1 234"),
        (FieldType.MONEY, "5000usd", "5 000 usd"),
        (FieldType.MONEY, "-5", "-5"),
        (FieldType.COUNT, "1200", "1 200"),
        (FieldType.IBAN, "kz86125kzt5004100100", "KZ86 125K ZT50 0410 0100"),
        (FieldType.DATE, "01022026", "01.02.2026"),
        (FieldType.DATE, "2026-02-01", "2026-02-01"),
        (FieldType.DOCUMENT, "n1234567", "N1234567"),
        (FieldType.TEXT, "as it  is", "as it  is"),
    ],
)
def test_each_type_is_grouped_as_people_read_it(kind, typed, shown):
    assert group_text(kind, typed) == shown
    assert group_text(kind, shown) == shown


@pytest.mark.parametrize("field", [*PAYMENT.fields, *definition("deposit_withdrawal").fields])
def test_the_core_reads_the_same_with_groups_and_without(field):
    typed = sample_values(PAYMENT) | sample_values(definition("deposit_withdrawal"))
    value = typed[field.name]

    assert parse_value(field, group_text(field.type, value)) == parse_value(field, value)


def test_the_cursor_stays_where_something_was_typed_or_deleted(qtbot, ctx):
    field = make(qtbot, ctx, PAYMENT.field("payee_iban"))
    qtbot.keyClicks(field.edit, "kz86125kzt")
    assert field.text() == "KZ86 125K ZT"

    field.edit.setCursorPosition(2)
    qtbot.keyClick(field.edit, Qt.Key.Key_Backspace)
    assert (field.text(), field.edit.cursorPosition()) == ("K861 25KZ T", 1)
    qtbot.keyClicks(field.edit, "z")

    assert (field.text(), field.edit.cursorPosition()) == ("KZ86 125K ZT", 2)


def test_a_date_can_be_deleted_to_its_beginning(qtbot, ctx):
    field = make(qtbot, ctx, definition("deposit_withdrawal").field("deposit_end"))
    qtbot.keyClicks(field.edit, "01022026")
    assert field.text() == "01.02.2026"

    for _ in range(10):
        qtbot.keyClick(field.edit, Qt.Key.Key_Backspace)

    assert field.text() == ""


def test_a_currency_is_chosen_where_the_policy_allows_several(qtbot, ctx):
    amount = PAYMENT.field("amount")
    field = make(qtbot, ctx, amount, MoneyField)
    assert len(amount.currencies) > 1
    assert field.text() == ""

    qtbot.keyClicks(field.edit, "12000")
    field.currency.setCurrentIndex(1)
    field.currency.activated.emit(1)
    assert parse_value(amount, field.text()) == f"12000 {amount.currencies[1]}"
    field.edit.clear()

    assert field.currency.currentIndex() == 0


def test_a_single_currency_is_said_and_not_asked(qtbot, ctx):
    amount = definition("loan_issue").field("amount")
    field = make(qtbot, ctx, amount, MoneyField)
    qtbot.keyClicks(field.edit, "12000")

    assert not field.currency.isVisible()
    assert field.text() == "12 000"
    assert parse_value(amount, field.text()) == "12000 KZT"
