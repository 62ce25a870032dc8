import hashlib

import pytest

from crypto.x509.iin import Iin
from tests.support.station.operations import KINDS, definition, operation, typed
from workstation.errors import OperationRefused
from workstation.rules.catalogue.phones import mask_phone
from workstation.rules.checks import CheckId
from workstation.station.commands import SignIn
from workstation.verification.case import OperationForm, case_from_form, find_mistake

IIN = "920314400005"
GOOD = {
    "change_trusted_phone": {
        "new_phone": "+7 701 123 45 67",
        "old_phone": "8 (701) 765-43-21",
    },
    "app_registration": {
        "new_phone": "87011234567",
        "device": "Galaxy A55",
    },
    "loan_issue": {
        "new_phone": "+77011234567",
        "amount": "1 500 000",
        "term_months": "24",
    },
}


def form(kind="change_trusted_phone", **changed):
    fields = {"iin": IIN, "name": " Нұрғалиева   Әсел ", **GOOD[kind], **changed}
    own = {name: fields.pop(name) for name in ("attestations", "language") if name in fields}
    iin, name = fields.pop("iin"), fields.pop("name")
    return OperationForm(kind, iin, name, typed(**fields), **own)


def case(given):
    return case_from_form(given, definition(given.kind), case_id="ab" * 16, salt=b"s" * 16)


@pytest.mark.parametrize("kind", KINDS)
def test_a_complete_form_is_accepted_and_normalised(kind):
    accepted = case(form(kind, attestations=((CheckId.OLD_NUMBER_CALLED, True),)))

    assert accepted.operation.value("new_phone") == "+77011234567"
    assert accepted.client.name == "Нұрғалиева Әсел"
    assert accepted.attestations == ((CheckId.OLD_NUMBER_CALLED, True),)


PHONE, APP, LOAN = KINDS
WRONG = [
    (PHONE, "iin", "92031440000", "iin.malformed"),
    (PHONE, "iin", "92031440000x", "iin.malformed"),
    (PHONE, "iin", "920314400006", "iin.checksum"),
    (PHONE, "iin", "921314400008", "iin.birth_date"),
    (PHONE, "name", " ", "name.malformed"),
    (PHONE, "name", "я" * 121, "name.malformed"),
    (PHONE, "name", "Әсел\u202e", "name.malformed"),
    (PHONE, "new_phone", "+1 555", "phone.malformed"),
    (PHONE, "new_phone", "", "phone.missing"),
    (APP, "device", "", "text.missing"),
    (APP, "device", "a\nb", "text.malformed"),
    (APP, "device", "x" * 65, "text.length"),
    (LOAN, "amount", "0", "money.limit"),
    (LOAN, "amount", "1000000001", "money.limit"),
    (LOAN, "amount", "1000000000,01", "money.limit"),
    (LOAN, "amount", "1e6", "money.malformed"),
    (LOAN, "amount", "1500000,5", "money.malformed"),
    (LOAN, "amount", "-5", "money.malformed"),
    (LOAN, "amount", "٣٠٠", "money.malformed"),
    (LOAN, "amount", "9" * 13, "money.malformed"),
    (LOAN, "amount", "500 USD", "money.currency"),
    (LOAN, "term_months", "601", "count.limit"),
]


@pytest.mark.parametrize(("kind", "name", "given", "mistake"), WRONG)
def test_a_mistake_is_named_with_its_field_while_typing_and_at_the_end(kind, name, given, mistake):
    assert find_mistake(name, given, definition(kind)) == mistake
    with pytest.raises(OperationRefused) as refused:
        case(form(kind, **{name: given}))

    assert (refused.value.detail, refused.value.code) == (name, mistake)


@pytest.mark.parametrize("kind", KINDS)
def test_no_mistake_is_found_in_what_is_accepted(kind):
    fields = {"iin": IIN, "name": "Әсел", **GOOD[kind]}

    assert {find_mistake(name, fields[name], definition(kind)) for name in fields} == {""}


def test_no_mistake_is_found_in_what_the_operation_does_not_ask_for():
    assert find_mistake("amount", "1e6", definition("app_registration")) == ""
    assert find_mistake("amount", "1e6") == ""


def test_what_the_operation_does_not_ask_for_is_left_out():
    accepted = case(form("app_registration", amount="1 500 000"))

    assert accepted.operation.parameters == (
        ("new_phone", "+77011234567"),
        ("device", "Galaxy A55"),
    )
    assert accepted.operation.value("amount") == ""


def test_a_foreigners_number_is_no_mistake():
    numbers = (f"900101000{serial:03}" for serial in range(1000))
    issued = [number for number in numbers if Iin.parse(number).checksum_ok]

    assert {find_mistake("iin", number) for number in issued} == {""}


def test_the_number_to_change_to_is_another_one():
    with pytest.raises(OperationRefused) as refused:
        case(form(old_phone="+77011234567"))

    assert (refused.value.detail, refused.value.code) == ("new_phone", "phone.unchanged")


def test_an_unknown_language_is_named():
    with pytest.raises(OperationRefused) as refused:
        case(form(language="fr"))

    assert (refused.value.detail, refused.value.code) == ("language", "operation_refused")


def test_what_was_typed_stays_out_of_reprs():
    assert IIN not in repr(form())
    assert "4567" not in repr(form())
    assert "hunter2" not in repr(SignIn("T-1", "hunter2"))
    assert IIN not in repr(case(form()))


def test_a_number_is_shown_masked():
    assert mask_phone("+77011234567") == "+7701 ••• •• 67"
    assert mask_phone("123") == "•••"


@pytest.mark.parametrize("untrusted", ["", "+7", "+77011234567890", "++77011234567", "8701123456a"])
def test_other_numbers_are_refused(untrusted):
    with pytest.raises(OperationRefused, match="new_phone"):
        case(form(new_phone=untrusted))


def test_the_digest_of_an_operation_changes_with_every_parameter():
    first = operation(PHONE, new_phone="+77011234567", old_phone="+77017654321")
    other = operation(PHONE, new_phone="+77011234568", old_phone="+77017654321")
    swapped = operation(PHONE, new_phone="+77017654321", old_phone="+77011234567")
    of_another_kind = operation(APP, new_phone="+77011234567", old_phone="+77017654321")

    assert len({each.sha256() for each in (first, other, swapped, of_another_kind)}) == 4


def test_the_digest_of_an_operation_does_not_depend_on_the_order_of_its_parameters():
    first = operation(PHONE, new_phone="+77011234567", old_phone="+77017654321")
    turned = operation(PHONE, old_phone="+77017654321", new_phone="+77011234567")
    lines = "change_trusted_phone\nnew_phone=+77011234567\nold_phone=+77017654321"

    assert first.sha256() == turned.sha256() == hashlib.sha256(lines.encode()).hexdigest()


def test_the_iin_commitment_depends_on_the_salt():
    client = case(form()).client

    assert client.iin_commitment(b"a" * 16) != client.iin_commitment(b"b" * 16)
