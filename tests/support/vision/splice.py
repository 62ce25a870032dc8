"""The helper attack from real clips: a picture of the customer in the pauses, others at commands.

Everything is composed in pixels on one canvas, eyes on the same place and equally far apart, as a
careful attacker would, and analysed by the real models. It plays what the screen asks for.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import hypot
from pathlib import Path

import cv2
import numpy as np

from vision.analysis import FaceAnalysis
from vision.face.geometry import neutral_affine_nose
from vision.frame import Frame, Pixels
from vision.liveness.check import LivenessCheck
from vision.liveness.plan import TURNS, USUAL_PLAN
from vision.liveness.posture import MILLION, Deviation, Neutral, neutral_of, share
from vision.liveness.settings import LivenessSettings
from vision.results import FaceObservation, LivenessCommand, PadResult, Prompt

__all__ = ["Clip", "Splice", "find_segment", "play", "read_clip"]

SIZE = (640, 480)
EYES = 100.0  # pixels between the outer eye corners on the canvas
MIDDLE = (320.0, 210.0)
EYE_RIGHT, EYE_LEFT = 33, 263
STEP_MS = 33
REACTION_FRAMES = 13
LEAD_FRAMES = 5
SHORTEST_FRAMES = 8
CALM_MS = 1_000
FAR_TURN = 0.75
NOISE, NOISES = 2.0, 7
TURN_BACK = 0.06
SWAY, SWAY_KEPT = 0.6, 0.97
RESTING = 0.5


@dataclass(frozen=True)
class Clip:
    """A clip, what the analysis saw in it, and the customer's calmest second: first and last."""

    path: Path
    observations: tuple[FaceObservation, ...]
    calm: tuple[int, int]

    @property
    def neutral(self) -> Neutral:
        """Return the posture of the calmest second."""
        first, last = self.calm
        return neutral_of(self.observations[first:last])


def read_frames(path: Path, longest_s: float = 10.0) -> Iterator[Frame]:
    """Yield the frames of the first seconds of a clip."""
    capture = cv2.VideoCapture(str(path))
    rate = capture.get(cv2.CAP_PROP_FPS)
    for sequence in range(int(longest_s * rate)):
        read, image = capture.read()
        if not read:
            break
        pixels = cv2.cvtColor(image, cv2.COLOR_BGR2RGB)
        yield Frame(sequence, int(sequence / rate * 1e9), pixels)
    capture.release()


def read_clip(path: Path, analysis: FaceAnalysis, *, longest_s: float = 10.0) -> Clip | None:
    """Watch the beginning of a clip; None when its face is never in view for a second."""
    seen = tuple(analysis.analyse(frame, embed=False) for frame in read_frames(path, longest_s))
    calm = find_calm(seen)
    return None if calm is None else Clip(path, seen, calm)


def find_calm(seen: Sequence[FaceObservation]) -> tuple[int, int] | None:
    """Return the second that is most still and most frontal."""
    best: tuple[float, int, int] | None = None
    for first in range(0, len(seen), 3):
        last = first
        while last < len(seen) and seen[last].landmarks and _ms(seen, first, last) < CALM_MS:
            last += 1
        if last >= len(seen) or not seen[last].landmarks or last - first < SHORTEST_FRAMES:
            continue
        second = seen[first:last]
        spread = sum(
            float(np.std([getattr(each, name) for each in second]))
            for name in ("turn", "nod", "mouth")
        )
        spread += 0.3 * abs(float(np.median([each.turn for each in second])))
        if best is None or spread < best[0]:
            best = (spread, first, last)
    return None if best is None else best[1:]


def _ms(seen: Sequence[FaceObservation], first: int, last: int) -> float:
    return (seen[last].captured_ns - seen[first].captured_ns) / 1e6


