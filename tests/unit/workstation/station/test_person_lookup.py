"""A person is looked up for the form; name and old number come from the registry."""

import json
from dataclasses import replace
from datetime import date

import pytest

from tests.support.pki import certificates as pki
from tests.support.station.stations import (
    DOCUMENT_NUMBER,
    NAME,
    NEW_PHONE,
    OLD_PHONE,
    SUPERVISOR,
    customer,
    form,
)
from workstation.registries.person import DocumentKind, IdentityDocument, PersonStatus
from workstation.registries.registry import AnswerStatus
from workstation.session.states import State
from workstation.station import commands as c
from workstation.station.snapshot import PersonNote

EXPIRED = IdentityDocument(DocumentKind.IDENTITY_CARD, DOCUMENT_NUMBER, date(2020, 1, 1))


def look_up(desk, iin=pki.IIN):
    desk.do(c.LookUpPerson(iin))
    return desk.now.person


def test_who_has_the_iin_is_shown_with_the_number_hidden(desk):
    desk.sign_in()
    person = look_up(desk)

    assert (person.name, person.sex, person.birth_date) == (NAME, "male", date(1990, 1, 1))
    assert person.notes == ()
    assert person.phone_masked.endswith(OLD_PHONE[-2:])
    assert OLD_PHONE not in repr(person) + person.phone_masked


def test_neither_name_nor_old_number_has_to_be_typed(desk):
    desk.sign_in()
    look_up(desk)
    desk.do(c.BeginOperation(form(untrusted_name="", old_phone="")))
    operation = desk.station.verification.case.operation

    assert (desk.now.state, desk.now.client_name) == (State.CONSENT, NAME)
    assert (operation.value("old_phone"), operation.value("new_phone")) == (OLD_PHONE, NEW_PHONE)
    assert desk.now.person is None


def test_what_is_known_of_one_person_fills_nobody_elses_form(desk):
    desk.sign_in()
    look_up(desk)
    desk.do(c.BeginOperation(form(untrusted_iin=pki.OTHER_IIN, untrusted_name="")))

    assert (desk.status.message, desk.status.message_field) == ("name.malformed", "name")


@pytest.mark.parametrize(
    ("changes", "note"),
    [
        ({"status": PersonStatus.DECEASED}, PersonNote.DECEASED),
        ({"status": PersonStatus.BLOCKED}, PersonNote.BLOCKED),
        ({"document": EXPIRED}, PersonNote.DOCUMENT_EXPIRED),
    ],
)
def test_the_teller_is_told_why_somebody_cannot_be_served(desk, site, changes, note):
    site.registries.somebody = customer(**changes)
    desk.sign_in()

    assert look_up(desk).notes == (note,)


def test_a_registry_that_is_silent_is_asked_again_when_the_iin_is_typed_again(desk, site):
    site.registries.says["person"] = (AnswerStatus.INDETERMINATE, "person.no_answer")
    site.registries.somebody = None
    desk.sign_in()
    assert look_up(desk).notes == (PersonNote.NO_ANSWER,)
    site.registries.says.clear()
    site.registries.somebody = customer()

    assert look_up(desk).name == NAME


def test_while_the_answer_is_waited_for_it_is_said(desk):
    desk.sign_in()
    desk.ask(c.LookUpPerson(pki.IIN))
    assert desk.now.person.notes == (PersonNote.ASKING,)
    assert desk.now.busy == ""
    first = desk.pending
    assert desk.ask(c.LookUpPerson(pki.IIN)).person.notes == (PersonNote.ASKING,)
    desk.pending = first
    desk.settle()

    assert desk.now.person.name == NAME


def test_an_answer_about_somebody_who_is_no_longer_asked_about_is_not_shown(desk):
    desk.sign_in()
    desk.ask(c.LookUpPerson(pki.IIN))
    late = desk.pending
    desk.do(c.LookUpPerson(pki.OTHER_IIN))
    desk.pending = late
    desk.settle()

    assert desk.now.person.iin == pki.OTHER_IIN


@pytest.mark.parametrize("typed", ["", "12", "920314400006", "letters00000"])
def test_what_is_no_iin_is_not_asked_about(desk, site, typed):
    desk.sign_in()
    look_up(desk)
    asked = len(site.registries.asked)

    assert look_up(desk, typed) is None
    assert len(site.registries.asked) == asked


def test_every_look_up_stands_in_the_log_and_names_nobody(desk, site):
    desk.sign_in()
    look_up(desk)
    (entry,) = site.entries("lookup.person")
    written = json.dumps(dict(entry.data))

    assert entry.data["request"] == "ab" * 16
    assert pki.IIN not in written
    assert NAME not in written


def test_a_look_up_that_cannot_be_written_shows_nobody(desk, site):
    desk.sign_in()
    site.clock.full_at = 0
    desk.do(c.LookUpPerson(pki.IIN))

    assert NAME not in repr(desk.now.person)
    assert desk.now.person.name == ""


def test_nobody_is_looked_up_by_who_may_not_begin(desk, site):
    desk.do(c.LookUpPerson(pki.IIN))
    desk.sign_in(SUPERVISOR)
    desk.do(c.LookUpPerson(pki.IIN))

    assert site.registries.asked == []
    assert desk.status.message == "role_missing"


def test_nobody_is_looked_up_while_a_session_runs(desk, site):
    desk.to(State.CONSENT)
    asked = len(site.registries.asked)
    desk.do(c.LookUpPerson(pki.OTHER_IIN))

    assert len(site.registries.asked) == asked


def test_a_form_that_is_forgotten_during_a_session_is_no_mistake_of_the_teller(desk):
    desk.to(State.CONSENT)
    desk.do(c.LookUpPerson(""))

    assert desk.now.message == desk.station.status.message == ""


def test_nobody_stays_on_the_screen_when_the_operator_has_gone(desk):
    desk.sign_in()
    look_up(desk)
    desk.do(c.SignOut())

    assert desk.now.person is None


def test_a_person_without_a_number_on_file_leaves_the_typed_one(desk, site):
    site.registries.somebody = replace(customer(), phone="")
    desk.sign_in()
    look_up(desk)
    desk.do(c.BeginOperation(form()))

    assert desk.station.verification.case.operation.value("old_phone") == OLD_PHONE
