"""What fails around the desk is a sentence on it, and costs nobody their work."""

import pytest
from PySide6.QtWidgets import QLabel

from tests.support.desktop.counter import LiveCounter
from tests.support.pki import certificates as pki
from ui.navigation import Page, Route
from workstation.session.states import State

HOUR_MS = 3_600_000


@pytest.fixture
def counter(open_window, site):
    made = LiveCounter(open_window, site)
    made.sign_in()
    return made


def fill_form(counter):
    counter.window.navigate(Route.FORM)
    page = counter.type_form()
    for asked in page.attestations.values():
        asked.yes.click()
    return page


def to_liveness(counter):
    fill_form(counter)
    counter.window.press("F9")
    counter.pump()
    counter.window.press("F11")
    counter.pump()
    counter.window.press("F9")
    counter.pump()
    assert counter.state is State.LIVENESS


def words_on(window):
    return " ".join(each.text() for each in window.findChildren(QLabel) if each.isVisible())


def test_a_clock_set_back_is_said_and_the_form_is_kept(counter):
    page = fill_form(counter)
    counter.site.clock.wall -= HOUR_MS
    counter.desk.wait()

    counter.window.press("F9")
    counter.pump()

    assert counter.state is State.IDLE
    assert counter.window.ctx.tr_code(counter.window.station.message) in words_on(counter.window)
    assert "clock" in counter.window.station.message
    assert page.client.iin.text() == pki.IIN


def test_locked_and_unlocked_in_mid_case_nothing_is_lost(counter):
    to_liveness(counter)
    before = counter.window.session
    counter.window.system_session.left.emit()
    counter.pump()
    locked = counter.window.ctx.locked
    counter.unlock()

    assert locked
    assert not counter.window.ctx.locked
    assert counter.window.session.session == before.session
    assert counter.window.page is Page.LIVENESS
