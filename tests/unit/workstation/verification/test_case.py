import pytest

from crypto.x509.iin import Iin
from tests.support.station.operations import KINDS
from workstation.errors import OperationRefused
from workstation.rules.checks import CheckId
from workstation.rules.operation import (
    CriticalOperation,
    mask_phone,
    normalise_phone,
)
from workstation.station.commands import SignIn
from workstation.verification.case import OperationForm, case_from_form, find_mistake

IIN = "920314400005"
GOOD = {
    "change_trusted_phone": {
        "untrusted_new_phone": "+7 701 123 45 67",
        "untrusted_old_phone": "8 (701) 765-43-21",
    },
    "app_registration": {
        "untrusted_new_phone": "87011234567",
        "untrusted_device": "Galaxy A55",
    },
    "loan_issue": {
        "untrusted_new_phone": "+77011234567",
        "untrusted_amount_kzt": "1 500 000",
        "untrusted_term_months": "24",
    },
}


def form(kind="change_trusted_phone", **changed):
    fields = {
        "untrusted_iin": IIN,
        "untrusted_name": " Нұрғалиева   Әсел ",
        **GOOD[kind],
        **changed,
    }
    return OperationForm(kind, **fields)


def case(given):
    return case_from_form(given, case_id="ab" * 16, salt=b"s" * 16)


@pytest.mark.parametrize("kind", KINDS)
def test_a_complete_form_is_accepted_and_normalised(kind):
    accepted = case(form(kind, attestations=((CheckId.OLD_NUMBER_CALLED, True),)))

    assert accepted.operation.new_phone == "+77011234567"
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
    (PHONE, "old_phone", "", "phone.malformed"),
    (APP, "device", "", "device.malformed"),
    (APP, "device", "a\nb", "device.malformed"),
    (APP, "device", "x" * 65, "device.malformed"),
    (LOAN, "amount_kzt", "0", "amount_kzt.limit"),
    (LOAN, "amount_kzt", "1000000001", "amount_kzt.limit"),
    (LOAN, "amount_kzt", "1e6", "number.malformed"),
    (LOAN, "amount_kzt", "1500000,50", "number.malformed"),
    (LOAN, "amount_kzt", "-5", "number.malformed"),
    (LOAN, "amount_kzt", "٣٠٠", "number.malformed"),
    (LOAN, "amount_kzt", "9" * 13, "number.malformed"),
    (LOAN, "term_months", "601", "term_months.limit"),
]


@pytest.mark.parametrize(("kind", "name", "typed", "mistake"), WRONG)
def test_a_mistake_is_named_with_its_field_while_typing_and_at_the_end(kind, name, typed, mistake):
    assert find_mistake(name, typed) == mistake
    with pytest.raises(OperationRefused) as refused:
        case(form(kind, **{f"untrusted_{name}": typed}))

    assert (refused.value.detail, refused.value.code) == (name, mistake)


@pytest.mark.parametrize("kind", KINDS)
def test_no_mistake_is_found_in_what_is_accepted(kind):
    fields = {"untrusted_iin": IIN, "untrusted_name": "Әсел", **GOOD[kind]}

    assert {find_mistake(name.removeprefix("untrusted_"), fields[name]) for name in fields} == {""}


def test_a_foreigners_number_is_no_mistake():
    numbers = (f"900101000{serial:03}" for serial in range(1000))
    issued = [number for number in numbers if Iin.parse(number).checksum_ok]

    assert {find_mistake("iin", number) for number in issued} == {""}


def test_the_number_to_change_to_is_another_one():
    with pytest.raises(OperationRefused) as refused:
        case(form(untrusted_old_phone="+77011234567"))

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
    with pytest.raises(OperationRefused):
        normalise_phone(untrusted)


def test_the_digest_of_an_operation_changes_with_every_parameter():
    first = CriticalOperation(
        "change_trusted_phone", new_phone="+77011234567", old_phone="+77017654321"
    )
    other = CriticalOperation(
        "change_trusted_phone", new_phone="+77011234568", old_phone="+77017654321"
    )
    swapped = CriticalOperation(
        "change_trusted_phone", new_phone="+77017654321", old_phone="+77011234567"
    )

    assert len({first.sha256(), other.sha256(), swapped.sha256()}) == 3


def test_the_iin_commitment_depends_on_the_salt():
    client = case(form()).client

    assert client.iin_commitment(b"a" * 16) != client.iin_commitment(b"b" * 16)
