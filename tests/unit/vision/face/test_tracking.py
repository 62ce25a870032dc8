import cv2
import dlib
import numpy as np
import pytest

from tests.support.vision.faces import ASTRONAUT, HOPPER, on_canvas, photo
from vision.face.tracking import FaceTracker, Located, faces_at_least


@pytest.fixture(scope="module")
def detector():
    return dlib.get_frontal_face_detector()


def gray(pixels):
    return cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)


def portrait(person, *, scale=1.0):
    """Return the head alone, so that two of them fit side by side."""
    cut = photo(person)[0:220, 130:330] if person is ASTRONAUT else photo(person)[10:410, 80:450]
    return cv2.resize(cut, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)


def test_a_face_is_found_and_followed_as_it_moves(detector):
    tracker = FaceTracker(detector)
    middles = []
    for step in range(6):
        picture = on_canvas((portrait(HOPPER), 40 + 12 * step, 40))
        located = tracker.locate(gray(picture))
        assert located is not None
        middles.append(located[0].centre[0])
    steps = [middle - middles[0] for middle in middles]

    assert steps == pytest.approx([0, 12, 24, 36, 48, 60], abs=15)


def test_a_face_that_jumps_is_found_again_in_the_same_frame(detector):
    tracker = FaceTracker(detector)
    assert tracker.locate(gray(on_canvas((portrait(HOPPER), 0, 40)))) is not None
    there = tracker.locate(gray(on_canvas((portrait(HOPPER), 270, 40))))

    assert there is not None
    assert there[0].centre[0] > 350


def test_nobody_is_found_in_noise_and_the_face_afterwards_is(detector):
    tracker = FaceTracker(detector)
    noise = np.random.default_rng(5).integers(0, 255, (480, 640), dtype=np.uint8)
    assert tracker.locate(noise) is None
    assert tracker.locate(gray(on_canvas((portrait(HOPPER), 100, 40)))) is not None


def test_a_second_face_is_counted_at_once_on_acquisition(detector):
    both = on_canvas(
        (portrait(HOPPER, scale=0.8), 10, 60), (portrait(ASTRONAUT, scale=1.3), 360, 60)
    )
    located = FaceTracker(detector).locate(gray(both))

    assert located is not None
    assert located[1] == 2


def test_a_second_face_that_comes_later_is_noticed_within_fifteen_frames(detector):
    alone = gray(on_canvas((portrait(HOPPER, scale=0.8), 10, 60)))
    both = gray(
        on_canvas((portrait(HOPPER, scale=0.8), 10, 60), (portrait(ASTRONAUT, scale=1.3), 360, 60))
    )
    tracker = FaceTracker(detector)
    assert tracker.locate(alone)[1] == 1
    counts = [tracker.locate(both)[1] for _ in range(15)]

    assert counts[-1] == 2
    left = [tracker.locate(alone)[1] for _ in range(5)]
    assert left[-1] == 1


def face(left, top, side, score=1.0):
    return Located((left, top, left + side, top + side), score)


@pytest.mark.parametrize(
    ("other", "count"),
    [
        (face(400, 100, 80), 2),
        (face(400, 100, 79), 1),
        (face(400, 100, 200), 2),
        (face(120, 120, 180), 1),
        (face(400, 100, 80, score=0.1), 1),
    ],
)
def test_only_confident_faces_of_forty_percent_that_lie_apart_count(other, count):
    main = face(100, 100, 200)

    assert faces_at_least([main, other], main) == count
