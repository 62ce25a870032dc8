import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.vision.observations import Pose, landmarks_of
from vision.face import geometry

RATIOS = [
    geometry.turn_ratio,
    geometry.nod_ratio,
    geometry.mouth_ratio,
]
HEAD = landmarks_of(Pose(yaw=12, pitch=-5, mouth=0.3))

scales = st.floats(0.2, 5.0)
angles = st.floats(-0.6, 0.6)
shifts = st.floats(-500, 500)


def moved(landmarks, scale, angle, x, y):
    turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return [tuple(point) for point in np.array(landmarks) @ turn.T + (x, y)]


@given(scales, angles, shifts, shifts)
def test_ratios_do_not_depend_on_distance_place_or_tilt_of_the_camera(scale, angle, x, y):
    other = moved(HEAD, scale, angle, x, y)
    for ratio in RATIOS:
        assert ratio(other) == pytest.approx(ratio(HEAD), abs=1e-6)


@given(scales)
def test_widths_grow_with_the_picture(scale):
    other = moved(HEAD, scale, 0.0, 0.0, 0.0)

    assert geometry.jaw_width(other) == pytest.approx(scale * geometry.jaw_width(HEAD))


@pytest.mark.parametrize("yaw", [10, 20, 30])
def test_turning_to_the_own_left_is_positive_and_grows_with_the_angle(yaw):
    less, more = (geometry.turn_ratio(landmarks_of(Pose(yaw=y))) for y in (yaw - 10, yaw))

    assert more > less
    assert geometry.turn_ratio(landmarks_of(Pose(yaw=-yaw))) == pytest.approx(-more)


def test_the_nose_moves_towards_the_image_s_right_when_the_customer_turns_left():
    straight, left = landmarks_of(Pose()), landmarks_of(Pose(yaw=25))

    assert left[geometry.NOSE_TIP][0] > straight[geometry.NOSE_TIP][0]
    assert geometry.turn_ratio(left) > 0.3


def test_a_flat_picture_turned_as_far_keeps_its_nose_in_the_middle():
    assert abs(geometry.turn_ratio(landmarks_of(Pose(yaw=35), flat=True))) < 0.02


def test_looking_down_brings_the_nose_towards_the_mouth():
    down, straight, up = (geometry.nod_ratio(landmarks_of(Pose(pitch=p))) for p in (15, 0, -15))

    assert down > straight > up


def test_opening_the_mouth_shows_in_its_own_ratio():
    opened, rest = landmarks_of(Pose(mouth=1.0)), landmarks_of(Pose())

    assert geometry.mouth_ratio(opened) - geometry.mouth_ratio(rest) > 0.3
    assert geometry.turn_ratio(opened) == geometry.turn_ratio(rest)


def eye(height):
    """Return a contour like the network's: lower lid from corner to corner, then the upper one."""
    across = np.linspace(10, 50, 9)
    lower = [(x, 30 + height / 2) for x in across]
    upper = [(x, 30 - height / 2) for x in across[1:-1]]
    lower[0], lower[8] = (10, 30), (50, 30)
    return np.array(lower + upper, dtype=float)


@pytest.mark.parametrize("height", [0, 4, 12])
def test_an_eye_is_open_by_the_distance_of_its_lids_in_widths(height):
    assert geometry.contour_opening(eye(height)) == pytest.approx(height / 40)


def test_both_eyes_count_alike():
    assert geometry.mean_opening((0.3, 0.1)) == pytest.approx(0.2)


@given(st.tuples(*[st.floats(-0.3, 0.3)] * 4), shifts, shifts)
def test_an_affine_view_of_a_flat_picture_carries_the_nose_along(linear, x, y):
    flat = np.array(landmarks_of(Pose(), flat=True))
    view = flat @ (np.eye(2) + np.array(linear).reshape(2, 2)).T + (x, y)
    offset = geometry.neutral_affine_nose(
        [tuple(point) for point in flat], [tuple(point) for point in view]
    )

    assert abs(offset) < 1e-6


def test_the_nose_of_a_turned_head_leaves_the_plane_in_the_direction_of_the_turn():
    neutral = landmarks_of(Pose())
    left, right = (
        geometry.neutral_affine_nose(neutral, landmarks_of(Pose(yaw=yaw))) for yaw in (25, -25)
    )

    assert left > 0.1
    assert right == pytest.approx(-left)


@pytest.mark.parametrize("at", [0.0, 5.0, 0.1, 1919.7, -431.3])
def test_a_face_in_one_point_gives_neutral_ratios_instead_of_an_error(at):
    point = [(at, at)] * geometry.LANDMARK_COUNT
    for ratio in RATIOS:
        assert ratio(point) == 0.0
    assert geometry.neutral_affine_nose(point, point) == 0.0
    assert geometry.neutral_affine_nose(HEAD, point) == 0.0


@pytest.mark.parametrize("at", [0.1, 318.3, 1919.7])
@pytest.mark.parametrize("off", [0.0, 1e-12, -1e-10])
def test_eyes_in_one_point_are_level_whatever_rounding_leaves_between_them(at, off):
    face = np.array(HEAD)
    face[[33, 133, 362, 263]] = (at, at)
    face[[362, 263]] += (off, 3 * off)
    level = np.array(HEAD)
    level[[33, 133, 362, 263]] = (at, at)
    expected = geometry.turn_ratio(level)
    assert geometry.turn_ratio([tuple(point) for point in face]) == pytest.approx(expected)


@pytest.mark.parametrize("count", [0, 5, 68, 467, 469])
def test_another_number_of_points_is_a_mistake_of_the_caller(count):
    with pytest.raises(ValueError, match="468 landmarks"):
        geometry.turn_ratio([(1.0, 2.0)] * count)
