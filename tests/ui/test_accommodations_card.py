"""What a liveness attempt may be eased by: within the policy, never without a reason."""

import pytest

from tests.support.desktop.snapshots import session
from ui.screens.liveness import LivenessScreen
from vision.results import Accommodation, AccommodationReason
from workstation.session.states import State
from workstation.station.commands import StartLiveness

NO_TURN, NO_BLINK = Accommodation.WITHOUT_TURNING, Accommodation.WITHOUT_BLINKING
IDLE = {"attempt_running": False, "prompt": None}


@pytest.fixture
def screen(qtbot, ctx):
    shown = LivenessScreen(ctx)
    qtbot.addWidget(shown)
    shown.show()
    shown.show_session(session(State.LIVENESS, accommodations_allowed=(NO_TURN, NO_BLINK), **IDLE))
    return shown


def press(screen, key):
    action = next(each for each in screen.footer_actions() if each.key == key)
    if action.enabled:
        action.trigger()
    return action.enabled


def posted(ctx, monkeypatch):
    sent = []
    monkeypatch.setattr(ctx, "send", sent.append)
    return sent


def test_the_choice_takes_the_place_of_the_conditions_until_the_attempt_runs(screen):
    assert not screen.accommodations.isVisible()
    press(screen, "F5")
    assert screen.accommodations.isVisible()
    assert not screen.conditions_card.isVisible()
    screen.show_session(session(State.LIVENESS, attempt_running=True))
    assert not screen.accommodations.isVisible()
    assert screen.conditions_card.isVisible()


def test_only_what_the_policy_allows_can_be_chosen(screen):
    press(screen, "F5")
    visible = [each for each, box in screen.accommodations.boxes.items() if box.isVisible()]
    assert visible == [NO_TURN, NO_BLINK]
    screen.accommodations.boxes[NO_BLINK].setChecked(True)
    screen.show_session(session(State.LIVENESS, accommodations_allowed=(NO_TURN,), **IDLE))
    assert screen.accommodations.chosen() == ()


def test_an_attempt_is_not_started_without_a_reason(screen, ctx, monkeypatch):
    sent = posted(ctx, monkeypatch)
    screen.accommodations.boxes[NO_TURN].setChecked(True)
    assert not press(screen, "F9")
    screen.accommodations.reason.setCurrentIndex(1)
    assert press(screen, "F9")
    assert sent == [StartLiveness((NO_TURN,), AccommodationReason.CUSTOMER_WISH)]


def test_the_command_says_whether_the_customer_can_be_lit(screen, ctx, monkeypatch):
    sent = posted(ctx, monkeypatch)
    monkeypatch.setattr(ctx, "customer_shown", lambda: True)
    press(screen, "F9")
    assert sent == [StartLiveness(screen=True)]


def test_light_is_warned_of_where_it_is_chosen(screen):
    press(screen, "F5")
    assert not screen.accommodations.warning.isVisible()
    screen.accommodations.boxes[NO_BLINK].setChecked(True)
    assert screen.accommodations.warning.isVisible()


def test_the_next_customer_starts_without_them(screen):
    screen.accommodations.boxes[NO_TURN].setChecked(True)
    screen.show_session(session(State.LIVENESS, session="b" * 32, **IDLE))
    assert screen.accommodations.chosen() == ()
