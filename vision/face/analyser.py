"""From one frame to one FaceObservation: the only place that runs the face models."""

import time
from dataclasses import dataclass, replace
from typing import Any, Final

import cv2
import numpy as np

from vision.errors import ImageRefused
from vision.face import geometry
from vision.face.models import FaceModels
from vision.face.tracking import FaceTracker, Located, faces_at_least, scan
from vision.frame import Frame, Pixels
from vision.results import FaceObservation, FaceTemplate

__all__ = ["THUMBNAIL_SIZE", "FaceAnalyser", "thumbnail"]

THUMBNAIL_SIZE: Final = (80, 60)
SHARPNESS_SIDE: Final = 128
STILL_SIDE: Final = 1000
STILL_MARGIN: Final = 0.35
RGB: Final = 3


@dataclass(frozen=True, slots=True, eq=False)
class _Image:
    """The same picture in RGB and luma, both C-contiguous."""

    rgb: Pixels
    gray: Pixels


class FaceAnalyser:
    """Analyses frames of one camera in order; keeps the last face position between calls.

    Not thread-safe. Holds the GIL during landmarks and descriptor, so the desktop runs it in the
    child process of `vision.worker`.
    """

    def __init__(self, models: FaceModels) -> None:
        cv2.setNumThreads(1)
        self._models = models
        self._tracker = FaceTracker(models.detector)
        self._last_sequence = -1

    def analyse(self, frame: Frame, *, embed: bool) -> FaceObservation:
        """Measure the largest face; the descriptor only when `embed`, as it costs 134 ms.

        A sequence number that runs backwards starts a new track. Raises ImageRefused when the
        pixels are not height x width x 3 uint8.
        """
        started = time.perf_counter()
        image = _check(frame.pixels)
        if frame.sequence <= self._last_sequence:
            self._tracker.forget()
        self._last_sequence = frame.sequence
        located = self._tracker.locate(image.gray)
        blank = _blank(frame.sequence, frame.captured_ns, image.gray)
        if located is None:
            return _timed(blank, started)
        face, faces = located
        return _timed(self._measure(image, face, replace(blank, faces=faces), embed=embed), started)

    def describe(self, image: Pixels) -> FaceObservation:
        """Measure the face of a still photo with its descriptor, however long it takes.

        Small faces are looked for in an enlarged picture, tightly cropped ones with a margin
        added. Sequence and time are 0. Raises ImageRefused like `analyse`.
        """
        started = time.perf_counter()
        picture = _check(image)
        blank = _blank(0, 0, picture.gray)
        found = self._search_still(picture.gray)
        if not found:
            return _timed(blank, started)
        face = max(found, key=lambda located: (located.score > 0, located.height))
        blank = replace(blank, faces=faces_at_least(found, face))
        return _timed(self._measure(picture, face, blank, embed=True), started)

    def _search_still(self, gray: Pixels) -> list[Located]:
        scale = min(1.0, STILL_SIDE / max(gray.shape))
        detector = self._models.detector
        if found := scan(detector, gray, scale) or scan(detector, gray, scale, upsample=1):
            return found
        margin = int(max(gray.shape) * STILL_MARGIN)
        padded = np.pad(gray, margin, mode="edge")
        return scan(detector, padded, scale, upsample=1, origin=(-margin, -margin))

    def _measure(
        self, image: _Image, face: Located, blank: FaceObservation, *, embed: bool
    ) -> FaceObservation:
        shape = self._landmarks(image.gray, face)
        landmarks = tuple((float(part.x), float(part.y)) for part in shape.parts())
        region = _region(image.gray, face)
        return replace(
            blank,
            box=face.box,
            landmarks=landmarks,
            score=face.score,
            turn=geometry.turn_ratio(landmarks),
            nod=geometry.nod_ratio(landmarks),
            mouth=geometry.mouth_ratio(landmarks),
            eye_aspect=geometry.eye_aspect_ratio(landmarks),
            jaw_width=geometry.jaw_width(landmarks),
            brightness=float(region.mean()),
            sharpness=_sharpness(region),
            template=self._template(image.rgb, shape) if embed else None,
        )

    def _landmarks(self, gray: Pixels, face: Located) -> Any:
        import dlib

        return self._models.landmarks(gray, dlib.rectangle(*face.box))

    def _template(self, rgb: Pixels, shape: Any) -> FaceTemplate:
        descriptor = self._models.descriptor.compute_face_descriptor(rgb, shape)
        return tuple(float(value) for value in descriptor)


def thumbnail(gray: Pixels) -> bytes:
    """Return the 80x60 luma of a whole frame, row by row."""
    return cv2.resize(gray, THUMBNAIL_SIZE, interpolation=cv2.INTER_AREA).astype(np.uint8).tobytes()


def _check(pixels: Pixels) -> _Image:
    if pixels.dtype != np.uint8 or pixels.ndim != RGB or pixels.shape[2] != RGB or not pixels.size:
        raise ImageRefused("not height x width x 3 uint8")
    rgb = np.ascontiguousarray(pixels)
    return _Image(rgb, cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY).astype(np.uint8, copy=False))


def _blank(sequence: int, captured_ns: int, gray: Pixels) -> FaceObservation:
    return FaceObservation(
        sequence=sequence,
        captured_ns=captured_ns,
        faces=0,
        box=None,
        landmarks=(),
        score=0.0,
        turn=0.0,
        nod=0.0,
        mouth=0.0,
        eye_aspect=0.0,
        jaw_width=0.0,
        brightness=float(gray.mean()),
        sharpness=0.0,
        thumbnail=thumbnail(gray),
        template=None,
        elapsed_ms=0.0,
    )


def _timed(observation: FaceObservation, started: float) -> FaceObservation:
    return replace(observation, elapsed_ms=(time.perf_counter() - started) * 1000)


def _region(gray: Pixels, face: Located) -> Pixels:
    """Cut the part of the face box that lies in the image, at least one pixel."""
    height, width = gray.shape[:2]
    left, top = min(max(0, face.box[0]), width - 1), min(max(0, face.box[1]), height - 1)
    return gray[top : max(top + 1, face.box[3]), left : max(left + 1, face.box[2])]


def _sharpness(region: Pixels) -> float:
    square = cv2.resize(region, (SHARPNESS_SIDE, SHARPNESS_SIDE), interpolation=cv2.INTER_AREA)
    return float(cv2.Laplacian(square, cv2.CV_32F).var())
