"""The face side of a session: reference photo, liveness attempts, comparison."""

import unicodedata
from typing import TYPE_CHECKING

from crypto.canonical_json import JsonValue
from vision.errors import VisionError
from vision.frame import CameraIdentity, CameraKind, Frame, ObeysCommands
from vision.liveness.challenge import issue_challenge
from vision.liveness.check import LivenessCheck
from vision.matching.comparison import compare, evidence_digest
from vision.matching.image import picture_for_screen
from vision.matching.reference import ReferencePhoto, ReferenceProvenance, load_reference
from vision.results import (
    EvidenceFrame,
    LivenessChallenge,
    LivenessCommand,
    MatchResult,
    MatchVerdict,
    PadResult,
    PadVerdict,
)
from workstation.session.events import (
    AttackFound,
    AttemptFailed,
    AttemptsExhausted,
    BonaFide,
    ChallengeIssued,
    Matched,
    MatchUndecided,
    NotMatched,
    ReferenceAccepted,
)
from workstation.session.evidence import ReferenceEvidence
from workstation.session.session import VerificationSession
from workstation.session.states import State

if TYPE_CHECKING:
    from workstation.verification.verification import Verification

__all__ = ["Biometrics"]

_MAX_WORD = 120


class Biometrics:
    """Holds the pixels and templates of one session; they leave it only sealed."""

    def __init__(self, verification: "Verification") -> None:
        self._verification = verification
        self._challenge: LivenessChallenge | None = None
        self._shown: LivenessCommand | None = None
        self.reference: ReferencePhoto | None = None
        self.reference_bytes = b""
        self.reference_picture = b""
        self.check: LivenessCheck | None = None
        self.camera: CameraIdentity | None = None
        self.evidence: tuple[EvidenceFrame, ...] = ()
        self.last_attempt: PadResult | None = None

    @property
    def running(self) -> bool:
        """Whether a liveness attempt wants frames."""
        return self.check is not None and not self.check.finished

    @property
    def attempt(self) -> int:
        """Return the number of the current or next attempt, counted from 1."""
        evidence = self._verification.session.evidence
        done = len(evidence.attempts) + evidence.earlier
        return done if self._verification.state is not State.LIVENESS else done + 1

    def use_reference(self, untrusted: bytes, provenance: ReferenceProvenance) -> None:
        """Judge a reference photo and accept it, or say what is wrong with it.

        Raises IllegalTransition when none is wanted; a lost analysis ends the session.
        """
        self._verification.require(State.REFERENCE)
        services, case = self._verification.services, self._verification.case
        try:
            photo = load_reference(
                untrusted, services.analysis, services.reference_quality, provenance
            )
        except VisionError as error:
            self._verification.fault(error.code)
            return
        self.reference, self.reference_bytes = photo, untrusted
        self.reference_picture = picture_for_screen(untrusted)
        facts: dict[str, JsonValue] = {
            "sha256": photo.sha256,
            "source": photo.provenance.value,
            "findings": [[item.code, item.status.value] for item in photo.quality.findings],
        }
        if not photo.usable:
            self._verification.trouble("reference.refused", photo.reason, facts)
            return
        accepted = ReferenceEvidence(photo.sha256, photo.provenance.value)
        self._verification.advance(ReferenceAccepted(case.id, accepted), "reference", facts)

    def start_attempt(self, camera: CameraIdentity) -> None:
        """Issue a fresh challenge; frames go to `feed` until `running` is false."""
        verification = self._verification
        verification.require(State.LIVENESS)
        services = verification.services
        challenge = issue_challenge(
            settings=services.liveness, rng=services.rng, previous=self._challenge
        )
        self.camera, self._challenge = camera, challenge
        facts: dict[str, JsonValue] = {
            "attempt": self.attempt,
            "nonce": challenge.nonce,
            "commands": [command.value for command in challenge.commands],
            "camera": _word(f"{camera.kind.value}:{camera.name}"),
            "hardware": _word(camera.hardware_id),
            "size": f"{camera.width}x{camera.height}@{camera.frames_per_second}",
        }
        number = self.attempt
        verification.advance(
            ChallengeIssued(verification.case.id, challenge.nonce), "liveness.challenge", facts
        )
        if verification.ended:
            return
        self.check = LivenessCheck(
            challenge,
            services.liveness,
            services.live_quality,
            attempt=number,
            simulated=camera.kind is not CameraKind.DEVICE,
            models=services.analysis.models,
        )

    def feed(self, frame: Frame) -> None:
        """Analyse one frame of the running attempt; a failure of ours ends the session."""
        check = self.check
        if check is None or not self.running:
            return
        try:
            analysis = self._verification.services.analysis
            observation = analysis.analyse(frame, embed=check.wants_template)
            check.observe(observation, frame)
        except VisionError as error:
            self._verification.fault(error.code)
            return
        if check.finished:
            self._ended(check)

    def show_to(self, customer: object) -> None:
        """Tell a simulated customer what the customer's screen shows now."""
        if not isinstance(customer, ObeysCommands) or self.check is None:
            return
        command = None if self.check.finished else self.check.prompt.command
        if command is not self._shown:
            self._shown = command
            customer.show(command)

    def stop(self, code: str) -> None:
        """Stop a running attempt because the session ends."""
        if self.check is not None and not self.check.finished:
            self.check.interrupt(code)
        self.check = None

    def forget_live(self) -> None:
        """Forget the live side: the customer left the branch."""
        self.check, self.evidence, self.last_attempt = None, (), None

    def _ended(self, check: LivenessCheck) -> None:
        result = check.result()
        self.last_attempt = result
        self.evidence = (*self.evidence, *check.evidence)
        self._verification.advance(
            _attempt_event(self._verification.session, result),
            "liveness.attempt",
            _attempt_facts(result),
        )
        if self._verification.state is State.MATCHING:
            self._match(check)

    def _match(self, check: LivenessCheck) -> None:
        verification = self._verification
        services, reference = verification.services, self.reference
        if reference is None or reference.template is None:
            verification.fault("internal")
            return
        result = compare(
            check.probe,
            reference.template,
            services.matching,
            probe_sha256=evidence_digest(check.evidence),
            reference_sha256=reference.sha256,
            models=services.analysis.models,
        )
        event = _match_event(verification.session, result)
        verification.advance(event, "match", _match_facts(result))
        if verification.state is State.SIGNATURE:
            verification.signing.issue()


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


