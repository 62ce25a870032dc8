"""The log as rows: for those who may read, and only while it verifies."""

import pytest

from tests.support.station.log import flip, vandalise
from tests.support.station.stations import Desk, a_site
from workstation.session.states import State
from workstation.station import commands as c
from workstation.station.log_pages import LogPages, _find_silent


@pytest.fixture
def site(tmp_path):
    with a_site(tmp_path) as site:
        desk = Desk(site)
        desk.to(State.CONSENT)
        desk.do(c.RefuseConsent())
        yield site


def pages_of(site, *, allowed=True):
    return LogPages(site.services.log_path, site.log_site.log_key.vkey, lambda: allowed)


def test_rows_say_what_happened_by_whom_and_when(site):
    pages = pages_of(site)
    rows = pages.rows(0, 100)
    pages.close()

    assert [row.seq for row in rows] == list(range(site.services.journal.log.size))
    (result,) = [row for row in rows if row.kind == "verify.result"]
    assert (result.actor, result.outcome, result.reason) == (
        "T-0042",
        "rejected",
        "consent.refused",
    )
    assert result.operation == "change_trusted_phone"
    assert result.time_ms == site.clock.wall_ms()
    assert [row.outcome for row in rows if row.kind == "verify.step"] == [
        "prechecks",
        "consent.refused",
    ]


def test_what_a_silent_check_found_is_for_whoever_may_read_the_log():
    checks = [
        {"hard": "silent", "status": "failed", "reason": "not_staff_face.teller"},
        {"hard": "silent", "status": "indeterminate", "reason": "one_identity.missing"},
        {"hard": "silent", "status": "passed", "reason": "not_staff.clear"},
        {"hard": "soft", "status": "failed", "reason": "name.other"},
        "no check",
    ]

    assert tuple(_find_silent(checks)) == ("not_staff_face.teller",)
    assert tuple(_find_silent(None)) == ()


@pytest.mark.parametrize(("start", "count", "expected"), [(0, 2, [0, 1]), (3, 1, [3]), (99, 5, [])])
def test_a_page_holds_what_was_asked_for(site, start, count, expected):
    pages = pages_of(site)

    assert [row.seq for row in pages.rows(start, count)] == expected
    pages.close()


def test_who_may_not_read_sees_nothing(site):
    pages = pages_of(site, allowed=False)

    assert (pages.size(), pages.rows(0, 10)) == (0, ())
    pages.close()


def test_pages_grow_with_the_log(site):
    pages = pages_of(site)
    before = pages.size()
    Desk(site).sign_in()

    assert pages.size() == before + 1
    pages.close()


def test_a_log_that_does_not_verify_shows_nothing(site):
    site.services.journal.log.close()
    vandalise(site.services.log_path, flip("body", "entry", "seq = 2"))
    pages = pages_of(site)

    assert pages.rows(0, 10) == ()
    pages.close()


def test_a_log_under_another_key_or_none_at_all_shows_nothing(site, tmp_path):
    foreign = LogPages(site.services.log_path, site.log_site.supervisor.vkey, lambda: True)
    absent = LogPages(tmp_path / "none", site.log_site.log_key.vkey, lambda: True)
    garbled = LogPages(site.services.log_path, "no key", lambda: True)

    for pages in (foreign, absent, garbled):
        assert (pages.size(), pages.rows(0, 10)) == (0, ())
        pages.close()
