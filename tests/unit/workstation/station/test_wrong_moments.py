"""A command or a form that does not fit the moment is refused and changes nothing."""

from dataclasses import replace

import pytest

from tests.support.station.scripted import photo
from tests.support.station.stations import (
    DOCUMENT,
    form,
    override,
)
from workstation.devices.signing_methods import SigningMethod
from workstation.session.states import State
from workstation.station import commands as c

WRONG = {
    State.PRECHECKS: [c.GiveConsent("ru"), c.StartLiveness(), c.Sign(SigningMethod.NCALAYER)],
    State.CONSENT: [DOCUMENT, c.StartLiveness(), c.ParkSession()],
    State.REFERENCE: [c.GiveConsent("ru"), c.ParkSession(), c.StartLiveness(), c.NewSession()],
    State.LIVENESS: [
        c.RefuseConsent(),
        DOCUMENT,
        c.Sign(SigningMethod.NCALAYER),
        override(),
    ],
    State.SIGNATURE: [c.StartLiveness(), c.NewSession(), override()],
}


@pytest.mark.parametrize("state", WRONG)
def test_a_command_at_the_wrong_moment_is_refused_and_changes_nothing(desk, site, state):
    before, size = desk.to(state), site.services.journal.log.size
    other = site.folder / "other.png"
    other.write_bytes(photo(person=2))
    wrong = list(WRONG[state])
    if state is not State.REFERENCE:
        # It must not replace the photo that is compared.
        wrong.append(c.UseReferenceFile(other))
    for command in wrong:
        assert desk.station.handle(command) is None
        assert desk.now == replace(before, message="illegal_transition"), command
        assert site.services.journal.log.size == size, command


def test_a_second_session_is_refused_while_one_runs(desk, site):
    before = desk.to(State.CONSENT).session
    desk.do(c.BeginOperation(form()))

    assert (desk.status.message, desk.status.message_field) == ("operation_refused", "session")
    assert desk.now.session == before
    assert len(site.entries("verify.begin")) == 1


@pytest.mark.parametrize(
    "command",
    [c.GiveConsent("ru"), c.StartLiveness(), c.ParkSession(), c.ReadChip(), override()],
)
def test_a_session_command_without_a_session_is_refused(desk, site, command):
    desk.sign_in()
    size = site.services.journal.log.size
    desk.do(command)

    assert desk.status.message == "operation_refused"
    assert site.services.journal.log.size == size


@pytest.mark.parametrize("command", [c.SelectLanguage("de"), c.SelectLanguage("../ru")])
def test_a_language_that_is_not_offered_is_refused(desk, command):
    desk.do(command)

    assert (desk.status.message_field, desk.status.language) == ("language", "ru")


@pytest.mark.parametrize("language", ["de", "../../settings/initial", "\0"])
def test_consent_to_a_text_that_does_not_exist_is_refused(desk, language):
    desk.to(State.CONSENT)
    desk.do(c.GiveConsent(language))

    assert desk.now.state is State.CONSENT
    assert desk.status.message_field == "language"


@pytest.mark.parametrize(
    ("message", "field", "changes"),
    [
        ("iin.malformed", "iin", {"untrusted_iin": "12"}),
        ("name.malformed", "name", {"untrusted_name": ""}),
        ("phone.malformed", "new_phone", {"new_phone": "+1"}),
        ("operation_refused", "language", {"language": "de"}),
    ],
)
def test_a_form_that_is_not_in_order_names_its_field_and_begins_nothing(
    desk, site, message, field, changes
):
    desk.sign_in()
    desk.do(c.BeginOperation(form(**changes)))

    assert (desk.status.message, desk.status.message_field) == (message, field)
    assert site.entries("verify.begin") == []


def test_a_second_press_of_start_does_not_issue_a_second_challenge(desk, site):
    desk.to(State.LIVENESS)
    desk.plug()
    desk.do(c.StartLiveness())
    desk.do(c.StartLiveness())

    assert site.steps().count("liveness.challenge") == 1


def test_the_customer_is_asked_by_one_carrier_at_a_time(desk):
    desk.to(State.SIGNATURE)
    assert desk.station.handle(c.Sign(SigningMethod.NCALAYER)) is not None

    assert desk.station.handle(c.Sign(SigningMethod.NCALAYER)) is None
    assert desk.now.message == "illegal_transition"
    assert desk.now.busy == "ncalayer"
