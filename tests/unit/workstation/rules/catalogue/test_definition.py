"""An operation of typed values: parsed, told and measured by its definition."""

from dataclasses import replace

import pytest

from tests.support.station.operations import KINDS, definition, operation, shipped_policy
from workstation.errors import OperationRefused, PolicyRefused
from workstation.rules.catalogue.fields import FieldType, field_words
from workstation.rules.catalogue.words import Words
from workstation.rules.conditions import CaseFacts

PHONES = {"new_phone": "8 701 123 45 67", "old_phone": "+77017654321"}
LOAN = operation("loan_issue", new_phone="+77011234567", amount="1250000 KZT", term_months="24")


def test_parameters_stand_in_the_order_of_the_form_and_in_one_spelling():
    parsed = definition("change_trusted_phone").parse(dict(reversed(PHONES.items())))

    assert parsed.kind == "change_trusted_phone"
    assert parsed.parameters == (("new_phone", "+77011234567"), ("old_phone", "+77017654321"))


def test_what_is_not_its_own_is_left_out_and_what_is_missing_is_named():
    wanted = definition("app_registration")

    assert wanted.parse({**PHONES, "device": "Pixel 9"}).value("old_phone") == ""
    with pytest.raises(OperationRefused) as refused:
        wanted.parse(PHONES)
    assert (refused.value.detail, refused.value.code) == ("device", "text.missing")


@pytest.mark.parametrize("same", ["+77017654321", "8 (701) 765-43-21"])
def test_a_value_that_has_to_differ_differs_by_its_spelling(same):
    with pytest.raises(OperationRefused) as refused:
        definition("change_trusted_phone").parse({**PHONES, "new_phone": same})
    assert (refused.value.detail, refused.value.code) == ("new_phone", "phone.unchanged")


def test_what_was_left_empty_is_no_parameter_and_is_said_in_the_policys_words():
    base = definition("app_registration")
    device = replace(base.fields[1], absent=Words("жоқ", "не названо", "not named"))
    optional = replace(base, fields=(base.fields[0], device))
    parsed = optional.parse({"new_phone": "+77011234567", "device": " "})

    assert parsed.parameters == (("new_phone", "+77011234567"),)
    assert "не названо" in optional.say_statement(parsed, "ru")
    assert [label for label, _ in optional.lines(parsed, "ru")] == [base.fields[0].label.ru]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_statement_and_window_say_whole_values_and_a_receipt_no_number(kind, language):
    of = definition(kind)
    given = {"amount": "1250000 KZT", "term_months": "24", "device": "Pixel 9"}
    numbers = {"new_phone": "+77011234567", "old_phone": "+77017654321"}
    asked = of.parse(given | numbers)

    said = (of.say_statement(asked, language), of.say_window(asked, language))
    for label, value in of.lines(asked, language):
        assert label
        assert all(value in text for text in said)
    short = of.say_receipt(asked, language)
    masked = " ".join(value for _, value in of.masked_lines(asked, language))
    assert not any(number in short or number in masked for number in numbers.values())
    assert "{" not in short + "".join(said)


def test_a_value_is_never_read_for_placeholders():
    asked = operation("app_registration", new_phone="+77011234567", device="{new_phone}")

    assert "{new_phone}" in definition("app_registration").say_statement(asked, "ru")


@pytest.mark.parametrize(
    ("amount", "tenge"),
    [("1250000 KZT", 1_250_000), ("0.01 KZT", 1), ("500 USD", None)],
)
def test_the_amount_is_the_first_field_of_money(amount, tenge):
    assert definition("loan_issue").tenge(operation("loan_issue", amount=amount)) == tenge


def test_an_operation_without_money_has_no_amount():
    of = definition("app_registration")

    assert of.amount(operation("app_registration", new_phone="+77011234567")) is None
    assert of.tenge(operation("app_registration", new_phone="+77011234567")) == 0


def test_a_loan_in_another_currency_waits_the_longest():
    policy = shipped_policy().operation("loan_issue")
    dollars = operation("loan_issue", new_phone="+77011234567", amount="5 USD", term_months="1")
    facts = policy.measure(dollars, CaseFacts(age=36, amount_kzt=1, mci_kzt=4_325))

    assert policy.longest_wait(facts).hours == 24


def test_a_field_is_found_by_its_parameter():
    of = definition("change_trusted_phone")

    assert of.field("new_phone").id == "changed_phone"
    assert of.field("changed_phone") is None


def test_the_words_of_a_field_have_codes_of_their_own():
    words = shipped_policy().words()
    amount = definition("loan_issue").field("amount")

    assert words["field.loan_amount"] == amount.label
    assert words["operation.loan_issue"] == definition("loan_issue").name
    assert field_words(replace(amount, error=None, hint=LOAN_HINT)) == {
        "field.loan_amount": amount.label,
        "field.loan_amount.hint": LOAN_HINT,
    }


LOAN_HINT = Words("Теңгемен", "В тенге", "In tenge")


@pytest.mark.parametrize("kind", FieldType)
def test_no_more_can_be_typed_than_any_value_has(kind):
    base = definition("app_registration").field("device")

    assert replace(base, type=kind, most=64).longest >= (12 if kind is FieldType.IIN else 9)


def test_words_are_in_three_languages_and_no_other():
    with pytest.raises(PolicyRefused, match="de"):
        LOAN_HINT.text("de")
