"""How a simulated person moves: obeys like a human, performs from memory, or repeats itself.

A behaviour maps the camera's time to a pose. It is told what is shown and answers for moments that
only move forward; everything random comes from the seed it was made with.
"""

from collections.abc import Sequence
from dataclasses import replace
from math import sin, tau
from random import Random
from typing import Final, Protocol

from vision.camera.simulation.pose import STRAIGHT, Pose
from vision.results import LivenessCommand

__all__ = ["Behaviour", "Handheld", "Loop", "Obedient", "Rehearsed", "Waved"]

FRAME_S: Final = 1 / 30

BLINK: Final = (0.4, 0.9, 1.0, 1.0, 1.0, 1.0, 0.9, 0.5, 0.1)
"""Closure of the lids in the frames of a blink: 0.3 s, so that a reader of every third frame sees
them closed twice."""

RISE_S: Final = 0.5

PERFORMED: Final = {
    LivenessCommand.TURN_LEFT: Pose(yaw=30),
    LivenessCommand.TURN_RIGHT: Pose(yaw=-32),
    LivenessCommand.LOOK_UP: Pose(pitch=-15),
    LivenessCommand.LOOK_DOWN: Pose(pitch=15),
    LivenessCommand.OPEN_MOUTH: Pose(mouth=0.9),
    LivenessCommand.COME_CLOSER: Pose(near=0.32),
    LivenessCommand.LEAN_BACK: Pose(near=-0.25),
}
"""What obeying means, in degrees and shares; more to the right, for the portraits look a little to
the left."""

WAVED: Final = {
    LivenessCommand.TURN_LEFT: Pose(yaw=60, x=12),
    LivenessCommand.TURN_RIGHT: Pose(yaw=-55, x=-12),
    LivenessCommand.LOOK_UP: Pose(pitch=-40, y=-10),
    LivenessCommand.LOOK_DOWN: Pose(pitch=38, y=10),
    LivenessCommand.OPEN_MOUTH: Pose(y=14),
    LivenessCommand.COME_CLOSER: Pose(near=0.32),
    LivenessCommand.LEAN_BACK: Pose(near=-0.25),
}
"""How a held sheet of paper imitates each command."""

SIDEWAYS: Final = (Pose(yaw=-38, x=-12), Pose(yaw=38, x=12))
EVERY_WAY: Final = (
    Pose(yaw=-60, x=-12),
    Pose(yaw=-45, pitch=25),
    Pose(yaw=60, x=12),
    Pose(yaw=-55, x=-12),
)
PATIENCE_S: Final = 1.5
"""How long each imitation is tried before the sheet is swung."""

REHEARSED: Final = (
    LivenessCommand.OPEN_MOUTH,
    LivenessCommand.LOOK_UP,
    LivenessCommand.LOOK_DOWN,
    LivenessCommand.TURN_LEFT,
    LivenessCommand.LOOK_DOWN,
    LivenessCommand.LOOK_UP,
    LivenessCommand.TURN_RIGHT,
    LivenessCommand.LOOK_UP,
    LivenessCommand.LOOK_DOWN,
)
"""The order of the recording; no three in a row are an order the workstation asks for.

Any other recording of all movements meets the challenge by chance: one attempt in 42 if it starts
with the attempt. That is a property of challenges, not something a demonstration should depend on.
"""

REHEARSED_PERIOD_S: Final = 3.6
REHEARSED_HOLD_S: Final = 1.3
EXAGGERATED: Final = 1.1
"""A recording meant to fool shows its movements clearly."""

LOOP_FRAMES: Final = 75


class Behaviour(Protocol):
    """One way to move."""

    def pose(self, at_s: float, shown: LivenessCommand | None) -> Pose:
        """Return the pose at a moment not before the last one asked for."""
        ...


class _Sway:
    """Nobody sits still: slow movements whose frequencies never meet again."""

    def __init__(self, rng: Random, strength: float = 1.0) -> None:
        self._waves = [
            [(rng.uniform(low, 1.6 * low), rng.uniform(0, tau)) for low in (0.07, 0.19, 0.45)]
            for _ in range(4)
        ]
        self._strength = strength

    def pose(self, at_s: float) -> Pose:
        yaw, pitch, x, y = (
            self._strength
            * sum(sin(tau * rate * at_s + phase) / (1 + n) for n, (rate, phase) in enumerate(waves))
            for waves in self._waves
        )
        return Pose(yaw=0.9 * yaw, pitch=0.5 * pitch, x=3.0 * x, y=1.8 * y)


class _Blinks:
    """A blink every two to three seconds."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._start_s = rng.uniform(0.8, 2.0)

    def closure(self, at_s: float) -> float:
        while at_s >= self._start_s + len(BLINK) * FRAME_S:
            self._start_s += self._rng.uniform(2.0, 3.0)
        frame = int((at_s - self._start_s) / FRAME_S + 0.5)
        return BLINK[frame] if at_s >= self._start_s and frame < len(BLINK) else 0.0


class _Eased:
    """Moves from pose to pose in half a second, beginning a human reaction time after the cue."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._goal = STRAIGHT
        self._pending: tuple[float, Pose] | None = None
        self._from = self._to = STRAIGHT
        self._since_s = -RISE_S

    def pose(self, at_s: float, goal: Pose) -> Pose:
        if goal != self._goal:
            self._goal = goal
            self._pending = (at_s + self._rng.uniform(0.3, 0.5), goal)
        if self._pending is not None and at_s >= self._pending[0]:
            self._from = self._at(at_s)
            self._since_s, self._to = self._pending
            self._pending = None
        return self._at(at_s)

    def _at(self, at_s: float) -> Pose:
        part = min(1.0, max(0.0, (at_s - self._since_s) / RISE_S))
        return interpolate(self._from, self._to, part * part * (3 - 2 * part))


