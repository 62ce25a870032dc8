"""The face side of a session: liveness attempts and the comparison."""

from dataclasses import dataclass, replace
from typing import Final

from crypto.canonical_json import JsonValue
from vision.camera.control import ControlResponse
from vision.camera.delivery import Delivery
from vision.camera.watchdog import CameraTrouble
from vision.errors import (
    AnalysisBusy,
    AnalysisLost,
    CameraLost,
    CameraUnavailable,
    VisionError,
)
from vision.frame import CameraIdentity, CameraKind, Frame, ObeysCommands
from vision.liveness.challenge import issue_challenge
from vision.liveness.check import INTERRUPTED, LivenessCheck
from vision.liveness.evidence import FRONTAL, NEUTRAL
from vision.liveness.plan import plan_attempt
from vision.liveness.signals.device_edges import DEVICE_EDGES, DeviceEdges
from vision.matching.comparison import (
    NOT_COMPARED_PPM,
    SecondOpinion,
    compare,
    evidence_digest,
)
from vision.matching.eyes import locate_eyes
from vision.matching.second import most_typical, second_opinion
from vision.matching.settings import MatchSettings
from vision.results import (
    Accommodation,
    AccommodationReason,
    Colour,
    EvidenceFrame,
    FaceTemplate,
    LivenessChallenge,
    LivenessCommand,
    PadResult,
    PadVerdict,
    PairOfEyes,
    Status,
)
from vision.templates import mean_template
from workstation.rules.alternatives import LivenessWay
from workstation.rules.policy import Policy
from workstation.session.events import (
    AttackFound,
    AttemptFailed,
    AttemptInterrupted,
    AttemptsExhausted,
    BonaFide,
    ChallengeIssued,
    ReferenceRefused,
)
from workstation.session.evidence import Answer
from workstation.session.session import VerificationSession
from workstation.session.states import State
from workstation.verification.alternatives.other_way import OtherWay
from workstation.verification.findings.faces import (
    find_about_face,
    find_match_event,
    is_live_person,
)
from workstation.verification.move import Advance, Fault
from workstation.verification.officers.exception import EXCEPTION, ExceptionCapture
from workstation.verification.record import (
    answer_facts,
    attempt_facts,
    camera_facts,
    delivery_facts,
    match_facts,
)
from workstation.verification.reference.capture import LIVE_PERSON, ReferenceCapture
from workstation.verification.services import Services

__all__ = ["Biometrics", "Eased", "attempt_number", "find_accommodations"]


@dataclass(frozen=True, slots=True)
class Eased:
    """What an attempt is eased by and why; nothing for the usual one."""

    accommodations: tuple[Accommodation, ...] = ()
    reason: AccommodationReason | None = None

    def is_allowed(self, policy: Policy, kind: str) -> bool:
        """Say whether each may ease the operation of this kind and a reason was given for any."""
        allowed = find_accommodations(policy, kind)
        if not self.accommodations:
            return True
        return self.reason is not None and set(self.accommodations) <= set(allowed)

    def facts(self) -> dict[str, JsonValue]:
        """Return what the log records; nothing of a usual attempt."""
        if not self.accommodations or self.reason is None:
            return {}
        return {
            "accommodations": [each.value for each in self.accommodations],
            "accommodation_reason": self.reason.value,
        }


NOT_EASED = Eased()

SUSPENDED: Final = "liveness.suspended"
TECHNICAL: Final = frozenset(
    {
        INTERRUPTED,
        SUSPENDED,
        AnalysisBusy.code,
        AnalysisLost.code,
        CameraLost.code,
        CameraUnavailable.code,
        *(each.value for each in CameraTrouble),
    }
)
"""Reasons of an attempt that broke off by nothing that the customer did."""


def find_accommodations(policy: Policy, kind: str) -> tuple[Accommodation, ...]:
    """Return what an attempt of this operation may be eased by; empty where nothing is offered."""
    offered = policy.operation(kind).offers(LivenessWay.ACCESSIBLE_SET)
    return policy.accommodations if offered else ()


@dataclass(frozen=True, slots=True)
class _Live:
    """What stands before the camera as it is compared: templates, their images, the bounds."""

    templates: tuple[FaceTemplate, ...]
    frames: tuple[EvidenceFrame, ...]
    settings: MatchSettings


def attempt_number(session: VerificationSession) -> int:
    """Return the number of the current or next liveness attempt, counted from 1."""
    done = len(session.evidence.attempts) + session.evidence.earlier
    return done + 1 if session.state is State.LIVENESS else done


