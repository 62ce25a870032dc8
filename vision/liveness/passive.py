"""Watching a recording without commands: what it would have shown, never that it is alive.

For `workstation-ctl liveness CLIP` and for measurements. A recording can be found to be an attack;
without a challenge the best it can be is UNDECIDED.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from vision.frame import Frame
from vision.liveness.course import Hold
from vision.liveness.fusion import ATTACK_REASONS
from vision.liveness.plan import USUAL_PLAN
from vision.liveness.posture import MILLION, Deviation, Posture, neutral_of, share
from vision.liveness.settings import LivenessSettings
from vision.liveness.signals.blink import BlinkWatch
from vision.liveness.signals.planar import PlanarWatch
from vision.liveness.signals.presentation_attack import PresentationAttackWatch
from vision.liveness.signals.stream import StreamWatch
from vision.models.manifest import PresentationAttack
from vision.results import FaceObservation, LivenessCommand, PadVerdict, SignalResult, Status

__all__ = ["NO_CHALLENGE", "Extent", "PassiveReport", "observe_clip"]

NO_CHALLENGE = "liveness.no_challenge"
NO_FACE = "liveness.no_face"
NANOSECONDS_PER_MS = 1_000_000


@dataclass(frozen=True, slots=True)
class Extent:
    """The least and the greatest value of a movement, in parts per million."""

    least_ppm: int
    most_ppm: int


@dataclass(frozen=True, slots=True)
class PassiveReport:
    """What a clip shows.

    blinks     confirmed blinks
    turn, nod, mouth, parallax  movement against the first second with a face; None without one
    obeyed     commands the clip would have fulfilled by chance
    signals    blink, planar, loop and freeze, judged as in an attempt; and what the station's
               presentation-attack model says, where it has one
    verdict    ATTACK when a signal says so, otherwise UNDECIDED
    """

    frames: int
    with_face: int
    duration_ms: int
    blinks: int
    turn: Extent | None
    nod: Extent | None
    mouth: Extent | None
    parallax: Extent | None
    obeyed: tuple[LivenessCommand, ...]
    signals: tuple[SignalResult, ...]
    verdict: PadVerdict
    reason: str


def observe_clip(
    seen: Iterable[tuple[FaceObservation, Frame]],
    settings: LivenessSettings,
    network: PresentationAttack | None = None,
) -> PassiveReport:
    """Watch the observations of one clip in order with their frames; takes any length, even none.

    Movements are measured against the first second with a face; no frame is kept.

    network  the manifest's row of the presentation-attack model, where there is one
    """
    watch = _ClipWatch(settings, network)
    for observation, frame in seen:
        watch.observe(observation, frame)
    return watch.report()


class _ClipWatch:
    """What is collected of a clip while it runs."""

    def __init__(self, settings: LivenessSettings, network: PresentationAttack | None) -> None:
        self._settings = settings
        self._artefact = None if network is None else PresentationAttackWatch(network)
        self._stream, self._blink = StreamWatch(settings), BlinkWatch(settings)
        self._first: list[tuple[int, FaceObservation]] = []
        self._posture: Posture | None = None
        self._planar = PlanarWatch(settings)
        self._moves: list[tuple[int, Deviation]] = []
        self._started_ns: int | None = None
        self._at_ms = 0
        self._frames = self._with_face = 0

    def observe(self, seen: FaceObservation, frame: Frame) -> None:
        if self._started_ns is None:
            self._started_ns = seen.captured_ns
        at_ms = self._at_ms = (seen.captured_ns - self._started_ns) // NANOSECONDS_PER_MS
        self._frames += 1
        self._with_face += bool(seen.landmarks)
        self._stream.observe(at_ms, seen.thumbnail)
        self._blink.observe(at_ms, seen)
        if self._artefact is not None:
            self._artefact.observe(seen)
        if self._posture is None:
            if self._first or seen.landmarks:
                self._first.append((at_ms, seen))
            if seen.landmarks:
                self._planar.prepare(at_ms, seen, frame)
            if self._first and at_ms - self._first[0][0] >= self._settings.baseline_ms:
                self._measure_first()
            return
        self._measure(at_ms, seen, self._posture)
        self._planar.observe(at_ms, seen, frame, self._posture.now)

    def _measure_first(self) -> None:
        """Take the first second with a face for the neutral one."""
        neutral = neutral_of([seen for _, seen in self._first if seen.landmarks])
        self._posture = Posture(neutral, self._settings)
        self._planar.begin(neutral.turn)
        for at_ms, seen in self._first:
            self._measure(at_ms, seen, self._posture)

    def _measure(self, at_ms: int, seen: FaceObservation, posture: Posture) -> None:
        deviation = posture.measure(at_ms, seen)
        if deviation is not None:
            self._moves.append((at_ms, deviation))

    def report(self) -> PassiveReport:
        if self._first and self._posture is None:
            self._measure_first()
        blinks, moves = len(self._blink.blinks), self._moves
        signals = (
            self._blink.result(blinks),
            self._planar.result(),
            self._stream.loop(),
            self._stream.freeze(),
            *(() if self._artefact is None else (self._artefact.result(),)),
        )
        verdict, reason = _judge(signals, self._with_face)
        return PassiveReport(
            frames=self._frames,
            with_face=self._with_face,
            duration_ms=self._at_ms,
            blinks=blinks,
            turn=_extent([each.turn for _, each in moves]),
            nod=_extent([each.nod for _, each in moves]),
            mouth=_extent([each.mouth for _, each in moves]),
            parallax=_extent([each.parallax for _, each in moves]),
            obeyed=_obeyed(moves, self._settings),
            signals=signals,
            verdict=verdict,
            reason=reason,
        )


def _obeyed(
    moves: list[tuple[int, Deviation]], settings: LivenessSettings
) -> tuple[LivenessCommand, ...]:
    obeyed = []
    for command in USUAL_PLAN.commands:
        hold = Hold()
        longest = max(
            (hold.note(at, holds=share(each, command, settings) >= 1) for at, each in moves),
            default=-1,
        )
        if longest >= settings.hold_ms:
            obeyed.append(command)
    return tuple(obeyed)


def _extent(values: list[float]) -> Extent | None:
    if not values:
        return None
    return Extent(round(min(values) * MILLION), round(max(values) * MILLION))


def _judge(signals: tuple[SignalResult, ...], with_face: int) -> tuple[PadVerdict, str]:
    failures = {signal.reason for signal in signals if signal.status is Status.FAILED}
    for reason in ATTACK_REASONS:
        if reason in failures:
            return PadVerdict.ATTACK, reason
    return PadVerdict.UNDECIDED, NO_CHALLENGE if with_face else NO_FACE
