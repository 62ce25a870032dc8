"""Whose word the face of a decided session rests on: what record, permit and receipt name."""

from dataclasses import dataclass
from datetime import date

from workstation.rules.checks import CheckId, CheckStatus
from workstation.rules.reference import LOCAL_AUTHORITY, WITHOUT_ISSUER, ReferenceSource
from workstation.session.decision import Decision
from workstation.session.evidence import Evidence, ReferenceEvidence

__all__ = ["Provenance", "trace_provenance"]

_SHORT_DIGEST = 16
"""Hex digits by which people tell authorities apart; the record has all of them."""

_FROM_PERSON_REGISTRY = frozenset({ReferenceSource.REGISTRY, ReferenceSource.BANK})


@dataclass(frozen=True, slots=True)
class Provenance:
    """Who vouched for the photo, and who said that the live face is the one in it.

    source         None while there is no photo; then nobody vouches, either
    taken, age_days  of the photo, None where its source does not say
    vouched_by     name of the register, state and authority that signed the chip, number at the
                   authority, or id of the second person
    authority      `local`, or the number under which ЦОИД keeps its comparison
    reviewer, review_reason  the supervisor who compared where the machine was undecided
    consent_by     by whose hand the consent came, empty without one
    customer_window  the consent was read in the customer's own window
    """

    source: ReferenceSource | None
    taken: date | None
    age_days: int | None
    vouched_by: str
    authority: str
    reviewer: str
    review_reason: str
    consent_by: str = ""
    customer_window: bool = False


def trace_provenance(decision: Decision, evidence: Evidence) -> Provenance:
    """Return who vouched for the face of the person whose turn it is."""
    photo, review, answer = evidence.reference, evidence.comparison, evidence.authority
    consent = evidence.consent
    own = [each for each in decision.checks if each.role is evidence.role]
    passed = {each.check for each in own if each.status is CheckStatus.PASSED}
    by_authority = answer is not None and CheckId.AUTHORITY in passed
    return Provenance(
        source=None if photo is None else photo.source,
        taken=None if photo is None else photo.taken,
        age_days=None if photo is None else photo.age_days,
        vouched_by="" if photo is None else _name_voucher(photo, evidence),
        authority=answer.reference if answer is not None and by_authority else LOCAL_AUTHORITY,
        reviewer="" if review is None else review.officer,
        review_reason="" if review is None else review.reason.value,
        consent_by="" if consent is None else consent.by.value,
        customer_window=consent is not None and consent.window,
    )


def _name_voucher(photo: ReferenceEvidence, evidence: Evidence) -> str:
    """Return who vouches for the photo; empty where nobody has done it yet."""
    if photo.source in WITHOUT_ISSUER:
        confirmed = CheckId.REFERENCE_CONFIRMED
        about = (confirmed, evidence.role)
        by = (each.supervisor for each in evidence.overrides if (each.check, each.role) == about)
        return next(by, "")
    if photo.source is ReferenceSource.AUTHORITY:
        return "" if evidence.authority is None else evidence.authority.reference
    if photo.document is not None and photo.document.chip is not None:
        chip = photo.document.chip
        return f"{chip.country} {chip.anchor_sha256[:_SHORT_DIGEST]}"
    if photo.source in _FROM_PERSON_REGISTRY:
        about = (CheckId.PERSON, evidence.role)
        asked = (each for each in evidence.answers if (each.check, each.role) == about)
        named = (str(value) for each in asked for name, value in each.facts if name == "source")
        return next(named, photo.source.value)
    return photo.source.value
