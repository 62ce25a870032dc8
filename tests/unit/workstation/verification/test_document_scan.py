"""How a document can be read is told of two frames, never of a single bad one."""

from dataclasses import replace
from datetime import date

import pytest

from tests.support.vision.documents import CARD, NO_DOCUMENT, PORTRAIT, portrait_with, zone_reading
from vision.document.observation import DocumentAdvice
from workstation.verification.reference.scan import DocumentScan

FRONT = replace(NO_DOCUMENT, card=CARD, portrait=PORTRAIT, advice=DocumentAdvice.HOLD_STILL)
BACK = replace(FRONT, portrait=None, mrz=zone_reading("td1"))
GOOD = {
    "in_sight": True,
    "large_enough": True,
    "upright": True,
    "sharp": True,
    "without_glare": True,
}


def conditions(*frames):
    scan = DocumentScan(date(2026, 11, 30), lines_only=False, opens_chip=False)
    for number, seen in enumerate(frames):
        scan.observe(replace(seen, sequence=number, captured_ns=number * 100_000_000))
    return dict(scan.conditions)


def test_before_the_first_frame_nothing_is_told():
    assert conditions() == {}


def test_without_a_document_nothing_else_is_judged():
    assert conditions(NO_DOCUMENT, NO_DOCUMENT) == {"in_sight": False}


def test_a_good_front_and_a_good_back_meet_every_condition():
    assert conditions(FRONT, FRONT) == GOOD | {"portrait": True}
    assert conditions(BACK, BACK) == GOOD | {"lines": True}


@pytest.mark.parametrize(
    ("seen", "code"),
    [
        (replace(FRONT, advice=DocumentAdvice.CLOSER), "large_enough"),
        (replace(FRONT, advice=DocumentAdvice.UPSIDE_DOWN), "upright"),
        (replace(FRONT, advice=DocumentAdvice.OUT_OF_FOCUS), "sharp"),
        (replace(FRONT, advice=DocumentAdvice.LESS_GLARE), "without_glare"),
        (replace(FRONT, portrait=portrait_with("portrait_out_of_focus")), "sharp"),
        (replace(FRONT, portrait=portrait_with("portrait_glare")), "without_glare"),
        (replace(FRONT, portrait=None), "portrait"),
        (replace(BACK, mrz=replace(zone_reading("td1"), upside_down=True)), "lines"),
    ],
)
def test_a_condition_is_not_met_once_two_frames_say_so(seen, code):
    good = FRONT if seen.mrz is None else BACK
    assert conditions(good, seen)[code] is True
    assert conditions(seen, seen)[code] is False
