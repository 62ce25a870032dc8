import pytest

from tests.support.vision.observations import RECOMMENDED, seen
from vision.liveness.signals.track import FACE_LOST, SECOND_FACE, TrackWatch


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
