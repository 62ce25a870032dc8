from tests.support.vision.observations import RECOMMENDED, seen
from tests.support.vision.renderings import flat, head
from vision.liveness.posture import Deviation
from vision.liveness.signals.parallax import FLAT
from vision.liveness.signals.planar import PlanarWatch
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


def test_who_sits_turned_from_the_first_frame_on_shows_one_view_and_no_plane():
    planar = PlanarWatch(RECOMMENDED)
    for number in range(2 * NEEDED):
        planar.observe(number * SPACING_MS, *head(1.0, seed=number), MOVED)
    assert (planar.result().status, planar.result().value_ppm) == (Status.PASSED, 0)
