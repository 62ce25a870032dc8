"""A teller who lets nobody read: the customer's window is closed when it counts (C-01).

A loan once went through with the customer's window never open.
"""

from dataclasses import replace

import pytest

from tests.support.station.stations import Desk, Told, a_site
from workstation.devices.signing_methods import SigningMethod
from workstation.rules.people.window import WindowRule
from workstation.session.evidence import ConsentBy
from workstation.session.states import State
from workstation.station import commands as c
from workstation.station.station import Station

NEEDED = "customer_window.needed"


def rule(site, window, *, screen=False):
    """Return a desk of the site under a rule about the window."""
    facts = replace(site.services.facts, customer_screen=screen)
    policy = replace(site.services.policy, window=window)
    site.services = replace(site.services, facts=facts, policy=policy)
    return Desk(site)


@pytest.fixture
def site(tmp_path):
    with a_site(tmp_path) as made:
        yield made


@pytest.fixture(
    params=[(WindowRule.REQUIRED, False), (WindowRule.RECORDED, True)], ids=["policy", "settings"]
)
def desk(site, request):
    window, screen = request.param
    return rule(site, window, screen=screen)


@pytest.fixture
def lenient(site):
    return rule(site, WindowRule.RECORDED)


def close(desk):
    desk.do(c.ReportCustomerWindow(shown=False))


@pytest.mark.parametrize("by", ConsentBy)
def test_nobody_consents_to_what_cannot_be_read_whoever_presses(desk, by):
    desk.to(State.CONSENT)
    close(desk)
    before = desk.site.steps()

    desk.do(c.GiveConsent("ru", by))
    assert (desk.now.state, desk.now.message) == (State.CONSENT, NEEDED)
    assert desk.site.steps() == [*before, "customer_window"]
    assert desk.now.window_needed

    desk.do(c.ReportCustomerWindow(shown=True))
    desk.do(c.GiveConsent("ru", by))
    assert desk.now.state is State.LIVENESS


def test_whoever_reads_nothing_may_still_refuse(desk):
    desk.to(State.CONSENT)
    close(desk)
    desk.do(c.RefuseConsent())

    assert desk.outcome == ("rejected", "consent.refused")


def test_a_window_that_was_open_for_the_consent_alone_gets_no_signature(desk):
    desk.to(State.SIGNATURE)
    close(desk)
    desk.do(c.Sign(SigningMethod.NCALAYER))

    assert (desk.now.state, desk.now.message) == (State.SIGNATURE, NEEDED)
    assert "signature" not in desk.site.steps()


def test_a_window_that_was_closed_before_the_end_gets_no_approval(desk):
    desk.to(State.CONFIRMATION)
    close(desk)
    desk.do(c.Confirm())

    assert (desk.now.state, desk.now.message) == (State.CONFIRMATION, NEEDED)
    assert desk.site.permits() == []
    desk.do(c.ReportCustomerWindow(shown=True))
    desk.do(c.Confirm())
    assert desk.outcome[0] == "approved"


def test_a_locked_station_learns_that_the_window_was_closed(desk):
    desk.to(State.CONSENT)
    desk.do(c.Lock())
    close(desk)
    desk.sign_in()
    desk.do(c.GiveConsent("ru"))

    assert desk.now.state is State.CONSENT
    assert not desk.status.customer_window


@pytest.mark.parametrize("shown", [True, False])
def test_where_the_policy_only_records_it_step_and_result_say_whether_it_could_be_read(
    lenient, shown
):
    lenient.to(State.CONSENT)
    lenient.do(c.ReportCustomerWindow(shown=shown))
    lenient.do(c.GiveConsent("ru", ConsentBy.TOUCH))
    lenient.do(c.Abort("teller_aborted"))

    assert not lenient.now.window_needed
    given = [entry.data for entry in lenient.site.entries("verify.step")]
    facts = next(each for each in given if each["step"] == "consent.given")
    assert (facts["by"], facts["window"]) == ("touch", shown)
    (result,) = lenient.site.entries("verify.result")
    provenance = result.data["provenance"]
    assert (provenance["consent_by"], provenance["customer_window"]) == ("touch", shown)


def test_a_station_that_was_told_of_no_window_has_none(site):
    told = Told()
    station = Station(site.services, told)
    station.publish()

    assert not told.stations[-1].customer_window
