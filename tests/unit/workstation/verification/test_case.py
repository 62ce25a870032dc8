import pytest

from workstation.errors import OperationRefused
from workstation.rules.checks import CheckId
from workstation.rules.operation import (
    CriticalOperation,
    OperationKind,
    mask_phone,
    normalise_phone,
)
from workstation.station.commands import SignIn
from workstation.verification.case import OperationForm, case_from_form

IIN = "920314400005"
GOOD = {
    OperationKind.CHANGE_TRUSTED_PHONE: {
        "untrusted_new_phone": "+7 701 123 45 67",
        "untrusted_old_phone": "8 (701) 765-43-21",
    },
    OperationKind.APP_REGISTRATION: {
        "untrusted_new_phone": "87011234567",
        "untrusted_device": "Galaxy A55",
    },
    OperationKind.LOAN_ISSUE: {
        "untrusted_new_phone": "+77011234567",
        "untrusted_amount_kzt": "1 500 000",
        "untrusted_term_months": "24",
    },
}


def form(kind=OperationKind.CHANGE_TRUSTED_PHONE, **changed):
    fields = {
        "untrusted_iin": IIN,
        "untrusted_name": " Нұрғалиева   Әсел ",
        **GOOD[kind],
        **changed,
    }
    return OperationForm(kind, **fields)


def case(given):
    return case_from_form(given, case_id="ab" * 16, salt=b"s" * 16)


@pytest.mark.parametrize("kind", list(OperationKind))
def test_a_complete_form_is_accepted_and_normalised(kind):
    accepted = case(form(kind, attestations=((CheckId.OLD_NUMBER_CALLED, True),)))

    assert accepted.operation.new_phone == "+77011234567"
    assert accepted.client.name == "Нұрғалиева Әсел"
    assert accepted.attestations == ((CheckId.OLD_NUMBER_CALLED, True),)


@pytest.mark.parametrize(
    ("kind", "changed", "field"),
    [
        (OperationKind.CHANGE_TRUSTED_PHONE, {"untrusted_iin": "92031440000"}, "iin"),
        (OperationKind.CHANGE_TRUSTED_PHONE, {"untrusted_iin": "92031440000x"}, "iin"),
        (OperationKind.CHANGE_TRUSTED_PHONE, {"untrusted_name": " "}, "name"),
        (OperationKind.CHANGE_TRUSTED_PHONE, {"untrusted_name": "я" * 121}, "name"),
        (OperationKind.CHANGE_TRUSTED_PHONE, {"untrusted_name": "Әсел\u202e"}, "name"),
        (OperationKind.CHANGE_TRUSTED_PHONE, {"untrusted_new_phone": "+1 555"}, "new_phone"),
        (OperationKind.CHANGE_TRUSTED_PHONE, {"untrusted_old_phone": ""}, "old_phone"),
        (
            OperationKind.CHANGE_TRUSTED_PHONE,
            {"untrusted_old_phone": "+77011234567"},
            "new_phone",
        ),
        (OperationKind.APP_REGISTRATION, {"untrusted_device": ""}, "device"),
        (OperationKind.APP_REGISTRATION, {"untrusted_device": "a\nb"}, "device"),
        (OperationKind.APP_REGISTRATION, {"untrusted_device": "x" * 65}, "device"),
        (OperationKind.LOAN_ISSUE, {"untrusted_amount_kzt": "0"}, "amount_kzt"),
        (OperationKind.LOAN_ISSUE, {"untrusted_amount_kzt": "1e6"}, "amount_kzt"),
        (OperationKind.LOAN_ISSUE, {"untrusted_amount_kzt": "٣٠٠"}, "amount_kzt"),
        (OperationKind.LOAN_ISSUE, {"untrusted_amount_kzt": "9" * 12}, "amount_kzt"),
        (OperationKind.LOAN_ISSUE, {"untrusted_term_months": "601"}, "term_months"),
        (OperationKind.LOAN_ISSUE, {"language": "fr"}, "language"),
    ],
)
def test_a_wrong_field_is_named(kind, changed, field):
    with pytest.raises(OperationRefused) as refused:
        case(form(kind, **changed))

    assert refused.value.detail == field


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
        OperationKind.CHANGE_TRUSTED_PHONE, new_phone="+77011234567", old_phone="+77017654321"
    )
    other = CriticalOperation(
        OperationKind.CHANGE_TRUSTED_PHONE, new_phone="+77011234568", old_phone="+77017654321"
    )
    swapped = CriticalOperation(
        OperationKind.CHANGE_TRUSTED_PHONE, new_phone="+77017654321", old_phone="+77011234567"
    )

    assert len({first.sha256(), other.sha256(), swapped.sha256()}) == 3


def test_the_iin_commitment_depends_on_the_salt():
    client = case(form()).client

    assert client.iin_commitment(b"a" * 16) != client.iin_commitment(b"b" * 16)
