"""The rules change at midnight in Kazakhstan, between two cases, without a restart."""

from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from crypto.errors import LogUnwritable
from tests.support.pki import certificates as pki
from tests.support.station.stations import Desk, a_site, form
from workstation.errors import PolicyRefused
from workstation.records.policy_in_force import POLICY_IN_FORCE
from workstation.rules.calendar.calendar import PolicyCalendar, PolicyVersion
from workstation.rules.local_time import KAZAKHSTAN, local_day
from workstation.session.states import State
from workstation.station import commands as c
from workstation.verification.rules.built import RuleServices, RuleSource

TODAY = local_day(pki.NOW)
TOMORROW = TODAY + timedelta(days=1)
TO_MIDNIGHT_MS = int(
    (datetime.combine(TOMORROW, datetime.min.time(), KAZAKHSTAN) - pki.NOW).total_seconds() * 1000
)
MINUTE_MS = 60_000


class Versions:
    """Two versions of a station: the second begins tomorrow and has one operation."""

    def __init__(self, site):
        self.site = site
        policy = site.services.policy
        self.first = replace(policy, valid_to=TODAY)
        self.second = replace(
            policy,
            id="kz-next",
            sha256="cd" * 32,
            valid_from=TOMORROW,
            operations=policy.operations[:1],
        )
        self.answer = self.calendar(self.first, self.second)
        self.folder = site.folder / "policies"
        self.folder.mkdir()
        source = RuleSource(self.answer, self.read, self.build, self.folder)
        site.services = replace(site.services, policy=self.first, rules=source)
        self.desk = Desk(site)
        self.desk.sign_in()

    def calendar(self, *policies):
        return PolicyCalendar(tuple(PolicyVersion(each, ("risk", "board")) for each in policies))

    def read(self, _moment):
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def build(self, policy):
        now = self.site.services
        return RuleServices(
            policy,
            replace(now.liveness, pause_least_ms=now.liveness.pause_least_ms + 1),
            now.matching,
            now.live_quality,
            now.reference_quality,
            now.validator,
            now.revocation,
        )

    def put(self, answer):
        """Change the folder, and what is read of it."""
        self.answer = answer
        (self.folder / f"{len(list(self.folder.iterdir()))}.toml").touch()
        self.site.clock.tick(MINUTE_MS)
        self.desk.station.tick()

    @property
    def in_force(self):
        """Return what the log says was put in force."""
        log = self.site.services.journal.log
        return [each.data for each in log.entries(0, log.size) if each.kind == POLICY_IN_FORCE]


@contextmanager
def versions(tmp_path):
    with a_site(tmp_path) as site:
        yield Versions(site)


@pytest.fixture
def world(tmp_path):
    with versions(tmp_path) as made:
        yield made


def test_at_midnight_the_next_version_binds_and_the_log_says_so(world):
    world.site.clock.tick(TO_MIDNIGHT_MS - 1)
    world.desk.station.tick()
    assert world.site.services.policy is world.first
    world.site.clock.tick(1)

    world.desk.station.tick()

    assert world.site.services.policy is world.second
    assert world.desk.status.policy == "kz-next"
    assert [each.definition.kind for each in world.desk.status.operations] == [
        world.second.operations[0].kind
    ]
    assert world.in_force == [
        {
            "id": "kz-next",
            "sha256": "cd" * 32,
            "signers": ["risk", "board"],
            "valid_from": TOMORROW.isoformat(),
            "valid_to": None,
            "day": TOMORROW.isoformat(),
        }
    ]


def test_a_begin_at_midnight_waits_for_no_tick(world):
    world.site.clock.tick(TO_MIDNIGHT_MS)
    world.desk.do(c.BeginOperation(form()))
    verification = world.desk.station.verification
    assert verification.session.policy is world.second
    assert verification.services.liveness.pause_least_ms == 501


def test_a_case_ends_under_what_it_began_with(world):
    world.site.clock.tick(TO_MIDNIGHT_MS - 1)
    world.desk.do(c.BeginOperation(form()))
    running = world.desk.station.verification
    world.site.clock.tick(MINUTE_MS)
    world.desk.station.tick()
    assert world.desk.now.state is State.CONSENT
    assert world.in_force == []
    assert running.session.policy is running.services.policy is world.first

    world.desk.do(c.Abort("teller_aborted"))
    world.desk.station.tick()

    assert world.site.services.policy is world.second
    log = world.site.services.journal.log
    result = next(e for e in log.entries(0, log.size) if e.kind == "verify.result")
    assert result.data["policy"] == world.first.id
    assert running.services.policy is world.first


def test_without_a_next_version_the_screen_counts_the_days_and_nothing_begins_after(world):
    world.put(world.calendar(world.first))
    assert world.desk.status.policy_days_left == 0
    world.site.clock.tick(TO_MIDNIGHT_MS)
    world.desk.do(c.BeginOperation(form()))
    assert world.desk.status.message == "begin.policy_ended"


def test_a_folder_that_breaks_changes_nothing_before_its_day_ends(world):
    world.put(PolicyRefused("x.toml: signed by risk alone"))
    assert world.desk.status.policy_message == "station.policy_unreadable"
    assert world.site.services.policy is world.first
    world.site.clock.tick(TO_MIDNIGHT_MS)
    world.desk.station.tick()
    assert world.site.services.policy is world.second

    world.put(world.calendar(world.first, world.second))

    assert world.desk.status.policy_message == ""


def test_what_could_not_be_read_for_a_moment_is_read_a_minute_later(world, caplog):
    closed = replace(world.second, valid_to=TOMORROW)
    world.put(PolicyRefused("x.toml: PermissionError"))
    for _ in range(2):
        world.site.clock.tick(MINUTE_MS)
        world.desk.station.tick()
    assert world.desk.status.policy_message == "station.policy_unreadable"
    assert caplog.text.count("policies not read anew") == 1
    world.answer = world.calendar(world.first, closed)

    world.site.clock.tick(MINUTE_MS)
    world.desk.station.tick()

    assert world.desk.status.policy_message == ""
    assert world.desk.status.policy_days_left == 1


def test_a_version_that_arrives_while_the_station_runs_is_taken(world):
    closed = replace(world.second, valid_to=TOMORROW)
    third = replace(world.second, id="kz-third", valid_from=TOMORROW + timedelta(days=1))
    assert world.desk.status.policy_days_left is None
    world.put(world.calendar(world.first, closed))
    assert world.desk.status.policy_days_left == 1
    world.put(world.calendar(world.first, closed, third))
    assert world.desk.status.policy_days_left is None
    assert world.in_force == []


def test_the_version_in_force_is_not_taken_away_nor_followed_by_an_earlier_one(world):
    world.site.clock.tick(TO_MIDNIGHT_MS)
    world.desk.station.tick()
    for answer in (
        world.calendar(replace(world.first, valid_to=None)),
        world.calendar(world.first),
    ):
        world.put(answer)
        assert world.site.services.policy is world.second
        assert world.desk.status.policy_message == "station.policy_unreadable"


def test_what_the_log_cannot_say_is_not_in_force(world, monkeypatch):
    def refuse(*_args, **_named):
        raise LogUnwritable("full")

    log = world.site.services.journal.log
    monkeypatch.setattr(type(log), "append", refuse)
    world.site.clock.tick(TO_MIDNIGHT_MS)
    world.desk.station.tick()
    assert world.site.services.policy is world.first
    monkeypatch.undo()
    world.desk.station.tick()
    assert world.site.services.policy is world.second
