"""Who takes the seat before the camera next, and what two faces are to each other."""

from collections.abc import Mapping
from dataclasses import replace
from math import inf

from vision.results import FaceTemplate
from vision.templates import cosine_distance
from workstation.rules.checks import CheckId, CheckStatus
from workstation.rules.parties import PartyRole
from workstation.session.events import PersonCalled
from workstation.session.evidence import Answer
from workstation.session.session import VerificationSession
from workstation.verification.findings.faces import remember_face
from workstation.verification.move import Advance, Fault
from workstation.verification.people.sides import PersonSides
from workstation.verification.services import Services

__all__ = ["call_person", "compare_people", "match_person", "remember_people"]

_MILLION = 1_000_000

Sides = Mapping[PartyRole, PersonSides]


def call_person(session: VerificationSession) -> Advance | None:
    """Return the move that calls who has not been looked at yet, None when everybody was."""
    role = session.evidence.uncalled
    if role is None:
        return None
    return Advance(PersonCalled(session.id, role), "next_person", {"person": role.value})


def match_person(session: VerificationSession, sides: Sides) -> Advance | Fault:
    """Compare the live face of the person whose turn it is, and with the people before."""
    own = sides[session.evidence.role]
    found = _find_other_people(session, sides)
    return own.biometrics.match(session, own.reference, own.iin, found)


def remember_people(services: Services, session: VerificationSession, sides: Sides) -> None:
    """Remember the faces of those who were approved, each under the own ИИН."""
    for role, side in sides.items():
        remember_face(services, side.iin, side.biometrics.mean_template(_seat(session, role)))


def compare_people(
    own: tuple[FaceTemplate | None, ...], others: tuple[FaceTemplate | None, ...], bound_ppm: int
) -> Answer:
    """Judge whether faces are of two people: the live one and the photo of each.

    A face that is missing was not compared, and what was not compared has not passed.
    """
    check = CheckId.DIFFERENT_PEOPLE
    if any(each is None for each in (*own, *others)):
        return Answer(check, CheckStatus.INDETERMINATE, "different_people.not_compared")
    nearest = inf
    for mine in own:
        for other in others:
            if mine is not None and other is not None:
                nearest = min(nearest, cosine_distance(mine, other))
    nearest_ppm = round(max(0.0, nearest) * _MILLION)
    facts = (("distance_ppm", nearest_ppm), ("bound_ppm", bound_ppm))
    if nearest_ppm < bound_ppm:
        return Answer(check, CheckStatus.FAILED, "different_people.one_person", facts)
    return Answer(check, CheckStatus.PASSED, "different_people.two", facts)


def _find_other_people(session: VerificationSession, sides: Sides) -> tuple[Answer, ...]:
    """Return what the face of a later person is to those of the people before."""
    evidence = session.evidence
    if evidence.turn == 0:
        return ()
    before = evidence.roles[: evidence.turn]
    others = tuple(each for role in before for each in _list_faces(session, sides[role]))
    own = _list_faces(session, sides[evidence.role])
    return (compare_people(own, others, session.policy.faces.same_person_ppm),)


def _list_faces(session: VerificationSession, side: PersonSides) -> tuple[FaceTemplate | None, ...]:
    photo = side.reference.photo
    live = side.biometrics.mean_template(_seat(session, side.role))
    return live, None if photo is None else photo.template


def _seat(session: VerificationSession, role: PartyRole) -> VerificationSession:
    """Return the session with the turn of the person in this role, to look at only."""
    return replace(session, evidence=session.evidence.view(role))