class Biometrics:
    """The face side of one session: its pixels and templates, which leave it only sealed.

    Methods return moves; what they need of the session is handed to them.
    """

    def __init__(self, services: Services) -> None:
        self._services = services
        self._challenge: LivenessChallenge | None = None
        self._shown: tuple[LivenessCommand | None, Colour | None] = (None, None)
        self.check: LivenessCheck | None = None
        self.camera: CameraIdentity | None = None
        self.evidence: tuple[EvidenceFrame, ...] = ()
        self.last_attempt: PadResult | None = None
        self.eased = NOT_EASED
        self.delivery: Delivery | None = None
        self.response: ControlResponse | None = None
        self.edges = DeviceEdges()
        self.eyes: tuple[PairOfEyes, PairOfEyes] | None = None
        self.probe_jpeg = b""
        self.exception = ExceptionCapture(services)
        self.other_way = OtherWay(services)

    @property
    def frames(self) -> tuple[EvidenceFrame, ...]:
        """Return the images kept, the newest last: of attempts, of an exception or another way."""
        if self.exception.template is None:
            return (*self.exception.frames, *self.evidence)
        return (*self.evidence, *self.exception.frames)

    @property
    def running(self) -> bool:
        """Whether a liveness attempt wants frames."""
        return self.check is not None and not self.check.finished

    @property
    def advice(self) -> str:
        """The code of what the teller should look at while an attempt runs, or an empty string."""
        if self.check is None or not self.running:
            return ""
        edges = self.edges.finding.status is Status.FAILED
        return DEVICE_EDGES if edges else self.check.advice

    def start_attempt(
        self,
        session: VerificationSession,
        camera: CameraIdentity,
        *,
        eased: Eased = NOT_EASED,
        screen: bool = False,
    ) -> Advance:
        """Issue a fresh challenge; frames go to `feed` until `running` is false.

        screen  the customer's window is open and can show a light code
        """
        services = self._services
        plan = plan_attempt(eased.accommodations, services.models.presentation_attack)
        challenge = issue_challenge(
            settings=services.liveness,
            rng=services.rng,
            plan=plan,
            screen=screen,
            previous=self._challenge,
        )
        number = attempt_number(session)
        # A photo of another way that was left is nobody's live face any more.
        self.exception.template = None
        self.camera, self._challenge, self.eased = camera, challenge, eased
        self.edges = DeviceEdges()
        self.check = LivenessCheck(
            challenge,
            services.liveness,
            services.live_quality,
            plan=plan,
            attempt=number,
            simulated=camera.kind is not CameraKind.DEVICE,
            models=services.analysis.models,
        )
        facts: dict[str, JsonValue] = {
            "attempt": number,
            "nonce": challenge.nonce,
            "commands": [command.value for command in challenge.commands],
            **eased.facts(),
            **_light_facts(challenge),
            **camera_facts(camera),
        }
        return Advance(ChallengeIssued(session.id, challenge.nonce), "liveness.challenge", facts)

    def feed(self, session: VerificationSession, frame: Frame) -> Advance | Fault | None:
        """Analyse one frame of the running attempt; return a move when the attempt has ended."""
        check = self.check
        if check is None or not self.running:
            return None
        try:
            observation = self._services.analysis.analyse(frame, embed=check.wants_template)
            check.observe(observation, frame)
            self.edges.observe(frame, observation.box)
        except (AnalysisLost, AnalysisBusy) as lost:
            return self.interrupt(session, lost.code)
        except VisionError as error:
            return Fault(error.code)
        return self._conclude(session, check) if check.finished else None

    def interrupt(self, session: VerificationSession, code: str) -> Advance | None:
        """Break the running attempt off, because of something of ours; None when none runs.

        The step says how far it had come; it is none of the customer's attempts.
        """
        check = self.check
        if check is None or not self.running:
            return None
        check.interrupt(code)
        return self._conclude(session, check)

    def _conclude(self, session: VerificationSession, check: LivenessCheck) -> Advance:
        result = check.result()
        self.evidence = (*self.evidence, *check.evidence)
        facts = attempt_facts(result) | delivery_facts(self.delivery, self.response)
        edges = self.edges.finding
        facts["device_edges"] = [edges.status.value, edges.value_ppm, edges.threshold_ppm]
        if result.verdict is PadVerdict.UNDECIDED and result.reason in TECHNICAL:
            self.check = None
            facts["breaks"] = session.evidence.breaks + 1
            event = AttemptInterrupted(session.id, result.reason)
            return Advance(event, "liveness.interrupted", facts, result.reason)
        self.last_attempt = result
        return Advance(_attempt_event(session, result), "liveness.attempt", facts)

    def match(
        self,
        session: VerificationSession,
        reference: ReferenceCapture,
        iin: str,
        others: tuple[Answer, ...] = (),
    ) -> Advance | Fault:
        """Compare the face of the attempt that has just ended, or the exception's photo.

        others  what the face is to those of other people in the session
        """
        live, photo = self._live(session), reference.photo
        if live is None or photo is None or photo.template is None:
            return Fault("internal")
        services = self._services
        try:
            second = self._second_opinion(live, reference.octets)
        except VisionError as error:
            return Fault(error.code)
        result = compare(
            live.templates,
            photo.template,
            live.settings,
            probe_sha256=evidence_digest(live.frames),
            reference_sha256=photo.sha256,
            models=services.analysis.models,
            second=second,
        )
        facts = match_facts(result)
        if is_live_person(session, result):
            return Advance(ReferenceRefused(session.id, LIVE_PERSON), "match", facts)
        mean = self.mean_template(session)
        found = () if mean is None else find_about_face(services, session, iin, mean)
        found = tuple(replace(each, role=session.evidence.role) for each in (*found, *others))
        event = find_match_event(session, result, found)
        # The frame that people see is the typical frontal one, not the last: eyes may blink in it.
        self.probe_jpeg = self.best_frame(session)
        self.eyes = self._locate_eyes(reference.octets, self.probe_jpeg)
        return Advance(event, "match", facts | answer_facts(found))

    def mean_template(self, session: VerificationSession) -> FaceTemplate | None:
        """Return the live face as one template, None before there is one."""
        live = self._live(session)
        return None if live is None or not live.templates else mean_template(live.templates)

    def best_frame(self, session: VerificationSession) -> bytes:
        """Return the most typical frontal live frame as JPEG, empty when there is none."""
        live = self._live(session)
        typical = None if live is None else _find_typical(live)
        return b"" if typical is None else typical.jpeg

    def _locate_eyes(self, photo: bytes, live: bytes) -> tuple[PairOfEyes, PairOfEyes] | None:
        """Return where the eyes are in both pictures, for whoever compares them."""
        analysis = self._services.analysis
        left, right = locate_eyes(photo, analysis), locate_eyes(live, analysis)
        return None if left is None or right is None else (left, right)

    def _live(self, session: VerificationSession) -> _Live | None:
        if session.evidence.exception_photo is None:
            check = self.check
            if check is None:
                return None
            return _Live(check.probe, check.evidence, self._services.matching)
        photo = self.exception
        if photo.template is None:
            return None
        # One photo is one template: the bounds hold for it, the mean of several helps the honest.
        settings = replace(self._services.matching, frames=1)
        return _Live((photo.template,), photo.frames[-1:], settings)

    def _second_opinion(self, live: _Live, reference: bytes) -> SecondOpinion:
        """Have the most typical frontal frame and the photo compared by the second model."""
        services = self._services
        review_ppm = services.models.second_match.review_ppm
        typical = _find_typical(live)
        if typical is None:
            return SecondOpinion(NOT_COMPARED_PPM, review_ppm)
        return second_opinion(services.analysis, typical.jpeg, reference, review_ppm)

    def show_to(self, customer: object) -> None:
        """Tell a simulated customer what the customer's screen shows now."""
        if not isinstance(customer, ObeysCommands) or self.check is None:
            return
        prompt = self.check.prompt
        shown = (None, None) if self.check.finished else (prompt.command, prompt.light)
        if shown != self._shown:
            self._shown = shown
            customer.show(*shown)

    def stop(self, code: str) -> None:
        """Stop a running attempt because the session ends."""
        if self.check is not None and not self.check.finished:
            self.check.interrupt(code)
        self.check = None
        self.exception.awaited = False
        self.other_way.stop()

    def forget_live(self) -> None:
        """Forget the live side: the customer left the branch."""
        self.check, self.evidence, self.last_attempt = None, (), None
        self.eased, self.eyes, self.probe_jpeg = NOT_EASED, None, b""
        self.exception = ExceptionCapture(self._services)
        self.other_way.stop()


def _attempt_event(
    session: VerificationSession, result: PadResult
) -> BonaFide | AttackFound | AttemptFailed | AttemptsExhausted:
    match result.verdict:
        case PadVerdict.BONA_FIDE:
            return BonaFide(session.id, result)
        case PadVerdict.ATTACK:
            return AttackFound(session.id, result)
        case PadVerdict.UNDECIDED:
            used = len(session.evidence.attempts) + session.evidence.earlier + 1
            if used >= session.policy.attempts_max:
                return AttemptsExhausted(session.id, result)
            return AttemptFailed(session.id, result)


def _find_typical(live: _Live) -> EvidenceFrame | None:
    frontal = [each for each in live.frames if each.label in {FRONTAL, NEUTRAL, EXCEPTION}]
    return most_typical(frontal, live.templates)


def _light_facts(challenge: LivenessChallenge) -> dict[str, JsonValue]:
    if not challenge.light:
        return {}
    return {"light": ["{:02x}{:02x}{:02x}".format(*colour) for colour in challenge.light]}
