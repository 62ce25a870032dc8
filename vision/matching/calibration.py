"""From a bank's own photos to thresholds: error counts, a threshold for a rate, cohort centroids.

Error rates in the words of ISO/IEC 19795-1: false match (different people taken for one) and false
non-match (one person taken for two).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

import numpy as np

from vision.errors import VisionSettingsRefused
from vision.results import FaceTemplate

__all__ = ["ErrorCounts", "cohort_centroids", "error_counts", "threshold_at"]

MILLION = 1_000_000
MOST_ROUNDS = 50


@dataclass(frozen=True, slots=True)
class ErrorCounts:
    """What a threshold does to a set of scores: counts, so that nobody reads more into them."""

    threshold_ppm: int
    false_matches: int
    impostors: int
    false_non_matches: int
    genuine: int


def error_counts(
    genuine: Sequence[float], impostor: Sequence[float], threshold_ppm: int
) -> ErrorCounts:
    """Return the errors when scores of at most the threshold are taken for a match."""
    bound = threshold_ppm / MILLION
    return ErrorCounts(
        threshold_ppm=threshold_ppm,
        false_matches=sum(score <= bound for score in impostor),
        impostors=len(impostor),
        false_non_matches=sum(score > bound for score in genuine),
        genuine=len(genuine),
    )


def threshold_at(impostor: Sequence[float], false_match_ppm: int) -> int:
    """Return the greatest threshold that lets at most this share of impostor scores match.

    Raises SettingsRefused when there are too few scores to tell: at least three expected false
    matches are needed for a rate to be worth the name (rule of three).
    """
    allowed = len(impostor) * false_match_ppm // MILLION
    if allowed < 3:  # noqa: PLR2004 (rule of three)
        raise VisionSettingsRefused("too few impostor scores for this rate")
    ordered = sorted(impostor)
    return int(ordered[allowed] * MILLION) - 1


def cohort_centroids(
    templates: Sequence[FaceTemplate], count: int, rng: Random
) -> tuple[FaceTemplate, ...]:
    """Return `count` k-means centroids (Lloyd), so that the cohort file holds no person's template.

    Raises SettingsRefused with fewer than four templates per centroid.
    """
    if len(templates) < 4 * count or count < 1:
        raise VisionSettingsRefused("too few templates for so many centroids")
    rows = np.array(templates, dtype=np.float64)
    chosen: list[int] = []
    while len(chosen) < count:
        index = rng.randrange(0, len(rows))
        if index not in chosen:
            chosen.append(index)
    centres = rows[chosen]
    nearest = np.full(len(rows), -1)
    for _ in range(MOST_ROUNDS):
        square = (rows**2).sum(axis=1)[:, None] + (centres**2).sum(axis=1)[None, :]
        now = (square - 2 * rows @ centres.T).argmin(axis=1)
        if (now == nearest).all():
            break
        nearest = now
        for index in range(count):
            members = rows[nearest == index]
            if len(members):
                centres[index] = members.mean(axis=0)
    return tuple(tuple(float(value) for value in centre) for centre in centres)