def find_segment(
    clip: Clip, neutral: Neutral, command: LivenessCommand, settings: LivenessSettings
) -> tuple[int, int] | None:
    """Return the longest run of frames that obeys `command` when measured from this neutral."""
    best = (0, 0)
    start = None
    for index, seen in enumerate((*clip.observations, None)):
        if seen is not None and seen.landmarks and obeys(seen, neutral, command, settings):
            start = index if start is None else start
        elif start is not None:
            best = max(best, (start, index), key=lambda run: run[1] - run[0])
            start = None
    return best if best[1] - best[0] >= SHORTEST_FRAMES else None


def obeys(
    seen: FaceObservation, neutral: Neutral, command: LivenessCommand, settings: LivenessSettings
) -> bool:
    """Say whether a face obeys `command` when it is measured from this neutral."""
    moved = Deviation(
        seen.turn - neutral.turn, seen.nod - neutral.nod, seen.mouth - neutral.mouth, 0.0
    )
    if share(moved, command, settings) < 1 or abs(moved.turn) > FAR_TURN:
        return False
    if command not in TURNS:
        return True
    nose = neutral_affine_nose(neutral.landmarks, seen.landmarks)
    return replace(moved, parallax=nose).relief(command) * MILLION >= settings.parallax_ppm


def find_rest(clip: Clip, settings: LivenessSettings) -> tuple[int, int]:
    """Return the run of frames around the calmest second in which the customer rests."""
    neutral = clip.neutral

    def rests(index: int) -> bool:
        seen = clip.observations[index]
        moved = Deviation(
            seen.turn - neutral.turn, seen.nod - neutral.nod, seen.mouth - neutral.mouth, 0.0
        )
        return bool(seen.landmarks) and all(
            abs(share(moved, each, settings)) < RESTING for each in USUAL_PLAN.commands
        )

    first, last = clip.calm
    while first > 0 and rests(first - 1):
        first -= 1
    while last < len(clip.observations) and rests(last):
        last += 1
    return first, last


def cut_out(clip: Clip, first: int, last: int, *, anchor: int) -> list[Pixels]:
    """Return frames first..last on the canvas, placed by the eyes of frame `anchor`."""
    place = placement(clip.observations[anchor].landmarks)
    picture = []
    for index, frame in enumerate(read_frames(clip.path)):
        if index >= last:
            break
        if index >= first:
            warped = cv2.warpAffine(
                frame.pixels, place, SIZE, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
            )
            picture.append(warped.astype(np.uint8, copy=False))
    return picture


def placement(landmarks: Sequence[tuple[float, float]]) -> np.ndarray:
    """Return the similarity that puts the eyes of these landmarks on their place, 2 x 3."""
    right, left = landmarks[EYE_RIGHT], landmarks[EYE_LEFT]
    scale = EYES / hypot(left[0] - right[0], left[1] - right[1])
    middle = ((left[0] + right[0]) / 2, (left[1] + right[1]) / 2)
    return np.array(
        [
            [scale, 0, MIDDLE[0] - scale * middle[0]],
            [0, scale, MIDDLE[1] - scale * middle[1]],
        ]
    )


@dataclass(frozen=True)
class Splice:
    """What an attacker mixes.

    pause       frames of the customer for the pauses
    commands    frames of others for each command
    still       the pauses show one frame, waved, instead of the video
    every       at commands every such frame is the customer's; 0 for none
    fade        frames that a change takes; 1 is a hard cut
    """

    pause: list[Pixels]
    commands: dict[LivenessCommand, list[Pixels]]
    still: bool = False
    every: int = 0
    fade: int = 1

    @classmethod
    def of(
        cls,
        victim: Clip,
        helpers: dict[LivenessCommand, Clip],
        settings: LivenessSettings,
        *,
        still: bool = False,
        every: int = 0,
        fade: int = 1,
    ) -> "Splice":
        """Cut the frames out. Raises ValueError when a helper has no such movement."""
        first, last = find_rest(victim, settings)
        commands = {}
        for command, helper in helpers.items():
            found = find_segment(helper, victim.neutral, command, settings)
            if found is None:
                raise ValueError(command)
            start = max(0, found[0] - LEAD_FRAMES)
            anchor = helper.calm[0] if helper is victim else start
            commands[command] = cut_out(helper, start, found[1], anchor=anchor)
        pause = cut_out(victim, first, last, anchor=victim.calm[0])
        return cls(pause, commands, still=still, every=every, fade=fade)


