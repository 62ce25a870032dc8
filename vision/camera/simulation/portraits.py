"""Document photos of nobody, of one simulated person or of several: what a registry may send."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

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

__all__ = ["DocumentPortrait", "encode_older_portrait", "encode_portrait", "print_portrait"]

_OTHER_DAY: Final = 0.5
_DAY_OF_ISSUE: Final = 0.36
"""Share of another's features: measured 0.17 to 0.20 from the live face of the customer, where
below 0.15 is a photo of this minute, and 0.70 and more from the live face of another."""
_PORTRAIT_SIZE: Final = (413, 531)
"""35 by 45 mm at 300 dots per inch (ISO/IEC 19794-5, annex A)."""

_JAW_ENDS: Final = (0, 16)
_JPEG_QUALITY: Final = 85
_JPEG_2000_RATE: Final = 100
"""Thousandths of the uncompressed size."""


@dataclass(frozen=True, slots=True)
class DocumentPortrait:
    """A portrait as documents hold it: octets of a JPEG or JPEG 2000, size in pixels."""

    octets: bytes
    width: int
    height: int
    jpeg_2000: bool


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


def print_portrait(person: SimulatedPerson, *, jpeg_2000: bool = False) -> DocumentPortrait:
    """Return a person's portrait in the proportions of a document, the face in the middle.

    It is not a picture of this minute: there is one photograph of each person only, so some of
    another's features are laid over.

    Raises PhotographsMissing when it is not installed.
    """
    other = next(each for each in SimulatedPerson if each is not person)
    still = blend_faces(still_of(person), still_of(other), _DAY_OF_ISSUE)
    width, height = _PORTRAIT_SIZE
    middle = float(still.landmarks[list(_JAW_ENDS), 0].mean())
    columns = HEIGHT * width / height
    left = round(min(max(middle - columns / 2, 0), WIDTH - columns))
    cut = still.pixels[:, left : left + round(columns)]
    picture = cv2.cvtColor(
        cv2.resize(cut, _PORTRAIT_SIZE, interpolation=cv2.INTER_CUBIC), cv2.COLOR_RGB2BGR
    )
    if jpeg_2000:
        rate = [cv2.IMWRITE_JPEG2000_COMPRESSION_X1000, _JPEG_2000_RATE]
        _, encoded = cv2.imencode(".jp2", picture, rate)
    else:
        _, encoded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
    return DocumentPortrait(encoded.tobytes(), width, height, jpeg_2000)


def _bare_wall() -> Pixels:
    shade = np.linspace(150, 190, WIDTH, dtype=np.uint8)
    return np.repeat(np.tile(shade, (HEIGHT, 1))[:, :, None], 3, axis=2)
