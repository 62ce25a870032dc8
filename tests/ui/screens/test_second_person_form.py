"""The second person on the form, and whose turn it is on both screens."""

import pytest

from tests.support.desktop.snapshots import session, station
from tests.support.desktop.window_pages import choose_operation
from ui.navigation import Page, Route
from workstation.documents.texts import Texts
from workstation.rules.parties import PartyPresence, PartyRole
from workstation.session.states import State
from workstation.station.commands import BeginOperation
from workstation.station.snapshot import PersonNote, PersonView
from workstation.verification.case import SecondPersonForm

CUSTOMER, GUARDIAN = "990101400003", "901127300001"


@pytest.fixture
def page(window):
    window.show_station(station())
    window.show_session(session(State.IDLE))
    window.navigate(Route.FORM)
    return window.screen_of(Page.OPERATION)


def choose(page, role):
    offered = [each for each, _ in page.offer.parties]
    page.second_person.roles.setCurrentIndex(1 + offered.index(role))
    page.second_person.roles.activated.emit(1 + offered.index(role))


def fill(page):
    page.client.iin.edit.setText(CUSTOMER)
    page.client.name.edit.setText("Садықова Айым")
    page.client.show_person(PersonView(CUSTOMER, (PersonNote.NO_ANSWER,)))
    page.client.name.edit.setText("Садықова Айым")
    page.parameters.fields["new_phone"].edit.setText("+77000001502")
    page.attestations["old_number_called"].yes.click()


def begins(page, posted):
    """Press the primary key; whether the case began."""
    page.footer_actions()[-1].trigger()
    return any(isinstance(each, BeginOperation) for each in posted)


def test_an_operation_that_offers_nobody_asks_for_nobody(page):
    choose_operation(page, "app_registration")

    assert page.second_person.roles.isHidden()
    assert page.second_person.isHidden()
    assert page.second_person.form is None


def test_without_a_choice_the_customer_begins_alone(page, posted):
    choose_operation(page, "change_trusted_phone")
    fill(page)

    assert not page.second_person.roles.isHidden()
    assert page.second_person.isHidden()
    assert begins(page, posted)


def test_a_guardian_is_asked_for_iin_and_name_and_no_number(page, posted):
    choose_operation(page, "change_trusted_phone")
    fill(page)
    choose(page, PartyRole.GUARDIAN)

    assert page.second_person.number.isHidden()
    assert not begins(page, posted)
    assert page.second_person.iin.message.isVisible()

    page.second_person.iin.edit.setText(GUARDIAN)
    page.second_person.name.edit.setText("Садықов Нұржан")
    assert begins(page, posted)

    (begun,) = [each for each in posted if isinstance(each, BeginOperation)]
    assert begun.form.second == SecondPersonForm(
        PartyRole.GUARDIAN, PartyPresence.WITH, GUARDIAN, "Садықов Нұржан"
    )
    assert "Садықов" not in repr(begun)


def test_a_representative_is_asked_for_the_number_of_the_power(page):
    choose_operation(page, "change_trusted_phone")
    choose(page, PartyRole.REPRESENTATIVE)

    assert not page.second_person.number.isHidden()


def test_whoever_was_typed_is_forgotten_with_the_customer(page):
    choose_operation(page, "change_trusted_phone")
    fill(page)
    choose(page, PartyRole.REPRESENTATIVE)
    page.second_person.iin.edit.setText(GUARDIAN)
    page.forget()

    assert page.second_person.iin.text() == ""
    assert page.second_person.form is None


@pytest.mark.parametrize("state", [State.CONSENT, State.LIVENESS, State.SIGNATURE])
def test_header_says_whose_turn_it_is(window, state):
    window.show_station(station())
    window.show_session(session(state, turn="guardian"))
    words = Texts("ru").tr("party.guardian")

    assert window.header.client.text().startswith(f"{words}: ")
    window.show_session(session(state))
    assert words not in window.header.client.text()
