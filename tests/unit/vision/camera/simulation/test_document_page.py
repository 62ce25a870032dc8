"""Pages of documents in millimetres, and what a camera sees of them."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from vision.camera.simulation.document_page import (
    ID1_MM,
    PITCH_MM,
    SCALE,
    TD3_MM,
    PageStyle,
    render_td1_back,
    render_td1_front,
    render_td2_page,
    render_td3_page,
    render_text_line,
)
from vision.camera.simulation.document_scene import (
    DocumentScene,
    Glare,
    photograph,
    place_page,
    random_scene,
)

PLAIN = PageStyle(lines=0, ink=0, tint=(255, 255, 255))
TD1 = ["H" * 30] * 3
TD3 = ["H" * 44] * 2


def inked_rows(page):
    """Return first and last row of each run of rows that have ink."""
    rows = np.flatnonzero((page[..., 0] < 100).any(axis=1))
    runs = np.split(rows, np.flatnonzero(np.diff(rows) > 1) + 1)
    return [(run[0], run[-1]) for run in runs]


@pytest.mark.parametrize(
    ("page", "size", "count", "gap"),
    [
        (render_td1_back(TD1, style=PLAIN), ID1_MM, 3, 4.3),
        (render_td3_page(TD3, style=PLAIN), TD3_MM, 2, 6.3),
    ],
)
def test_the_lines_of_a_page_have_their_gap_and_their_place_above_the_edge(page, size, count, gap):
    runs = inked_rows(page)

    assert page.shape[:2] == tuple(round(each * SCALE) for each in reversed(size))
    assert len(runs) == count
    middles = [(first + last) / 2 for first, last in runs]
    assert np.diff(middles) / SCALE == pytest.approx(gap, abs=0.15)
    assert 4 < (page.shape[0] - middles[-1]) / SCALE < 11


def test_a_gap_can_be_given():
    runs = inked_rows(render_td3_page(TD3, style=replace(PLAIN, gap_mm=4.7)))

    assert (runs[1][0] - runs[0][0]) / SCALE == pytest.approx(4.7, abs=0.1)


def test_characters_follow_each_other_by_a_tenth_of_an_inch():
    columns = render_text_line("I" * 30, "OCRB", PITCH_MM * SCALE).sum(axis=0) > 0

    starts = np.flatnonzero(np.diff(columns.astype(int)) == 1)
    assert (starts[-1] - starts[0]) / 29 / SCALE == pytest.approx(PITCH_MM, abs=0.03)


def test_print_is_heavier_or_lighter():
    thin, usual, heavy = (
        int(render_text_line("KAZ", "OCRBS", 40, stroke).sum()) for stroke in (-1, 0, 1)
    )

    assert thin < usual < heavy


def test_a_front_has_its_portrait_at_the_left():
    portrait = np.full((60, 50, 3), (200, 10, 10), np.uint8)
    plain, page = render_td1_front(None, style=PLAIN), render_td1_front(portrait, style=PLAIN)

    changed = np.argwhere((plain != page).any(axis=2)).mean(axis=0) / page.shape[:2]
    assert changed[1] < 0.35
    assert render_td2_page(["<" * 36] * 2, portrait).shape[1] == 105 * SCALE


def test_words_of_the_three_languages_are_printed():
    page = render_td1_back(TD1, ["Қазақ ұлты", "Гражданство", "Nationality"], PLAIN)

    assert len(inked_rows(page)) >= 6


def test_the_frame_shows_the_page_where_it_was_placed():
    page = render_td1_back(TD1, style=PLAIN)
    scene = DocumentScene(page_width=700, yaw=15, pitch=-10, roll=5)
    frame = photograph(page, scene)

    inside = np.zeros(frame.shape[:2], np.uint8)
    cv2.fillConvexPoly(inside, place_page(page, scene).astype(np.int32), 255)
    apart = cv2.erode(inside, np.ones((9, 9))) > 0, cv2.dilate(inside, np.ones((9, 9))) == 0
    assert np.median(frame[apart[0]]) == 255
    assert np.all(frame[apart[1]] == 96)
    assert not frame.flags.writeable


def test_mirroring_and_turning_move_the_first_corner():
    page = render_td1_back(TD1)

    assert place_page(page, DocumentScene())[0].tolist() < [640, 360]
    assert place_page(page, DocumentScene(mirrored=True))[0][0] > 640
    turned = place_page(page, DocumentScene(roll=180))[0]
    assert turned[0] > 640
    assert turned[1] > 360


def test_light_and_compression_change_the_picture():
    page = render_td1_back(TD1)
    plain = photograph(page, DocumentScene()).astype(int)
    glare = photograph(page, DocumentScene(glare=Glare(0.5, 0.3, 0.1, 200))).astype(int)

    assert (glare - plain).max() > 20
    assert (glare - plain).min() >= 0
    for other in (
        DocumentScene(blur=1.2),
        DocumentScene(motion=4),
        DocumentScene(noise=3),
        DocumentScene(jpeg=60),
        DocumentScene(fingers=3),
    ):
        assert np.abs(photograph(page, other) - plain).max() > 5


def test_a_seed_gives_the_same_scene_and_frame():
    page = render_td3_page(TD3)
    one, two = (photograph(page, random_scene(7, (500, 900))) for _ in range(2))

    assert np.array_equal(one, two)
    assert random_scene(7, (500, 900)) != random_scene(8, (500, 900))
    assert random_scene(7, (500, 900), sharp=True).motion == 0
