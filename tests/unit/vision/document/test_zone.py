from dataclasses import replace

import cv2
import numpy as np
import pytest

from tests.support.vision.documents import corner_error, portrait_of, zone_reading
from vision.camera.simulation.document_page import (
    PITCH_MM,
    SCALE,
    render_td1_back,
    render_td3_page,
)
from vision.camera.simulation.document_scene import DocumentScene, photograph, place_page
from vision.camera.simulation.photographs import SimulatedPerson
from vision.document.card import find_card
from vision.document.observation import CardSize
from vision.document.zone import fit_zone, outline_by_zone

SCENE = DocumentScene(page_width=700, yaw=15, pitch=-12, roll=6)
COLUMNS = {"td1": 30, "td3": 44}


@pytest.fixture(scope="module")
def pages():
    return {
        "td1": render_td1_back(("<" * 30,) * 3),
        "td3": render_td3_page(("<" * 44,) * 2, portrait_of(SimulatedPerson.ASTRONAUT)),
    }


def seen_zone(page, kind, scene):
    """Return the reading that the ends of the drawn lines would give."""
    height, width = page.shape[:2]
    left, last, gap, rows = {"td1": (4.7, 6.2, 4.3, 3), "td3": (6.6, 9.4, 6.3, 2)}[kind]
    lower, right = height / SCALE - last, left + COLUMNS[kind] * PITCH_MM
    upper = lower - gap * (rows - 1)
    ends = np.array([(left, upper), (right, upper), (right, lower), (left, lower)])
    whole = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    plane = cv2.getPerspectiveTransform(whole, place_page(page, scene))
    there = cv2.perspectiveTransform((ends * SCALE)[None].astype(np.float32), plane)[0]
    return zone_reading(kind, there.astype(np.float64))


@pytest.mark.parametrize("kind", COLUMNS)
def test_lines_stand_in_their_place_on_the_true_side_only(pages, kind):
    truth = place_page(pages[kind], SCENE).astype(np.float64)
    shifted = truth + np.array([80, 0])
    enlarged = truth.mean(axis=0) + (truth - truth.mean(axis=0)) * 1.2
    quads = np.stack([truth, np.roll(truth, 1, axis=0), shifted, enlarged])

    fits = fit_zone(quads, seen_zone(pages[kind], kind, SCENE))

    assert fits[:2] == pytest.approx([1, 1], abs=0.1)
    assert fits[2:] == pytest.approx([0, 0])


@pytest.mark.parametrize("kind", COLUMNS)
def test_the_side_that_has_the_lines_is_found(pages, kind):
    found = find_card(photograph(pages[kind], SCENE), seen_zone(pages[kind], kind, SCENE))

    assert found.score > 0
    assert corner_error(found, place_page(pages[kind], SCENE)) < 0.03


@pytest.mark.parametrize(("kind", "size"), [("td1", CardSize.ID_1), ("td3", CardSize.ID_3)])
def test_without_edges_the_lines_alone_tell_an_outline_that_no_portrait_is_taken_from(
    pages, kind, size
):
    zone = seen_zone(pages[kind], kind, SCENE)
    found = find_card(np.full((720, 1280, 3), 128, np.uint8), zone)

    assert (found.size, found.score) == (size, 0.0)
    assert corner_error(found, place_page(pages[kind], SCENE)) < 0.12


def test_the_outline_of_an_upside_down_side_begins_where_the_side_does_in_the_frame(pages):
    upright = outline_by_zone(seen_zone(pages["td1"], "td1", DocumentScene()))
    over = DocumentScene(roll=180)
    turned = replace(seen_zone(pages["td1"], "td1", over), upside_down=True)

    assert np.array(outline_by_zone(turned).corners) == pytest.approx(
        np.array(upright.corners), abs=2
    )
