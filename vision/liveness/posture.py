"""How far the head is from the customer's own neutral second.

All movements are differences: noses, lips and habits of sitting differ more between people than a
nod moves them.
"""

from collections import deque
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import log
from statistics import median

from vision.face.geometry import as_points, face_extent, neutral_affine_nose
from vision.liveness.settings import LivenessSettings
from vision.results import FaceObservation, LivenessCommand

__all__ = [
    "MILLION",
    "Deviation",
    "Landmarks",
    "Neutral",
    "Posture",
    "is_neutral",
    "median_posture",
    "neutral_of",
    "share",
    "threshold",
]

MILLION = 1_000_000
SMOOTHED = 5

Landmarks = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Neutral:
    """The customer looking straight: medians of the neutral second and its mean landmarks."""

    turn: float
    nod: float
    mouth: float
    landmarks: Landmarks


@dataclass(frozen=True, slots=True)
class Deviation:
    """Smoothed difference from neutral; the signs are those of FaceObservation.

    parallax  shift of the nose tip against the plane of eyes and mouth, in outer eye distances;
              positive to the customer's own left
    growth    natural logarithm of the size of the face against neutral; positive when closer
    """

    turn: float
    nod: float
    mouth: float
    parallax: float
    growth: float = 0.0

    def towards(self, command: LivenessCommand) -> float:
        """Return the movement that obeys `command`; negative when it is the opposite."""
        match command:
            case LivenessCommand.TURN_LEFT:
                return self.turn
            case LivenessCommand.TURN_RIGHT:
                return -self.turn
            case LivenessCommand.LOOK_UP:
                return -self.nod
            case LivenessCommand.LOOK_DOWN:
                return self.nod
            case LivenessCommand.OPEN_MOUTH:
                return self.mouth
            case LivenessCommand.COME_CLOSER:
                return self.growth
            case LivenessCommand.LEAN_BACK:
                return -self.growth

    def relief(self, command: LivenessCommand) -> float:
        """Return the parallax in the direction of a turn."""
        return -self.parallax if command is LivenessCommand.TURN_RIGHT else self.parallax


def median_posture(seen: Sequence[FaceObservation]) -> tuple[float, float, float]:
    """Return the medians of turn, nod and mouth of observations; at least one is needed."""
    return (
        median(each.turn for each in seen),
        median(each.nod for each in seen),
        median(each.mouth for each in seen),
    )


def neutral_of(seen: Sequence[FaceObservation]) -> Neutral:
    """Return the neutral posture of observations that all have a face; at least one is needed."""
    count = len(seen)
    points = tuple(
        (
            sum(each.landmarks[index][0] for each in seen) / count,
            sum(each.landmarks[index][1] for each in seen) / count,
        )
        for index in range(len(seen[0].landmarks))
    )
    turn, nod, mouth = median_posture(seen)
    return Neutral(turn, nod, mouth, points)


def growth(before: tuple[float, float], now: tuple[float, float]) -> float:
    """Return the natural logarithm of how much larger a face has become, 0 for a degenerate one.

    The greater of width and height counts, because a turn narrows and a nod shortens it.
    """
    shares = [after / start for start, after in zip(before, now, strict=True) if start > 0]
    return log(max(shares)) if shares and max(shares) > 0 else 0.0


class Posture:
    """Measures observations against neutral, as a median of the last five not too old ones."""

    def __init__(self, neutral: Neutral, settings: LivenessSettings) -> None:
        self._neutral = neutral
        self._points = as_points(neutral.landmarks)
        self._extent = face_extent(self._points)
        self._settings = settings
        self._recent: deque[tuple[int, Deviation]] = deque(maxlen=SMOOTHED)
        self.now: Deviation | None = None
        self.smoothed: Deviation | None = None

    def measure(self, at_ms: int, seen: FaceObservation) -> Deviation | None:
        """Return the smoothed movement at `at_ms`, None without a face.

        It is `smoothed` until the next call, and the frame's own movement is `now`.
        """
        self.now = self.smoothed = None
        if not seen.landmarks:
            self._recent.clear()
            return None
        neutral, points = self._neutral, as_points(seen.landmarks)
        now = Deviation(
            turn=seen.turn - neutral.turn,
            nod=seen.nod - neutral.nod,
            mouth=seen.mouth - neutral.mouth,
            parallax=neutral_affine_nose(self._points, points),
            growth=growth(self._extent, face_extent(points)),
        )
        self.now = now
        self._recent.append((at_ms, now))
        while self._recent[0][0] < at_ms - self._settings.smoothing_ms:
            self._recent.popleft()
        window = [each for _, each in self._recent]
        self.smoothed = Deviation(
            turn=median(each.turn for each in window),
            nod=median(each.nod for each in window),
            mouth=median(each.mouth for each in window),
            parallax=median(each.parallax for each in window),
            growth=median(each.growth for each in window),
        )
        return self.smoothed


def threshold(command: LivenessCommand, settings: LivenessSettings) -> int:
    """Return the movement that fulfils `command`, in parts per million."""
    match command:
        case LivenessCommand.TURN_LEFT | LivenessCommand.TURN_RIGHT:
            return settings.turn_ppm
        case LivenessCommand.LOOK_UP | LivenessCommand.LOOK_DOWN:
            return settings.nod_ppm
        case LivenessCommand.OPEN_MOUTH:
            return settings.mouth_ppm
        case LivenessCommand.COME_CLOSER:
            return settings.closer_ppm
        case LivenessCommand.LEAN_BACK:
            return settings.back_ppm


def share(deviation: Deviation, command: LivenessCommand, settings: LivenessSettings) -> float:
    """Return the movement towards `command` as a share of its threshold; 1 fulfils it."""
    return deviation.towards(command) * MILLION / threshold(command, settings)


def is_neutral(
    deviation: Deviation, settings: LivenessSettings, commands: Collection[LivenessCommand]
) -> bool:
    """Say whether every one of these movements is below the neutral share of its threshold."""
    bound = settings.neutral_ppm / MILLION
    return all(abs(share(deviation, command, settings)) < bound for command in commands)
