"""The checks that the form foresees are those that the policy will require, and no silent one."""

from dataclasses import replace
from datetime import date

import pytest

from tests.support.station.operations import KINDS, sample_values, shipped_policy
from workstation.rules.checks import CheckId, Hardness
from workstation.rules.conditions import CaseFacts
from workstation.rules.parties import PartyPresence, PartyRole
from workstation.station.foreseen import find_unanswered, foresee_checks, foresee_facts
from workstation.station.publisher import offer_operations
from workstation.station.snapshot import PersonView
from workstation.verification.case import OperationForm, SecondPersonForm

POLICY = shipped_policy()
OFFERS = {each.definition.kind: each for each in offer_operations(POLICY)}
DAY = date(2026, 11, 30)
IIN = "990101400003"
FOUND = PersonView(IIN, (), "Нұрғалиева Әсел", "female", date(1999, 1, 1), "+7777 ••• •• 33", True)


def form(kind, values=(), **changed):
    made = OperationForm(kind, IIN, "Нұрғалиева Әсел", tuple(values))
    return replace(made, **changed)


def foresee(kind, values=(), person=FOUND, day=DAY, **changed):
    return foresee_checks(OFFERS[kind], form(kind, values, **changed), person, day)


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_form_foresees_every_check_that_is_not_silent(kind):
    required = POLICY.operation(kind).required
    expected = [each.check for each in required if each.hardness is not Hardness.SILENT]

    empty = OperationForm(kind, "", "")
    seen = foresee_checks(OFFERS[kind], empty, None, DAY)

    assert [each.check for each in seen] == expected
    assert {each.check for each in seen if not each.certain} == {
        each.check for each in required if each.when and each.hardness is not Hardness.SILENT
    }


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_silent_is_told_to_the_screens(kind):
    rules = OFFERS[kind].rules

    assert all(each.hardness is not Hardness.SILENT for each in rules.required)


@pytest.mark.parametrize(
    ("amount", "asked"), [("100000", False), ("9000000", True), ("9 000", False), ("9 x", True)]
)
def test_the_amount_decides_while_it_is_typed(amount, asked):
    values = {**sample_values(OFFERS["loan_issue"].definition), "amount": amount}
    names = {each.check for each in foresee("loan_issue", values.items())}

    assert (CheckId.SPOUSE_CONSENT in names) is asked
    assert CheckId.SIGNATURE in names


def test_what_an_answer_may_still_take_away_is_not_certain():
    values = {**sample_values(OFFERS["loan_issue"].definition), "amount": "9000000"}
    seen = {each.check: each for each in foresee("loan_issue", values.items())}

    assert not seen[CheckId.SPOUSE_CONSENT].certain
    assert seen[CheckId.LIVENESS].certain
    assert seen[CheckId.SPOUSE_CONSENT].rule == "L-05"


def test_a_year_without_an_index_decides_nothing_by_the_amount():
    values = {**sample_values(OFFERS["loan_issue"].definition), "amount": "100000"}
    seen = foresee("loan_issue", values.items(), day=date(2199, 1, 1))

    assert CheckId.SPOUSE_CONSENT in {each.check for each in seen}


def test_a_second_person_brings_the_checks_of_two():
    second = SecondPersonForm(PartyRole.REPRESENTATIVE, PartyPresence.WITH, "", "")
    names = [each.check for each in foresee("change_trusted_phone", second=second)]

    assert CheckId.POWERS in names
    assert CheckId.DIFFERENT_PEOPLE in names


def test_the_facts_are_those_of_form_and_register():
    values = (("amount", "1 000 000"), ("new_phone", "+998901234567"))
    facts = foresee_facts(OFFERS["loan_issue"], form("loan_issue", values), FOUND, DAY)

    assert facts == CaseFacts(
        age=27,
        amount_kzt=1_000_000,
        mci_kzt=dict(POLICY.mci_kzt)[2026],
        resident=True,
        old_number=True,
        foreign_number=None,
        currency="KZT",
    )


def test_a_foreigners_age_is_the_registers():
    foreign = PersonView("", (), "Smith John", "male", date(1990, 5, 5), "", False)
    empty = OperationForm("loan_issue", "900505000008", "Smith John")

    assert foresee_facts(OFFERS["loan_issue"], empty, foreign, DAY).age == 36
    assert foresee_facts(OFFERS["loan_issue"], empty, None, DAY).age is None


def test_a_question_that_the_case_needs_is_unanswered_until_it_is_answered():
    offer, asked = OFFERS["change_trusted_phone"], "old_number_called"
    open_form = form("change_trusted_phone")

    assert find_unanswered(offer, open_form, FOUND, DAY) == (asked,)
    for answer in (True, False):
        given = replace(open_form, attestations=((asked, answer),))
        assert find_unanswered(offer, given, FOUND, DAY) == ()


def test_what_the_customer_is_asked_later_is_no_question_that_the_form_waits_for():
    offer = OFFERS["unblock_after_antifraud"]
    named = {each.id for each in offer.attested}
    unanswered = find_unanswered(offer, form("unblock_after_antifraud"), FOUND, DAY)

    assert unanswered
    assert named.issuperset(unanswered)


def test_nobody_is_asked_about_an_old_number_that_nobody_has():
    offer = OFFERS["change_trusted_phone"]
    without = replace(FOUND, phone_masked="")

    assert find_unanswered(offer, form("change_trusted_phone"), without, DAY) == ()
    stated = form("change_trusted_phone", (("old_phone", "87771112233"),))
    assert find_unanswered(offer, stated, without, DAY) == ("old_number_called",)
