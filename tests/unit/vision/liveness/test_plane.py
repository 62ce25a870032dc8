import numpy as np
import pytest

from tests.support.vision.observations import RECOMMENDED
from tests.support.vision.renderings import HEIGHT, LANDMARKS, SKIN, WIDTH, flat, head, shown
from vision.liveness.plane import cut_portrait, distance_from_plane


def distance(one, other):
    return distance_from_plane(cut_portrait(*one), cut_portrait(*other))


@pytest.mark.parametrize("scale", [0.8, 1.25, 1.4])
@pytest.mark.parametrize(("yaw", "pitch"), [(0.0, 0.0), (0.2, -0.1), (-0.3, 0.2)])
def test_a_picture_stays_a_plane_however_it_is_held(yaw, pitch, scale):
    assert distance(flat(0, 0, 1.0), flat(yaw, pitch, scale, seed=1)) < 0.003


@pytest.mark.parametrize("light", [0.8, 1.2])
def test_the_light_may_change(light):
    assert distance(flat(0, 0, 1.0), flat(0.1, 0, 1.3, light=light, seed=1)) < 0.003


def test_a_head_that_comes_closer_leaves_the_plane_the_more_the_closer():
    found = [distance(head(1.0), head(scale, seed=1)) for scale in (1.1, 1.3, 1.4)]
    assert found == sorted(found)
    assert found[1] * 1e6 > RECOMMENDED.perspective_ppm


def test_a_face_that_cannot_be_followed_says_nothing():
    blank = shown(np.full((HEIGHT, WIDTH, 3), 128.0), LANDMARKS)
    covered = shown(np.random.default_rng(8).uniform(0, 255, SKIN.shape), LANDMARKS)
    assert distance(covered, blank) is None


def test_points_outside_the_picture_are_not_followed():
    away = shown(SKIN, LANDMARKS + 2_000)
    assert distance(away, flat(0, 0, 1.0)) is None
