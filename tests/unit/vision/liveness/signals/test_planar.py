from dataclasses import replace

from tests.support.vision.observations import RECOMMENDED, seen
from tests.support.vision.renderings import flat, head
from vision.liveness.posture import Deviation
from vision.liveness.signals.parallax import FLAT
from vision.liveness.signals.planar import SAMPLED_MS, PlanarWatch
from vision.results import Status

SPACING_MS = RECOMMENDED.planar_spacing_ms
NEEDED = RECOMMENDED.planar_comparisons
STILL = Deviation(0.0, 0.0, 0.0, 0.0)
MOVED = Deviation(0.2, 0.0, 0.0, 0.0)


def watched(neutral, moved, *, times=NEEDED, every_ms=SPACING_MS, now=MOVED):
    planar = PlanarWatch(RECOMMENDED)
    planar.observe(0, *neutral, STILL)
    for number in range(times):
        planar.observe((number + 1) * every_ms, *moved, now)
    return planar.result()


def test_a_tilted_print_is_a_plane():
    result = watched(flat(0, 0, 1.0), flat(0.3, 0.1, 1.0, seed=1))
    assert (result.name, result.status, result.reason) == ("planar", Status.FAILED, FLAT)
    assert result.value_ppm < result.threshold_ppm == RECOMMENDED.planar_distance_ppm


def test_a_head_is_no_plane():
    result = watched(head(1.0), head(1.4, seed=1))
    assert (result.status, result.reason) == (Status.PASSED, "")
    assert result.value_ppm >= result.threshold_ppm


def test_a_print_held_straight_cannot_be_told_from_a_head_here():
    result = watched(flat(0, 0, 1.0), flat(0, 0, 1.1, seed=1), now=STILL)
    assert (result.status, result.value_ppm) == (Status.PASSED, 0)


def test_a_few_moments_are_not_enough():
    tilted = flat(0.3, 0.1, 1.0, seed=1)
    assert watched(flat(0, 0, 1.0), tilted, times=NEEDED - 1).status is Status.PASSED
    soon = watched(flat(0, 0, 1.0), tilted, times=NEEDED, every_ms=SPACING_MS // 3)
    assert soon.status is Status.PASSED


def test_a_face_turned_out_of_sight_is_not_compared():
    far = Deviation(RECOMMENDED.identity_turn_ppm / 1e6 + 0.01, 0.0, 0.0, 0.0)
    assert watched(flat(0, 0, 1.0), flat(0.3, 0, 1.0), now=far).value_ppm == 0


def test_without_a_face_nothing_is_said():
    planar = PlanarWatch(RECOMMENDED)
    planar.observe(0, seen(0, faces=0), flat(0, 0, 1.0)[1], None)
    result = planar.result()
    assert (result.status, result.reason) == (Status.INDETERMINATE, "liveness.no_face")


def test_an_expression_without_a_turn_is_not_compared():
    smiling = Deviation(0.02, 0.01, 0.2, 0.0)
    assert watched(flat(0, 0, 1.0), flat(0, 0, 1.0, seed=1), now=smiling).value_ppm == 0


def after_the_neutral_second(shots, *, neutral):
    """Return the result of `shots` at turns, after a second of the `neutral` ones, turn by turn."""
    planar = PlanarWatch(RECOMMENDED)
    for number, (turn, (observation, frame)) in enumerate(neutral):
        planar.prepare(number * SAMPLED_MS, replace(observation, turn=turn), frame)
    planar.begin(0.0)
    for number, (turn, shot) in enumerate(shots):
        planar.observe(5_000 + number * SPACING_MS, *shot, Deviation(turn, 0.0, 0.0, 0.0))
    return planar.result()


STRAIGHT = [(0.0, flat(0, 0, 1.0))] * 5


def test_a_print_that_is_held_aside_when_the_neutral_second_is_over_is_compared_with_that_second():
    aside, left = flat(0.15, 0, 1.0, seed=1), flat(0.3, 0, 1.0, seed=2)
    shots = [(0.20, aside)] * 3 + [(0.31, left)] * NEEDED
    assert after_the_neutral_second(shots, neutral=STRAIGHT).reason == FLAT


def test_who_sits_aside_from_then_on_shows_two_views_and_no_plane():
    shots = [(0.20, head(1.4, seed=1))] * NEEDED
    result = after_the_neutral_second(shots, neutral=[(0.0, head(1.0))] * 5)
    assert (result.status, result.reason) == (Status.PASSED, "")
    assert result.value_ppm >= result.threshold_ppm


def test_of_the_neutral_second_the_frame_nearest_to_its_turn_is_taken():
    second = [(0.20, flat(0.3, 0, 1.0)), (0.01, flat(0, 0, 1.0)), (-0.15, flat(-0.2, 0, 1.0))]
    one_view = [(0.20, flat(0.3, 0, 1.0, seed=1))] * NEEDED
    assert after_the_neutral_second(one_view, neutral=second).reason == FLAT


def test_whoever_never_turns_again_is_no_finding():
    shots = [(0.02, flat(0, 0, 1.0, seed=1))] * NEEDED
    assert after_the_neutral_second(shots, neutral=STRAIGHT).status is Status.PASSED


def test_without_a_frame_of_the_neutral_second_the_first_one_after_it_serves():
    planar = PlanarWatch(RECOMMENDED)
    planar.begin(0.0)
    for number in range(2 * NEEDED):
        planar.observe(number * SPACING_MS, *head(1.0, seed=number), MOVED)
    assert (planar.result().status, planar.result().value_ppm) == (Status.PASSED, 0)
