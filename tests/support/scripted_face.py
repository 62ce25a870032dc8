"""A camera and a face analysis without images: a projected head that obeys, and who measures it.

Both implement the room's real protocols; a session with them costs a fraction of a second, so a
test can afford to play it fifty times.
"""

from collections.abc import Callable
from dataclasses import replace

from tests.support.observations import (
    FRAME_MS,
    Pose,
    blinking,
    frame_of,
    performing,
    person,
    seen,
)
from vision.errors import AnalysisLost, CameraLost
from vision.frame import CameraIdentity, CameraKind, Frame, Pixels
from vision.results import FaceObservation, LivenessCommand, ModelReference

__all__ = ["ScriptedAnalysis", "ScriptedCamera"]

_DEGREES_PER_FRAME = 3.0
_MOUTH_PER_FRAME = 0.1
_REACTION_MS = 300
"""A movement that comes sooner after its command was foreseen (policy: reaction_ms)."""

_CUSTOMER = 1


class ScriptedCamera:
    """Implements `vision.frame.Camera` and `ObeysCommands`; keeps what its frame shows."""

    def __init__(self) -> None:
        self._goals: list[tuple[int, LivenessCommand | None]] = [(0, None)]
        self._pose = Pose()
        self._at_ms = 0
        self._closed = False
        self.newest: FaceObservation | None = None

    @property
    def identity(self) -> CameraIdentity:
        return CameraIdentity(
            kind=CameraKind.SIMULATED,
            name="Scripted customer",
            hardware_id="scripted",
            backend="script",
            width=8,
            height=6,
            frames_per_second=1000 // FRAME_MS,
        )

    def show(self, command: LivenessCommand | None) -> None:
        self._goals.append((self._at_ms + _REACTION_MS, command))

    def read(self) -> Frame:
        if self._closed:
            raise CameraLost
        while len(self._goals) > 1 and self._goals[1][0] <= self._at_ms:
            del self._goals[0]
        command = self._goals[0][1]
        goal = Pose() if command is None else performing(command)
        now = self._pose
        self._pose = Pose(
            yaw=_towards(now.yaw, goal.yaw, _DEGREES_PER_FRAME),
            pitch=_towards(now.pitch, goal.pitch, _DEGREES_PER_FRAME),
            mouth=_towards(now.mouth, goal.mouth, _MOUTH_PER_FRAME),
        )
        self._at_ms += FRAME_MS
        shape = blinking(self._at_ms, self._pose)
        self.newest = seen(self._at_ms, shape, template=person(_CUSTOMER))
        return frame_of(self.newest)

    def close(self) -> None:
        self._closed = True


class ScriptedAnalysis:
    """Implements `vision.worker.FaceAnalysis` over the frames of one scripted camera.

    consulted  called whenever the models are named: in a session this is when an attempt begins
               and, between liveness and signature, when the faces are compared
    """

    def __init__(self, camera: ScriptedCamera, consulted: Callable[[], None]) -> None:
        self._camera = camera
        self._consulted = consulted

    @property
    def models(self) -> tuple[ModelReference, ...]:
        self._consulted()
        return (ModelReference("script", "scripted_face.py", "00" * 32),)

    def start(self) -> None:
        """Nothing to load."""

    def analyse(self, frame: Frame, *, embed: bool) -> FaceObservation:
        newest = self._camera.newest
        if newest is None or newest.sequence != frame.sequence:
            raise AnalysisLost("a frame of another camera")
        return newest if embed else replace(newest, template=None)

    def describe(self, image: Pixels) -> FaceObservation:
        del image
        return seen(0, template=person(_CUSTOMER))

    def close(self) -> None:
        """Nothing to let go."""


def _towards(now: float, goal: float, most: float) -> float:
    return now + max(-most, min(most, goal - now))
