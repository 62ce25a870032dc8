"""Watching a recording without commands: what it would have shown, never that it is alive.

For `workstation-ctl liveness CLIP` and for measurements. A recording can be found to be an attack;
without a challenge the best it can be is UNDECIDED.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from vision.liveness.course import Hold
from vision.liveness.fusion import ATTACK_REASONS
from vision.liveness.posture import MILLION, Deviation, Posture, neutral_of, share
from vision.liveness.settings import LivenessSettings
from vision.liveness.signals.blink import BlinkWatch
from vision.liveness.signals.planar import PlanarWatch
from vision.liveness.signals.stream import StreamWatch
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
    signals    blink, planar, loop and freeze, judged as in an attempt
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
    observations: Iterable[FaceObservation], settings: LivenessSettings
) -> PassiveReport:
    """Watch the observations of one clip in order and report; takes any length, even none."""
    timed = _timed(observations)
    stream, blink = StreamWatch(settings), BlinkWatch(settings)
    for at_ms, seen in timed:
        stream.observe(at_ms, seen.thumbnail)
        blink.observe(at_ms, seen)
    moves, planar = _movements(timed, settings)
    signals = (blink.result(), planar, stream.loop(), stream.freeze())
    with_face = sum(bool(seen.landmarks) for _, seen in timed)
    verdict, reason = _judge(signals, with_face)
    return PassiveReport(
        frames=len(timed),
        with_face=with_face,
        duration_ms=timed[-1][0] if timed else 0,
        blinks=blink.confirmed,
        turn=_extent([each.turn for _, each in moves]),
        nod=_extent([each.nod for _, each in moves]),
        mouth=_extent([each.mouth for _, each in moves]),
        parallax=_extent([each.parallax for _, each in moves]),
        obeyed=_obeyed(moves, settings),
        signals=signals,
        verdict=verdict,
        reason=reason,
    )


def _timed(observations: Iterable[FaceObservation]) -> list[tuple[int, FaceObservation]]:
    timed: list[tuple[int, FaceObservation]] = []
    started = None
    for seen in observations:
        started = seen.captured_ns if started is None else started
        timed.append(((seen.captured_ns - started) // NANOSECONDS_PER_MS, seen))
    return timed


def _movements(
    timed: list[tuple[int, FaceObservation]], settings: LivenessSettings
) -> tuple[list[tuple[int, Deviation]], SignalResult]:
    """Return the smoothed movements against the first second with a face, and the plane test."""
    with_face = [(at_ms, seen) for at_ms, seen in timed if seen.landmarks]
    if not with_face:
        unseen = SignalResult(
            "planar", Status.INDETERMINATE, 0, settings.planar_narrowing_ppm, NO_FACE
        )
        return [], unseen
    until = with_face[0][0] + settings.baseline_ms
    neutral = neutral_of([seen for at_ms, seen in with_face if at_ms <= until])
    posture, planar = Posture(neutral, settings), PlanarWatch(neutral, settings)
    moves = []
    for at_ms, seen in timed:
        planar.observe(at_ms, seen.landmarks)
        deviation = posture.measure(at_ms, seen)
        if deviation is not None:
            moves.append((at_ms, deviation))
    return moves, planar.result()


def _obeyed(
    moves: list[tuple[int, Deviation]], settings: LivenessSettings
) -> tuple[LivenessCommand, ...]:
    obeyed = []
    for command in LivenessCommand:
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
