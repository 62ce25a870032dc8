"""All presentation-attack signals of one attempt, fed with every observation."""

from vision.liveness.course import TIMED_OUT, WRONG_ACTION, Course
from vision.liveness.posture import MILLION, Deviation, Neutral
from vision.liveness.settings import LivenessSettings
from vision.liveness.signals.blink import BlinkWatch
from vision.liveness.signals.continuity import (
    FACE_LOST,
    IDENTITY_CHANGED,
    SECOND_FACE,
    IdentityWatch,
    TrackWatch,
)
from vision.liveness.signals.parallax import ParallaxWatch
from vision.liveness.signals.planar import PlanarWatch
from vision.liveness.signals.stream import StreamWatch
from vision.results import CommandOutcome, FaceObservation, PromptPhase, SignalResult, Status

__all__ = ["INTERRUPTED", "NOT_STARTED", "Signals", "commands_signal"]

INTERRUPTED = "liveness.interrupted"
NOT_STARTED = "liveness.not_started"

BESIDE_CAPTURE = frozenset({"", WRONG_ACTION, TIMED_OUT, IDENTITY_CHANGED})
"""Ends of an attempt that other signals account for; any other end is one of the capture."""


class Signals:
    """Feeds the watches and collects what they say; nothing is judged together here."""

    def __init__(self, settings: LivenessSettings) -> None:
        self._settings = settings
        self._stream = StreamWatch(settings)
        self._planar: PlanarWatch | None = None
        self._alone = 0
        self.frames = 0
        self.blink = BlinkWatch(settings)
        self.parallax = ParallaxWatch(settings)
        self.identity = IdentityWatch(settings)
        self.track = TrackWatch(settings)

    def observe(self, at_ms: int, seen: FaceObservation) -> None:
        """Take an observation of any phase."""
        self.frames += 1
        self._alone += int(seen.faces == 1)
        self._stream.observe(at_ms, seen.thumbnail)
        self.blink.observe(at_ms, seen)
        if self._planar is not None:
            self._planar.observe(at_ms, seen.landmarks)

    def begin(self, neutral: Neutral) -> None:
        """Measure from this neutral posture on."""
        self._planar = PlanarWatch(neutral, self._settings)

    def follow(self, at_ms: int, course: Course, deviation: Deviation | None) -> None:
        """Take the movement of a running command."""
        if course.phase is PromptPhase.COMMAND:
            command = course.steps[course.index].command
            self.parallax.observe(at_ms, course.index, command, deviation)

    def results(self, course: Course | None, ending: str) -> tuple[SignalResult, ...]:
        """Return every signal's finding; `ending` is why the attempt was cut short, if it was."""
        complete = course is not None and course.is_last_pause and not ending
        return (
            self._capture(ending),
            commands_signal(course, ending),
            self.identity.result(complete=complete),
            self.blink.result(),
            self.parallax.result(),
            self._planar.result() if self._planar is not None else _unwatched(self._settings),
            self._stream.loop(),
            self._stream.freeze(),
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
        "planar", Status.INDETERMINATE, 0, settings.planar_narrowing_ppm, NOT_STARTED
    )
