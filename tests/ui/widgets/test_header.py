"""The header's clock: it runs with the session, and says afterwards how long that took."""

from dataclasses import replace

import pytest

from resources import LANGUAGES
from tests.support.desktop.snapshots import NOW_MS, decision, station
from tests.support.desktop.window_pages import open_settled, open_state
from workstation.session.states import State


@pytest.mark.parametrize(("took_ms", "shown"), [(0, "00:01"), (400, "00:01"), (125_000, "02:05")])
def test_a_session_that_has_ended_shows_how_long_it_took(window, took_ms, shown):
    decided = replace(decision("rejected", "iin.checksum"), decided_ms=NOW_MS - 500_000)
    open_state(window, State.RECORDED, decision=decided, started_ms=decided.decided_ms - took_ms)
    assert window.header.duration.text() == shown

    window.ctx.use_language("kk")

    assert window.header.duration.text() == shown


def test_a_running_session_shows_how_long_it_has_run(window):
    open_state(window, State.CONSENT, started_ms=NOW_MS - 61_000)

    assert window.header.duration.text() == "01:01"


def test_sign_out_is_offered_beside_sessions_only(window):
    open_state(window, State.CONSENT)
    assert not window.header.sign_out_button.isVisible()

    open_state(window, State.IDLE, station())

    assert window.header.sign_out_button.isVisible()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_longest_operation_and_the_number_of_a_customer_are_shown_whole(window, language):
    window.ctx.use_language(language)
    window.resize(1280, 680)
    open_settled(
        window, State.CONSENT, kind="change_trusted_phone", client_name="Нұрғалиева Әсел Серікқызы"
    )
    header = window.header

    for label in (header.number, header.operation, header.iin, header.client, header.operator):
        assert label.width() >= label.sizeHint().width(), label.text()
    assert "••••••••0421" in header.iin.text()
