"""The real face analysis, which measures no series of images twice."""

import hashlib

from vision.document.observation import DocumentObservation
from vision.frame import Frame, Pixels
from vision.results import FaceObservation, FaceTemplate, ModelReference
from vision.worker import FaceAnalysis

__all__ = ["RepeatedAnalysis"]


class RepeatedAnalysis:
    """A FaceAnalysis that answers from memory for as long as a series repeats an earlier one.

    What the analyser says of an image follows from the images of its camera up to it: a sequence
    number that runs backwards starts a new track. So answers are kept by the digest of all of
    them. Where a series departs from every earlier one, the analyser is shown its beginning first.
    """

    def __init__(self, analysis: FaceAnalysis) -> None:
        self._analysis = analysis
        self._known: dict[bytes, FaceObservation] = {}
        self._series = b""
        self._sequence = -1
        self._unseen: list[Frame] = []

    @property
    def models(self) -> tuple[ModelReference, ...]:
        """Return the models that take part."""
        return self._analysis.models

    def start(self) -> None:
        """Load the models."""
        self._analysis.start()

    def analyse(self, frame: Frame, *, embed: bool) -> FaceObservation:
        """Measure a live frame, or remember it."""
        if frame.sequence <= self._sequence:
            self._series, self._unseen = b"", []
        self._sequence = frame.sequence
        # Two cameras may show one image at different moments, and an answer names its moment.
        moment = f"{frame.sequence} {frame.captured_ns} ".encode()
        self._series = _digest(self._series + moment, frame.pixels)
        key = self._series + bytes([embed])
        if key not in self._known:
            for each in self._unseen:
                self._analysis.analyse(each, embed=False)
            self._unseen.clear()
            self._known[key] = self._analysis.analyse(frame, embed=embed)
        else:
            self._unseen.append(frame)
        return self._known[key]

    def describe(self, image: Pixels) -> FaceObservation:
        """Measure a still photo, or remember it."""
        key = _digest(str(image.shape).encode(), image)
        if key not in self._known:
            self._known[key] = self._analysis.describe(image)
        return self._known[key]

    alive = True

    def describe_second(self, image: Pixels) -> FaceTemplate | None:
        """Describe an image with the second model."""
        return self._analysis.describe_second(image)

    def observe_document(self, frame: Frame) -> DocumentObservation:
        """Observe the document of a frame."""
        return self._analysis.observe_document(frame)

    def close(self) -> None:
        """Let the models go."""
        self._analysis.close()


def _digest(before: bytes, pixels: Pixels) -> bytes:
    return hashlib.sha256(before + pixels.tobytes()).digest()
