from dataclasses import replace

import numpy as np
import pytest

from vision.camera.simulation.photographs import SimulatedPerson, still_of
from vision.camera.simulation.pose import STRAIGHT, Pose
from vision.camera.simulation.retouching import add_spectacles, blend_faces
from vision.camera.simulation.scenes import LivePerson, Room, Sensor
from vision.camera.simulation.sheets import BentSheet, Sheet
from vision.camera.simulation.surroundings import AgainstTheLight, Elsewhere
from vision.errors import CameraUnavailable

JAW_ENDS = (0, 16)
NOSE_TIP = 30


@pytest.fixture(scope="module", params=SimulatedPerson, ids=str)
def still(request):
    try:
        return still_of(request.param)
    except CameraUnavailable as error:
        pytest.skip(str(error))


def white_border(picture):
    """Return the rows of the border's upper edge in the middle and near both sides."""
    white = np.asarray(picture).min(axis=2) > 235
    columns = np.flatnonzero(white.sum(axis=0) > 100)
    sides = (columns.min() + 40, (columns.min() + columns.max()) // 2, columns.max() - 40)
    return [int(np.flatnonzero(white[:, column]).min()) for column in sides]


def test_a_tilted_sheet_is_narrower_on_the_far_side_and_keeps_straight_edges(still):
    straight = np.asarray(Sheet(still).render(STRAIGHT))
    tilted = np.asarray(Sheet(still).render(Pose(yaw=38)))
    bright = lambda picture: (picture.min(axis=2) > 235).sum()  # noqa: E731
    assert bright(tilted) < bright(straight)
    assert not np.array_equal(straight, tilted)


def test_the_edge_of_a_bent_sheet_is_no_straight_line():
    black = replace(still_of_nobody(), pixels=np.zeros((480, 640, 3), np.uint8))
    flat, bent = (white_border(sheet(black).render(STRAIGHT)) for sheet in (Sheet, BentSheet))
    assert max(flat) - min(flat) <= 2
    assert bent[1] < bent[0] - 5
    assert bent[1] < bent[2] - 5


def still_of_nobody():
    try:
        return still_of(SimulatedPerson.ASTRONAUT)
    except CameraUnavailable as error:
        pytest.skip(str(error))


@pytest.mark.parametrize("share", [0.36, 0.5, 0.8])
def test_a_smaller_share_is_the_same_face_further_away(still, share):
    far = still_of(person_of(still), share=share)
    width = lambda each: np.hypot(*(each.landmarks[16] - each.landmarks[0]))  # noqa: E731
    assert width(far) == pytest.approx(share * width(still), rel=1e-4)
    assert far.pixels.shape == still.pixels.shape
    x, y = np.rint(far.landmarks[NOSE_TIP]).astype(int)
    own_x, own_y = np.rint(still.landmarks[NOSE_TIP]).astype(int)
    assert np.abs(far.pixels[y, x].astype(int) - still.pixels[own_y, own_x]).mean() < 40


def person_of(still):
    return next(each for each in SimulatedPerson if np.array_equal(still_of(each).eyes, still.eyes))


def test_spectacles_change_what_is_around_the_eyes_only(still):
    changed = np.abs(add_spectacles(still).pixels.astype(int) - still.pixels).sum(axis=2) > 0
    rows = np.flatnonzero(changed.any(axis=1))
    assert 0.01 < changed.mean() < 0.06
    assert rows.max() < still.landmarks[33, 1]
    assert rows.min() > still.eyes[:, 1].min() - 40


def test_a_likeness_lies_between_two_faces():
    one, other = still_of_nobody(), still_of(SimulatedPerson.HOPPER)
    half, whole = (blend_faces(one, other, share).pixels.astype(int) for share in (0.5, 1.0))
    x, y = np.rint(one.landmarks[NOSE_TIP]).astype(int)
    nose = (slice(y - 20, y + 20), slice(x - 20, x + 20))
    distances = [np.abs(each[nose] - one.pixels[nose]).mean() for each in (half, whole)]
    assert 0 < distances[0] < distances[1]
    assert np.array_equal(half[:, :60], one.pixels[:, :60])


def test_elsewhere_the_person_stays_and_the_room_is_another(still):
    person, room = LivePerson(still), Room().pixels
    seen = Elsewhere(person, still, room).render(STRAIGHT).astype(int)
    x, y = np.rint(still.landmarks[NOSE_TIP]).astype(int)
    face = (slice(y - 40, y + 40), slice(x - 40, x + 40))
    assert np.abs(seen[face] - person.render(STRAIGHT)[face]).max() <= 2
    assert np.abs(seen[:100, :40] - room[:100, :40]).max() <= 2


def test_against_the_light_the_face_is_dark_and_flat_and_what_is_behind_is_bright(still):
    seen = AgainstTheLight(LivePerson(still), still).render(STRAIGHT).astype(int)
    x, y = np.rint(still.landmarks[NOSE_TIP]).astype(int)
    face = seen[y - 40 : y + 40, x - 40 : x + 40]
    assert face.mean() < 90
    assert face.std() < 15
    assert seen[:100, :40].mean() > 240


def test_a_blurred_camera_has_no_sharp_edge_and_the_noise_of_a_sharp_one():
    edge = np.zeros((480, 640, 3), np.uint8)
    edge[:, 320:] = 200
    sharp, blurred = (Sensor(1, blur=blur).expose(edge).astype(int) for blur in (0.0, 4.5))
    step = lambda picture: np.abs(np.diff(picture.mean(axis=(0, 2)))).max()  # noqa: E731
    assert step(blurred) < 0.2 * step(sharp)
    assert blurred[:, 500:].std() == pytest.approx(sharp[:, 500:].std(), rel=0.1)
