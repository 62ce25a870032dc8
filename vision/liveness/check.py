"""One liveness attempt: observations in, prompts out, a PadResult at the end.

Time is that of the frames (captured_ns); there is no clock here, so a slow machine changes how
many frames are seen but not how long a customer has.
"""

from collections.abc import Sequence
from dataclasses import replace

from vision.face.quality import QualitySettings, assess
from vision.frame import Frame
from vision.liveness.course import BEGUN, TIMED_OUT, Course, Step
from vision.liveness.evidence import EvidenceBox
from vision.liveness.frontal import FrontalTemplates
from vision.liveness.fusion import fuse
from vision.liveness.plan import TURNS, USUAL_PLAN, AttemptPlan, adjust
from vision.liveness.positioning import Positioning
from vision.liveness.posture import MILLION, Neutral, Posture, is_neutral
from vision.liveness.settings import LivenessSettings
from vision.liveness.signals.signals import INTERRUPTED, Signals
from vision.models.manifest import PresentationAttack
from vision.results import (
    CommandOutcome,
    CommandResult,
    EvidenceFrame,
    FaceObservation,
    FaceTemplate,
    LivenessChallenge,
    LivenessCommand,
    ModelReference,
    PadResult,
    Prompt,
    PromptPhase,
    QualityFinding,
    Status,
)

__all__ = ["INTERRUPTED", "LivenessCheck"]

HEAD_MOVEMENTS = TURNS | {LivenessCommand.LOOK_UP, LivenessCommand.LOOK_DOWN}
NANOSECONDS_PER_MS = 1_000_000
SEVERAL_FACES = "several_faces"


