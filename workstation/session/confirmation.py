"""What the teller says once everything is there, or has seen and cannot be measured.

Values and rules only. A confirmation approves nothing that the checks do not; a suspicion refuses
whatever they say; a case that was handed over is approved after another person's look.
"""

from dataclasses import dataclass
from enum import StrEnum

from workstation.rules.parties import person_key
from workstation.session.exception import is_explained

__all__ = [
    "AbortReason",
    "Confirmation",
    "HandOverReason",
    "HandOverRequest",
    "SecondLook",
    "Suspicion",
    "SuspicionReason",
    "is_confirmed",
    "is_open",
    "needs_words",
]


class SuspicionReason(StrEnum):
    """Why a teller refuses. Never a diagnosis: the log must not hold one."""

    GUIDED_BY_PHONE = "guided_by_phone"
    SPOKEN_FOR = "spoken_for"
    NOT_THE_DOCUMENT = "not_the_document"
    DOES_NOT_UNDERSTAND = "does_not_understand"
    OTHER = "other"


class HandOverReason(StrEnum):
    """Why a teller does not decide alone."""

    DOUBT_ABOUT_PERSON = "doubt_about_person"
    DOUBT_ABOUT_DOCUMENT = "doubt_about_document"
    UNUSUAL_OPERATION = "unusual_operation"
    KNOWN_TO_TELLER = "known_to_teller"
    OTHER = "other"


class AbortReason(StrEnum):
    """Why a session is ended without a decision; the code stands in the log as it is.

    The first six are a person's to choose; the others are the program's own.
    """

    CUSTOMER_LEFT = "customer_left"
    CHANGED_MIND = "changed_mind"
    WRONG_DATA = "wrong_data"
    NO_KEY = "no_key"
    TECHNICAL = "technical"
    OTHER = "abort_other"
    TELLER_ABORTED = "teller_aborted"
    WINDOW_CLOSED = "window_closed"


@dataclass(frozen=True, slots=True)
class Confirmation:
    """The teller's word that the operation may be carried out."""

    teller: str
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Suspicion:
    """Why the teller refused, from the closed list and in words."""

    teller: str
    reason: SuspicionReason
    words: str = ""


@dataclass(frozen=True, slots=True)
class HandOverRequest:
    """Why the teller wants another person to look, from the closed list and in words."""

    teller: str
    reason: HandOverReason
    words: str = ""


@dataclass(frozen=True, slots=True)
class SecondLook:
    """A supervisor, authenticated anew, has looked and sees nothing against the customer."""

    supervisor: str
    reason: str


def needs_words(reason: SuspicionReason | HandOverReason | AbortReason) -> bool:
    """Whether a reason says nothing by itself: then words are needed."""
    return reason in {SuspicionReason.OTHER, HandOverReason.OTHER, AbortReason.OTHER}


def is_confirmed(confirmation: Confirmation | None, teller: str) -> bool:
    """Whether the teller whose case it is has confirmed, and nobody else."""
    return confirmation is not None and person_key(confirmation.teller) == person_key(teller)


def is_open(hand_over: HandOverRequest | None, look: SecondLook | None, *tellers: str) -> bool:
    """Whether a hand-over waits for another person than the tellers, with a reason in words."""
    if hand_over is None:
        return False
    if look is None or not is_explained(look.reason):
        return True
    return person_key(look.supervisor) in {"", *map(person_key, tellers)}
