"""The two public-domain portraits the simulated customers are made from.

They are data files of libraries of the demo group, found without importing these libraries.
The landmarks were measured once with the analysis of `vision.face` on the 640x480 cut, so they
hold for exactly these files: another file is refused.
"""

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vision.errors import PhotographsMissing
from vision.frame import Pixels

__all__ = [
    "DEMO_PACKAGES",
    "HEIGHT",
    "WIDTH",
    "SimulatedPerson",
    "Still",
    "reference_photo",
    "still_of",
]

WIDTH: Final = 640
HEIGHT: Final = 480
EYES: Final = slice(36, 48)
NOT_INSTALLED: Final = "demo photographs are not installed"
DEMO_PACKAGES: Final = ("scikit-image==0.26.0", "matplotlib==3.11.2")
"""Whose files these photographs are; nothing of them is imported, so they need no dependencies."""

Points = NDArray[np.float32]


class SimulatedPerson(StrEnum):
    """Who is simulated: Eileen Collins (NASA) and Grace Hopper (US Navy), both public domain."""

    ASTRONAUT = "astronaut"
    HOPPER = "hopper"


@dataclass(frozen=True, slots=True)
class _Photograph:
    """A file of a distribution and the part of it that fills a frame.

    left, top  of the cut in pixels of the photo; negative: the photo is mirrored at its edge
    scale      frame pixels per photo pixel
    landmarks  68 x, y pairs in pixels of the 640x480 cut
    eyes       12 x, y pairs of the lids like landmarks 36 to 47, drawn by hand where spectacles
               mislead the analysis; empty: the landmarks
    grain      standard deviation in pixels of the blur that removes the grain of the print, on
               which landmarks jump about; 0: none
    nose       height of the nose in half jaw widths
    corners    share of the jaw's way down that the corners of the opening mouth follow
    """

    package: str
    path: str
    sha256: str
    left: int
    top: int
    scale: float
    landmarks: str
    eyes: str
    grain: float
    nose: float
    corners: float


@dataclass(frozen=True, slots=True, eq=False)
class Still:
    """A portrait cut to a frame.

    pixels     480x640x3 RGB
    landmarks  68 points in pixels
    eyes       12 points in pixels: the lids like landmarks 36 to 47
    nose       height of the nose in half jaw widths
    corners    share of the jaw's way down that the corners of the opening mouth follow
    """

    pixels: Pixels
    landmarks: Points
    eyes: Points
    nose: float
    corners: float


_PHOTOGRAPHS: Final = {
    SimulatedPerson.ASTRONAUT: _Photograph(
        package="skimage",
        path="data/astronaut.png",
        sha256="88431cd9653ccd539741b555fb0a46b61558b301d4110412b5bc28b5e3ea6cb5",
        left=80,
        top=13,
        scale=2.2,
        landmarks=(
            "219,202 220,227 222,252 224,277 231,302 245,324 263,342 284,358 308,364 334,361 "
            "358,348 381,331 397,310 407,287 413,261 418,237 422,210 235,178 247,165 265,163 "
            "283,167 300,175 343,178 360,171 378,170 395,174 408,188 321,196 320,215 320,233 "
            "319,251 296,259 306,263 317,267 329,264 340,261 253,194 264,187 279,188 291,200 "
            "277,201 263,200 347,203 359,192 373,192 385,201 374,205 360,205 265,278 284,277 "
            "303,278 316,281 329,279 346,279 364,281 346,304 328,312 313,314 299,311 280,300 "
            "271,280 302,286 315,288 328,287 357,283 328,301 314,303 300,300"
        ),
        eyes="",
        grain=0,
        nose=0.34,
        corners=0.5,
    ),
    SimulatedPerson.HOPPER: _Photograph(
        package="matplotlib",
        path="mpl-data/sample_data/grace_hopper.jpg",
        sha256="a8ca6d734765703b09728ab47fe59f473d93ae3967fc24c7c0288c3c7adb7130",
        left=-54,
        top=8,
        scale=1.0,
        landmarks=(
            "233,198 236,221 240,242 246,263 254,284 265,302 282,314 302,321 325,323 348,320 "
            "368,309 385,295 396,275 404,255 407,233 408,210 409,187 244,179 251,164 266,156 "
            "283,156 299,163 335,160 350,151 367,149 383,156 393,168 319,181 319,197 320,212 "
            "321,229 301,238 310,241 322,244 333,241 342,237 264,187 272,180 282,179 292,186 "
            "283,188 273,189 345,184 354,176 365,175 373,181 365,184 355,184 286,272 298,265 "
            "311,262 322,265 332,262 345,264 358,269 346,276 333,280 322,282 312,281 299,277 "
            "290,271 311,269 322,270 332,269 353,269 332,271 322,272 311,271"
        ),
        eyes=(
            "264,187 271,178 281,177 291,186 283,188 273,189 346,184 354,173 365,173 375,181 "
            "365,184 355,185"
        ),
        grain=1.2,
        nose=0.45,
        corners=0.3,
    ),
}


def reference_photo(person: SimulatedPerson) -> bytes:
    """Return the encoded file bytes of a portrait. Raises PhotographsMissing when absent."""
    photograph = _PHOTOGRAPHS[person]
    found = find_spec(photograph.package)
    for folder in (found.submodule_search_locations or ()) if found is not None else ():
        try:
            encoded = (Path(folder) / photograph.path).read_bytes()
        except OSError:
            continue
        if hashlib.sha256(encoded).hexdigest() == photograph.sha256:
            return encoded
    raise PhotographsMissing(NOT_INSTALLED)


def still_of(person: SimulatedPerson, *, share: float = 1.0) -> Still:
    """Return the portrait as a frame, `share` of its usual size with more of what is around.

    Raises PhotographsMissing when it is not installed.
    """
    import cv2

    photograph = _PHOTOGRAPHS[person]
    encoded = np.frombuffer(reference_photo(person), np.uint8)
    decoded = cv2.imdecode(encoded, cv2.IMREAD_COLOR)
    if decoded is None:
        raise PhotographsMissing(NOT_INSTALLED)
    scale = photograph.scale * share
    # What is beyond the photo's upper edge would be a mirrored head.
    left = photograph.left - WIDTH * (1 - share) / share / 2 / photograph.scale
    top = max(0.0, photograph.top - HEIGHT * (1 - share) / share / 2 / photograph.scale)
    pixels = cv2.warpAffine(
        cv2.cvtColor(decoded, cv2.COLOR_BGR2RGB),
        np.array([[scale, 0, -left * scale], [0, scale, -top * scale]]),
        (WIDTH, HEIGHT),
        flags=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_REFLECT_101,
    )
    if photograph.grain:
        pixels = cv2.GaussianBlur(pixels, (0, 0), photograph.grain * share)
    shift = np.array([photograph.left - left, photograph.top - top], np.float32) * scale
    landmarks, drawn = (
        _points(each) * np.float32(share) + shift
        for each in (photograph.landmarks, photograph.eyes)
    )
    return Still(
        pixels=pixels.astype(np.uint8, copy=False),
        landmarks=landmarks,
        eyes=drawn if len(drawn) else landmarks[EYES],
        nose=photograph.nose,
        corners=photograph.corners,
    )


def _points(pairs: str) -> Points:
    """Return "x,y x,y" as an array of points."""
    numbers = [int(number) for pair in pairs.split() for number in pair.split(",")]
    return np.array(numbers, dtype=np.float32).reshape(-1, 2)
