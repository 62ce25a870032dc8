"""From a bank's own photos to thresholds: error counts, a threshold for a rate.

Error rates in the words of ISO/IEC 19795-1: false match (different people taken for one) and false
non-match (one person taken for two).
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from vision.errors import VisionSettingsRefused

__all__ = ["ErrorCounts", "equal_error_rate", "error_counts", "threshold_at"]

MILLION = 1_000_000


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


def equal_error_rate(genuine: Sequence[float], impostor: Sequence[float]) -> float:
    """Return the mean of both error rates, 0..1, where they are nearest to one another.

    Raises SettingsRefused without scores of both kinds.
    """
    if not genuine or not impostor:
        raise VisionSettingsRefused("scores of both kinds are needed")
    ours, theirs = sorted(genuine), sorted(impostor)
    best = (2.0, 0.0)
    for bound in (*ours, *theirs):
        matches = bisect_right(theirs, bound) / len(theirs)
        misses = 1 - bisect_right(ours, bound) / len(ours)
        best = min(best, (abs(matches - misses), (matches + misses) / 2))
    return best[1]


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
