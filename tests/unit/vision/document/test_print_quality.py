import cv2
import numpy as np
import pytest

from vision.camera.simulation.document_page import render_td1_back
from vision.document.observation import DocumentAdvice
from vision.document.print_quality import judge_print


@pytest.fixture(scope="module")
def back():
    page = render_td1_back(("IDKAZ1234567897<<<<<<<<<<<<<<<",) * 3, ("ҚАЗАҚСТАН", "01.01.2020"))
    return cv2.resize(page, (700, 441), interpolation=cv2.INTER_AREA)


def test_nothing_hinders_a_clear_side(back):
    assert judge_print(back) is DocumentAdvice.HOLD_STILL


def test_a_blurred_side_is_out_of_focus(back):
    blurred = cv2.GaussianBlur(back, (0, 0), 5).astype(np.uint8)

    assert judge_print(blurred) is DocumentAdvice.OUT_OF_FOCUS


def test_a_reflection_is_glare_whatever_the_focus_is(back):
    lit = cv2.circle(back.copy(), (300, 300), 60, (255, 255, 255), -1).astype(np.uint8)

    assert judge_print(lit) is DocumentAdvice.LESS_GLARE
