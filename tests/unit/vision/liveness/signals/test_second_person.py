from dataclasses import replace

import pytest

from tests.support.vision.observations import seen
from vision.liveness.signals.second_person import SecondPersonWatch
from vision.results import Status


def judged(alone, accompanied):
    watch = SecondPersonWatch()
    for number in range(alone + accompanied):
        watch.observe(replace(seen(33 * number), nearby=int(number >= alone)))
    return watch.result()


def test_somebody_near_for_more_than_a_tenth_of_the_time_is_named():
    result = judged(89, 11)
    assert (result.status, result.value_ppm) == (Status.FAILED, 110_000)
    assert result.reason == "liveness.second_person"


def test_a_false_find_that_is_kept_until_the_next_search_is_not():
    assert judged(330, 30).status is Status.PASSED


@pytest.mark.parametrize("frames", [0, 29])
def test_a_moment_says_nothing(frames):
    assert judged(0, frames).status is Status.INDETERMINATE


def test_frames_without_a_face_do_not_count():
    watch = SecondPersonWatch()
    for number in range(100):
        watch.observe(seen(33 * number, faces=0))
    assert watch.result().status is Status.INDETERMINATE
