"""Zones read in rendered frames: a slice of what tests/benchmarks/measure_documents.py measures."""

import pickle
import time

import cv2
import numpy as np
import pytest

from tests.support.documents.rendered_set import TODAY, is_valid_iin, shoot
from tests.support.documents.zones import MrzPerson, write_td1, write_td3
from vision.camera.simulation.document_page import (
    PageStyle,
    render_td1_back,
    render_td1_front,
    render_td2_page,
    render_td3_page,
)
from vision.camera.simulation.document_scene import DocumentScene, photograph, place_page
from vision.document.acceptance import AcceptedMrz, MrzRefusal, accept_reading
from vision.document.layout import MrzFormat
from vision.document.recognition.reader import MrzReader

PERSON = MrzPerson()
TD1, TD3 = write_td1(PERSON), write_td3(PERSON)
TD2 = ("I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "D231458907UTO7408122F1204159<<<<<<<6")


@pytest.fixture(scope="module")
def reader():
    return MrzReader.from_resources()


@pytest.fixture(scope="module")
def card():
    return render_td1_back(TD1, ["Қазақстан Республикасы", "SPECIMENOVA"])


def accepts(reading):
    return isinstance(accept_reading(reading, is_valid_iin, TODAY), AcceptedMrz)


@pytest.mark.parametrize("kind", [MrzFormat.TD1, MrzFormat.TD3])
def test_hard_frames_are_read_and_none_is_accepted_wrongly(reader, kind):
    shots = [shoot(kind, 700 + each) for each in range(6)]
    readings = [reader.read(each.frame) for each in shots]

    exact = [r is not None and r.lines == s.lines for r, s in zip(readings, shots, strict=True)]
    assert sum(exact) >= 5
    for reading, shot in zip(readings, shots, strict=True):
        if reading is not None and accepts(reading):
            assert reading.lines == shot.lines


def test_a_reading_tells_format_place_and_time_and_travels_between_processes(reader, card):
    scene = DocumentScene(page_width=760, yaw=12, roll=-6, noise=2)
    reading = reader.read(photograph(card, scene))

    assert (reading.format, reading.lines, reading.upside_down) == (MrzFormat.TD1, TD1, False)
    assert accepts(reading)
    assert reading.elapsed_ms > 0
    assert reading.margin > 1
    assert pickle.loads(pickle.dumps(reading)) == reading
    corners, card_corners = np.array(reading.corners), place_page(card, scene)
    assert cv2.contourArea(corners.astype(np.float32)) > 0.1 * cv2.contourArea(card_corners)
    inside = [
        cv2.pointPolygonTest(card_corners, tuple(each), measureDist=False) for each in corners
    ]
    assert min(inside) > 0


@pytest.mark.parametrize("turned", [1, 2, 3])
def test_a_picture_is_read_in_any_direction(reader, card, turned):
    frame = np.ascontiguousarray(np.rot90(photograph(card, DocumentScene(roll=4)), turned))
    reading = reader.read(frame)

    assert reading.lines == TD1
    assert all(0 <= x < frame.shape[1] and 0 <= y < frame.shape[0] for x, y in reading.corners)


def test_a_card_upside_down_is_told(reader, card):
    reading = reader.read(photograph(card, DocumentScene(roll=176, pitch=10)))

    assert reading.lines == TD1
    assert reading.upside_down


@pytest.mark.parametrize("width", [300, 3000])
def test_small_and_large_stills_are_read(reader, card, width):
    scale = width / card.shape[1]
    still = cv2.resize(card, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)

    assert reader.read(still).lines == TD1


@pytest.mark.parametrize("gap", [4.7, 6.3, 6.9])
def test_the_gap_between_the_lines_is_measured(reader, gap):
    page = render_td3_page(TD3, style=PageStyle(gap_mm=gap))

    assert reader.read(photograph(page, DocumentScene(pitch=-8))).lines == TD3


def test_lines_of_36_are_read_and_are_no_document_of_kazakhstan(reader):
    reading = reader.read(photograph(render_td2_page(TD2), DocumentScene()))

    assert (reading.format, reading.lines) == (MrzFormat.TD2, TD2)
    assert accept_reading(reading, is_valid_iin, TODAY).code == "mrz_other_issuer"


def test_a_visa_is_refused_as_one(reader):
    visa = ("V" + TD3[0][1:], TD3[1])
    reading = reader.read(photograph(render_td3_page(visa), DocumentScene()))

    assert accept_reading(reading, is_valid_iin, TODAY) == MrzRefusal("mrz_visa")


def test_the_order_of_the_colours_does_not_matter(reader, card):
    frame = photograph(card, DocumentScene())

    assert reader.read(frame).lines == reader.read(np.ascontiguousarray(frame[..., ::-1])).lines


def test_nothing_is_accepted_of_a_mirrored_card(reader, card):
    reading = reader.read(photograph(card, DocumentScene(mirrored=True)))

    assert reading is None or not accepts(reading)


def test_nothing_is_accepted_of_a_folded_card(reader, card):
    middle = card.shape[1] // 2
    folded = card.copy()
    folded[:, middle : middle + 150] = 120
    folded[:, middle + 150 :] = np.roll(card[:, middle + 150 :], 40, axis=0)
    reading = reader.read(photograph(folded, DocumentScene()))

    assert reading is None or not accepts(reading)


@pytest.mark.parametrize(
    "picture",
    [
        np.zeros((20, 20, 3), np.uint8),
        np.full((720, 1280, 3), 128, np.uint8),
        np.random.default_rng(1).integers(0, 255, (480, 640, 3), np.uint8),
        photograph(render_td1_front(None, ["SPECIMENOVA ANNA", "900417400123"]), DocumentScene()),
        photograph(render_td1_back(()), DocumentScene()),
    ],
)
def test_a_picture_without_a_zone_gives_none_and_ends(reader, picture):
    began = time.process_time()

    assert reader.read(picture) is None
    assert time.process_time() - began < 10
