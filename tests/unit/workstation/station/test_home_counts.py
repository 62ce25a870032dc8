"""What the home page is told: today's results out of the log, and what a session would fail by."""

import shutil
from typing import NamedTuple

import pytest

from crypto.errors import LogError
from crypto.log.file.store import LogStore
from tests.support.station.stations import Desk
from workstation.session.states import State
from workstation.station import commands as c
from workstation.station.home_view import DayTotals

DAY_MS = 86_400_000


class Usage(NamedTuple):
    """What a full disk answers."""

    total: int = 10
    used: int = 10
    free: int = 0


def unreadable(_log, *_wanted):
    """Read a log on a share that is away."""
    raise LogError("away")


def ended(desk, state=State.CONSENT):
    desk.to(state)
    desk.do(c.Abort("teller_aborted"))
    desk.do(c.NewSession())


def test_every_result_of_today_is_counted_once(desk):
    desk.to(State.CONSENT)
    assert desk.status.today == DayTotals()
    desk.do(c.Abort("teller_aborted"))
    assert desk.status.today == DayTotals(undecided=1)
    desk.do(c.NewSession())
    desk.do(c.SignOut())

    ended(desk)

    assert desk.status.today == DayTotals(undecided=2)


def test_a_station_that_starts_again_counts_what_its_log_has_of_today(desk, site):
    ended(desk)

    again = Desk(site)
    again.station.publish()

    assert again.status.today == DayTotals(undecided=1)


def test_yesterdays_results_are_not_todays(desk, site):
    ended(desk)
    desk.do(c.SignOut())
    site.clock.tick(DAY_MS)

    desk.station.publish()

    assert desk.status.today == DayTotals()
    again = Desk(site)
    again.station.publish()
    assert again.status.today == DayTotals()


def test_what_was_counted_yesterday_is_not_todays_while_the_log_cannot_be_read(
    desk, site, monkeypatch
):
    ended(desk)
    site.clock.tick(DAY_MS)
    with monkeypatch.context() as broken:
        broken.setattr(LogStore, "entries", unreadable)
        desk.station.publish()

    desk.station.publish()

    assert desk.status.today == DayTotals()


def test_the_clock_the_disk_and_the_keys_are_looked_at_in_time(desk, site, monkeypatch):
    desk.sign_in()
    assert (desk.status.health.clock, desk.status.health.disk, desk.status.health.keys) == (
        "",
        "",
        "",
    )
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage())
    desk.wait()
    assert desk.status.health.disk == ""

    site.clock.tick(30_000)
    desk.wait()

    assert (desk.status.health.disk, desk.status.health.free_gb) == ("begin.disk_full", 0)


def test_a_disk_that_is_gone_is_no_free_disk(desk, site, monkeypatch):
    def gone(_path):
        raise FileNotFoundError

    monkeypatch.setattr(shutil, "disk_usage", gone)
    site.clock.tick(30_000)
    desk.wait()

    assert desk.status.health.disk == "begin.disk_full"


def test_a_log_that_is_away_for_a_moment_is_told_and_ends_no_case(desk, site, monkeypatch):
    desk.to(State.CONSENT)
    with monkeypatch.context() as broken:
        broken.setattr(LogStore, "entry", unreadable)
        site.clock.tick(30_000)
        desk.station.tick()

    assert (desk.now.state, desk.status.health.keys) == (State.CONSENT, "begin.log_broken")


@pytest.mark.parametrize("field", ["clock", "disk", "keys"])
def test_a_healthy_station_says_nothing(desk, field):
    desk.sign_in()

    assert getattr(desk.status.health, field) == ""
