"""Analysis of faces and documents as the product asks for it, and its form in this process.

`vision.worker` gives the same answers from a child process.
"""

from pathlib import Path
from typing import Protocol

from vision.document.observation import DocumentObservation
from vision.frame import Frame, Pixels
from vision.models.manifest import Manifest, load_manifest
from vision.results import FaceObservation, FaceTemplate, ModelReference

__all__ = ["Analyser", "FaceAnalysis", "InlineAnalysis", "load_analyser"]


class FaceAnalysis(Protocol):
    """What liveness, matching and the reference photo need of the face models."""

    @property
    def models(self) -> tuple[ModelReference, ...]:
        """Return the models that take part, for the record; loads nothing."""
        ...

    @property
    def alive(self) -> bool:
        """Whether whatever holds the models, or is loading them, is there."""
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

    def describe_second(self, image: Pixels) -> FaceTemplate | None:
        """Describe the face of a still by the second, independent model. Raises VisionError."""
        ...

    def observe_document(self, frame: Frame) -> DocumentObservation:
        """Measure the document that a frame shows. Raises VisionError."""
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

    def describe_second(self, image: Pixels) -> FaceTemplate | None:
        """Describe a still photo by the second model."""
        ...

    def observe_document(self, frame: Frame) -> DocumentObservation:
        """Measure the document of a frame."""
        ...


def load_analyser(manifest: Manifest, folder: Path | None = None) -> Analyser:
    """Load the verified models; takes most of a second of CPU. Raises ModelError."""
    from vision.document.observer import DocumentAnalyser
    from vision.document.recognition.reader import MrzReader
    from vision.face.engines.loading import load_engines

    return DocumentAnalyser(load_engines(manifest, folder), MrzReader.from_resources())


class InlineAnalysis:
    """The analysis in this process, for `workstation-ctl` and tests.

    folder  of a station that may have a manifest and model files of its own

    Raises ManifestRefused.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._manifest = load_manifest(folder)
        self._analyser: Analyser | None = None

    @property
    def models(self) -> tuple[ModelReference, ...]:
        """Return the pinned references."""
        return self._manifest.references

    @property
    def alive(self) -> bool:
        """Say yes: they are in this process."""
        return True

    def start(self) -> None:
        """Load the models once."""
        self._load()

    def analyse(self, frame: Frame, *, embed: bool) -> FaceObservation:
        """Measure a live frame."""
        return self._load().analyse(frame, embed=embed)

    def describe(self, image: Pixels) -> FaceObservation:
        """Measure a still photo."""
        return self._load().describe(image)

    def describe_second(self, image: Pixels) -> FaceTemplate | None:
        """Describe a still photo by the second model."""
        return self._load().describe_second(image)

    def observe_document(self, frame: Frame) -> DocumentObservation:
        """Measure the document of a frame."""
        return self._load().observe_document(frame)

    def close(self) -> None:
        """Let the models go."""
        self._analyser = None

    def _load(self) -> Analyser:
        if self._analyser is None:
            self._analyser = load_analyser(self._manifest, self._folder)
        return self._analyser
