"""An analyser without models for the child process: answers the mean of the pixels."""

from dataclasses import dataclass

from tests.support.vision.documents import seen_at
from tests.support.vision.observations import seen
from vision.document.observation import DocumentObservation
from vision.frame import Frame, Pixels
from vision.results import FaceObservation, FaceTemplate


@dataclass
class Meter:
    """Measures brightness, nothing else."""

    def analyse(self, frame: Frame, *, embed: bool) -> FaceObservation:
        """Answer the mean of a frame."""
        del embed
        return seen(frame.sequence, faces=0, brightness=float(frame.pixels.mean()))

    def describe(self, image: Pixels) -> FaceObservation:
        """Answer the mean of a photo."""
        return seen(0, faces=0, brightness=float(image.mean()))

    alive = True

    def describe_second(self, image: Pixels) -> FaceTemplate:
        """Answer the mean of a photo as the first of 128 numbers."""
        return (float(image.mean()), *(0.0,) * 127)

    def observe_document(self, frame: Frame) -> DocumentObservation:
        """Answer that no document is seen."""
        return seen_at(frame)


def load_meter() -> Meter:
    """Make one in the child."""
    return Meter()