class Mixer:
    """Shows a splice frame by frame, a human reaction after the screen."""

    def __init__(self, splice: Splice, seed: int) -> None:
        self._splice = splice
        self._rng = np.random.default_rng(seed)
        self._asked: deque[LivenessCommand | None] = deque([None] * REACTION_FRAMES)
        self._shown: LivenessCommand | None = None
        self._since = 0
        self._faded: Pixels | None = None
        self._last: Pixels = splice.pause[0]
        self._number = 0
        self._place, self._step = 0, 1
        self._sway = np.zeros(2)
        shape = (NOISES, *splice.pause[0].shape)
        self._noise = self._rng.normal(0, NOISE, shape).round().astype(np.int16)

    def frame(self, prompt: Prompt) -> Pixels:
        """Return the next picture."""
        self._asked.append(prompt.command)
        command = self._asked.popleft()
        self._number += 1
        self._since += 1
        if command is not self._shown:
            self._shown, self._since, self._faded = command, 0, self._last
        picture = self._source(command)
        share = (self._since + 1) / self._splice.fade
        if self._faded is not None and share < 1:
            picture = cv2.addWeighted(picture, share, self._faded, 1 - share, 0).astype(np.uint8)
        self._last = picture
        noise = self._noise[self._number % len(self._noise)]
        return cv2.add(picture, noise, dtype=cv2.CV_8U).astype(np.uint8, copy=False)

    def _source(self, command: LivenessCommand | None) -> Pixels:
        splice = self._splice
        hidden = splice.every and self._number % splice.every == 0
        if command is None or hidden:
            still = splice.pause[len(splice.pause) // 2]
            return self._waved(still if splice.still else self._wander())
        return _swing(splice.commands[command], self._since, LEAD_FRAMES)

    def _wander(self) -> Pixels:
        """Walk to and fro through the customer's frames, turning at random: no loop to be found."""
        frames = self._splice.pause
        if not 0 <= self._place + self._step < len(frames) or self._rng.random() < TURN_BACK:
            self._step = -self._step
        self._place = min(len(frames) - 1, max(0, self._place + self._step))
        return frames[self._place]

    def _waved(self, picture: Pixels) -> Pixels:
        """Let the picture sway a little, as a hand holds it."""
        self._sway = SWAY_KEPT * self._sway + self._rng.normal(0, SWAY, 2)
        shift = np.array([[1.0, 0, self._sway[0]], [0, 1.0, self._sway[1]]])
        moved = cv2.warpAffine(picture, shift, SIZE, borderMode=cv2.BORDER_REPLICATE)
        return moved.astype(np.uint8, copy=False)


def _swing(frames: list[Pixels], number: int, lead: int) -> Pixels:
    """Return the frames once, then to and fro without their first ones."""
    if number < len(frames):
        return frames[number]
    length = max(1, len(frames) - 1 - lead)
    back, within = divmod(number - len(frames) + 1, length)
    return frames[len(frames) - 1 - within] if back % 2 == 0 else frames[lead + within]


def play(check: LivenessCheck, splice: Splice, analysis: FaceAnalysis, *, seed: int) -> PadResult:
    """Let a splice take the attempt, 30 frames a second, and return its result."""
    mixer = Mixer(splice, seed)
    number = 0
    # A sequence that starts anew starts a new track.
    while not check.finished:
        pixels = mixer.frame(check.prompt)
        frame = Frame(number, number * STEP_MS * 1_000_000, pixels)
        check.observe(analysis.analyse(frame, embed=check.wants_template), frame)
        number += 1
    return check.result()
