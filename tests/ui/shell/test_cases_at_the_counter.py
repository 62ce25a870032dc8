"""Cases that wait, and what breaks at the counter, by keys in the real windows."""

import sys

import pytest

if "PySide6" not in sys.modules:
    pytest.importorskip("pytestqt", reason="the desktop needs pytest-qt")

from tests.support.desktop.counter_by_keys import Counter
from tests.support.station.scripted import Behaviour
from tests.support.station.stations import form
from ui.navigation import Page
from workstation.registries.registry import AnswerStatus
from workstation.session.states import State
from workstation.station import commands as c
from workstation.verification.parking.starting import settle_cases


@pytest.fixture
def counter(counter):
    counter.sign_in()
    return counter


def to_liveness(counter):
    counter.do(c.BeginOperation(form()))
    assert counter.window.page is Page.CONSENT, counter.desk.now.message
    counter.press("F9")
    assert counter.window.page is Page.LIVENESS, counter.desk.now.message


def look(counter, *, behaviour=None, most=3000):
    """Press the key of an attempt, then let the customer be looked at."""
    counter.desk.plug(behaviour)
    counter.show()
    counter.press(counter.window.screen_of(Page.LIVENESS).footer_actions()[-1].key)
    assert counter.desk.now.attempt_running, counter.desk.now.message
    counter.desk.look(most=most)
    counter.show()


def park(counter):
    counter.press("Ctrl+H")
    counter.agree()
    assert counter.window.page is Page.HOME


def finish(counter):
    counter.press("F5")
    counter.press("F9")
    assert counter.window.page is Page.DECISION, counter.desk.now.message
    for key in ("F9", "F9", "Esc"):
        counter.press(key)
    assert counter.window.page is Page.HOME


def start_again(bot, site):
    """Return the desktop of another run over the same folder."""
    journal, services = site.services.journal, site.services
    journal.waiting.clear()
    settle_cases(journal, services.cases, services.clock.wall_ms(), services.alarms.report)
    again = Counter(bot, site)
    again.sign_in()
    return again


def test_two_wait_while_a_third_is_served_and_both_go_on_by_f6(counter):
    for _ in range(2):
        to_liveness(counter)
        look(counter)
        park(counter)
    home = counter.window.screen_of(Page.HOME)
    assert home.table.rowCount() == 2
    counter.press("F2")
    assert counter.window.page is Page.OPERATION
    to_liveness(counter)
    look(counter)
    finish(counter)
    for left in (1, 0):
        counter.press("F6")
        assert counter.window.page is Page.LIVENESS, counter.desk.status.message
        look(counter)
        finish(counter)
        assert len(counter.desk.status.parked) == left

    assert [each["outcome"] for each in counter.site.results()] == ["approved"] * 3


def test_a_camera_lost_in_mid_attempt_costs_the_customer_nothing(counter):
    to_liveness(counter)
    look(counter, most=20)
    counter.desk.station.camera_failed("camera_lost")
    counter.show()
    assert counter.window.page is Page.LIVENESS
    assert (counter.desk.now.attempt, counter.desk.now.breaks) == (1, 1)
    screen = counter.window.screen_of(Page.LIVENESS)
    assert screen.footer_actions()[-1].key == "F9"
    look(counter)
    assert counter.window.page is Page.SIGNATURE
    finish(counter)

    assert counter.site.results()[0]["outcome"] == "approved"


def test_a_case_goes_on_when_the_registry_is_back_after_minutes(counter):
    counter.site.registries.says["antifraud"] = (
        AnswerStatus.INDETERMINATE,
        "antifraud.no_answer",
    )
    counter.do(c.BeginOperation(form()))
    for _ in range(10):
        counter.wait(31_000)
        assert counter.window.page is Page.PRECHECKS
    del counter.site.registries.says["antifraud"]
    counter.wait(31_000)

    assert counter.window.page is Page.CONSENT


def test_a_case_outlives_the_desktop_with_the_attempts_that_failed(counter, qtbot):
    to_liveness(counter)
    look(counter, behaviour=Behaviour(obeys=False))
    look(counter)
    park(counter)
    counter.window.close()
    again = start_again(qtbot, counter.site)
    again.press("F6")
    assert (again.window.page, again.desk.now.attempt) == (Page.LIVENESS, 2)
    look(again)
    finish(again)

    assert (again.desk.now.state, again.site.results()[0]["outcome"]) == (State.IDLE, "approved")
    again.window.close()
