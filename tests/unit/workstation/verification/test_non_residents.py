"""Customers whose ИИН says neither birth date nor sex: somebody else does, on record."""

from dataclasses import replace
from datetime import date

import pytest

from crypto.x509.iin import Sex
from tests.support.pki.certificates import well_formed_iin
from tests.support.station import documents
from tests.support.station.documents import HeldDocument
from tests.support.station.operations import good_answers
from tests.support.station.stations import customer, form
from workstation.registries.person import DocumentKind, IdentityDocument, PersonAnswer
from workstation.registries.registry import AnswerStatus, RegistryAnswer
from workstation.rules.checks import CheckId
from workstation.session.states import State
from workstation.station import commands as c
from workstation.verification.case import find_mistake

IIN = well_formed_iin("90010100042")
"""The seventh digit is 0: the first of January 1990, or of 1890."""
CENTURY_AGO = date(1890, 1, 1)
PERMIT = IdentityDocument(DocumentKind.RESIDENCE_PERMIT, documents.NUMBER, date(2034, 1, 1))


@pytest.fixture
def somebody(site):
    site.registries.somebody = customer(iin=IIN, document=PERMIT)

    def change(**changes):
        site.registries.somebody = replace(site.registries.somebody, **changes)

    return change


def begin(desk, **changes):
    desk.sign_in()
    return desk.do(c.BeginOperation(form(**{"untrusted_iin": IIN, **changes})))


def show_permit(desk, **changes):
    lines = documents.card_lines(IIN, **{"nationality": "UZB", **changes})
    desk.sign_in()
    return desk.hold_document(HeldDocument(lines=lines)).document


def age_in(site):
    """What the log says of the age."""
    found = [
        answer
        for entry in site.entries("verify.step")
        for answer in entry.data.get("answers", [])
        if answer["check"] == CheckId.AGE
    ]
    return found[-1]


def test_the_form_takes_the_number_and_refuses_a_wrong_check_digit():
    wrong = IIN[:-1] + str((int(IIN[-1]) + 1) % 10)

    assert find_mistake("iin", IIN) == ""
    assert find_mistake("iin", wrong) == "iin.checksum"
    assert find_mistake("iin", well_formed_iin("90010130042")[:6] + "999999") == "iin.checksum"


def test_the_register_says_when_a_foreigner_was_born(desk, site, somebody):
    somebody(sex=Sex.FEMALE)
    begin(desk)

    assert desk.now.state is State.CONSENT
    assert (age_in(site)["reason"], age_in(site)["facts"]["by"]) == ("age.ok", "registry")


def test_an_iin_that_says_it_vouches_by_itself(desk, site):
    desk.sign_in()
    desk.do(c.BeginOperation(form()))

    assert age_in(site)["facts"]["by"] == "iin"


@pytest.mark.parametrize("born", [date(1990, 1, 2), date(1991, 1, 1)])
def test_a_register_that_contradicts_the_number_vouches_for_nothing(desk, somebody, born):
    somebody(birth_date=born)
    begin(desk)

    assert desk.outcome == ("indeterminate", "person.other_birth_date")


def test_a_foreign_child_is_refused_by_the_registers_word(desk, site, somebody):
    child = well_formed_iin("12010100042")
    somebody(birth_date=date(2012, 1, 1))
    begin(desk, untrusted_iin=child)

    assert desk.outcome == ("rejected", "age.too_young")
    assert "phone_owner" not in site.registries.asked


def test_a_document_says_it_where_the_register_does_not(desk, site, somebody):
    somebody(birth_date=None, sex=None)
    assert show_permit(desk).iin == IIN
    begin(desk)

    assert desk.now.state is State.CONSENT
    assert (age_in(site)["reason"], age_in(site)["facts"]["by"]) == ("age.ok", "document")


def test_a_document_of_another_day_than_the_registers_is_refused(desk, site, somebody):
    somebody(birth_date=CENTURY_AGO)
    show_permit(desk)
    begin(desk)

    assert desk.outcome[0] == "rejected"
    assert age_in(site)["reason"] == "age.too_old"


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ({"sex": "F"}, "reference.other_sex"),
        ({"number": "987654321"}, "reference.other_number"),
    ],
)
def test_a_document_is_held_against_the_register(desk, somebody, lines, reason):
    somebody(sex=Sex.MALE)
    show_permit(desk, **lines)
    begin(desk)

    assert desk.outcome == ("rejected", reason)


def test_who_has_become_a_citizen_keeps_the_number(desk, somebody):
    somebody(document=replace(PERMIT, kind=DocumentKind.IDENTITY_CARD))

    assert show_permit(desk, nationality="KAZ").iin == IIN
    assert begin(desk).state is State.CONSENT


def test_while_nobody_has_said_it_the_case_waits_and_approves_nothing(desk, site, somebody):
    silent = RegistryAnswer(
        "person", AnswerStatus.INDETERMINATE, "person.no_answer", "scripted", 1, 2, "", ""
    )
    known, site.registries.person = (
        site.registries.person,
        lambda _iin: PersonAnswer(silent, None),
    )
    begin(desk)
    assert (desk.now.state, desk.now.message) == (State.PRECHECKS, "person.no_answer")
    assert age_in(site)["reason"] == "age.no_answer"
    site.registries.person = known
    desk.do(c.AskRegistriesAgain())

    assert desk.now.state is State.CONSENT
    assert age_in(site)["facts"]["by"] == "registry"


def test_where_nobody_says_it_nothing_is_decided(desk, somebody):
    somebody(birth_date=None)
    begin(desk)

    assert desk.outcome == ("indeterminate", "age.unknown")


@pytest.mark.parametrize(("year", "wanted"), [(1950, True), (1990, False)])
def test_conditions_on_the_age_go_by_the_registers_word(desk, somebody, year, wanted):
    somebody(birth_date=date(year, 1, 1))
    desk.to(
        State.SIGNATURE,
        untrusted_iin=well_formed_iin(f"{year % 100}010100042"),
        kind="loan_issue",
        amount="500000",
        term_months="12",
        attestations=good_answers("questionnaire"),
    )

    asked = {each.check for each in desk.now.checks}
    assert (CheckId.AGE_CONFIRMED in asked) is wanted


def test_the_form_says_before_it_begins_that_a_document_has_to_be_read(desk, somebody):
    somebody(birth_date=None)
    desk.sign_in()
    desk.do(c.LookUpPerson(IIN))

    assert [note.value for note in desk.now.person.notes] == ["birth_unknown"]
