import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.observations import RECOMMENDED, Pose, landmarks_of, seen
from vision.liveness.parallax import FLAT
from vision.liveness.planar import PlanarWatch, narrowing_and_residual
from vision.liveness.posture import neutral_of
from vision.results import Status


def watched(pose, *, flat, length_ms=500):
    planar = PlanarWatch(neutral_of([seen(0, flat=flat)]), RECOMMENDED)
    for at_ms in range(0, length_ms, 33):
        planar.observe(at_ms, landmarks_of(pose, flat=flat))
    return planar.result()


@pytest.mark.parametrize("pose", [Pose(yaw=30), Pose(yaw=-35), Pose(pitch=30)])
def test_a_tilted_print_is_a_plane(pose):
    result = watched(pose, flat=True)
    assert (result.status, result.reason) == (Status.FAILED, FLAT)
    assert result.value_ppm >= RECOMMENDED.planar_narrowing_ppm


@pytest.mark.parametrize(
    "pose", [Pose(), Pose(yaw=30), Pose(pitch=18), Pose(mouth=1.0), Pose(yaw=20, pitch=10)]
)
def test_a_head_is_no_plane(pose):
    assert watched(pose, flat=False).status is Status.PASSED


def test_a_print_held_straight_cannot_be_told_from_a_head_here():
    assert watched(Pose(yaw=10), flat=True).status is Status.PASSED


def test_a_moment_is_not_enough():
    assert watched(Pose(yaw=30), flat=True, length_ms=150).status is Status.PASSED


def test_without_a_face_nothing_is_said():
    planar = PlanarWatch(neutral_of([seen(0)]), RECOMMENDED)
    planar.observe(0, ())
    assert planar.result().status is Status.INDETERMINATE


@given(st.floats(0.5, 2.0), st.floats(-180, 180), st.floats(-200, 200))
def test_moving_closer_and_rotating_in_the_image_are_no_narrowing(scale, angle, shift):

    start = landmarks_of(Pose())
    turn = np.radians(angle)
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    moved = tuple(map(tuple, np.array(start) @ rotation.T * scale + shift))
    narrowing, residual = narrowing_and_residual(start, moved)
    assert abs(narrowing) < 1e-6
    assert residual < 1e-6


def test_landmarks_in_one_point_are_no_plane():
    narrowing, residual = narrowing_and_residual(landmarks_of(Pose()), ((1.0, 1.0),) * 68)
    assert (narrowing, residual) == (0.0, 1.0)
