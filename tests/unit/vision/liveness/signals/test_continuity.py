import pytest

from tests.support.vision.observations import RECOMMENDED, person, seen
from vision.liveness.signals.continuity import (
    FACE_LOST,
    IDENTITY_CHANGED,
    SECOND_FACE,
    IdentityWatch,
    TrackWatch,
    mean_template,
)
from vision.results import Status


def identity(*persons):
    watch = IdentityWatch(RECOMMENDED)
    for number in persons:
        watch.add(person(number))
    return watch


def test_one_person_throughout_passes():
    result = identity(1, 1, 1, 1, 1).result(complete=True)
    assert (result.status, result.value_ppm) == (Status.PASSED, 0)


def test_another_person_seen_twice_is_a_change():
    watch = identity(1, 1, 1, 2, 2)
    assert watch.changed
    result = watch.result(complete=True)
    assert (result.status, result.reason) == (Status.FAILED, IDENTITY_CHANGED)
    assert result.value_ppm > RECOMMENDED.continuity_ppm


def test_one_odd_template_raises_doubt_that_the_next_dispels():
    watch = identity(1, 1, 1, 2)
    assert watch.doubtful
    assert not watch.changed
    assert watch.result(complete=True).status is Status.INDETERMINATE
    watch.add(person(1))
    assert not watch.doubtful
    assert watch.result(complete=True).status is Status.PASSED


def test_an_attempt_cut_short_proves_no_identity():
    assert identity(1, 1, 1).result(complete=False).status is Status.INDETERMINATE


def test_the_mean_of_templates_is_taken_component_by_component():
    assert mean_template([(1.0, 3.0), (3.0, 5.0)]) == (2.0, 4.0)


def track(faces_at, *, gap_ms=500, length_ms=3_000):
    watch = TrackWatch(RECOMMENDED)
    for at_ms in range(0, length_ms, 33):
        reason = watch.observe(at_ms, seen(at_ms, faces=faces_at(at_ms)), gap_ms)
        if reason:
            return reason, at_ms
    return "", length_ms


def test_one_face_throughout_is_tracked():
    assert track(lambda _: 1)[0] == ""


@pytest.mark.parametrize(("lost_ms", "reason"), [(400, ""), (700, FACE_LOST)])
def test_a_face_may_be_lost_for_half_a_second(lost_ms, reason):
    assert track(lambda at: 0 if 1_000 <= at < 1_000 + lost_ms else 1)[0] == reason


@pytest.mark.parametrize(("length_ms", "reason"), [(200, ""), (500, SECOND_FACE)])
def test_a_second_face_may_only_flash_by(length_ms, reason):
    assert track(lambda at: 2 if 1_000 <= at < 1_000 + length_ms else 1)[0] == reason


def test_short_losses_do_not_add_up():
    assert track(lambda at: 0 if at % 1_000 < 400 else 1)[0] == ""
