"""The officers' exception: what the teller asks for, the photo, and how officers vouch.

For a customer whom no set of commands fits (docs/liveness.md, section 5). It is offered by the
policy, after an undecided attempt and before the last one, and never lifts the comparison.
"""

from collections.abc import Mapping

from crypto.canonical_json import JsonValue
from vision.errors import VisionError
from vision.face.quality import assess
from vision.frame import CameraIdentity, CameraKind, Frame
from vision.liveness.evidence import encode
from vision.results import EvidenceFrame, FaceTemplate, PadVerdict, QualityFinding, Status
from workstation.records.journal import SignedIn
from workstation.rules.parties import Role, person_key
from workstation.session.acts import (
    ExceptionApproved,
    ExceptionPhotoTaken,
    ExceptionRequested,
    ExceptionSettled,
)
from workstation.session.exception import (
    ExceptionPhoto,
    ExceptionReason,
    ExceptionRequest,
    OfficerApproval,
    is_explained,
    select_officers,
)
from workstation.session.session import VerificationSession
from workstation.session.states import State
from workstation.verification.move import Advance, Fault, Supervised, Warn
from workstation.verification.officers.review import single_line
from workstation.verification.record import camera_facts
from workstation.verification.services import Services

__all__ = [
    "EXCEPTION",
    "ExceptionCapture",
    "approve_exception",
    "is_exception_offered",
    "request_exception",
]

EXCEPTION = "exception"
"""Label of the photo among the evidence frames."""

_REFUSED = "exception.refused"
_MOST_PHOTOS = 8
"""All of them are sealed, and a payload is bounded."""


def is_exception_offered(session: VerificationSession) -> bool:
    """Whether the teller may ask for it now: the policy offers it and an attempt was undecided."""
    verdicts = [attempt.verdict for attempt in session.evidence.attempts]
    undecided = bool(verdicts) and set(verdicts) == {PadVerdict.UNDECIDED}
    return session.policy.offers_exception and session.state is State.LIVENESS and undecided


def request_exception(
    session: VerificationSession, reason: ExceptionReason, untrusted_words: str
) -> Advance | Warn:
    """Ask for officers in the place of another attempt; there is none after that."""
    words = single_line(untrusted_words)
    if not is_exception_offered(session):
        return Warn(_REFUSED, "exception.not_offered")
    if not is_explained(words):
        return Warn(_REFUSED, "exception.too_few_words")
    facts: dict[str, JsonValue] = {"reason": reason.value, "words": words}
    requested = ExceptionRequested(session.id, ExceptionRequest(reason, words))
    return Advance(requested, "exception.requested", facts)


def approve_exception(
    session: VerificationSession, officer: SignedIn, untrusted_reason: str
) -> Supervised:
    """Vouch for the person in the photo; granted or not, the officer signs what was said."""
    reason, by = single_line(untrusted_reason), officer.operator.id
    photo = session.evidence.exception_photo
    seen = "" if photo is None else photo.sha256
    code = _objection(session, officer, reason)
    act = {"act": "exception", "photo": seen, "reason": reason, "refused": code}
    if code:
        return Supervised(officer, act, Warn(_REFUSED, code, {"by": by}))
    approval = OfficerApproval(by, reason, seen)
    approvals = (*session.evidence.approvals, approval)
    count = len(select_officers(approvals, photo, *session.evidence.tellers))
    settled = count >= session.policy.exception_officers
    event = (ExceptionSettled if settled else ExceptionApproved)(session.id, approval)
    facts: dict[str, JsonValue] = {"by": by, "photo": seen, "count": count}
    return Supervised(officer, act, Advance(event, "exception.approved", facts))


def _objection(session: VerificationSession, officer: SignedIn, reason: str) -> str:
    """Return the code of why this officer does not count, empty when they do."""
    evidence = session.evidence
    key = person_key(officer.operator.id)
    earlier = select_officers(evidence.approvals, evidence.exception_photo, *evidence.tellers)
    if key in map(person_key, evidence.tellers):
        return "exception.same_person"
    if officer.operator.role is not Role.SUPERVISOR:
        return "role_missing"
    if evidence.exception_photo is None:
        return "exception.no_photo"
    if key in map(person_key, earlier):
        return "exception.same_officer"
    if not is_explained(reason):
        return "exception.too_few_words"
    return ""


class ExceptionCapture:
    """Takes the photo of the customer before the officers; its pixels leave only sealed.

    awaited     the next frame with one usable face is the photo
    conditions  of the last frame that was looked at
    frames      every photo taken, the last of which counts
    template    of the last photo
    """

    def __init__(self, services: Services) -> None:
        self._services = services
        self.awaited = False
        self.conditions: tuple[QualityFinding, ...] = ()
        self.frames: tuple[EvidenceFrame, ...] = ()
        self.template: FaceTemplate | None = None

    def await_frame(self, unavailable: str) -> Warn | None:
        """Let the next usable frame be the photo; `unavailable` is the code of why none comes."""
        if len(self.frames) == _MOST_PHOTOS:
            return Warn(_REFUSED, "exception.too_many_photos")
        self.awaited = not unavailable
        return Warn("exception.no_camera", unavailable) if unavailable else None

    def take_frame(
        self,
        session: VerificationSession,
        frame: Frame,
        camera: CameraIdentity,
        delivered: Mapping[str, JsonValue],
    ) -> Advance | Fault | None:
        """Take the frame as the photo when it meets what is asked of every live frame.

        delivered  what the log says of how the camera delivered and answered its challenge
        """
        services = self._services
        try:
            seen = services.analysis.analyse(frame, embed=True)
            report = assess(seen, services.live_quality)
            self.conditions = report.findings
            if report.status is not Status.PASSED or seen.template is None:
                return None
            kept = encode(frame, EXCEPTION)
        except VisionError as error:
            return Fault(error.code)
        self.awaited, self.template, self.frames = False, seen.template, (*self.frames, kept)
        photo = ExceptionPhoto(kept.sha256, simulated=camera.kind is not CameraKind.DEVICE)
        facts = {"sha256": kept.sha256, **camera_facts(camera), **delivered}
        return Advance(ExceptionPhotoTaken(session.id, photo), "exception.photo", facts)
