"""Document photos of nobody, of one simulated person or of several: what a registry may send."""

from collections.abc import Sequence

import cv2
import numpy as np

from vision.camera.simulation.photographs import (
    HEIGHT,
    WIDTH,
    SimulatedPerson,
    reference_photo,
    still_of,
)
from vision.camera.simulation.retouching import blend_faces
from vision.frame import Pixels

__all__ = ["encode_older_portrait", "encode_portrait"]

_OTHER_DAY = 0.5


def encode_portrait(people: Sequence[SimulatedPerson]) -> bytes:
    """Return JPEG or PNG octets of these people side by side, of a bare wall for nobody.

    Raises PhotographsMissing when a portrait is not installed.
    """
    if len(people) == 1:
        return reference_photo(people[0])
    pictures = [still_of(each).pixels for each in people] or [_bare_wall()]
    _, encoded = cv2.imencode(".jpg", cv2.cvtColor(np.hstack(pictures), cv2.COLOR_RGB2BGR))
    return encoded.tobytes()


def encode_older_portrait(person: SimulatedPerson, other: SimulatedPerson) -> bytes:
    """Return PNG octets of a person as on another day: some of another's features laid over.

    There is one photograph of each person only, and a document is not a picture of this minute.
    """
    blended = blend_faces(still_of(person), still_of(other), _OTHER_DAY)
    _, encoded = cv2.imencode(".png", cv2.cvtColor(blended.pixels, cv2.COLOR_RGB2BGR))
    return encoded.tobytes()


def _bare_wall() -> Pixels:
    shade = np.linspace(150, 190, WIDTH, dtype=np.uint8)
    return np.repeat(np.tile(shade, (HEIGHT, 1))[:, :, None], 3, axis=2)
