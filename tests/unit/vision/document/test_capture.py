from dataclasses import replace

import pytest

from tests.support.vision.documents import CARD, NO_DOCUMENT, PORTRAIT, portrait_with, zone_reading
from vision.document.capture import DocumentCapture
from vision.document.observation import CardSize, DocumentAdvice
from vision.document.reading import MrzReading

SECOND = 1_000_000_000


def reading(text: str, *, upside_down: bool = False) -> MrzReading:
    return replace(zone_reading("td1"), lines=(text,), upside_down=upside_down)


FRONT = replace(NO_DOCUMENT, card=CARD, portrait=PORTRAIT, advice=DocumentAdvice.HOLD_STILL)
BACK = replace(NO_DOCUMENT, mrz=reading("A"), card=CARD, advice=DocumentAdvice.HOLD_STILL)
PLAIN = replace(NO_DOCUMENT, card=CARD, advice=DocumentAdvice.HOLD_STILL)


def accept(read):
    return None if read.lines[0] == "refused" else read.lines[0]


def capture_of(*observations):
    capture = DocumentCapture(accept)
    for number, each in enumerate(observations):
        at = each.captured_ns or number * SECOND // 2
        capture.observe(replace(each, sequence=number, captured_ns=at))
    return capture


def test_a_card_is_complete_when_both_sides_were_seen_twice():
    capture = capture_of(FRONT, FRONT, NO_DOCUMENT, BACK, BACK)

    assert capture.complete
    assert (capture.mrz, capture.portrait) == ("A", PORTRAIT)
    assert capture.advice is DocumentAdvice.COMPLETE


@pytest.mark.parametrize("sides", [(FRONT, BACK, BACK), (FRONT, FRONT, BACK)])
def test_a_side_that_one_frame_shows_is_not_enough(sides):
    assert not capture_of(*sides).complete


def test_two_frames_that_read_different_lines_agree_on_nothing():
    capture = capture_of(BACK, replace(BACK, mrz=reading("B")))

    assert capture.mrz is None


def test_a_frame_that_comes_twice_does_not_agree_with_itself():
    capture = DocumentCapture(accept)
    for each in (FRONT, FRONT, BACK, BACK):
        capture.observe(replace(each, sequence=5 if each is FRONT else 6))

    assert (capture.mrz, capture.portrait) == (None, None)


def test_lines_that_are_not_believed_are_not_taken():
    refused = replace(BACK, mrz=reading("refused"))

    assert capture_of(refused, refused).mrz is None


def test_an_upside_down_side_is_not_taken_and_named():
    turned = replace(BACK, mrz=reading("A", upside_down=True), advice=DocumentAdvice.UPSIDE_DOWN)
    capture = capture_of(turned, turned, turned)

    assert capture.mrz is None
    assert capture.advice is DocumentAdvice.UPSIDE_DOWN


def test_a_portrait_that_failed_is_never_taken():
    poor = replace(FRONT, portrait=portrait_with("portrait_glare"))

    assert capture_of(poor, poor, BACK, BACK).portrait is None


def test_the_sharpest_portrait_is_kept():
    sides = [
        replace(FRONT, portrait=portrait_with(sharpness=each / 10, side=bytes([each])))
        for each in (1, 3, 2)
    ]

    assert capture_of(*sides).portrait.side == b"\x03"


def test_another_document_makes_the_first_ones_portrait_forgotten():
    other = replace(BACK, mrz=reading("B"))
    capture = capture_of(FRONT, FRONT, BACK, BACK, other, other)

    assert (capture.mrz, capture.portrait) == ("B", None)


def test_a_document_that_was_away_for_long_may_be_another_one():
    late = [replace(BACK, captured_ns=n * SECOND) for n in (12, 13)]
    capture = capture_of(FRONT, FRONT, *late)

    assert (capture.mrz, capture.portrait) == ("A", None)


def test_a_page_of_a_passport_shows_portrait_and_lines_at_once():
    page = replace(FRONT, mrz=reading("A"), card=replace(CARD, size=CardSize.ID_3))

    assert capture_of(page, page).complete


@pytest.mark.parametrize(
    ("sides", "advice"),
    [
        ((NO_DOCUMENT,), DocumentAdvice.SHOW_FRONT),
        ((FRONT,), DocumentAdvice.HOLD_STILL),
        ((FRONT, FRONT), DocumentAdvice.TURN_OVER),
        ((FRONT, FRONT, NO_DOCUMENT), DocumentAdvice.TURN_OVER),
        ((FRONT, FRONT, BACK), DocumentAdvice.HOLD_STILL),
        ((BACK, BACK), DocumentAdvice.TURN_OVER),
        ((BACK, BACK, NO_DOCUMENT), DocumentAdvice.SHOW_FRONT),
        ((PLAIN,) * 12, DocumentAdvice.NOT_A_DOCUMENT),
        ((PLAIN,) * 12 + (FRONT,), DocumentAdvice.HOLD_STILL),
    ],
)
def test_one_thing_is_advised_at_a_time(sides, advice):
    assert capture_of(*sides).advice is advice


@pytest.mark.parametrize(
    "hindrance",
    [DocumentAdvice.CLOSER, DocumentAdvice.LESS_GLARE, DocumentAdvice.OUT_OF_FOCUS],
)
def test_what_hinders_is_said_once_two_frames_show_it(hindrance):
    poor = replace(PLAIN, advice=hindrance)

    assert capture_of(poor).advice is DocumentAdvice.HOLD_STILL
    assert capture_of(poor, poor).advice is hindrance
    assert capture_of(poor, poor, PLAIN).advice is DocumentAdvice.HOLD_STILL
