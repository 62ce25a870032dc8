"""The officers' exception: people vouch for a face that no set of commands fits.

Values and rules only. What it takes the place of is the liveness check, never the comparison: the
exception's photo has to match the reference as a live face has to.
"""

import hashlib
from dataclasses import dataclass
from enum import StrEnum

from workstation.rules.parties import person_key

__all__ = [
    "FEWEST_LETTERS",
    "ExceptionPhoto",
    "ExceptionReason",
    "ExceptionRequest",
    "OfficerApproval",
    "count_letters",
    "is_explained",
    "select_officers",
]

FEWEST_LETTERS = 15


class ExceptionReason(StrEnum):
    """Why the liveness check is not gone on with. Never a diagnosis: the log must not hold one."""

    NO_SET_FITS = "no_set_fits"
    EASED_ATTEMPT_FAILED = "eased_attempt_failed"
    NOT_FOLLOWED = "not_followed"


@dataclass(frozen=True, slots=True)
class ExceptionRequest:
    """What the teller asked for, from the closed list and in words."""

    reason: ExceptionReason
    words: str


@dataclass(frozen=True, slots=True)
class ExceptionPhoto:
    """The photo taken before the officers: SHA-256 of its JPEG, hex.

    simulated  the camera was not a capture device
    """

    sha256: str
    simulated: bool

    @property
    def probe_sha256(self) -> str:
        """Digest by which a comparison names that it was made with this photo alone."""
        # vision.matching.comparison.evidence_digest of one frame; that module is not for here.
        return hashlib.sha256(bytes.fromhex(self.sha256)).hexdigest()


@dataclass(frozen=True, slots=True)
class OfficerApproval:
    """An officer, authenticated anew, vouches for the person in one photo, with a reason."""

    officer: str
    reason: str
    photo_sha256: str


def count_letters(words: str) -> int:
    """Return how many letters there are, whatever stands between."""
    return sum(letter.isalpha() for letter in words)


def is_explained(words: str) -> bool:
    """Whether there are words enough to mean something: 15 letters, whatever stands between."""
    return count_letters(words) >= FEWEST_LETTERS


def select_officers(
    approvals: tuple[OfficerApproval, ...], photo: ExceptionPhoto | None, *tellers: str
) -> tuple[str, ...]:
    """Return the officers whose approvals count, in order.

    Each is another person than the tellers and than the others, has explained it, and has seen this
    photo: one that was taken again afterwards is another.
    """
    own = {"", *map(person_key, tellers)}
    counted: dict[str, str] = {}
    for each in approvals:
        key = person_key(each.officer)
        if photo is None or each.photo_sha256 != photo.sha256 or not is_explained(each.reason):
            continue
        if key not in own:
            counted.setdefault(key, each.officer)
    return tuple(counted.values())
