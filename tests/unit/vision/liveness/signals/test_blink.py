from dataclasses import replace

import pytest

from tests.support.vision.observations import RECOMMENDED, Pose, seen
from vision.liveness.signals.blink import NO_BLINK, BlinkWatch
from vision.results import Status


def watch(samples):
    blink = BlinkWatch(RECOMMENDED)
    for at_ms, observation in samples:
        blink.observe(at_ms, observation)
    return blink


def series(closed, *, length_ms=3_000, open_eye=0.30, shut=0.10, step=33, turn=0.0):
    """Open eyes with the ratio `shut` in the intervals `closed`."""
    for at_ms in range(0, length_ms, step):
        is_shut = any(start <= at_ms < end for start, end in closed)
        yield (
            at_ms,
            replace(seen(at_ms), eye_opening=(shut if is_shut else open_eye,) * 2, turn=turn),
        )


def test_an_eye_that_closes_and_opens_is_a_blink():
    blink = watch(series([(1_000, 1_130)]))
    assert len(blink.blinks) == 1
    assert blink.result(1).status is Status.PASSED
    assert blink.result(1).reason == ""


def test_no_blink_is_a_failure_with_its_reason():
    result = watch(series([])).result(0)
    assert (result.status, result.reason) == (Status.FAILED, NO_BLINK)
    assert result.threshold_ppm == 1_000_000


@pytest.mark.parametrize("open_eye", [0.19, 0.25, 0.44])
def test_the_baseline_is_the_customers_own(open_eye):
    assert watch(series([(1_000, 1_130)], open_eye=open_eye, shut=0.4 * open_eye)).blinks != []


def test_narrowed_eyes_are_no_blink():
    assert watch(series([(1_000, 1_130)], shut=0.65 * 0.30)).blinks == []


def test_a_long_closure_is_no_blink_and_does_not_stop_the_next():
    assert watch(series([(1_000, 2_000), (2_500, 2_600)], length_ms=4_000)).blinks != []


def test_one_odd_sample_at_thirty_frames_a_second_is_no_blink():
    assert watch(series([(990, 1_010)])).blinks == []


def test_a_blink_survives_fifteen_frames_a_second():
    assert watch(series([(1_000, 1_130)], step=66)).blinks != []


def test_eyes_foreshortened_by_a_fast_turn_are_no_blink():
    samples = [
        (at_ms, replace(observation, turn=0.3 * (at_ms - 1_000) / 130 if at_ms >= 1_000 else 0.0))
        for at_ms, observation in series([(1_000, 1_130)])
    ]
    assert watch(samples).blinks == []


def test_a_lost_face_forgets_the_unfinished_blink():
    samples = list(series([(1_000, 1_130)]))
    samples = [
        (at, seen(at, faces=0) if 1_060 <= at < 1_200 else observation)
        for at, observation in samples
    ]
    assert watch(samples).blinks == []


def test_a_blink_before_there_is_a_baseline_does_not_count():
    assert watch(series([(0, 100)], length_ms=400)).blinks == []


def test_the_projected_face_blinks_too():
    samples = [
        (at, seen(at, Pose(eyes=0.3 if 1_000 <= at < 1_130 else 1.0))) for at in range(0, 2_000, 33)
    ]
    assert watch(samples).blinks != []
