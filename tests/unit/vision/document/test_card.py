import numpy as np
import pytest

from tests.support.vision.documents import corner_error, front
from vision.camera.simulation.document_page import render_td3_page
from vision.camera.simulation.document_scene import DocumentScene, photograph, place_page
from vision.document.card import find_card, rectify
from vision.document.observation import CardOutline, CardSize

SIZES = {"front": CardSize.ID_1, "page": CardSize.ID_3}


@pytest.fixture(scope="module")
def pages():
    return {"front": front(), "page": render_td3_page(("P<KAZ" + "<" * 39, "<" * 44))}


@pytest.mark.parametrize("page", SIZES)
@pytest.mark.parametrize(
    "scene",
    [
        DocumentScene(),
        DocumentScene(page_width=520, yaw=20, pitch=-15, roll=8, x=0.4),
        DocumentScene(page_width=700, yaw=-22, roll=-10, noise=4, blur=1.0, jpeg=75),
        DocumentScene(page_width=640, fingers=3, pitch=18, seed=4),
    ],
    ids=["straight", "tilted", "poor", "held"],
)
def test_the_corners_of_a_card_are_found(pages, page, scene):
    found = find_card(photograph(pages[page], scene))

    assert found is not None
    assert found.score >= 1.5
    assert found.size is SIZES[page]
    assert corner_error(found, place_page(pages[page], scene)) < 0.03


def test_a_card_on_its_side_begins_at_one_of_its_long_sides(pages):
    scene = DocumentScene(page_width=520, roll=90)
    found = find_card(photograph(pages["front"], scene))

    assert found is not None
    assert corner_error(found, place_page(pages["front"], scene)) < 0.03


@pytest.mark.parametrize(
    "picture",
    [
        np.full((480, 640, 3), 128, np.uint8),
        np.zeros((1, 1, 3), np.uint8),
        np.random.default_rng(1).integers(0, 255, (480, 640, 3), np.uint8),
    ],
    ids=["grey", "pixel", "noise"],
)
def test_no_card_is_found_where_there_is_none(picture):
    assert find_card(picture) is None


def test_a_picture_without_a_card_does_not_reach_the_score_of_one():
    stripes = np.zeros((480, 640, 3), np.uint8)
    stripes[:, ::40] = stripes[::60] = 200
    found = find_card(stripes)

    assert found is None or found.score < 1.5


def test_a_side_is_seen_from_above_in_its_own_shape(pages):
    scene = DocumentScene(page_width=600, yaw=20, pitch=10)
    corners = tuple((float(x), float(y)) for x, y in place_page(pages["front"], scene))
    side = rectify(photograph(pages["front"], scene), CardOutline(corners, CardSize.ID_1, 2.0))

    assert side.shape[1] / side.shape[0] == pytest.approx(85.60 / 53.98, abs=0.01)
    assert 500 < side.shape[1] < 700
    whole = pages["front"].reshape(-1, 3).mean(axis=0)
    assert side.reshape(-1, 3).mean(axis=0) == pytest.approx(whole, abs=6)
