import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.vision.observations import RECOMMENDED, Pose, landmarks_of, seen
from vision.liveness.posture import neutral_of
from vision.liveness.signals.parallax import FLAT
from vision.liveness.signals.planar import PlanarWatch, narrowing_and_residual
from vision.results import Status


def watched(pose, *, flat, length_ms=500):
    planar = PlanarWatch(neutral_of([seen(0, flat=flat)]), RECOMMENDED)
    for at_ms in range(0, length_ms, 33):
        planar.observe(at_ms, landmarks_of(pose, flat=flat))
    return planar.result()


@pytest.mark.parametrize("pose", [Pose(yaw=30), Pose(yaw=-35), Pose(pitch=30)])
def test_a_tilted_print_is_a_plane(pose):
    result = watched(pose, flat=True)
    assert (result.name, result.status, result.reason) == ("planar", Status.FAILED, FLAT)
    assert result.value_ppm >= result.threshold_ppm == RECOMMENDED.planar_narrowing_ppm


@pytest.mark.parametrize(
    "pose", [Pose(), Pose(yaw=30), Pose(pitch=18), Pose(mouth=1.0), Pose(yaw=20, pitch=10)]
)
def test_a_head_is_no_plane(pose):
    result = watched(pose, flat=False)
    assert (result.status, result.reason) == (Status.PASSED, "")


def test_a_print_held_straight_cannot_be_told_from_a_head_here():
    assert watched(Pose(yaw=10), flat=True).status is Status.PASSED


def test_a_moment_is_not_enough():
    assert watched(Pose(yaw=30), flat=True, length_ms=150).status is Status.PASSED


@pytest.mark.parametrize(
    "between",
    [(), landmarks_of(Pose(), flat=True), landmarks_of(Pose(yaw=30))],
    ids=["no face", "held straight", "no plane"],
)
def test_two_tilts_with_something_between_are_not_one(between):
    hold_ms, tilted = RECOMMENDED.planar_hold_ms, landmarks_of(Pose(yaw=30), flat=True)
    planar = PlanarWatch(neutral_of([seen(0, flat=True)]), RECOMMENDED)
    planar.observe(0, tilted)
    planar.observe(hold_ms // 2, between)
    planar.observe(hold_ms, tilted)
    planar.observe(2 * hold_ms - 1, tilted)
    assert planar.result().status is Status.PASSED

    planar.observe(2 * hold_ms, tilted)
    assert planar.result().status is Status.FAILED


def test_without_a_face_nothing_is_said():
    planar = PlanarWatch(neutral_of([seen(0)]), RECOMMENDED)
    planar.observe(0, ())
    result = planar.result()
    assert (result.status, result.reason) == (Status.INDETERMINATE, "liveness.no_face")


@given(st.floats(0.5, 2.0), st.floats(-180, 180), st.floats(-200, 200))
def test_moving_closer_and_rotating_in_the_image_are_no_narrowing(scale, angle, shift):

    start = landmarks_of(Pose())
    turn = np.radians(angle)
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    moved = tuple(map(tuple, np.array(start) @ rotation.T * scale + shift))
    narrowing, residual = narrowing_and_residual(start, moved)
    assert abs(narrowing) < 1e-6
    assert residual < 1e-6


SCALES = [1e-3, 0.1, 1.0, 7.3, 1e4]
OFFSETS = [(0.0, 0.0), (0.1, 0.7), (-431.3, 1079.9), (1e5, -1e5)]


def placed(points, scale, offset):
    return tuple(map(tuple, np.asarray(points) * scale + offset))


def on_a_line(degrees):
    across = np.array(landmarks_of(Pose()))[:, :1] - 320
    return across * (np.cos(np.radians(degrees)), np.sin(np.radians(degrees)))


@pytest.mark.parametrize("offset", OFFSETS)
@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize(
    "points",
    [np.ones((68, 2)), *(on_a_line(degrees) for degrees in (0, 90, 30, 45, -71))],
    ids=["point", "level", "upright", "30", "45", "-71"],
)
def test_landmarks_in_one_point_or_on_one_line_are_no_plane(points, scale, offset):
    # Rounding leaves such landmarks a width, another one under each of OpenBLAS's kernels.
    face, degenerate = landmarks_of(Pose()), placed(points, scale, offset)
    assert narrowing_and_residual(face, degenerate) == (0.0, 1.0)
    assert narrowing_and_residual(degenerate, face) == (0.0, 1.0)
    assert narrowing_and_residual(degenerate, degenerate) == (0.0, 1.0)


@pytest.mark.parametrize("offset", OFFSETS)
@pytest.mark.parametrize("scale", SCALES)
def test_a_tilt_is_the_same_wherever_and_however_large_the_face_is(scale, offset):
    face, tilted = (landmarks_of(Pose(yaw=yaw), flat=True) for yaw in (0, 30))
    expected = narrowing_and_residual(face, tilted)
    assert expected[0] > 0.1
    # At 1e5 pixels from the corner a face of a tenth of a pixel has ten digits left.
    moved = narrowing_and_residual(placed(face, scale, offset), placed(tilted, scale, offset))
    assert moved == pytest.approx(expected, rel=1e-5, abs=1e-7)


@pytest.mark.parametrize("scale", [0.5, 1.0, 3.0])
def test_the_distance_from_the_plane_is_in_outer_eye_distances_of_a_face_as_large(scale):
    face = np.array(landmarks_of(Pose(), flat=True))
    eyes = np.linalg.norm(face[45] - face[36])
    angle = np.random.default_rng(7).uniform(0, 2 * np.pi, len(face))
    off = 0.05 * eyes * np.column_stack([np.cos(angle), np.sin(angle)])
    _, residual = narrowing_and_residual(placed(face, 1, 0), placed(face + off, scale, 0))
    # The plane is fitted to the points, which takes a little off their distance from it.
    assert residual == pytest.approx(0.05, rel=0.2)


def test_the_narrowest_picture_a_camera_could_show_still_has_a_width():
    start = np.array(landmarks_of(Pose(), flat=True))
    narrow = placed(start * (1e-3, 1.0), 1.0, (320.0, 0.0))
    narrowing, residual = narrowing_and_residual(landmarks_of(Pose(), flat=True), narrow)
    assert narrowing == pytest.approx(1 - 1e-3, abs=1e-9)
    assert residual < 1e-6
