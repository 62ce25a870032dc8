import cv2
import numpy as np
import pytest

from vision.errors import AnalysisLost
from vision.frame import Frame
from vision.liveness.evidence import encode
from vision.matching.comparison import NOT_COMPARED_PPM
from vision.matching.second import most_typical, second_opinion

ONE, OTHER = (1.0, *(0.0,) * 127), (0.0, 1.0, *(0.0,) * 126)
BETWEEN = (0.6, 0.8, *(0.0,) * 126)


def image(value):
    return cv2.imencode(".png", np.full((80, 80, 3), value, np.uint8))[1].tobytes()


class Second:
    """Sees one person in grey 10, another in grey 20, nobody elsewhere."""

    def describe_second(self, pixels):
        return {10: ONE, 20: OTHER, 30: BETWEEN}.get(int(pixels[0, 0, 0]))


@pytest.mark.parametrize(
    ("probe", "distance_ppm"),
    [(image(10), 0), (image(20), 1_000_000), (image(30), 400_000)],
)
def test_two_faces_are_compared_by_the_second_model(probe, distance_ppm):
    opinion = second_opinion(Second(), probe, image(10), 120_000)

    assert (opinion.distance_ppm, opinion.review_ppm) == (distance_ppm, 120_000)


@pytest.mark.parametrize("pair", [(image(99), image(10)), (image(10), image(99)), (b"", image(10))])
def test_an_image_in_which_it_sees_no_face_is_not_compared(pair):
    assert second_opinion(Second(), *pair, 120_000).distance_ppm == NOT_COMPARED_PPM


def test_a_lost_analysis_says_nothing_of_the_faces():
    class Lost:
        def describe_second(self, _pixels):
            raise AnalysisLost("died")

    with pytest.raises(AnalysisLost):
        second_opinion(Lost(), image(10), image(10), 120_000)


def test_the_frame_nearest_to_the_mean_is_the_typical_one():
    frames = [encode(Frame(n, n, np.zeros((8, 8, 3), np.uint8)), "frontal") for n in range(3)]

    assert most_typical(frames, (ONE, BETWEEN, OTHER)) is frames[1]
    assert most_typical((), ()) is None
