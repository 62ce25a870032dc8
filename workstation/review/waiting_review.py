"""A case that waits for a supervisor: in the queue, and opened."""

from dataclasses import dataclass, field
from enum import StrEnum

from vision.results import PairOfEyes
from workstation.rules.catalogue.words import Words
from workstation.rules.checks import CheckName, CheckResult
from workstation.rules.parties import PartyRole
from workstation.rules.reference import ReferenceSource
from workstation.session.confirmation import HandOverReason

__all__ = ["ReviewAnswer", "ReviewedCase", "ReviewedPerson", "WaitingReview"]


class ReviewAnswer(StrEnum):
    """What a supervisor says of a case that waits."""

    ALLOW = "allow"
    REFUSE = "refuse"
    RETURN = "return"


@dataclass(frozen=True, slots=True)
class WaitingReview:
    """One case of the queue.

    number     log index of its first entry: the number people use
    tellers    personnel numbers of everybody who has had it, the last one put it aside
    asked      the soft checks that are open, none where the teller wants another person's look
    handed_over  why the teller does not decide alone, None where checks are open
    barred     code of why whoever is signed in may not answer, empty when they may
    """

    case: str
    number: int
    kind: str
    client_name: str = field(repr=False)
    iin_masked: str
    parked_ms: int
    until_ms: int
    tellers: tuple[str, ...]
    asked: tuple[CheckName, ...] = ()
    handed_over: HandOverReason | None = None
    barred: str = ""


@dataclass(frozen=True, slots=True)
class ReviewedPerson:
    """Both pictures of one person.

    eyes  of the reference and the live face, by which both are shown at one scale
    source, age_days  of the reference photo; the age if it is known
    signer, document  names in the certificate and in the document, empty without one
    """

    role: PartyRole
    client_name: str = field(repr=False)
    iin_masked: str
    reference_jpeg: bytes = field(repr=False)
    live_jpeg: bytes = field(repr=False)
    eyes: tuple[PairOfEyes, PairOfEyes] | None = field(default=None, repr=False)
    source: ReferenceSource | None = None
    age_days: int | None = None
    signer: str = field(default="", repr=False)
    document: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class ReviewedCase:
    """What a supervisor sees of a case that waits; its photos are erased with the answer.

    people    who is here, in the order in which they were looked at
    words     why the teller handed it over, in the teller's own words
    vouched   personnel numbers of who has vouched for a face or compared the photos
    """

    waiting: WaitingReview
    operation_lines: tuple[tuple[str, Words], ...]
    checks: tuple[CheckResult, ...]
    required: tuple[CheckName, ...]
    people: tuple[ReviewedPerson, ...]
    words: str = ""
    vouched: tuple[str, ...] = ()
