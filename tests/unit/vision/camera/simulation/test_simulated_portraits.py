"""What a registry may send instead of a portrait is taken for what it is."""

import numpy as np
import pytest

from tests.support.vision.faces import ASTRONAUT, HOPPER, engines, photo
from vision.camera.simulation.photographs import reference_photo
from vision.camera.simulation.portraits import encode_portrait, print_portrait
from vision.face.analyser import FaceAnalyser
from vision.matching.image import decode_image


@pytest.mark.parametrize(("people", "faces"), [((), 0), ((HOPPER,), 1), ((ASTRONAUT, HOPPER), 2)])
def test_as_many_faces_are_found_as_people_are_shown(people, faces):
    for each in people:
        photo(each)
    pixels = decode_image(encode_portrait(people))
    assert len(engines().detector.find(pixels)) == faces


def test_a_portrait_of_one_is_the_demos_own_photograph():
    photo(ASTRONAUT)
    assert encode_portrait([ASTRONAUT]) == reference_photo(ASTRONAUT)


def test_the_customers_document_has_a_portrait_of_another_day():
    analyser = FaceAnalyser(engines())
    printed, own, foreign = (
        analyser.describe(pixels).template
        for pixels in (
            decode_image(print_portrait(ASTRONAUT).octets),
            *map(photo, (ASTRONAUT, HOPPER)),
        )
    )
    # Nearer than 0.15 is a photo of this minute, up to 0.55 the same person, from 0.68 another.
    assert 0.15 < distance(printed, own) < 0.45
    assert distance(printed, foreign) > 0.55


def distance(one, two):
    one, two = np.array(one), np.array(two)
    return 1 - float(one @ two / np.linalg.norm(one) / np.linalg.norm(two))
