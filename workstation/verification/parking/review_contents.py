"""What a case keeps for the supervisor whom it waits for; it goes with the answer."""

from typing import Annotated

import msgspec

from vision.results import PairOfEyes
from workstation.rules.checks import CheckResult, Hardness
from workstation.rules.parties import PartyRole
from workstation.session.decision import evaluate
from workstation.session.evidence import AskedCheck, Evidence
from workstation.verification.people.sides import PersonSides
from workstation.verification.verification import Verification

__all__ = ["FaceContents", "ReviewContents", "describe_review"]

_Picture = Annotated[bytes, msgspec.Meta(max_length=8 << 20)]
_LONGEST = 200
_Word = Annotated[str, msgspec.Meta(max_length=_LONGEST)]


class FaceContents(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Both pictures of one person as the screens show them, and where the eyes are.

    signer, document  names in the certificate and in the document, empty without one
    """

    role: PartyRole
    photo: _Picture
    live: _Picture
    eyes: tuple[PairOfEyes, PairOfEyes] | None
    signer: _Word = ""
    document: _Word = ""


class ReviewContents(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is asked, what each check found, and whom the supervisor compares.

    vouched  personnel numbers of who has vouched for a face or compared photos
    """

    asked: Annotated[tuple[AskedCheck, ...], msgspec.Meta(max_length=64)]
    checks: Annotated[tuple[CheckResult, ...], msgspec.Meta(max_length=128)]
    faces: Annotated[tuple[FaceContents, ...], msgspec.Meta(max_length=2)]
    vouched: Annotated[tuple[_Word, ...], msgspec.Meta(max_length=16)]


def describe_review(verification: Verification, asked: tuple[AskedCheck, ...]) -> ReviewContents:
    """Return it of a case at the desk; nothing of what is silent leaves the log."""
    session = verification.session
    checks = evaluate(session.policy, session.evidence)
    return ReviewContents(
        asked=asked,
        checks=tuple(each for each in checks if each.hardness is not Hardness.SILENT),
        faces=tuple(_describe_face(role, side) for role, side in verification.sides.items()),
        vouched=_list_vouched(session.evidence),
    )


def _describe_face(role: PartyRole, side: PersonSides) -> FaceContents:
    report, document, face = side.signing.report, side.document.view, side.biometrics
    subject = None if report is None else report.subject
    return FaceContents(
        role,
        side.reference.picture,
        face.probe_jpeg,
        face.eyes,
        "" if subject is None else subject.common_name[:_LONGEST],
        "" if document is None else document.name[:_LONGEST],
    )


def _list_vouched(evidence: Evidence) -> tuple[str, ...]:
    found: list[str] = []
    for person in evidence.people:
        found += [each.officer for each in person.approvals]
        found += [] if person.comparison is None else [person.comparison.officer]
    return tuple(dict.fromkeys(found))