class Obedient:
    """Does what is shown, blinks, and otherwise looks straight."""

    def __init__(self, rng: Random, *, blinks: bool = True, rest: Pose = STRAIGHT) -> None:
        self._eased = _Eased(rng)
        self._sway = _Sway(rng)
        self._blinks = _Blinks(rng) if blinks else None
        self._rest = rest

    def pose(self, at_s: float, shown: LivenessCommand | None) -> Pose:
        """Return the pose of a person who reads the screen."""
        goal = STRAIGHT if shown is None else PERFORMED[shown]
        pose = combine(self._eased.pose(at_s, goal), self._sway.pose(at_s), self._rest)
        return replace(pose, lids=self._blinks.closure(at_s)) if self._blinks is not None else pose


class Rehearsed:
    """Plays all five commands in an order of its own and never looks at the screen."""

    def __init__(self, rng: Random) -> None:
        self._sway = _Sway(rng)
        self._blinks = _Blinks(rng)

    def pose(self, at_s: float, shown: LivenessCommand | None) -> Pose:
        """Return the pose of the recording at this moment; what is shown does not matter."""
        del shown
        turn, within_s = divmod(at_s, REHEARSED_PERIOD_S)
        command = REHEARSED[int(turn) % len(REHEARSED)]
        begun_s = within_s - (REHEARSED_PERIOD_S - REHEARSED_HOLD_S - 2 * RISE_S)
        left_s = REHEARSED_PERIOD_S - within_s
        part = min(1.0, max(0.0, min(begun_s, left_s) / RISE_S))
        act = interpolate(STRAIGHT, PERFORMED[command], EXAGGERATED * part * part * (3 - 2 * part))
        return replace(combine(act, self._sway.pose(at_s)), lids=self._blinks.closure(at_s))


class Loop:
    """Repeats two and a half quiet seconds with one blink."""

    def __init__(self, rng: Random) -> None:
        sway = _Sway(rng, strength=1.6)
        blink = rng.randrange(20, LOOP_FRAMES - 20)
        self._poses: Sequence[Pose] = [
            replace(
                sway.pose(n * FRAME_S),
                lids=BLINK[n - blink] if 0 <= n - blink < len(BLINK) else 0.0,
            )
            for n in range(LOOP_FRAMES)
        ]

    def pose(self, at_s: float, shown: LivenessCommand | None) -> Pose:
        """Return the pose of the recording at this moment; what is shown does not matter."""
        del shown
        return self._poses[round(at_s / FRAME_S) % LOOP_FRAMES]


class Handheld:
    """A picture held still in somebody's hand: it drifts, and nothing in it moves."""

    def __init__(self, rng: Random) -> None:
        self._sway = _Sway(rng, strength=2.0)

    def pose(self, at_s: float, shown: LivenessCommand | None) -> Pose:
        """Return how the picture is held; what is shown does not matter."""
        del shown
        return self._sway.pose(at_s)


class Waved:
    """A sheet in somebody's hand, tilted at every command; angles are those of the sheet.

    bent  the sheet is bent, and whoever holds it knows that a tilt would give it away
    """

    def __init__(self, rng: Random, *, bent: bool = False) -> None:
        self._eased = _Eased(rng)
        self._sway = _Sway(rng, strength=1.5)
        self._bent = bent
        self._shown: LivenessCommand | None = None
        self._since_s = 0.0

    def pose(self, at_s: float, shown: LivenessCommand | None) -> Pose:
        """Return how the sheet is held."""
        if shown is not self._shown:
            self._shown, self._since_s = shown, at_s
        held = self._eased.pose(at_s, self._goal(at_s))
        return combine(held, self._sway.pose(at_s))

    def _goal(self, at_s: float) -> Pose:
        if self._shown is None:
            return STRAIGHT
        tried = int((at_s - self._since_s) / PATIENCE_S)
        if self._bent:
            first = int(self._shown is LivenessCommand.TURN_LEFT)
            return SIDEWAYS[(first + tried) % len(SIDEWAYS)]
        return WAVED[self._shown] if tried == 0 else EVERY_WAY[tried % len(EVERY_WAY)]


def interpolate(start: Pose, end: Pose, part: float) -> Pose:
    """Return the pose that far on the way from one to the other."""
    rest = 1 - part
    return Pose(
        yaw=rest * start.yaw + part * end.yaw,
        pitch=rest * start.pitch + part * end.pitch,
        mouth=rest * start.mouth + part * end.mouth,
        lids=rest * start.lids + part * end.lids,
        x=rest * start.x + part * end.x,
        y=rest * start.y + part * end.y,
        near=rest * start.near + part * end.near,
    )


def combine(*poses: Pose) -> Pose:
    """Return the movements one on top of the other."""
    return Pose(
        yaw=sum(pose.yaw for pose in poses),
        pitch=sum(pose.pitch for pose in poses),
        mouth=sum(pose.mouth for pose in poses),
        lids=max(pose.lids for pose in poses),
        x=sum(pose.x for pose in poses),
        y=sum(pose.y for pose in poses),
        near=sum(pose.near for pose in poses),
    )
