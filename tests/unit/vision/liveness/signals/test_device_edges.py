import cv2
import numpy as np
import pytest

from vision.frame import Frame
from vision.liveness.signals.device_edges import DEVICE_EDGES, DeviceEdges
from vision.results import Status

BOX = (270, 180, 370, 300)


def room(*, rim=None, lean=0):
    """A soft background with a face-sized blob; `rim` is how tall a bright sheet around it is."""
    random = np.random.default_rng(3)
    soft = random.integers(60, 110, (480, 640, 3), dtype=np.uint8)
    picture = cv2.GaussianBlur(soft, (0, 0), 5)
    if rim is not None:
        corners = np.array([[-110, -rim // 2], [110, -rim // 2], [110, rim // 2], [-110, rim // 2]])
        turn = np.radians(lean)
        matrix = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
        sheet = (corners @ matrix.T + (320, 240)).astype(np.int32)
        cv2.fillConvexPoly(picture, sheet, (215, 215, 210))
    cv2.ellipse(picture, (320, 240), (50, 60), 0, 0, 360, (170, 130, 110), -1)
    return picture


def watched(picture, frames=60, box=BOX):
    edges = DeviceEdges()
    for number in range(frames):
        edges.observe(Frame(number, number * 33_000_000, picture), box)
    return edges.finding


@pytest.mark.parametrize("lean", [0, 12, -20])
def test_the_rim_of_a_held_up_sheet_is_found_upright_and_leaning(lean):
    found = watched(room(rim=300, lean=lean))

    assert (found.code, found.status) == (DEVICE_EDGES, Status.FAILED)
    assert 1_250_000 < found.value_ppm < 3_000_000


def test_a_room_without_edges_has_none():
    found = watched(room())

    assert (found.status, found.value_ppm) == (Status.PASSED, 0)


def test_edges_shorter_than_the_face_are_furniture():
    assert watched(room(rim=120)).status is Status.PASSED


def test_a_few_images_and_images_without_a_face_say_nothing():
    assert watched(room(rim=300), frames=30).status is Status.INDETERMINATE
    assert watched(room(rim=300), box=None).status is Status.INDETERMINATE
