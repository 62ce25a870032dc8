"""An alarm stands on the home page in every language until a supervisor has seen it."""

from dataclasses import replace
from pathlib import Path

import pytest

from crypto.report.alarm import AlarmCode, OpenAlarm
from tests.support.desktop.snapshots import NOW_MS, session, station
from tests.support.system.event_loop import settle
from ui.navigation import Page
from ui.theme.tone import Tone
from ui.widgets.labels import CodeLabel
from ui.widgets.readiness import policy_line
from workstation.session.states import State
from workstation.station.commands import AcknowledgeAlarms

OUTPUT = Path(__file__).parents[3] / "test-output" / "screens"
SUPERVISOR = ("override", "read_log", "verify_log", "export_log")


def alarm(code=AlarmCode.ANSWER_FORGED, source="http://ocsp.example.kz/"):
    return OpenAlarm(code.value, source, 3, NOW_MS, NOW_MS, 7, NOW_MS)


def shown(window, qtbot, *alarms, allowed=("run_session",), language="ru"):
    status = replace(station(), alarms=alarms, allowed=allowed)
    window.ctx.use_language(language)
    window.resize(1280, 720)
    window.station = status
    window.show_station(status)
    window.show_session(session(State.IDLE))
    settle(qtbot)
    return window.screen_of(Page.HOME)


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
@pytest.mark.parametrize("code", AlarmCode, ids=str)
def test_every_alarm_is_said_uncut_with_its_source(window, qtbot, code, language):
    home = shown(window, qtbot, alarm(code), language=language)
    words = home.alarm.words
    assert window.ctx.tr_code(f"alarm.{code.value}") in words.text()
    assert "http://ocsp.example.kz/" in words.text()
    assert words.height() >= words.heightForWidth(words.width())
    assert window.width() == 1280
    OUTPUT.mkdir(parents=True, exist_ok=True)
    assert window.grab().save(str(OUTPUT / f"alarm_{code.value}_{language}.png"))


def test_of_several_the_newest_is_said_and_how_many_more(window, qtbot):
    home = shown(window, qtbot, alarm(), alarm(AlarmCode.LIST_OLDER), language="en")
    assert "; 1 more" in home.alarm.words.text()


def test_without_an_alarm_there_is_no_line(window, qtbot):
    home = shown(window, qtbot, alarm())
    assert home.alarm.isVisible()
    home = shown(window, qtbot)
    assert not home.alarm.isVisible()


@pytest.mark.parametrize(("allowed", "may"), [(("run_session",), False), (SUPERVISOR, True)])
def test_only_a_supervisor_is_offered_to_acknowledge(window, qtbot, allowed, may):
    assert shown(window, qtbot, alarm(), allowed=allowed).acknowledge.isVisible() is may
    assert not shown(window, qtbot, allowed=allowed).acknowledge.isVisible()


def test_acknowledging_is_confirmed_first(window, qtbot, monkeypatch):
    posted = []
    monkeypatch.setattr(window.ctx, "send", posted.append)
    home = shown(window, qtbot, alarm(), allowed=SUPERVISOR)
    home.acknowledge.click()
    settle(qtbot)
    assert posted == []
    (dialog,) = [each for each in window.findChildren(object) if hasattr(each, "agree")]
    said = {each.text() for each in dialog.findChildren(CodeLabel)}
    assert window.ctx.tr_code("ask.acknowledge_alarms.text") in said
    dialog.agree.click()
    settle(qtbot)
    assert [type(each) for each in posted] == [AcknowledgeAlarms]


def test_home_names_the_lists_that_the_policy_does_not_let_live():
    status = replace(station(), short_bounds=("NCA TEST",))
    assert policy_line(status) == (Tone.WARN, "station.policy_bound", {"lists": "NCA TEST"})
