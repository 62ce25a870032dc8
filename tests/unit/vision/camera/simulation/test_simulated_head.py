from dataclasses import replace

import numpy as np
import pytest

from vision.camera.simulation.expression import Expression
from vision.camera.simulation.head import Head
from vision.camera.simulation.photographs import SimulatedPerson, still_of
from vision.camera.simulation.pose import STRAIGHT, Pose
from vision.errors import CameraUnavailable

NOSE_TIP, EYE, MOUTH_CORNER, CHIN, CHEEK, OTHER_CHEEK = 30, 37, 48, 8, 2, 14
NOSE_SIDE, OTHER_NOSE_SIDE = 31, 35


@pytest.fixture(scope="module", params=SimulatedPerson, ids=str)
def still(request):
    try:
        return still_of(request.param)
    except CameraUnavailable as error:
        pytest.skip(str(error))


def dotted(still, landmark):
    """Return a black portrait with a white dot at a landmark."""
    x, y = np.rint(still.landmarks[landmark]).astype(int)
    picture = np.zeros_like(still.pixels)
    picture[y - 2 : y + 3, x - 2 : x + 3] = 255
    return picture


def place(picture):
    """Return the centre of the light."""
    weight = picture[..., 0].astype(float)
    y, x = np.mgrid[0 : weight.shape[0], 0 : weight.shape[1]]
    return np.array([(x * weight).sum(), (y * weight).sum()]) / weight.sum()


def moved(still, landmark, pose):
    head = Head(still)
    dot = dotted(still, landmark)
    return place(head.render(dot, pose)) - place(head.render(dot, STRAIGHT))


def test_looking_straight_leaves_the_portrait_as_it_is(still):
    seen = Head(still).render(still.pixels, STRAIGHT).astype(int)
    assert np.abs(seen - still.pixels).max() <= 1


def test_the_nose_moves_further_than_the_eyes_when_the_head_turns(still):
    left = Pose(yaw=25)
    assert moved(still, NOSE_TIP, left)[0] > moved(still, EYE, left)[0] + 5
    right = Pose(yaw=-25)
    assert moved(still, NOSE_TIP, right)[0] < moved(still, MOUTH_CORNER, right)[0] - 5


def test_the_nose_moves_further_than_the_eyes_when_the_head_nods(still):
    down, up = Pose(pitch=15), Pose(pitch=-15)
    assert moved(still, NOSE_TIP, down)[1] > moved(still, EYE, down)[1] + 3
    assert moved(still, NOSE_TIP, up)[1] < moved(still, EYE, up)[1] - 3


def test_the_background_stays_where_it_is(still):
    seen = Head(still).render(still.pixels, Pose(yaw=28, pitch=10)).astype(int)
    assert np.abs(seen[:, :20] - still.pixels[:, :20]).mean() < 1
    assert np.abs(seen[:, -20:] - still.pixels[:, -20:]).mean() < 1


def test_closing_eyes_and_opening_the_mouth_change_only_their_own_region(still):
    expression = Expression(still)
    brow = int(still.landmarks[17:27, 1].min()) - 20
    nose = int(still.landmarks[NOSE_TIP, 1])
    eyes = np.abs(expression.render(lids=1, mouth=0).astype(int) - still.pixels)
    mouth = np.abs(expression.render(lids=0, mouth=1).astype(int) - still.pixels)
    assert eyes[brow:nose].sum() > 0
    assert eyes[:brow].sum() == eyes[nose:].sum() == 0
    assert mouth[nose:].sum() > 0
    assert mouth[:nose].sum() == 0


def test_a_face_at_rest_is_the_portrait_itself(still):
    assert np.array_equal(Expression(still).render(lids=0, mouth=0), still.pixels)


def test_rendering_an_expression_never_touches_the_portrait(still):
    before = still.pixels.copy()
    expression = Expression(still)
    first = expression.render(lids=1, mouth=1)
    assert np.array_equal(still.pixels, before)
    assert np.array_equal(expression.render(lids=1, mouth=1), first)


def test_the_corners_of_an_opening_mouth_go_down_and_the_chin_goes_further(still):
    def lowered(landmark):
        dot = replace(still, pixels=dotted(still, landmark))
        white = Expression(dot).render(lids=0, mouth=0.9).min(axis=2) > 100
        return np.flatnonzero(white.any(axis=1)).mean() - still.landmarks[landmark, 1]

    assert 3 < lowered(MOUTH_CORNER) < lowered(CHIN)


def test_a_head_that_comes_closer_grows_and_its_middle_more_than_its_outline(still):
    def apart(one, other, near):
        render = Head(still).render
        ends = [place(render(dotted(still, each), Pose(near=near)))[0] for each in (one, other)]
        return ends[1] - ends[0]

    outline = [apart(CHEEK, OTHER_CHEEK, near) for near in (-0.25, 0, 0.3)]
    middle = [apart(NOSE_SIDE, OTHER_NOSE_SIDE, near) for near in (-0.25, 0, 0.3)]
    assert outline[0] < 0.85 * outline[1]
    assert outline[2] > 1.2 * outline[1]
    assert middle[2] / middle[1] > outline[2] / outline[1]
    assert middle[0] / middle[1] < outline[0] / outline[1]


def test_what_is_behind_stays_when_the_head_comes_closer(still):
    seen = Head(still).render(still.pixels, Pose(near=0.3)).astype(int)
    assert np.abs(seen[:, :8] - still.pixels[:, :8]).mean() < 2
