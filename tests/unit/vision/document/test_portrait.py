import cv2
import numpy as np
import pytest

from tests.support.vision.documents import WORDS, front, portrait_of
from vision.camera.simulation.document_page import render_td1_front
from vision.camera.simulation.photographs import SimulatedPerson, still_of
from vision.document.portrait import find_portrait
from vision.face.engines.yunet import YuNet
from vision.models.files import read_model
from vision.models.manifest import load_manifest


@pytest.fixture(scope="module")
def detector():
    row = load_manifest().detector
    return YuNet(read_model(row, None), row.score_ppm)


@pytest.fixture(scope="module")
def side():
    return cv2.resize(front(), (856, 540), interpolation=cv2.INTER_AREA)


def failures(portrait):
    return {each.code for each in portrait.failures}


@pytest.mark.parametrize("person", SimulatedPerson)
def test_the_portrait_of_a_good_front_may_be_taken_with_its_side(detector, person):
    side = cv2.resize(front(person), (856, 540), interpolation=cv2.INTER_AREA)
    portrait = find_portrait(side, detector)

    assert failures(portrait) == set()
    left, top, right, bottom = portrait.box
    assert 40 < left < right < 300
    assert 130 < top < bottom < 470
    kept = cv2.imdecode(np.frombuffer(portrait.side, np.uint8), cv2.IMREAD_COLOR)
    assert kept.shape == side.shape


def test_a_side_without_a_face_has_no_portrait(detector):
    assert find_portrait(np.full((540, 856, 3), 200, np.uint8), detector) is None


def test_a_face_that_fills_the_side_is_never_taken(detector):
    portrait = find_portrait(still_of(SimulatedPerson.ASTRONAUT).pixels, detector)

    assert "portrait_too_large" in failures(portrait)
    assert portrait.side == b""


def test_a_face_at_the_right_is_not_where_documents_have_it(detector, side):
    mirrored = np.ascontiguousarray(side[:, ::-1])

    assert failures(find_portrait(mirrored, detector)) == {"portrait_misplaced"}


def test_a_side_on_its_head_is_named_and_not_taken(detector, side):
    portrait = find_portrait(np.ascontiguousarray(side[::-1, ::-1]), detector)

    assert portrait.upside_down
    assert failures(portrait) == {"portrait_upside_down"}


def test_a_reflection_on_the_face_is_glare(detector, side):
    lit = side.astype(np.float32)
    cv2.ellipse(lit, (150, 260), (30, 25), 0, 0, 360, (255, 255, 255), -1)

    assert "portrait_glare" in failures(find_portrait(lit.astype(np.uint8), detector))


def test_a_face_without_edges_is_out_of_focus(detector, side):
    blurred = cv2.GaussianBlur(side, (0, 0), 7).astype(np.uint8)

    assert "portrait_out_of_focus" in failures(find_portrait(blurred, detector))


def test_a_copy_in_greys_is_a_photocopy(detector, side):
    grey = cv2.cvtColor(cv2.cvtColor(side, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)

    assert failures(find_portrait(grey.astype(np.uint8), detector)) == {"portrait_photocopy"}


def test_two_faces_of_one_size_are_no_portrait(detector):
    page = render_td1_front(portrait_of(SimulatedPerson.ASTRONAUT), WORDS[:1])
    page[208:752, 736:1152] = cv2.resize(portrait_of(SimulatedPerson.HOPPER), (416, 544))
    side = cv2.resize(page, (856, 540), interpolation=cv2.INTER_AREA)

    assert "portrait_several" in failures(find_portrait(side, detector))
