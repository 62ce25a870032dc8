"""Face analysis as the rest of the product asks for it, and its plain form in this process.

`vision.worker` gives the same answers from a child process.
"""

from typing import Protocol

from vision.face.models import model_references
from vision.frame import Frame, Pixels
from vision.results import FaceObservation, ModelReference

__all__ = ["Analyser", "FaceAnalysis", "InlineAnalysis", "load_analyser"]


class FaceAnalysis(Protocol):
    """What liveness, matching and the reference photo need of the face models."""

    @property
    def models(self) -> tuple[ModelReference, ...]:
        """Return the models that take part, for the record; loads nothing."""
        ...

    def start(self) -> None:
        """Load the models now; otherwise the first question does. Raises ModelError."""
        ...

    def analyse(self, frame: Frame, *, embed: bool) -> FaceObservation:
        """Measure the largest face of a live frame. Raises VisionError."""
        ...

    def describe(self, image: Pixels) -> FaceObservation:
        """Measure the face of a still photo, with its descriptor. Raises VisionError."""
        ...

    def close(self) -> None:
        """Let the models go; calling it twice is harmless."""
        ...


class Analyser(Protocol):
    """What answers the questions once the models are loaded."""

    def analyse(self, frame: Frame, *, embed: bool) -> FaceObservation:
        """Measure a live frame."""
        ...

    def describe(self, image: Pixels) -> FaceObservation:
        """Measure a still photo."""
        ...


def load_analyser() -> Analyser:
    """Load the verified models; takes about 1.5 s of CPU. Raises ModelError."""
    from vision.face.analyser import FaceAnalyser
    from vision.face.models import load_face_models

    return FaceAnalyser(load_face_models())


class InlineAnalysis:
    """The analysis in this process, for `workstation-ctl` and tests."""

    def __init__(self) -> None:
        self._analyser: Analyser | None = None

    @property
    def models(self) -> tuple[ModelReference, ...]:
        """Return the pinned references."""
        return model_references()

    def start(self) -> None:
        """Load the models once."""
        self._load()

    def analyse(self, frame: Frame, *, embed: bool) -> FaceObservation:
        """Measure a live frame."""
        return self._load().analyse(frame, embed=embed)

    def describe(self, image: Pixels) -> FaceObservation:
        """Measure a still photo."""
        return self._load().describe(image)

    def close(self) -> None:
        """Let the models go."""
        self._analyser = None

    def _load(self) -> Analyser:
        if self._analyser is None:
            self._analyser = load_analyser()
        return self._analyser
