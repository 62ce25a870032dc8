"""A document in the simulated customer's hand: shown when asked, turned when advised."""

import cv2
import numpy as np
import pytest

from vision.camera.simulated import SimulatedCamera, SimulatedPerson, SimulatedVariant
from vision.camera.simulation.document_page import ID1_MM, SCALE, TD3_MM
from vision.camera.simulation.documents.drawing import draw_document
from vision.camera.simulation.documents.held import DocumentPresentation, HeldDocument
from vision.camera.simulation.portraits import print_portrait
from vision.frame import HoldsDocument

CARD = ("IDKAZ0000001018920314400005<<<", "9203147F3403141KAZ<<<<<<<<<<<0", "N" * 30)
PAGE = ("P<KAZ" + "N" * 39, "N000001019KAZ9203147F3403141920314400005<<04")
FRONT, BACK = (200, 40, 40), (40, 40, 200)
SECOND = 30
SIDE, SIZE = (432, 685), (213, 160)
"""Rows and columns of a plain side; width and height of a small image, which is soon drawn."""


def plain(*colours, presentation=DocumentPresentation.IN_THE_HAND):
    sides = tuple(np.full((*SIDE, 3), colour, np.uint8) for colour in colours)
    return HeldDocument(sides, presentation)


def camera_with(document, seed=1):
    return SimulatedCamera(
        variant=SimulatedVariant.FROZEN,
        seed=seed,
        paced=False,
        width=SIZE[0],
        height=SIZE[1],
        document=lambda: document,
    )


def side_seen(frame):
    """Say which side the middle of the frame shows, empty for neither."""
    red, _, blue = (float(each) for each in frame.pixels[100:110, 93:120].mean(axis=(0, 1)))
    return "front" if red - blue > 60 else "back" if blue - red > 60 else ""


def seen(camera, advice, seconds):
    camera.hold_document(advice)
    return [side_seen(camera.read()) for _ in range(round(seconds * SECOND))]


def test_nothing_is_held_up_unless_asked_for():
    camera = camera_with(plain(FRONT, BACK))
    assert isinstance(camera, HoldsDocument)
    usual = SimulatedCamera(
        variant=SimulatedVariant.FROZEN, seed=1, paced=False, width=SIZE[0], height=SIZE[1]
    )
    for _ in range(3):
        assert np.array_equal(camera.read().pixels, usual.read().pixels)


def test_the_front_comes_first_and_the_back_when_it_is_advised():
    camera = camera_with(plain(FRONT, BACK))
    assert set(seen(camera, "", 2)[SECOND:]) == {"front"}
    turned = seen(camera, "turn_over", 2)
    assert turned[: SECOND // 4] == ["front"] * (SECOND // 4)
    assert set(turned[-SECOND // 2 :]) == {"back"}
    assert set(seen(camera, "hold_still", 5)) == {"back"}
    assert set(seen(camera, "show_front", 2)[-SECOND // 2 :]) == {"front"}


def test_it_is_put_away_again():
    camera = camera_with(plain(FRONT, BACK))
    seen(camera, "", 1)
    assert set(seen(camera, None, 0.5)) == {""}


def test_a_passport_has_one_page_to_show():
    camera = camera_with(plain(FRONT))
    seen(camera, "", 1)
    assert set(seen(camera, "turn_over", 1.5)) == {"front"}


def test_what_stands_on_its_head_is_turned_once():
    upper, lower = (200, 40, 40), (40, 40, 200)
    side = np.full((*SIDE, 3), upper, np.uint8)
    side[SIDE[0] // 2 :] = lower
    camera = camera_with(HeldDocument((side, side)))
    seen(camera, "", 1)
    assert seen(camera, "", 0.1)[0] == "back"
    assert seen(camera, "upside_down", 1)[-1] == "front"


def test_a_camera_without_a_document_shows_none():
    camera = SimulatedCamera(variant=SimulatedVariant.FROZEN, seed=1, paced=False)
    assert set(seen(camera, "show_front", 0.2)) == {""}


def test_the_same_seed_gives_the_same_pixels():
    frames = []
    for _ in range(2):
        camera = camera_with(plain(FRONT, BACK), seed=7)
        camera.hold_document("turn_over")
        frames.append([camera.read().pixels for _ in range(25)])
    assert all(np.array_equal(one, other) for one, other in zip(*frames, strict=True))


@pytest.fixture(scope="module")
def portrait():
    return print_portrait(SimulatedPerson.ASTRONAUT)


@pytest.mark.parametrize(("lines", "sides", "size"), [(CARD, 2, ID1_MM), (PAGE, 1, TD3_MM)])
def test_a_card_has_two_sides_and_a_passport_one_page(portrait, lines, sides, size):
    document = draw_document(lines, portrait, ("НҰРҒАЛИЕВА",))
    assert len(document.sides) == sides
    for side in document.sides:
        assert side.shape[1::-1] == tuple(round(each * SCALE) for each in size)


def test_a_photocopy_has_no_colour(portrait):
    document = draw_document(CARD, portrait, (), DocumentPresentation.PHOTOCOPIED)
    for side in document.sides:
        assert np.ptp(side.astype(int), axis=2).max() == 0


def test_a_telephone_has_a_dark_rim_round_the_picture(portrait):
    document = draw_document(CARD, portrait, (), DocumentPresentation.ON_A_PHONE)
    for side in document.sides:
        grey = cv2.cvtColor(side, cv2.COLOR_RGB2GRAY)
        assert grey[:20].max() < 40
        assert grey[:, :20].max() < 40
        assert grey[400:700, 900:1400].mean() > 150


def test_a_mirrored_document_is_the_other_way_round():
    left_red = np.full((*SIDE, 3), FRONT, np.uint8)
    left_red[:, SIDE[1] // 2 :] = BACK
    usual = camera_with(HeldDocument((left_red,)))
    mirrored = camera_with(HeldDocument((left_red,), DocumentPresentation.MIRRORED))
    for camera, expected in ((usual, True), (mirrored, False)):
        seen(camera, "", 1)
        pixels = camera.read().pixels.astype(int)
        assert bool(pixels[100, 50, 0] > pixels[100, 50, 2]) is expected
