"""Face descriptors as vectors: their distance and their mean.

Sums are rounded once (`math.fsum`): a matrix product differs in its last digits with the CPU, and
what is compared with a bound and recorded must not.
"""

from collections.abc import Sequence
from itertools import repeat
from math import fsum, hypot
from operator import mul, truediv

from vision.results import FaceTemplate

__all__ = ["cosine_distance", "mean_template"]


def cosine_distance(first: FaceTemplate, second: FaceTemplate) -> float:
    """Return 1 - cosine of two templates of length one: 0 for equal ones, at most 2."""
    if len(first) != len(second):
        raise ValueError(len(second))
    return 1.0 - fsum(map(mul, first, second))


def mean_template(templates: Sequence[FaceTemplate]) -> FaceTemplate:
    """Return the mean direction of templates of equal length, at least one, of length one.

    Each is brought to length one first; one of length zero stays what it is.
    """
    rows = [_normalise(each) for each in templates]
    return _normalise(tuple(map(fsum, zip(*rows, strict=True))))


def _normalise(vector: Sequence[float]) -> FaceTemplate:
    length = hypot(*vector)
    return tuple(map(truediv, vector, repeat(length))) if length else tuple(vector)
