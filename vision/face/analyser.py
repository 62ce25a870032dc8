"""From one frame to one FaceObservation: the only place that runs the face models."""

import time
from dataclasses import replace
from typing import Final

import cv2
import numpy as np

from vision.face import geometry
from vision.face.engines.descriptor import Described
from vision.face.engines.loading import FaceEngines
from vision.face.stills import StillSearch
from vision.face.tones import measure_tones
from vision.face.tracking import FaceTracker, TrackedFace, box_of
from vision.frame import Frame, Pixels, require_rgb
from vision.results import FaceObservation, FaceTemplate

__all__ = ["THUMBNAIL_SIZE", "FaceAnalyser", "thumbnail"]

THUMBNAIL_SIZE: Final = (80, 60)


class FaceAnalyser:
    """Analyses frames of one camera in order; keeps the last face position between calls.

    Not thread-safe. The second opinion holds the GIL, so the desktop runs it in the child process
    of `vision.worker`.
    """

    def __init__(self, engines: FaceEngines) -> None:
        cv2.setNumThreads(1)
        self._engines = engines
        self._tracker = FaceTracker(
            engines.detector,
            engines.tracker,
            engines.mesh,
            engines.manifest.detector.search_px,
        )
        self._stills = StillSearch(engines.detector, engines.mesh)
        self._last_sequence = -1
        self._live_due = 0

    def analyse(self, frame: Frame, *, embed: bool) -> FaceObservation:
        """Measure the largest face; the descriptor only when `embed`, as it costs 15 ms.

        A sequence number that runs backwards starts a new track. Raises ImageRefused when the
        pixels are not height x width x 3 uint8.
        """
        started = time.perf_counter()
        image = require_rgb(frame.pixels)
        if frame.sequence <= self._last_sequence:
            self._tracker.forget()
            self._live_due = frame.sequence
        self._last_sequence = frame.sequence
        face = self._tracker.locate(image)
        blank = _blank(frame.sequence, frame.captured_ns, image)
        if face is None:
            return _timed(blank, started)
        described = self._engines.match.describe(image, face.points) if embed else None
        return _timed(self._measure(image, face, blank, described), started)

    def describe(self, image: Pixels) -> FaceObservation:
        """Measure the face of a still photo with its descriptor, however long it takes.

        Small faces are looked for in an enlarged picture, tightly cropped ones with a margin
        added, and faces of a picture that lies on its side in the turned picture. Sequence and
        time are 0. Raises ImageRefused like `analyse`.
        """
        started = time.perf_counter()
        picture = require_rgb(image)
        blank = _blank(0, 0, picture)
        face = self._stills.locate(picture)
        if face is None:
            return _timed(blank, started)
        described = self._engines.match.describe_still(picture, face.points)
        return _timed(self._measure(picture, face, blank, described), started)

    def describe_second(self, image: Pixels) -> FaceTemplate | None:
        """Return the second, independent descriptor of a still's face, None without a face.

        Raises ImageRefused like `analyse`.
        """
        picture = require_rgb(image)
        face = self._stills.locate(picture)
        if face is None:
            return None
        described = self._engines.second.describe(picture, face.points)
        return None if described is None else described.template

    def _measure(
        self,
        image: Pixels,
        face: TrackedFace,
        blank: FaceObservation,
        described: Described | None,
    ) -> FaceObservation:
        landmarks = tuple((float(x), float(y)) for x, y in face.points)
        box = box_of(face.points, face.score)
        corners = (box.left, box.top, box.left + box.width, box.top + box.height)
        left, top, right, bottom = (round(value) for value in corners)
        tones = measure_tones(image, face.points)
        score = face.score
        if described is not None and described.score is not None:
            score = described.score
        return replace(
            blank,
            faces=face.faces,
            nearby=face.nearby,
            box=(left, top, right, bottom),
            landmarks=landmarks,
            score=score,
            turn=geometry.turn_ratio(face.points),
            nod=geometry.nod_ratio(face.points),
            mouth=geometry.mouth_ratio(face.points),
            eye_opening=self._engines.eyes.openings(image, face.points),
            jaw_width=geometry.jaw_width(face.points),
            brightness=tones.brightness,
            contrast=tones.contrast,
            glare=tones.glare,
            relief=tones.relief,
            sharpness=tones.sharpness,
            live=self._live(image, face, blank.sequence),
            template=None if described is None else described.template,
        )

    def _live(self, image: Pixels, face: TrackedFace, sequence: int) -> float | None:
        """Ask the presentation-attack model, where there is one, about each n-th frame.

        Of frames that came late the next one with a face is asked about: whoever reads every second
        frame would otherwise miss all that are asked about, or none.
        """
        net, row = self._engines.presentation_attack, self._engines.manifest.presentation_attack
        if net is None or row is None or sequence < self._live_due:
            return None
        self._live_due = sequence + row.every
        return net.live_probability(image, face.points)


def thumbnail(image: Pixels) -> bytes:
    """Return the 80x60 luma of a whole RGB frame, row by row."""
    gray = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    small = cv2.resize(gray, THUMBNAIL_SIZE, interpolation=cv2.INTER_AREA)
    return small.astype(np.uint8, copy=False).tobytes()


def _blank(sequence: int, captured_ns: int, image: Pixels) -> FaceObservation:
    small = thumbnail(image)
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
        eye_opening=(0.0, 0.0),
        jaw_width=0.0,
        brightness=float(np.frombuffer(small, np.uint8).mean()),
        contrast=0.0,
        glare=0.0,
        relief=0.0,
        sharpness=0.0,
        frame_size=(image.shape[1], image.shape[0]),
        thumbnail=small,
        live=None,
        template=None,
        elapsed_ms=0.0,
    )


def _timed(observation: FaceObservation, started: float) -> FaceObservation:
    return replace(observation, elapsed_ms=(time.perf_counter() - started) * 1000)
