import random
from dataclasses import replace

import pytest

from tests.support.vision.observations import RECOMMENDED
from tests.support.vision.onnx_files import network_row
from vision.errors import VisionSettingsRefused
from vision.liveness.challenge import issue_challenge, possible_orders
from vision.liveness.plan import TURNS, USUAL_PLAN, adjust, plan_attempt
from vision.results import Accommodation, LivenessCommand

NO_TURN, NO_BLINK = Accommodation.WITHOUT_TURNING, Accommodation.WITHOUT_BLINKING
CLOSER = LivenessCommand.COME_CLOSER


def test_the_usual_set_asks_for_five_movements_and_a_blink():
    assert len(USUAL_PLAN.commands) == 5
    assert CLOSER not in USUAL_PLAN.commands
    assert USUAL_PLAN.blinks
    assert not USUAL_PLAN.screen_light
    assert {"blink", "parallax", "command_identity", "cut"} <= set(USUAL_PLAN.required)


def test_without_turning_the_depth_is_shown_by_coming_closer():
    plan = plan_attempt([NO_TURN])
    assert TURNS.isdisjoint(plan.commands)
    assert "parallax" not in plan.required
    assert "perspective" in plan.required
    assert "blink" in plan.required
    assert all(CLOSER in order for order in possible_orders(3, plan))


def test_without_blinking_the_screen_lights_the_face_and_it_comes_closer_too():
    plan = plan_attempt([NO_BLINK])
    assert not plan.blinks
    assert "blink" not in plan.required
    assert {"screen_light", "perspective", "parallax"} <= set(plan.required)
    assert all(CLOSER in order and TURNS & set(order) for order in possible_orders(3, plan))


def test_both_together_drop_both_and_demand_both_replacements():
    plan = plan_attempt([NO_TURN, NO_BLINK])
    assert {"blink", "parallax"}.isdisjoint(plan.required)
    assert {"screen_light", "perspective"} <= set(plan.required)


@pytest.mark.parametrize(
    "easing", [[], [NO_TURN], [NO_BLINK], [NO_TURN, NO_BLINK], list(Accommodation)]
)
def test_every_set_demands_as_many_signals_as_the_usual_one(easing):
    plan = plan_attempt(easing)
    assert len(plan.required) >= len(USUAL_PLAN.required)
    assert len(set(plan.required)) == len(plan.required)
    always = {"capture", "commands", "identity", "command_identity", "planar", "loop", "freeze"}
    assert always <= set(plan.required)


@pytest.mark.parametrize(
    ("easing", "orders"), [([], 42), ([NO_TURN], 30), ([NO_BLINK], 54), ([NO_TURN, NO_BLINK], 30)]
)
def test_the_orders_of_every_set_are_counted(easing, orders):
    assert len(possible_orders(3, plan_attempt(easing))) == orders


@pytest.mark.parametrize("easing", [[], [NO_TURN], [NO_BLINK], [NO_TURN, NO_BLINK]])
def test_four_commands_can_be_drawn_in_every_set(easing):
    assert possible_orders(4, plan_attempt(easing))


def test_how_it_is_shown_changes_nothing_that_is_judged():
    shown = plan_attempt([Accommodation.LARGE_PROMPTS, Accommodation.SPOKEN_PROMPTS])
    assert replace(shown, accommodations=()) == USUAL_PLAN
    assert adjust(RECOMMENDED, shown) == RECOMMENDED


def test_more_time_stretches_deadlines_and_no_measure():
    eased = adjust(RECOMMENDED, plan_attempt([Accommodation.MORE_TIME]))
    stretched = {
        "position_deadline_ms",
        "command_deadline_ms",
        "neutral_deadline_ms",
        "session_deadline_ms",
        "blink_extra_ms",
    }
    for name in RECOMMENDED.__slots__:
        factor = 2 if name in stretched else 1
        assert getattr(eased, name) == factor * getattr(RECOMMENDED, name)


def test_more_time_is_never_less():
    with pytest.raises(VisionSettingsRefused):
        replace(RECOMMENDED, more_time_ppm=1_000_000)


def test_accommodations_are_recorded_once_in_a_fixed_order():
    given = [Accommodation.MORE_TIME, NO_TURN, Accommodation.MORE_TIME]
    assert plan_attempt(given).accommodations == (NO_TURN, Accommodation.MORE_TIME)


def test_a_light_code_is_drawn_only_where_a_screen_can_show_it():
    plan = plan_attempt([NO_BLINK])
    rng = random.Random(1)
    dark = issue_challenge(settings=RECOMMENDED, rng=rng, plan=plan, screen=False)
    lit = issue_challenge(settings=RECOMMENDED, rng=rng, plan=plan, screen=True)
    usual = issue_challenge(settings=RECOMMENDED, rng=rng, screen=True)
    assert dark.light == usual.light == ()
    assert len(lit.light) == RECOMMENDED.light_symbols


@pytest.mark.parametrize("easing", [[], [NO_TURN], [NO_BLINK], [NO_TURN, NO_BLINK]])
def test_the_network_of_a_station_is_asked_in_every_set(easing):
    usual, judged = plan_attempt(easing), plan_attempt(easing, network_row())
    assert judged.required == (*usual.required, "presentation_attack")
    assert "presentation_attack" not in usual.required
