"""What the live face brings to light: whose it is besides the customer's, and what follows."""

import logging
import sqlite3

from vision.matching.comparison import NOT_COMPARED_PPM
from vision.results import FaceTemplate, MatchResult, MatchVerdict
from workstation.errors import OperatorRefused
from workstation.rules.checks import CheckId, CheckStatus, Hardness
from workstation.rules.reference import WITHOUT_ISSUER, UndecidedRule
from workstation.session.events import (
    FindingRefused,
    Matched,
    MatchedForAuthority,
    MatchForReview,
    MatchUndecided,
    NotMatched,
)
from workstation.session.evidence import Answer
from workstation.session.session import VerificationSession
from workstation.verification.services import Services

__all__ = [
    "find_about_face",
    "find_match_event",
    "is_live_person",
    "needs_authority",
    "remember_face",
]

_log = logging.getLogger(__name__)
_DAY_MS = 86_400_000


def find_about_face(
    services: Services, session: VerificationSession, iin: str, template: FaceTemplate
) -> tuple[Answer, ...]:
    """Look for the live face among the staff and among the customers of other ИИН."""
    required = {item.check for item in session.required}
    found = []
    if CheckId.NOT_STAFF_FACE in required:
        found.append(_look_among_staff(services, session, template))
    if CheckId.ONE_IDENTITY in required:
        found.append(_look_among_customers(services, session, iin, template))
    return tuple(found)


def _look_among_staff(
    services: Services, session: VerificationSession, template: FaceTemplate
) -> Answer:
    check, bound = CheckId.NOT_STAFF_FACE, session.policy.faces.same_person_ppm
    try:
        nearest = services.staff.nearest_staff(template)
        teller = services.staff.nearest_staff(template, session.evidence.teller)
    except OperatorRefused:
        return Answer(check, CheckStatus.INDETERMINATE, f"{check}.unreadable")
    if nearest is None:
        return Answer(check, CheckStatus.PASSED, f"{check}.clear")
    facts = (("distance_ppm", nearest), ("bound_ppm", bound))
    if nearest >= bound:
        return Answer(check, CheckStatus.PASSED, f"{check}.clear", facts)
    whose = "teller" if teller is not None and teller < bound else "staff"
    return Answer(check, CheckStatus.FAILED, f"{check}.{whose}", facts)


def _look_among_customers(
    services: Services, session: VerificationSession, iin: str, template: FaceTemplate
) -> Answer:
    check, bound = CheckId.ONE_IDENTITY, session.policy.faces.same_person_ppm
    try:
        nearest = services.gallery.nearest_other(iin, template, services.clock.wall_ms())
    except sqlite3.Error:
        _log.exception("faces seen before cannot be read")
        return Answer(check, CheckStatus.INDETERMINATE, f"{check}.unreadable")
    if nearest is None:
        return Answer(check, CheckStatus.PASSED, f"{check}.clear")
    facts = (
        ("distance_ppm", nearest),
        ("bound_ppm", bound),
        ("unreadable", services.gallery.unreadable),
    )
    if nearest < bound:
        return Answer(check, CheckStatus.FAILED, f"{check}.other_iin", facts)
    return Answer(check, CheckStatus.PASSED, f"{check}.clear", facts)


def remember_face(services: Services, iin: str, template: FaceTemplate | None) -> None:
    """Remember the face of a customer who was approved, to know it under another ИИН."""
    days = services.policy.faces.remembered_days
    if template is None or not days:
        return
    try:
        services.gallery.remember(iin, template, services.clock.wall_ms(), days * _DAY_MS)
    except sqlite3.Error:
        # A finding of later sessions; this one is decided.
        _log.exception("face not remembered")


def is_live_person(session: VerificationSession, result: MatchResult) -> bool:
    """Whether a photo that nobody issued was taken of the live person just now."""
    reference = session.evidence.reference
    unissued = reference is not None and reference.source in WITHOUT_ISSUER
    return unissued and result.distance_ppm < session.policy.faces.live_person_ppm


def needs_authority(session: VerificationSession) -> bool:
    """Whether the case needs the comparison of an authority besides ours."""
    by_law = session.evidence.operation.kind in session.policy.idec_required
    return by_law or any(item.check == CheckId.AUTHORITY for item in session.required)


def find_match_event(
    session: VerificationSession, result: MatchResult, findings: tuple[Answer, ...]
) -> Matched | MatchedForAuthority | MatchForReview | MatchUndecided | NotMatched | FindingRefused:
    """Return what follows from a comparison by the policy.

    A comparison that was not made, for lack of frames, is nobody's to settle.
    """
    kind = session.evidence.operation.kind
    operation = session.policy.operation(kind)
    hard = {item.check for item in session.required if item.hardness is Hardness.HARD}
    if result.verdict is MatchVerdict.NON_MATCH:
        return NotMatched(session.id, result, findings)
    if any(each.check in hard and each.status is not CheckStatus.PASSED for each in findings):
        return FindingRefused(session.id, result, findings)
    if result.verdict is MatchVerdict.MATCH:
        follows = MatchedForAuthority if needs_authority(session) else Matched
        return follows(session.id, result, findings)
    if result.distance_ppm == NOT_COMPARED_PPM or operation.undecided is UndecidedRule.REFUSE:
        return MatchUndecided(session.id, result, findings)
    reviewed = operation.undecided is UndecidedRule.REVIEW
    return (MatchForReview if reviewed else MatchedForAuthority)(session.id, result, findings)
