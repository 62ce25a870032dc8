"""Public-domain portraits of the demo group as pixels, and the face models loaded once."""

from functools import cache

import numpy as np
import pytest

from vision.camera.simulated import SimulatedPerson, reference_photo
from vision.errors import CameraUnavailable
from vision.face.engines.loading import FaceEngines, load_engines
from vision.frame import Frame, Pixels
from vision.matching.image import decode_image
from vision.models.manifest import load_manifest

ASTRONAUT, HOPPER = SimulatedPerson.ASTRONAUT, SimulatedPerson.HOPPER


@cache
def engines() -> FaceEngines:
    """Return the real models; about 0.3 s of CPU the first time."""
    return load_engines(load_manifest())


@cache
def photo(person: SimulatedPerson) -> Pixels:
    """Return the whole photograph, read-only RGB; skips the test where it is not installed."""
    try:
        return decode_image(reference_photo(person))
    except CameraUnavailable as missing:
        pytest.skip(f"dependency group demo: {missing.detail}")


def frame(pixels: Pixels, sequence: int = 0) -> Frame:
    """Return the pixels as frame number `sequence` of a 30 fps camera."""
    return Frame(sequence, sequence * 33_333_333, pixels)


def on_canvas(
    *placed: tuple[Pixels, int, int], width: int = 640, height: int = 480, level: int = 128
) -> Pixels:
    """Return a grey canvas with pictures pasted at (left, top), cut off at its edges."""
    canvas = np.full((height, width, 3), level, np.uint8)
    for picture, left, top in placed:
        part = picture[: height - top, : width - left]
        canvas[top : top + part.shape[0], left : left + part.shape[1]] = part
    return canvas
