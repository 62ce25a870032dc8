from dataclasses import replace

import cv2
import numpy as np
import pytest

from tests.support.vision.documents import corner_error, front, zone_reading
from vision.camera.simulation.document_page import render_td1_front, render_td3_page
from vision.camera.simulation.document_scene import DocumentScene, photograph, place_page
from vision.camera.simulation.photographs import SimulatedPerson, still_of
from vision.document.observation import DocumentAdvice
from vision.document.observer import DocumentObserver
from vision.errors import ImageRefused
from vision.face.engines.yunet import YuNet
from vision.frame import Frame
from vision.models.files import read_model
from vision.models.manifest import load_manifest

SCENE = DocumentScene(page_width=560, x=0.32, y=0.6, yaw=8, roll=4)


class Reader:
    """Finds the same zone in every picture."""

    def __init__(self, reading=None):
        self.reading = reading
        self.asked = 0

    def read(self, image):  # noqa: ARG002 - the reader's own
        self.asked += 1
        return self.reading


@pytest.fixture(scope="module")
def detector():
    row = load_manifest().detector
    return YuNet(read_model(row, None), row.score_ppm)


@pytest.fixture
def observer(detector):
    return DocumentObserver(detector, Reader())


@pytest.fixture(scope="module")
def room():
    """A living person, whose face is at the right above the middle."""
    person = still_of(SimulatedPerson.HOPPER).pixels
    frame = np.full((720, 1280, 3), 150, np.uint8)
    frame[:, 560:1280] = cv2.resize(person, (960, 720))[:, 120:840]
    return frame


def observe(observer, pixels):
    return observer.observe(Frame(3, 44, pixels))


def test_the_portrait_of_a_card_is_taken_and_not_the_living_face_beside_it(observer, room):
    scene = replace(SCENE, background=room)
    seen = observe(observer, photograph(front(), scene))

    assert (seen.sequence, seen.captured_ns, seen.frame_size) == (3, 44, (1280, 720))
    assert corner_error(seen.card, place_page(front(), scene)) < 0.03
    assert seen.portrait.usable
    assert len(seen.faces) == 2
    assert seen.advice is DocumentAdvice.HOLD_STILL


def test_lines_are_looked_for_except_on_a_front_that_may_be_taken(detector):
    reader = Reader()
    observer = DocumentObserver(detector, reader)
    observe(observer, photograph(front(), SCENE))
    on_front = reader.asked
    observe(observer, photograph(render_td1_front(None, ("АХМЕТОВА",)), SCENE))
    observe(observer, photograph(render_td3_page(("<" * 44,) * 2), SCENE))

    assert (on_front, reader.asked) == (0, 2)


def test_a_living_face_beside_a_card_without_a_portrait_is_not_taken(observer, room):
    back = render_td1_front(None, ("АХМЕТОВА", "АЙГЕРІМ"))
    seen = observe(observer, photograph(back, replace(SCENE, background=room)))

    assert seen.card is not None
    assert seen.portrait is None
    assert len(seen.faces) == 1


def test_a_living_face_alone_is_no_document(observer, room):
    seen = observe(observer, room)

    assert seen.portrait is None or not seen.portrait.usable
    assert len(seen.faces) == 1


def test_a_small_card_is_wanted_closer(observer):
    seen = observe(observer, photograph(front(), DocumentScene(page_width=300)))

    assert seen.advice is DocumentAdvice.CLOSER


def test_a_card_on_its_head_is_named(observer):
    seen = observe(observer, photograph(front(), DocumentScene(page_width=700, roll=180)))

    assert seen.portrait.upside_down
    assert seen.advice is DocumentAdvice.UPSIDE_DOWN


def test_lines_on_their_head_are_named_without_an_outline(detector):
    reading = replace(
        zone_reading("td1", np.array([(900, 500), (300, 500), (300, 440), (900, 440)])),
        upside_down=True,
    )
    seen = DocumentObserver(detector, Reader(reading)).observe(
        Frame(0, 0, np.full((720, 1280, 3), 99, np.uint8))
    )

    assert seen.mrz is reading
    assert seen.card.score == 0
    assert seen.portrait is None
    assert seen.advice is DocumentAdvice.UPSIDE_DOWN


def test_a_large_still_is_answered_in_its_own_pixels(detector):
    photo = photograph(front(), DocumentScene(width=3840, height=2160, page_width=2000))
    seen = observe(DocumentObserver(detector, Reader()), photo)

    truth = place_page(front(), DocumentScene(width=3840, height=2160, page_width=2000))
    assert seen.frame_size == (3840, 2160)
    assert corner_error(seen.card, truth) < 0.03
    assert len(seen.faces) == 1


def test_nothing_is_seen_in_an_empty_frame(observer):
    seen = observe(observer, np.full((480, 640, 3), 90, np.uint8))

    assert (seen.mrz, seen.card, seen.portrait, seen.faces) == (None, None, None, ())
    assert seen.advice is DocumentAdvice.NO_DOCUMENT


@pytest.mark.parametrize("shape", [(0, 0, 3), (480, 640), (480, 640, 4)])
def test_a_picture_that_is_none_is_refused(observer, shape):
    with pytest.raises(ImageRefused):
        observe(observer, np.zeros(shape, np.uint8))
