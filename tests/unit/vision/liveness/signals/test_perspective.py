from dataclasses import replace

from tests.support.vision.observations import RECOMMENDED, seen
from tests.support.vision.renderings import flat, head
from vision.liveness.posture import Deviation
from vision.liveness.signals.perspective import NO_DEPTH, NOT_CLOSER, PerspectiveWatch
from vision.results import Status

STILL = Deviation(0.0, 0.0, 0.0, 0.0)


def watch(shots):
    """Watch a neutral shot, then the shots of a coming closer."""
    watching = PerspectiveWatch(RECOMMENDED)
    watching.observe(*shots[0], STILL, closer=False)
    for number, shot in enumerate(shots[1:]):
        watching.observe(*shot, replace(STILL, growth=0.25 + 0.01 * number), closer=True)
    return watching.result()


def test_a_head_passes():
    result = watch([head(1.0), *(head(1.3, seed=each) for each in range(4))])
    assert (result.name, result.status, result.reason) == ("perspective", Status.PASSED, "")


def test_a_picture_has_no_depth_and_is_never_failed_for_it():
    result = watch([flat(0, 0, 1.0), *(flat(0.1, 0, 1.3, seed=each) for each in range(4))])
    assert (result.status, result.reason) == (Status.INDETERMINATE, NO_DEPTH)
    assert 0 < result.value_ppm < result.threshold_ppm


def test_whoever_did_not_come_closer_proves_nothing():
    assert watch([head(1.0), head(1.3), head(1.3)]).reason == NOT_CLOSER
    assert PerspectiveWatch(RECOMMENDED).result().status is Status.INDETERMINATE


def test_only_frames_near_straight_and_close_enough_are_compared():
    watching = PerspectiveWatch(RECOMMENDED)
    watching.observe(*head(1.0), STILL, closer=False)
    far, turned = replace(STILL, growth=0.1), Deviation(0.2, 0.0, 0.0, 0.0, 0.3)
    for _ in range(4):
        watching.observe(*head(1.3), far, closer=True)
        watching.observe(*head(1.3), turned, closer=True)
        watching.observe(*head(1.3), replace(STILL, growth=0.3), closer=False)
        watching.observe(seen(0, faces=0), head(1.3)[1], None, closer=True)
    assert watching.result().reason == NOT_CLOSER
