"""Eyes are found where they are, in shares of the picture; whatever fails is only not known."""

import cv2
import numpy as np
import pytest

from tests.unit.vision.matching.test_reference import public_domain_photo
from vision.errors import AnalysisLost
from vision.matching.eyes import locate_eyes
from vision.worker import InlineAnalysis


@pytest.fixture(scope="module")
def astronaut():
    return public_domain_photo("skimage", "data", "astronaut.png")


@pytest.fixture(scope="module")
def analysis():
    inline = InlineAnalysis()
    yield inline
    inline.close()


def recoded(data, change):
    pixels = cv2.imdecode(np.frombuffer(data, dtype=np.uint8), cv2.IMREAD_COLOR)
    return cv2.imencode(".png", change(pixels))[1].tobytes()


def turned(pixels, degrees):
    height, width = pixels.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    return cv2.warpAffine(pixels, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)


def test_both_eyes_are_where_they_are(astronaut, analysis):
    left, right = locate_eyes(astronaut, analysis)

    assert left == pytest.approx((0.40, 0.20), abs=0.02)
    assert right == pytest.approx((0.48, 0.20), abs=0.03)


@pytest.mark.parametrize("scale", [0.5, 2.0])
def test_shares_do_not_depend_on_the_size(astronaut, analysis, scale):
    resized = recoded(astronaut, lambda pixels: cv2.resize(pixels, None, fx=scale, fy=scale))

    found, expected = locate_eyes(resized, analysis), locate_eyes(astronaut, analysis)

    assert np.asarray(found) == pytest.approx(np.asarray(expected), abs=0.01)


def test_a_head_that_is_held_askew_has_askew_eyes(astronaut, analysis):
    left, right = locate_eyes(recoded(astronaut, lambda pixels: turned(pixels, 12)), analysis)

    slope = np.degrees(np.arctan2(left[1] - right[1], right[0] - left[0]))
    straight = locate_eyes(astronaut, analysis)
    before = np.degrees(
        np.arctan2(straight[0][1] - straight[1][1], straight[1][0] - straight[0][0])
    )
    assert slope - before == pytest.approx(12, abs=3)


@pytest.mark.parametrize("untrusted", [b"", b"no picture", b"\x89PNG\r\n\x1a\n"])
def test_what_is_no_picture_has_no_eyes(analysis, untrusted):
    assert locate_eyes(untrusted, analysis) is None


def test_a_picture_without_a_face_has_none(analysis):
    wall = cv2.imencode(".png", np.full((240, 320, 3), 128, np.uint8))[1].tobytes()

    assert locate_eyes(wall, analysis) is None


def test_an_analysis_that_is_lost_is_no_fault_here(astronaut):
    class Lost:
        def describe(self, _pixels):
            raise AnalysisLost("child")

    assert locate_eyes(astronaut, Lost()) is None
