import pytest

from tests.support.vision.observations import RECOMMENDED, Pose, seen
from vision.liveness.posture import Deviation, Posture, neutral_of
from vision.liveness.signals.parallax import FLAT, ParallaxWatch
from vision.results import LivenessCommand, Status

LEFT, RIGHT = LivenessCommand.TURN_LEFT, LivenessCommand.TURN_RIGHT


def turned(yaw, command=LEFT, *, length_ms=600):
    posture = Posture(neutral_of([seen(0)]), RECOMMENDED)
    watch = ParallaxWatch(RECOMMENDED)
    for at_ms in range(0, length_ms, 33):
        watch.observe(at_ms, 0, command, posture.measure(at_ms, seen(at_ms, Pose(yaw=yaw))))
    return watch


@pytest.mark.parametrize(("yaw", "command"), [(30, LEFT), (-30, RIGHT), (22, LEFT)])
def test_a_turned_head_shows_relief(yaw, command):
    watch = turned(yaw, command)
    assert watch.shown
    assert watch.result().status is Status.PASSED
    assert watch.result().value_ppm >= RECOMMENDED.parallax_ppm


def test_a_turn_held_without_relief_is_flat():
    watch = ParallaxWatch(RECOMMENDED)
    for at_ms in range(0, 600, 33):
        watch.observe(at_ms, 0, LEFT, Deviation(0.35, 0.0, 0.0, 0.05))
    assert not watch.shown
    assert (watch.result().status, watch.result().reason) == (Status.FAILED, FLAT)


def test_relief_between_the_bounds_decides_nothing():
    watch = ParallaxWatch(RECOMMENDED)
    for at_ms in range(0, 600, 33):
        watch.observe(at_ms, 0, LEFT, Deviation(0.35, 0.0, 0.0, 0.10))
    assert watch.result().status is Status.INDETERMINATE


def test_without_a_held_turn_nothing_is_said():
    assert turned(0).result().status is Status.INDETERMINATE
    assert turned(30, RIGHT).result().status is Status.INDETERMINATE
    assert turned(30, length_ms=100).result().status is Status.INDETERMINATE


def test_relief_to_the_wrong_side_does_not_count():
    watch = ParallaxWatch(RECOMMENDED)
    for at_ms in range(0, 600, 33):
        watch.observe(at_ms, 0, LEFT, Deviation(0.35, 0.0, 0.0, -0.20))
    assert watch.result().reason == FLAT


def test_the_flattest_of_two_turns_is_judged():
    watch = ParallaxWatch(RECOMMENDED)
    for at_ms in range(0, 600, 33):
        watch.observe(at_ms, 0, LEFT, Deviation(0.5, 0.0, 0.0, 0.25))
    for at_ms in range(1_000, 1_600, 33):
        watch.observe(at_ms, 2, RIGHT, Deviation(-0.5, 0.0, 0.0, -0.02))
    assert not watch.shown
    assert watch.result().reason == FLAT


def test_other_commands_are_not_turns():
    watch = ParallaxWatch(RECOMMENDED)
    for at_ms in range(0, 600, 33):
        watch.observe(at_ms, 0, LivenessCommand.LOOK_UP, Deviation(0.5, 0.0, 0.0, 0.0))
    assert watch.result().status is Status.INDETERMINATE