def _match_event(
    session: VerificationSession, result: MatchResult
) -> Matched | NotMatched | MatchUndecided:
    match result.verdict:
        case MatchVerdict.MATCH:
            return Matched(session.id, result)
        case MatchVerdict.NON_MATCH:
            return NotMatched(session.id, result)
        case MatchVerdict.UNDECIDED:
            return MatchUndecided(session.id, result)


def _word(untrusted: str) -> str:
    """Return what a device calls itself as the log takes it: NFC, no lone surrogates, short."""
    sound = untrusted.encode(errors="replace").decode()
    return unicodedata.normalize("NFC", sound)[:_MAX_WORD]


def _attempt_facts(result: PadResult) -> dict[str, JsonValue]:
    return {
        "attempt": result.attempt,
        "nonce": result.challenge.nonce,
        "verdict": result.verdict.value,
        "reason": result.reason,
        "commands": [
            [
                item.command.value,
                item.outcome.value,
                item.ended_ms - item.shown_ms,
                item.peak_ppm,
                item.frame_sha256,
            ]
            for item in result.commands
        ],
        "signals": [
            [item.name, item.status.value, item.value_ppm, item.threshold_ppm, item.reason]
            for item in result.signals
        ],
        "frames": result.frames,
        "ms": result.duration_ms,
        "models": [f"{model.role}:{model.sha256}" for model in result.models],
    }


def _match_facts(result: MatchResult) -> dict[str, JsonValue]:
    return {
        "verdict": result.verdict.value,
        "reason": result.reason,
        "distance_ppm": result.distance_ppm,
        "match_threshold_ppm": result.match_threshold_ppm,
        "review_threshold_ppm": result.review_threshold_ppm,
        "frames": result.frames,
        "probe": result.probe_sha256,
        "reference": result.reference_sha256,
        "authority": result.authority,
    }
