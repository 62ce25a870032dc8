"""An alarm is on the home page until a supervisor has seen it, who is named in the log."""

import pytest

from crypto.errors import LogUnwritable
from crypto.report.alarm import Alarm, AlarmCode
from tests.support.station.stations import AUDITOR, SUPERVISOR, TELLER, Desk, form
from workstation.records.alarms import ACKNOWLEDGED, ALARM, AlarmRegister
from workstation.session.states import State
from workstation.station import commands as c

FORGED = Alarm.raise_about(AlarmCode.LIST_FORGED, "http://crl.example/a", "signature_wrong", b"x")


def test_what_another_thread_reports_is_written_and_shown_with_the_next_tick(desk, site):
    site.services.alarms.report(FORGED)
    desk.station.tick()

    assert [each.code for each in desk.status.alarms] == ["list_forged"]
    assert [entry.data["code"] for entry in site.entries(ALARM)] == ["list_forged"]


def test_what_another_program_left_is_taken_with_the_lists(desk, site):
    beside = AlarmRegister(site.folder)
    beside.report(FORGED)
    beside.defer()
    desk.station.lists_updated()
    assert [each.code for each in desk.status.alarms] == ["list_forged"]


def test_a_supervisor_who_is_signed_in_acknowledges_it_under_their_own_key(desk, site):
    site.services.alarms.report(FORGED)
    desk.station.tick()
    desk.sign_in(SUPERVISOR)
    desk.do(c.AcknowledgeAlarms())

    (alarm,) = site.entries(ALARM)
    (entry,) = site.entries(ACKNOWLEDGED)
    assert entry.actor == SUPERVISOR.id
    assert entry.data == {"alarms": [{"entry": alarm.seq, "count": 1}]}
    assert desk.status.alarms == ()
    site.services.alarms.report(FORGED)
    desk.station.tick()
    assert len(desk.status.alarms) == 1, "the next one is a new alarm"


@pytest.mark.parametrize("who", [TELLER, AUDITOR])
def test_nobody_else_does(desk, site, who):
    site.services.alarms.report(FORGED)
    desk.station.tick()
    desk.sign_in(who)
    desk.do(c.AcknowledgeAlarms())

    assert desk.status.message == "role_missing"
    assert len(desk.status.alarms) == 1
    assert site.entries(ACKNOWLEDGED) == []


def test_whoever_is_not_signed_in_does_not(desk, site):
    site.services.alarms.report(FORGED)
    desk.do(c.AcknowledgeAlarms())
    assert desk.status.message == "operation_refused"
    assert site.entries(ACKNOWLEDGED) == []


def test_an_alarm_keeps_nobody_from_being_served(desk, site):
    """Else whoever reaches the network of a branch could close it."""
    site.services.alarms.report(FORGED)
    desk.station.tick()
    desk.sign_in(TELLER)
    desk.do(c.BeginOperation(form()))
    assert desk.now.state is not State.IDLE


def test_a_log_that_takes_nothing_is_said_once_a_minute_and_loses_no_alarm(desk, site, monkeypatch):
    log, tried = site.services.journal.log, []

    def refuse(*_arguments, **_named):
        tried.append(1)
        raise LogUnwritable("full")

    with monkeypatch.context() as broken:
        broken.setattr(type(log), "append", refuse)
        site.services.alarms.report(FORGED)
        for _ in range(20):
            desk.station.tick()
        assert len(tried) == 1
    site.clock.tick(61_000)
    desk.station.tick()
    assert [each.code for each in desk.status.alarms] == ["list_forged"]


def test_the_next_start_shows_what_nobody_has_acknowledged(desk, site):
    site.services.alarms.report(FORGED)
    desk.station.tick()
    again = AlarmRegister(site.folder)
    again.load(site.services.log_path, site.services.log_key.vkey)
    site.services.alarms = again
    assert [each.code for each in Desk(site).station.status.alarms] == ["list_forged"]
