import numpy as np
import pytest

from tests.support.vision.observations import Pose, seen
from tests.support.vision.renderings import head
from vision.frame import Frame
from vision.liveness.posture import Deviation
from vision.liveness.signals.hand_over_face import SPACING_MS, HandOverFaceWatch
from vision.results import LivenessCommand, Status

STILL = Deviation(0.0, 0.0, 0.0, 0.0)
UP, MOUTH = LivenessCommand.LOOK_UP, LivenessCommand.OPEN_MOUTH
CHIN, NOSE = 152, 4


def covered(shown, point):
    """Return an observation with its frame, a smooth patch over what is around a point."""
    observation, frame = shown
    x, y = (round(value) for value in observation.landmarks[point])
    pixels = frame.pixels.copy()
    pixels[max(0, y - 60) : y + 60, max(0, x - 70) : x + 70] = 140
    return observation, Frame(frame.sequence, frame.captured_ns, pixels)


def watched(shown, *, command=UP, times=6, now=STILL, every_ms=SPACING_MS):
    watch = HandOverFaceWatch()
    watch.observe(0, *head(1.0), STILL, None)
    for number in range(times):
        watch.observe((number + 1) * every_ms, *shown, now, command)
    return watch.result()


def test_a_face_that_nods_uncovered_passes():
    result = watched(head(1.0, seed=1))
    assert (result.status, result.reason) == (Status.PASSED, "")


@pytest.mark.parametrize("point", [CHIN, NOSE])
def test_a_covered_nose_or_chin_is_named(point):
    result = watched(covered(head(1.0, seed=1), point))
    assert (result.status, result.reason) == (Status.FAILED, "liveness.hand_over_face")
    assert result.value_ppm < result.threshold_ppm


def test_an_opening_mouth_takes_the_chin_away_and_is_no_hand():
    assert watched(covered(head(1.0, seed=1), CHIN), command=MOUTH).status is Status.PASSED
    assert watched(covered(head(1.0, seed=1), NOSE), command=MOUTH).status is Status.FAILED


def test_a_moment_and_a_pause_say_nothing():
    hidden = covered(head(1.0, seed=1), NOSE)
    assert watched(hidden, times=4).status is Status.INDETERMINATE
    assert watched(hidden, command=None).status is Status.INDETERMINATE
    assert watched(hidden, times=8, every_ms=SPACING_MS // 2).status is Status.INDETERMINATE


def test_a_turned_head_is_not_compared():
    far = Deviation(0.31, 0.0, 0.0, 0.0)
    assert watched(covered(head(1.0, seed=1), NOSE), now=far).status is Status.INDETERMINATE


def test_without_a_face_nothing_is_said():
    watch = HandOverFaceWatch()
    nobody = seen(0, Pose(), faces=0)
    watch.observe(0, nobody, head(1.0)[1], None, UP)
    assert watch.result().status is Status.INDETERMINATE


def test_a_picture_without_any_relief_is_no_error():
    observation, frame = head(1.0)
    grey = Frame(frame.sequence, frame.captured_ns, np.full_like(frame.pixels, 128))
    watch = HandOverFaceWatch()
    for number in range(8):
        watch.observe(number * SPACING_MS, observation, grey, STILL, UP if number else None)
    assert watch.result().name == "hand_over_face"
