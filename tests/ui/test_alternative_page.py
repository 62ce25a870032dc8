"""Another way than the commands on the desktop: chosen in words, asked about with a photo."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from tests.support.desktop.snapshots import BY_VIDEO, session
from tests.support.desktop.window_pages import open_settled
from tests.support.system.event_loop import settle
from ui.navigation import Page
from workstation.rules.alternatives import LivenessWay
from workstation.session.alternative import WayReason
from workstation.session.states import State
from workstation.station.alternative_view import AlternativeView
from workstation.station.commands import (
    AskCentre,
    LeaveAlternative,
    RequestAlternative,
    StartLiveness,
    TakeExceptionPhoto,
)

PALM, VIDEO = LivenessWay.PALM, LivenessWay.VIDEO_IDENTIFICATION
CONSENT = "Согласие на проверку ладони"
OFFERED = {
    "attempt_running": False,
    "prompt": None,
    "attempt": 1,
    "alternative": AlternativeView(offered=(PALM, VIDEO), consent=CONSENT),
}


def test_the_ways_that_are_offered_stand_in_a_card_that_a_key_opens(window, qtbot):
    open_settled(window, State.LIVENESS, **OFFERED)
    screen = window.screen_of(Page.LIVENESS)
    assert not screen.alternatives.isVisible()
    window.press("F4")
    settle(qtbot)

    assert screen.alternatives.isVisible()
    assert QApplication.focusWidget() is screen.alternatives.way
    assert [screen.alternatives.way.itemData(row) for row in range(3)] == [None, PALM, VIDEO]
    assert not screen.tasks_card.isVisible()


def test_nothing_is_offered_where_the_core_offers_nothing(window, posted):
    open_settled(window, State.LIVENESS, attempt_running=False, prompt=None)
    window.press("F4")
    assert not window.screen_of(Page.LIVENESS).alternatives.isVisible()
    assert posted == []


def test_video_identification_is_asked_for_by_keys_alone(window, qtbot, posted):
    open_settled(window, State.LIVENESS, **OFFERED)
    card = window.screen_of(Page.LIVENESS).alternatives
    window.press("F4")
    settle(qtbot)
    qtbot.keyClick(card.way, Qt.Key.Key_Down)
    qtbot.keyClick(card.way, Qt.Key.Key_Down)
    qtbot.keyClick(card.way, Qt.Key.Key_Tab)
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Down)
    window.press("F9")

    assert posted == [RequestAlternative(VIDEO, WayReason.CUSTOMER_WISH)]


def test_the_palm_waits_for_the_customers_own_consent(window, posted):
    open_settled(window, State.LIVENESS, **OFFERED)
    card = window.screen_of(Page.LIVENESS).alternatives
    window.press("F4")
    card.way.setCurrentIndex(1)
    card.reason.setCurrentIndex(2)
    assert card.consent.isVisible()
    assert card.consent.text() == CONSENT
    window.press("F9")
    assert posted == []
    card.agreed.setChecked(True)
    window.press("F9")

    language = session(State.LIVENESS).language
    assert posted == [RequestAlternative(PALM, WayReason.COMMANDS_DO_NOT_FIT, language)]


def test_a_consent_to_the_palm_does_not_outlive_the_choice_nor_the_customer(window):
    open_settled(window, State.LIVENESS, **OFFERED)
    card = window.screen_of(Page.LIVENESS).alternatives
    window.press("F4")
    card.way.setCurrentIndex(1)
    card.agreed.setChecked(True)
    card.way.setCurrentIndex(2)
    assert not card.consent.isVisible()
    card.way.setCurrentIndex(1)
    assert not card.agreed.isChecked()
    card.agreed.setChecked(True)
    window.show_session(session(State.LIVENESS, session="b" * 32, **OFFERED))
    assert (card.chosen_way(), card.agreed.isChecked()) == (None, False)


def test_an_attempt_stays_possible_until_it_is_asked_for(window, posted):
    open_settled(window, State.LIVENESS, **OFFERED)
    window.press("F4")
    window.press("F4")
    window.press("F9")
    assert posted == [StartLiveness()]


def test_the_card_closes_when_an_attempt_runs_or_nothing_is_offered_any_more(window):
    open_settled(window, State.LIVENESS, **OFFERED)
    card = window.screen_of(Page.LIVENESS).alternatives
    for changed in ({"attempt_running": True}, {"alternative": AlternativeView()}):
        window.show_session(session(State.LIVENESS, **OFFERED))
        window.press("F4")
        assert card.isVisible()
        window.show_session(session(State.LIVENESS, **{**OFFERED, **changed}))
        assert not card.isVisible()


def test_with_the_card_open_there_is_the_request_and_the_way_back_alone(window):
    open_settled(window, State.LIVENESS, **OFFERED)
    screen = window.screen_of(Page.LIVENESS)
    window.press("F4")
    assert [each.key for each in screen.footer_actions()] == ["Esc", "F4", "F9"]


def test_a_photo_comes_first_and_then_the_question(window, posted):
    open_settled(window, State.ALTERNATIVE, alternative=AlternativeView(way=PALM, most=3))
    window.press("F9")
    assert posted == [TakeExceptionPhoto()]
    shown = replace(BY_VIDEO, way=PALM)
    window.show_session(session(State.ALTERNATIVE, alternative=shown))
    screen = window.screen_of(Page.ALTERNATIVE)
    assert not screen.number.isVisible()
    assert not screen.code.isVisible()
    window.press("F9")
    assert posted[1:] == [AskCentre()]


def test_the_code_is_shown_and_the_number_typed_for_a_video(window, qtbot, posted):
    open_settled(window, State.ALTERNATIVE)
    screen = window.screen_of(Page.ALTERNATIVE)
    assert screen.code.text() == BY_VIDEO.code
    window.press("F9")
    assert posted == []
    qtbot.keyClicks(screen.number.edit, " V-2026-0017 ")
    window.press("F9")
    assert posted == [AskCentre("V-2026-0017")]


def test_the_code_is_there_before_the_photo(window):
    open_settled(window, State.ALTERNATIVE, alternative=replace(BY_VIDEO, jpeg=b""))
    assert window.screen_of(Page.ALTERNATIVE).code.isVisible()


def test_the_teller_may_go_back_to_the_commands(window, posted):
    open_settled(window, State.ALTERNATIVE)
    window.press("F4")
    assert posted == [LeaveAlternative()]


def test_a_number_is_forgotten_with_its_customer(window):
    open_settled(window, State.ALTERNATIVE)
    screen = window.screen_of(Page.ALTERNATIVE)
    screen.number.edit.setText("V-1")
    window.show_session(session(State.ALTERNATIVE, session="b" * 32))
    assert screen.number.text() == ""


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_a_deaf_customer_is_never_told_to_listen(window, language):
    window.ctx.use_language(language)
    for way in (PALM, VIDEO):
        open_settled(window, State.ALTERNATIVE, alternative=replace(BY_VIDEO, way=way))
        steps = window.screen_of(Page.ALTERNATIVE).steps.text().casefold()
        assert not any(each in steps for each in ("слушай", "тыңда", "listen", "hear"))
    assert any(each in steps for each in ("письменно", "жазбаша", "writes"))


@pytest.mark.parametrize("leaves", [False, True])
def test_a_choice_left_open_is_closed_for_the_next_customer(window, leaves):
    open_settled(window, State.LIVENESS, **OFFERED)
    screen = window.screen_of(Page.LIVENESS)
    window.press("F4")
    assert screen.alternatives.isVisible()

    if leaves:
        open_settled(window, State.IDLE)
    open_settled(window, State.LIVENESS, session="ef" * 16, **OFFERED)

    assert not screen.alternatives.isVisible()
    assert screen.tasks_card.isVisible()
    assert screen.footer_actions()[-1].code == "button.start"
