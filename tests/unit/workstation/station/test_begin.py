"""What is asked before every session, so that no customer is troubled for nothing."""

import shutil
from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from tests.support.pki import certificates as pki
from tests.support.station.stations import DOCUMENT_NUMBER, Desk, a_site, customer, form
from workstation.registries.person import DocumentKind, IdentityDocument
from workstation.session.states import State
from workstation.station import commands as c
from workstation.station.log_view import LogVerification

LOAN = {
    "kind": "loan_issue",
    "amount": "500 000",
    "term_months": "12",
}
BROKEN = LogVerification(
    running=False, ok=False, size=9, first_bad=4, reason="bad_hash", finished_ms=1
)


def refusal(desk, **changes):
    """Begin; return what it is refused with, before anything stands in the log."""
    size = desk.site.services.journal.log.size
    desk.do(c.BeginOperation(form(**changes)))

    assert desk.now.state is State.IDLE
    assert desk.site.services.journal.log.size == size
    return desk.status.message


def test_a_station_that_is_in_order_begins(desk):
    desk.sign_in()
    desk.do(c.BeginOperation(form()))

    assert desk.now.state is State.CONSENT


def test_a_policy_that_ended_while_the_program_ran_begins_nothing(tmp_path):
    with a_site(tmp_path) as site:
        ended = replace(site.services.policy, valid_to=pki.NOW.date())
        site.services = replace(site.services, policy=ended)
        desk = Desk(site)
        desk.sign_in()
        desk.do(c.BeginOperation(form()))
        assert desk.now.state is State.CONSENT
        desk.do(c.Abort("teller_aborted"))
        desk.do(c.NewSession())
        site.clock.tick(24 * 3_600_000)

        assert refusal(desk) == "begin.policy_ended"


@pytest.mark.parametrize(
    ("hours", "state"), [(6.99, State.CONSENT), (7, State.IDLE), (11.9, State.IDLE)]
)
def test_a_policy_ends_with_the_day_of_the_branch_at_19_00_utc(tmp_path, hours, state):
    with a_site(tmp_path) as site:
        ended = replace(site.services.policy, valid_to=pki.NOW.date())
        site.services = replace(site.services, policy=ended)
        desk = Desk(site)
        desk.sign_in()
        site.clock.tick(round(hours * 3_600_000))
        desk.sign_in()
        desk.do(c.BeginOperation(form()))

        assert desk.now.state is state


def test_a_document_ends_with_the_day_of_the_branch(tmp_path):
    last = IdentityDocument(DocumentKind.IDENTITY_CARD, DOCUMENT_NUMBER, pki.NOW.date())
    with a_site(tmp_path) as site:
        site.registries.somebody = customer(document=last)
        desk = Desk(site)
        desk.sign_in()
        desk.do(c.BeginOperation(form()))
        assert desk.now.state is State.CONSENT
        desk.do(c.Abort("teller_aborted"))
        desk.do(c.NewSession())
        site.clock.tick(7 * 3_600_000)
        desk.sign_in()
        desk.do(c.BeginOperation(form()))

        assert desk.outcome == ("rejected", "person.document_expired")


def test_a_loan_of_a_year_without_an_index_is_refused_and_nothing_else(tmp_path):
    with a_site(tmp_path) as site:
        site.services = replace(
            site.services, policy=replace(site.services.policy, mci_kzt=((2025, 3_932),))
        )
        desk = Desk(site)
        desk.sign_in()
        assert refusal(desk, **LOAN) == "begin.mci_missing"
        desk.do(c.BeginOperation(form()))

        assert desk.now.state is State.CONSENT


@pytest.mark.parametrize("running", [False, True])
def test_a_log_that_did_not_verify_begins_nothing(desk, running):
    desk.sign_in()
    desk.station._publisher.change(verification=replace(BROKEN, running=running))

    assert refusal(desk) == "begin.log_broken"


@pytest.mark.parametrize("hours", [-2, 2])
def test_a_clock_that_was_changed_begins_nothing(desk, site, hours):
    desk.sign_in()
    site.clock.wall += hours * 3_600_000

    assert refusal(desk) == "begin.clock_stepped"


def test_a_list_about_an_authority_that_is_stale_begins_nothing(desk, site):
    desk.sign_in()
    site.clock.tick(round(timedelta(days=91).total_seconds() * 1000))

    assert refusal(desk) == "begin.lists_missing"


@pytest.mark.parametrize("code", ["camera_unavailable", "camera_lost"])
def test_without_a_camera_nothing_begins(desk, code):
    desk.sign_in()
    desk.station.camera_failed(code)

    assert refusal(desk) == code


@pytest.mark.parametrize(
    ("wanted", "shown", "code"),
    [
        (True, False, "begin.customer_screen"),
        (True, True, ""),
        (False, False, ""),
    ],
)
def test_where_customers_have_a_screen_nothing_begins_while_it_is_dark(
    tmp_path, wanted, shown, code
):
    with a_site(tmp_path) as site:
        facts = replace(site.services.facts, customer_screen=wanted)
        site.services = replace(site.services, facts=facts)
        desk = Desk(site)
        desk.sign_in()
        desk.do(c.ReportCustomerWindow(shown=shown))
        desk.do(c.BeginOperation(form()))

        assert desk.status.message == code
        assert desk.now.state is (State.IDLE if code else State.CONSENT)


def test_a_disk_without_room_begins_nothing(desk, monkeypatch):
    desk.sign_in()
    full = SimpleNamespace(total=10**12, used=10**12, free=10**6)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: full)

    assert refusal(desk) == "begin.disk_full"


def test_the_policy_of_these_tests_has_the_year_of_these_tests(site):
    assert site.services.policy.mci_on(date(2026, 9, 1))
