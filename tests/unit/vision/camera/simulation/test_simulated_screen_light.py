import numpy as np
import pytest

from vision.camera.simulated import SimulatedCamera, SimulatedPerson, SimulatedVariant
from vision.camera.simulation.photographs import still_of
from vision.camera.simulation.screen_light import light_person, light_print, reflect
from vision.errors import CameraUnavailable
from vision.liveness.signals.screen_light import CODE_COLOURS

YELLOW, CYAN, MAGENTA = CODE_COLOURS
WHITE = (255, 255, 255)
GREY = np.full((480, 640, 3), 128, np.uint8)
FACE, BEHIND = (slice(200, 260), slice(290, 350)), (slice(20, 120), slice(5, 60))


@pytest.fixture(scope="module", autouse=True)
def still():
    try:
        return still_of(SimulatedPerson.ASTRONAUT)
    except CameraUnavailable as error:
        pytest.skip(str(error))


def test_a_white_screen_is_the_usual_light(still):
    assert np.array_equal(reflect(GREY, light_person(still), WHITE), GREY)


@pytest.mark.parametrize(("colour", "missing"), [(YELLOW, 2), (CYAN, 0), (MAGENTA, 1)])
def test_a_face_loses_a_few_levels_of_the_primary_that_the_screen_lacks(still, colour, missing):
    lit = reflect(GREY, light_person(still), colour)[FACE].astype(int) - 128
    assert -5 <= lit[..., missing].mean() <= -2
    assert abs(np.delete(lit, missing, axis=2)).max() == 0


def test_what_is_behind_takes_on_less_and_paper_all_of_it(still):
    behind = 128 - reflect(GREY, light_person(still), CYAN)[(*BEHIND, 0)].mean()
    paper = 128 - reflect(GREY, light_print(), CYAN)[(*BEHIND, 0)].mean()
    assert behind < 1 < paper


def red_of_the_face(variant, colour):
    """Return the mean red of twenty images by this light."""
    camera = SimulatedCamera(variant=variant, seed=3, paced=False)
    camera.show(None, colour)
    return float(np.mean([camera.read().pixels[FACE][..., 0].mean() for _ in range(20)]))


@pytest.mark.parametrize(
    ("variant", "takes"),
    [
        (SimulatedVariant.GENUINE, True),
        (SimulatedVariant.NO_BLINK, True),
        (SimulatedVariant.OTHER_PERSON, True),
        (SimulatedVariant.PRINTED_PHOTO, True),
        (SimulatedVariant.SCREEN_REPLAY, False),
        (SimulatedVariant.PREPARED_CLIPS, False),
        (SimulatedVariant.LOOPED_VIDEO, False),
        (SimulatedVariant.FROZEN, False),
        (SimulatedVariant.VIRTUAL_DEVICE, False),
        (SimulatedVariant.HELPER, False),
        (SimulatedVariant.CUT, False),
    ],
    ids=str,
)
def test_who_is_there_takes_on_the_colour_and_a_recording_does_not(variant, takes):
    white, cyan = red_of_the_face(variant, None), red_of_the_face(variant, CYAN)
    assert (white - cyan > 1.0) is takes
    assert takes or white == cyan
