"""All presentation-attack signals of one attempt, fed with every observation."""

from vision.frame import Frame
from vision.liveness.course import TIMED_OUT, WRONG_ACTION, Course
from vision.liveness.plan import AttemptPlan
from vision.liveness.posture import MILLION, Neutral, Posture, is_neutral
from vision.liveness.settings import LivenessSettings
from vision.liveness.signals.blink import BlinkWatch
from vision.liveness.signals.cut import CutWatch
from vision.liveness.signals.eyes_held_open import EyesHeldOpenWatch
from vision.liveness.signals.hand_over_face import HandOverFaceWatch
from vision.liveness.signals.identity import (
    IDENTITY_CHANGED,
    IDENTITY_UNPROVEN,
    IdentityWatch,
    is_comparable,
)
from vision.liveness.signals.parallax import ParallaxWatch
from vision.liveness.signals.perspective import PerspectiveWatch
from vision.liveness.signals.planar import PlanarWatch
from vision.liveness.signals.presentation_attack import PresentationAttackWatch
from vision.liveness.signals.screen_light import ScreenLightWatch
from vision.liveness.signals.second_person import SecondPersonWatch
from vision.liveness.signals.stream import StreamWatch
from vision.liveness.signals.track import (
    FACE_LOST,
    SECOND_FACE,
    TrackWatch,
)
from vision.results import (
    Colour,
    CommandOutcome,
    FaceObservation,
    LivenessCommand,
    SignalResult,
    Status,
)

__all__ = ["INTERRUPTED", "NOT_STARTED", "Signals", "commands_signal"]

INTERRUPTED = "liveness.interrupted"
NOT_STARTED = "liveness.not_started"

BESIDE_CAPTURE = frozenset({"", WRONG_ACTION, TIMED_OUT, IDENTITY_CHANGED, IDENTITY_UNPROVEN})
"""Ends of an attempt that other signals account for; any other end is one of the capture."""


class Signals:
    """Feeds the watches and collects what they say; nothing is judged together here."""

    def __init__(
        self, settings: LivenessSettings, plan: AttemptPlan, light: tuple[Colour, ...]
    ) -> None:
        self._settings = settings
        self._plan = plan
        self._stream = StreamWatch(settings)
        self._cut = CutWatch(settings)
        self._perspective = PerspectiveWatch(settings)
        self._planar = PlanarWatch(settings)
        self._begun = False
        self._hand = HandOverFaceWatch()
        self._lids = EyesHeldOpenWatch()
        self._company = SecondPersonWatch()
        self._alone = 0
        self.frames = 0
        self.blink = BlinkWatch(settings)
        self.parallax = ParallaxWatch(settings)
        self.identity = IdentityWatch(settings)
        self.track = TrackWatch(settings)
        self.light = ScreenLightWatch(light, settings)
        self.artefact = None if plan.network is None else PresentationAttackWatch(plan.network)

    def observe(self, at_ms: int, seen: FaceObservation, frame: Frame) -> None:
        """Take an observation of any phase."""
        self.frames += 1
        self._alone += int(seen.faces == 1)
        self._company.observe(seen)
        self._stream.observe(at_ms, seen.thumbnail)
        self.blink.observe(at_ms, seen)
        height, width = frame.pixels.shape[:2]
        self._cut.observe(at_ms, seen, (width, height), lit=self.light.is_changing(at_ms))
        self.light.observe(at_ms, seen, frame)

    def prepare(self, at_ms: int, seen: FaceObservation, frame: Frame) -> None:
        """Take an observation of a face while the neutral second is waited for."""
        self._planar.prepare(at_ms, seen, frame)

    def begin(self, neutral: Neutral) -> None:
        """Measure from this neutral second on."""
        self._begun = True
        self._planar.begin(neutral.turn)
        self._cut.begin()

    def follow(
        self, at_ms: int, seen: FaceObservation, frame: Frame, course: Course, posture: Posture
    ) -> None:
        """Take the movement of a frame after the neutral second, which `posture` has measured."""
        if self.artefact is not None:
            self.artefact.observe(seen)
        self._planar.observe(at_ms, seen, frame, posture.now)
        step, now = course.step, posture.now
        command = None if step is None else step.command
        self._hand.observe(at_ms, seen, frame, now, command)
        rests = now is not None and is_neutral(now, self._settings, self._plan.commands)
        self._lids.observe(at_ms, seen, at_rest=rests)
        closer = command is LivenessCommand.COME_CLOSER
        self._perspective.observe(seen, frame, now, closer=closer)
        if step is None:
            return
        self.parallax.observe(at_ms, course.index, step.command, posture.smoothed)
        self.identity.follow(
            at_ms,
            course.index,
            seen,
            comparable=now is not None and is_comparable(seen, now, step.command, self._settings),
            held=course.is_fulfilled(posture.smoothed, relief=self.parallax.shown),
        )

    @property
    def advice(self) -> str:
        """Return the code of what the teller should look at now, or an empty string."""
        company = self._company.result()
        return company.reason if company.status is Status.FAILED else ""

    @property
    def blinks(self) -> int:
        """Return how many blinks were the customer's own."""
        return sum(self.identity.is_customer(each) for each in self.blink.blinks)

    @property
    def is_artefact_judged(self) -> bool:
        """Say whether the network has seen enough frames, or is not there."""
        return self.artefact is None or self.artefact.is_complete

    @property
    def has_blinked(self) -> bool:
        """Say whether as many blinks were seen as the plan asks for."""
        return not self._plan.blinks or self.blinks >= self._settings.blinks

    def results(self, course: Course | None, ending: str) -> tuple[SignalResult, ...]:
        """Return every signal's finding; `ending` is why the attempt was cut short, if it was."""
        complete = course is not None and course.is_last_pause and not ending
        return (
            self._capture(ending),
            commands_signal(course, ending),
            self.identity.result(complete=complete),
            self.identity.command_result(self._settings.commands),
            self._cut.result(),
            self.blink.result(self.blinks),
            self.parallax.result(),
            self._planar.result() if self._begun else _unwatched(self._settings),
            self._stream.loop(),
            self._stream.freeze(),
            self._perspective.result(),
            self.light.result(),
            self._hand.result(),
            self._lids.result(),
            self._company.result(),
            *(() if self.artefact is None else (self.artefact.result(),)),
        )

    def _capture(self, ending: str) -> SignalResult:
        """Say whether one face was in view throughout; the value is the share of such frames."""
        value = self._alone * MILLION // max(1, self.frames)
        if ending in BESIDE_CAPTURE:
            return SignalResult("capture", Status.PASSED, value, 0, "")
        failed = ending in {FACE_LOST, SECOND_FACE}
        status = Status.FAILED if failed else Status.INDETERMINATE
        return SignalResult("capture", status, value, 0, ending)


def commands_signal(course: Course | None, ending: str) -> SignalResult:
    """Judge the commands: all met, in order, in time. The value is the share that was met."""
    steps = course.steps if course is not None else ()
    met = sum(step.outcome is CommandOutcome.MET for step in steps)
    value = met * MILLION // max(1, len(steps))
    if steps and met == len(steps) and not ending:
        return SignalResult("commands", Status.PASSED, value, MILLION, "")
    broken = ending in {WRONG_ACTION, TIMED_OUT}
    status = Status.FAILED if broken else Status.INDETERMINATE
    return SignalResult("commands", status, value, MILLION, ending or NOT_STARTED)


def _unwatched(settings: LivenessSettings) -> SignalResult:
    return SignalResult(
        "planar", Status.INDETERMINATE, 0, settings.planar_distance_ppm, NOT_STARTED
    )
