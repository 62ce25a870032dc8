"""A person's comparison of two photos where the machine's was undecided.

Values and rules only. It settles an undecided comparison and never lifts a NON_MATCH.
"""

from dataclasses import dataclass
from enum import StrEnum

from vision.results import MatchResult
from workstation.rules.parties import person_key
from workstation.session.exception import is_explained

__all__ = ["ComparisonAnswer", "ComparisonReason", "ComparisonReview", "confirms"]


class ComparisonAnswer(StrEnum):
    """What the supervisor saw, before the machine's tendency was shown."""

    SAME = "same"
    DIFFERENT = "different"


class ComparisonReason(StrEnum):
    """What the answer rests on. Never a diagnosis: the log must not hold one."""

    FEATURES_AGREE = "features_agree"
    OLDER_PHOTO = "older_photo"
    CHANGED_LOOK = "changed_look"
    FEATURES_DIFFER = "features_differ"


@dataclass(frozen=True, slots=True)
class ComparisonReview:
    """One supervisor's answer about two photos, named by the digests of the comparison."""

    officer: str
    answer: ComparisonAnswer
    reason: ComparisonReason
    words: str
    probe_sha256: str
    reference_sha256: str


def confirms(review: ComparisonReview | None, match: MatchResult, *tellers: str) -> bool:
    """Whether another person than the tellers has explained that both photos show one person."""
    if review is None or review.answer is not ComparisonAnswer.SAME:
        return False
    named = person_key(review.officer) not in {"", *map(person_key, tellers)}
    photos = (review.probe_sha256, review.reference_sha256)
    return (
        named
        and is_explained(review.words)
        and review.reason is not ComparisonReason.FEATURES_DIFFER
        and photos == (match.probe_sha256, match.reference_sha256)
    )
