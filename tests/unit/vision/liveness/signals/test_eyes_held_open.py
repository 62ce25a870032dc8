from dataclasses import replace

import pytest

from tests.support.vision.observations import FRAME_MS, Pose, blinking, seen
from vision.liveness.signals.eyes_held_open import EyesHeldOpenWatch
from vision.results import Status


def watched(will, *, lasts_ms=6_000, at_rest=lambda _at_ms: True):
    watch = EyesHeldOpenWatch()
    for at_ms in range(0, lasts_ms, FRAME_MS):
        watch.observe(at_ms, seen(at_ms, will(at_ms)), at_rest=at_rest(at_ms))
    return watch.result()


def staring(at_ms):
    return Pose(eyes=1.0 - 0.05 * (at_ms // 500 % 2))


def test_lids_that_never_move_are_named():
    result = watched(staring)
    assert (result.status, result.reason) == (Status.FAILED, "liveness.eyes_held_open")
    assert 0 < result.value_ppm < result.threshold_ppm


@pytest.mark.parametrize("lasts_ms", [3_000, 6_000])
def test_one_blink_is_enough_however_short_the_watch(lasts_ms):
    result = watched(lambda at_ms: blinking(at_ms, Pose()), lasts_ms=lasts_ms)
    assert (result.status, result.reason) == (Status.PASSED, "")


def test_lids_that_sink_slowly_have_not_moved():
    assert watched(lambda at_ms: Pose(eyes=1.0 - 0.5 * at_ms / 6_000)).status is Status.FAILED


def test_what_the_lids_do_in_a_command_does_not_count():
    nodding = watched(
        lambda at_ms: Pose(eyes=0.5 if at_ms % 1_000 < 400 else 1.0),
        lasts_ms=10_000,
        at_rest=lambda at_ms: at_ms % 1_000 >= 400,
    )
    assert nodding.status is Status.FAILED


def test_a_few_seconds_say_nothing():
    assert watched(staring, lasts_ms=4_000).status is Status.INDETERMINATE
    assert watched(staring, at_rest=lambda _at_ms: False).status is Status.INDETERMINATE


def test_a_lost_face_says_nothing():
    watch = EyesHeldOpenWatch()
    watch.observe(0, replace(seen(0, faces=0)), at_rest=True)
    assert watch.result().status is Status.INDETERMINATE
