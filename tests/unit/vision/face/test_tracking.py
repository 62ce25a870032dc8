import cv2
import numpy as np
import pytest

from tests.support.vision.faces import ASTRONAUT, HOPPER, engines, on_canvas, photo
from vision.face.engines.detection import DetectedFace, count_faces
from vision.face.geometry import NOSE_TIP, jaw_width
from vision.face.tracking import FaceTracker


@pytest.fixture
def tracker():
    loaded = engines()
    return FaceTracker(
        loaded.detector, loaded.tracker, loaded.mesh, loaded.manifest.detector.search_px
    )


def portrait(person, *, scale=1.0):
    """Return the head alone, so that two of them fit side by side."""
    cut = photo(person)[0:220, 130:330] if person is ASTRONAUT else photo(person)[10:410, 80:450]
    return cv2.resize(cut, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)


def test_a_face_is_found_and_followed_as_it_moves(tracker):
    noses = []
    for step in range(6):
        found = tracker.locate(on_canvas((portrait(HOPPER), 40 + 12 * step, 40)))
        assert found is not None
        noses.append(found.points[NOSE_TIP][0])

    assert [nose - noses[0] for nose in noses] == pytest.approx([0, 12, 24, 36, 48, 60], abs=3)


def test_a_face_that_jumps_is_found_again_in_the_same_frame(tracker):
    assert tracker.locate(on_canvas((portrait(HOPPER), 0, 40))) is not None
    there = tracker.locate(on_canvas((portrait(HOPPER), 270, 40)))

    assert there is not None
    assert there.points[NOSE_TIP][0] > 350


def test_nobody_is_found_in_noise_and_the_face_afterwards_is(tracker):
    noise = np.random.default_rng(5).integers(0, 255, (480, 640, 3), dtype=np.uint8)
    assert tracker.locate(noise) is None
    assert tracker.locate(on_canvas((portrait(HOPPER), 100, 40))) is not None


def test_what_was_followed_is_given_up_in_the_frame_where_it_is_gone(tracker):
    assert tracker.locate(on_canvas((portrait(HOPPER), 100, 40))) is not None
    assert tracker.locate(on_canvas()) is None


@pytest.mark.parametrize(("width", "height"), [(640, 480), (1280, 720), (1920, 1080)])
@pytest.mark.parametrize("jaw", [90, 110, 170])
def test_a_face_of_every_size_the_policy_allows_is_found_at_every_size_of_frame(
    tracker, width, height, jaw
):
    # Grace Hopper's jaw is 198 px wide in the photo, Eileen Collins's 93.
    for person, own in ((HOPPER, 198), (ASTRONAUT, 93)):
        picture = on_canvas(
            (portrait(person, scale=jaw / own), width // 8, height // 8),
            width=width,
            height=height,
        )
        tracker.forget()
        found = tracker.locate(picture)

        assert found is not None
        assert jaw_width(found.points) == pytest.approx(jaw, rel=0.15)


def test_a_second_face_is_counted_at_once_on_acquisition(tracker):
    both = on_canvas(
        (portrait(HOPPER, scale=0.8), 10, 60), (portrait(ASTRONAUT, scale=1.3), 360, 60)
    )
    found = tracker.locate(both)

    assert found is not None
    assert found.faces == 2


def test_a_second_face_that_comes_later_is_noticed_within_fifteen_frames(tracker):
    alone = on_canvas((portrait(HOPPER, scale=0.8), 10, 60))
    both = on_canvas(
        (portrait(HOPPER, scale=0.8), 10, 60), (portrait(ASTRONAUT, scale=1.3), 360, 60)
    )
    assert tracker.locate(alone).faces == 1
    counts = [tracker.locate(both).faces for _ in range(15)]

    assert counts[-1] == 2
    left = [tracker.locate(alone).faces for _ in range(5)]
    assert left[-1] == 1


def test_a_smaller_face_at_the_shoulder_is_near_and_does_not_count(tracker):
    customer = portrait(HOPPER, scale=1.0)
    behind = on_canvas((customer, 10, 60), (portrait(ASTRONAUT, scale=0.62), 470, 40))
    far = on_canvas((customer, 10, 60), (portrait(ASTRONAUT, scale=0.3), 540, 40))
    near = [tracker.locate(behind) for _ in range(16)]
    tracker.forget()
    distant = [tracker.locate(far) for _ in range(16)]

    assert (near[-1].faces, near[-1].nearby) == (1, 1)
    assert distant[-1].nearby == 0


def test_a_nearer_person_who_comes_later_becomes_the_customer(tracker):
    small, large = portrait(ASTRONAUT), portrait(HOPPER)
    assert tracker.locate(on_canvas((small, 10, 60))) is not None
    both = on_canvas((small, 10, 60), (large, 260, 40))
    found = [tracker.locate(both) for _ in range(15)]

    assert jaw_width(found[-1].points) > 150
    assert found[-1].faces == 2


def face(left, top, side):
    return DetectedFace(left, top, side, side, (), 0.9)


@pytest.mark.parametrize(
    ("other", "count"),
    [
        (face(400, 100, 80), 2),
        (face(400, 100, 79), 1),
        (face(400, 100, 200), 2),
        (face(120, 120, 180), 1),
    ],
)
def test_only_faces_of_forty_percent_that_lie_apart_count(other, count):
    main = face(100, 100, 200)

    assert count_faces([main, other], main) == count
