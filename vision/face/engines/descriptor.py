"""What every comparing model gives: a descriptor of length one, and how surely a face was seen."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from vision.frame import Pixels
from vision.results import FaceTemplate

__all__ = ["Described", "Descriptor", "normalise"]


@dataclass(frozen=True, slots=True)
class Described:
    """A descriptor of length one; `score` of the detector that aligned the face, None without."""

    template: FaceTemplate
    score: float | None


class Descriptor(Protocol):
    """A model that describes a face for comparison."""

    def describe(self, image: Pixels, mesh: NDArray[np.float64]) -> Described | None:
        """Return the descriptor of the face under the mesh points of an RGB frame."""
        ...

    def describe_still(self, image: Pixels, mesh: NDArray[np.float64]) -> Described | None:
        """Return the descriptor of the face of a photo, which has no other frames."""
        ...


def normalise(numbers: NDArray[np.generic]) -> FaceTemplate:
    """Return the numbers divided by their length, as they are when that is 0."""
    values = np.asarray(numbers, np.float64)
    length = float(np.linalg.norm(values))
    return tuple(float(value) for value in (values / length if length else values))
