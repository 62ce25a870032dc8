import numpy as np
import pytest

from vision.camera.simulation.expression import Expression
from vision.camera.simulation.head import Head
from vision.camera.simulation.photographs import SimulatedPerson, still_of
from vision.camera.simulation.pose import STRAIGHT, Pose
from vision.camera.simulation.scenes import Sheet
from vision.errors import CameraUnavailable

NOSE_TIP, EYE, MOUTH_CORNER = 30, 37, 48


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


def test_a_tilted_sheet_is_narrower_on_the_far_side_and_keeps_straight_edges(still):
    straight = np.asarray(Sheet(still).render(STRAIGHT))
    tilted = np.asarray(Sheet(still).render(Pose(yaw=38)))
    bright = lambda picture: (picture.min(axis=2) > 235).sum()  # noqa: E731
    assert bright(tilted) < bright(straight)
    assert not np.array_equal(straight, tilted)