class LivenessCheck:
    """Judges one challenge. Not thread-safe; feed it observations of one camera in order.

    models  that take part, for the record

    Raises ValueError when the plan's presentation-attack model is not the one among `models`: its
    signal would be missing, or wait for answers that never come.
    """

    def __init__(
        self,
        challenge: LivenessChallenge,
        settings: LivenessSettings,
        quality: QualitySettings,
        *,
        plan: AttemptPlan = USUAL_PLAN,
        attempt: int,
        simulated: bool,
        models: tuple[ModelReference, ...],
    ) -> None:
        judging = [each for each in models if each.role == PresentationAttack.role]
        if judging != ([] if plan.network is None else [plan.network.reference]):
            raise ValueError("presentation-attack model without its bounds, or bounds without it")
        self._challenge = challenge
        self._plan = plan
        self._settings = settings = adjust(settings, plan)
        self._quality = quality
        self._marks = (attempt, simulated, models)
        self._signals = Signals(settings, plan, challenge.light)
        self._positioning = Positioning(settings)
        self._posture: Posture | None = None
        self._course: Course | None = None
        self._evidence = EvidenceBox()
        self._frontal = FrontalTemplates(settings, self._signals.identity, self._evidence)
        self._conditions: tuple[QualityFinding, ...] = ()
        self._started_ns: int | None = None
        self._now_ms = 0
        self._ending = ""
        self._finished = False

    def observe(self, observation: FaceObservation, frame: Frame) -> None:
        """Take what the analysis saw in `frame`; out-of-order observations are dropped.

        Raises ValueError when the two are not of one frame: evidence must show what was judged.
        """
        if observation.sequence != frame.sequence or observation.captured_ns != frame.captured_ns:
            raise ValueError("observation of another frame")
        if self._finished:
            return
        if self._started_ns is None:
            self._started_ns = observation.captured_ns
        at_ms = (observation.captured_ns - self._started_ns) // NANOSECONDS_PER_MS
        silence_ms = at_ms - self._now_ms
        if silence_ms <= 0 and self._signals.frames:
            return
        self._now_ms = at_ms
        self._signals.observe(at_ms, observation, frame)
        self._conditions = assess(observation, self._quality).findings
        if silence_ms > self._settings.stall_ms:
            self._end(INTERRUPTED)
        elif at_ms > self._settings.session_deadline_ms:
            self._end(TIMED_OUT)
        elif self._course is None or self._posture is None:
            self._position(at_ms, observation, frame)
        else:
            self._follow(at_ms, observation, frame, self._course, self._posture)

    def interrupt(self, reason: str = INTERRUPTED) -> None:
        """End the attempt from outside (cancelled, camera lost); the verdict is UNDECIDED."""
        if not self._finished:
            self._end(reason)

    @property
    def finished(self) -> bool:
        """Say whether `result` is final."""
        return self._finished

    @property
    def conditions(self) -> tuple[QualityFinding, ...]:
        """Return the capture conditions of the last observation, for the screen."""
        return self._conditions

    @property
    def wants_template(self) -> bool:
        """Say whether the next frame should be analysed with its descriptor."""
        if self._finished:
            return False
        if self._signals.blink.wants_template:
            return True
        course = self._course
        if course is None:
            return False
        if course.phase is PromptPhase.COMMAND:
            return self._signals.identity.wanted
        return self._frontal.wanted(self._now_ms, course)

    @property
    def probe(self) -> tuple[FaceTemplate, ...]:
        """Return the frontal templates for matching, in order of capture."""
        return self._frontal.probe

    @property
    def evidence(self) -> tuple[EvidenceFrame, ...]:
        """Return the images kept: `neutral`, one per command by its name, `frontal` ones."""
        return self._evidence.frames

    @property
    def prompt(self) -> Prompt:
        """Return what to show the customer now."""
        if self._finished:
            steps = len(self._challenge.commands)
            return Prompt(PromptPhase.FINISHED, None, steps, steps, 1.0, 0)
        if self._course is not None:
            prompt = self._course.prompt(self._now_ms)
            light = self._signals.light.colour(self._now_ms)
            return replace(prompt, light=light, too_far=self._is_turned_too_far())
        return self._positioning.prompt(self._now_ms, len(self._challenge.commands))

    @property
    def ended_commands(self) -> tuple[CommandResult, ...]:
        """Return how the commands went that have ended, in order; what is to come is not told."""
        if self._course is None:
            return ()
        results = self._evidence.results(self._challenge, self._settings, self._course)
        return tuple(each for each in results if each.outcome is not CommandOutcome.NOT_REACHED)

    @property
    def advice(self) -> str:
        """Return the code of what the teller should look at now; no verdict depends on it."""
        return self._signals.advice

    def result(self) -> PadResult:
        """Return the verdict; before the end it is that of an interrupted attempt."""
        ending = self._ending if self._finished else INTERRUPTED
        signals = self._signals.results(self._course, ending)
        verdict, reason = fuse(signals, self._plan.required)
        attempt, simulated, models = self._marks
        return PadResult(
            verdict=verdict,
            reason=reason,
            attempt=attempt,
            challenge=self._challenge,
            commands=self._evidence.results(self._challenge, self._settings, self._course),
            signals=signals,
            frames=self._signals.frames,
            duration_ms=self._now_ms,
            simulated=simulated,
            models=models,
            accommodations=self._plan.accommodations,
        )

    def _position(self, at_ms: int, seen: FaceObservation, frame: Frame) -> None:
        if seen.landmarks:
            self._signals.prepare(at_ms, seen, frame)
        self._positioning.observe(at_ms, seen, _obstacles(self._conditions))
        if self._positioning.neutral is not None:
            self._begin(at_ms, self._positioning.neutral)
        elif at_ms > self._settings.position_deadline_ms:
            self._end(f"liveness.{self._positioning.obstacle}")

    def _begin(self, at_ms: int, neutral: Neutral) -> None:
        self._posture = Posture(neutral, self._settings)
        self._signals.begin(neutral)
        self._course = Course(
            self._challenge,
            self._settings,
            at_ms,
            plan=self._plan,
            closing_ms=self._signals.light.lasts_ms,
        )

    def _follow(
        self, at_ms: int, seen: FaceObservation, frame: Frame, course: Course, posture: Posture
    ) -> None:
        deviation = posture.measure(at_ms, seen)
        reason = self._signals.track.observe(at_ms, seen, self._allowed_gap_ms(course.step))
        if reason:
            self._end(reason)
            return
        self._signals.follow(at_ms, seen, frame, course, posture)
        fit = deviation is not None and is_neutral(deviation, self._settings, self._plan.commands)
        fit = fit and not _obstacles(self._conditions)
        self._frontal.observe(at_ms, seen, frame, course, fit=fit)
        if trouble := self._signals.identity.trouble:
            self._end(trouble)
            return
        running = course.step
        if running is not None:
            self._evidence.consider(frame, running, deviation)
        if course.is_last_pause and self._frontal.settled(course):
            self._signals.light.start(at_ms)
        relief, settled = self._signals.parallax.shown, self._is_settled(at_ms, course)
        course.advance(at_ms, deviation, relief=relief, settled=settled)
        if running is not None and course.step is not running:
            self._evidence.close(running)
        if course.phase is PromptPhase.FINISHED:
            self._end(course.ending)

    def _is_turned_too_far(self) -> bool:
        now = self._posture.smoothed if self._posture is not None else None
        return now is not None and abs(now.turn) * MILLION > self._settings.identity_turn_ppm

    def _is_settled(self, at_ms: int, course: Course) -> bool:
        """Say whether this pause or command has given everything that it is for."""
        if course.phase is PromptPhase.COMMAND:
            return self._signals.identity.is_described(course.index)
        if not self._frontal.settled(course):
            return False
        if not course.is_last_pause:
            return True
        if not self._signals.is_artefact_judged:
            return False
        return self._signals.has_blinked and self._signals.light.is_over(at_ms)

    def _allowed_gap_ms(self, step: Step | None) -> int:
        """Allow more while the head moves as asked: it was turned too far, not taken away."""
        if step is None or step.command not in HEAD_MOVEMENTS:
            return self._settings.track_gap_ms
        begun = step.peak * MILLION >= BEGUN * step.threshold_ppm
        return self._settings.turn_gap_ms if begun else self._settings.track_gap_ms

    def _end(self, reason: str) -> None:
        course = self._course
        if course is not None and course.phase is not PromptPhase.FINISHED:
            if course.step is not None:
                self._evidence.close(course.step)
            course.stop(self._now_ms, reason)
        self._ending = reason
        self._finished = True


def _obstacles(conditions: Sequence[QualityFinding]) -> tuple[str, ...]:
    """Return the codes of the conditions that are not met; company goes by one name."""
    codes = [each.code for each in conditions if each.status is not Status.PASSED]
    return tuple("second_face" if code == SEVERAL_FACES else code for code in codes)
