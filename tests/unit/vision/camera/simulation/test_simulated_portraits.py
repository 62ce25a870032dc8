"""What a registry may send instead of a portrait is taken for what it is."""

import pytest

from tests.support.vision.faces import ASTRONAUT, HOPPER, engines, photo
from vision.camera.simulation.photographs import reference_photo
from vision.camera.simulation.portraits import encode_portrait
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
