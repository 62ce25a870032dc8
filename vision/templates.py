"""Face descriptors as vectors: their distance and their mean.

Sums are rounded once (`math.fsum`): a matrix product differs in its last digits with the CPU, and
what is compared with a bound and recorded must not.
"""

from collections.abc import Sequence
from math import fsum, hypot

from vision.results import FaceTemplate

__all__ = ["cosine_distance", "mean_template"]


def cosine_distance(first: FaceTemplate, second: FaceTemplate) -> float:
    """Return 1 - cosine of two templates of length one: 0 for equal ones, at most 2."""
    return 1.0 - fsum(a * b for a, b in zip(first, second, strict=True))


def mean_template(templates: Sequence[FaceTemplate]) -> FaceTemplate:
    """Return the mean direction of templates of equal length, at least one, of length one.

    Each is brought to length one first; one of length zero stays what it is.
    """
    rows = [_normalise(each) for each in templates]
    return _normalise([fsum(column) for column in zip(*rows, strict=True)])


def _normalise(vector: Sequence[float]) -> FaceTemplate:
    length = hypot(*vector)
    return tuple(value / length if length else value for value in vector)
