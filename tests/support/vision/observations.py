"""Observations without an image: a 3-D head of 68 points, projected, and who performs with it."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from math import cos, pi, radians, sin
from random import Random

import numpy as np

from vision.face import geometry
from vision.face.quality import QualitySettings
from vision.frame import Frame
from vision.liveness.check import LivenessCheck
from vision.liveness.settings import LivenessSettings
from vision.results import FaceObservation, FaceTemplate, LivenessCommand, Prompt, PromptPhase

FRAME_MS = 33
SCALE = 1.3  # pixels per millimetre
CENTRE = (320.0, 240.0)

RECOMMENDED = LivenessSettings(
    commands=3,
    pause_least_ms=500,
    pause_most_ms=2_000,
    reaction_ms=250,
    baseline_ms=1_000,
    smoothing_ms=300,
    turn_ppm=300_000,
    nod_ppm=120_000,
    mouth_ppm=300_000,
    hold_ms=200,
    wrong_ppm=1_500_000,
    neutral_ppm=700_000,
    neutral_hold_ms=300,
    position_deadline_ms=20_000,
    command_deadline_ms=5_000,
    neutral_deadline_ms=6_000,
    session_deadline_ms=90_000,
    stall_ms=2_000,
    track_gap_ms=500,
    turn_gap_ms=1_500,
    second_face_ms=300,
    blinks=1,
    blink_window_ms=3_000,
    blink_baseline_ppm=800_000,
    blink_start_ppm=750_000,
    blink_confirm_ppm=600_000,
    blink_end_ppm=830_000,
    blink_least_ms=50,
    blink_most_ms=700,
    blink_turn_ppm=250_000,
    blink_extra_ms=5_000,
    parallax_ppm=120_000,
    parallax_flat_ppm=80_000,
    planar_narrowing_ppm=100_000,
    planar_residual_ppm=40_000,
    planar_hold_ms=200,
    loop_ratio_ppm=300_000,
    loop_lag_ms=1_200,
    near_identical_ppm=500_000,
    freeze_window_ms=2_000,
    identical_level_ppm=50_000,
    continuity_ppm=450_000,
    template_spacing_ms=150,
    templates_first=2,
    templates_between=1,
    templates_last=2,
)

QUALITY = QualitySettings(
    jaw_width_px=110,
    turn_ppm=200_000,
    brightness_min=60,
    brightness_max=200,
    sharpness_min=25,
    score_ppm=300_000,
)


@dataclass(frozen=True, slots=True)
class Pose:
    """Head angles in degrees (positive: own left, down), mouth 0..1, eyes 0 (closed) .. 1."""

    yaw: float = 0.0
    pitch: float = 0.0
    mouth: float = 0.0
    eyes: float = 1.0


def head(pose: Pose) -> np.ndarray:
    """Return 68 points in millimetres: x to the image's right, y down, z towards the camera."""
    jaw = [(-72 * cos(a), -20 + 95 * sin(a), -70 + 75 * sin(a)) for a in np.linspace(0, pi, 17)]
    brows = [(x, -48 - 6 * (1 - abs(abs(x) - 32) / 20), 22) for x in (-52, -42, -32, -22, -12)]
    brows += [(-x, y, z) for x, y, z in reversed(brows)]
    nose = [(0, -30, 30), (0, -17, 38), (0, -4, 46), (0, 8, 54)]
    nose += [(x, 18, 38 - abs(x)) for x in (-14, -7, 0, 7, 14)]
    lid = 5.0 * pose.eyes
    left_eye = [(-46, -30), (-37, -30 - lid), (-29, -30 - lid), (-20, -30)]
    left_eye += [(-29, -30 + lid), (-37, -30 + lid)]
    right_eye = [(-x, y) for x, y in (left_eye[i] for i in (3, 2, 1, 0, 5, 4))]
    eyes = [(x, y, 16) for x, y in left_eye + right_eye]
    drop = 26.0 * pose.mouth
    outer = [(-25, 40), (-16, 34), (-7, 32), (0, 33), (7, 32), (16, 34), (25, 40)]
    outer += [(16, 48 + drop), (7, 50 + drop), (0, 51 + drop), (-7, 50 + drop), (-16, 48 + drop)]
    inner = [(-21, 40), (-8, 39), (0, 39), (8, 39), (21, 40)]
    inner += [(8, 41 + drop), (0, 41 + drop), (-8, 41 + drop)]
    mouth = [(x, y, 25) for x, y in outer + inner]
    return np.array([*jaw, *brows, *nose, *eyes, *mouth], dtype=float)


def landmarks_of(pose: Pose, *, flat: bool = False) -> tuple[tuple[float, float], ...]:
    """Return the projected landmarks in pixels; `flat` is the same face printed on paper."""
    points = head(replace(pose, yaw=0, pitch=0))
    if flat:
        points[:, 2] = 0
    yaw, pitch = radians(pose.yaw), radians(pose.pitch)
    x = points[:, 0] * cos(yaw) + points[:, 2] * sin(yaw)
    z = -points[:, 0] * sin(yaw) + points[:, 2] * cos(yaw)
    y = points[:, 1] * cos(pitch) + z * sin(pitch)
    return tuple(
        (CENTRE[0] + SCALE * float(a), CENTRE[1] + SCALE * float(b))
        for a, b in zip(x, y, strict=True)
    )


def person(number: int) -> FaceTemplate:
    """Return the template of a person; two persons are about 0.8 apart."""
    direction = np.random.default_rng(number).normal(size=128)
    return tuple(float(v) for v in 0.57 * direction / np.linalg.norm(direction))


def noise(seed: int) -> bytes:
    """Return a thumbnail that is like no other."""
    return Random(seed).randbytes(4800)


def seen(
    at_ms: int,
    pose: Pose = Pose(),
    *,
    flat: bool = False,
    faces: int = 1,
    brightness: float = 120.0,
    template: FaceTemplate | None = None,
    thumbnail: bytes | None = None,
) -> FaceObservation:
    """Return the observation of a face in this pose; sequence is the millisecond."""
    landmarks = landmarks_of(pose, flat=flat) if faces else ()
    return FaceObservation(
        sequence=at_ms,
        captured_ns=at_ms * 1_000_000,
        faces=faces,
        box=(200, 120, 440, 360) if faces else None,
        landmarks=landmarks,
        score=1.5 if faces else 0.0,
        turn=geometry.turn_ratio(landmarks) if faces else 0.0,
        nod=geometry.nod_ratio(landmarks) if faces else 0.0,
        mouth=geometry.mouth_ratio(landmarks) if faces else 0.0,
        eye_aspect=geometry.eye_aspect_ratio(landmarks) if faces else 0.0,
        jaw_width=geometry.jaw_width(landmarks) if faces else 0.0,
        brightness=brightness,
        sharpness=200.0 if faces else 0.0,
        thumbnail=noise(at_ms) if thumbnail is None else thumbnail,
        template=template,
        elapsed_ms=8.0,
    )


def frame_of(observation: FaceObservation) -> Frame:
    """Return a small frame that belongs to the observation."""
    pixels = np.full((6, 8, 3), observation.sequence % 251, dtype=np.uint8)
    pixels.flags.writeable = False
    return Frame(observation.sequence, observation.captured_ns, pixels)


def obedient(prompt: Prompt) -> Pose:
    """Return the pose of a customer who does what is asked."""
    if prompt.phase is not PromptPhase.COMMAND or prompt.command is None:
        return Pose()
    return performing(prompt.command)


def performing(command: LivenessCommand) -> Pose:
    """Return the pose that fulfils a command."""
    return {
        LivenessCommand.TURN_LEFT: Pose(yaw=30),
        LivenessCommand.TURN_RIGHT: Pose(yaw=-30),
        LivenessCommand.LOOK_UP: Pose(pitch=-18),
        LivenessCommand.LOOK_DOWN: Pose(pitch=18),
        LivenessCommand.OPEN_MOUTH: Pose(mouth=0.9),
    }[command]


def blinking(at_ms: int, pose: Pose) -> Pose:
    """Close the eyes for 130 ms every 2.5 seconds."""
    return replace(pose, eyes=0.3) if at_ms % 2_500 < 130 else pose


Act = Callable[[int, LivenessCheck], FaceObservation]


def customer(
    will: Callable[[Prompt], Pose] = obedient,
    *,
    flat: bool = False,
    blinks: bool = True,
    reaction_ms: int = 300,
    who: Callable[[LivenessCheck], int] = lambda _check: 1,
) -> Act:
    """Return somebody who moves towards what `will` says, 3 degrees per frame at most.

    The screen is read with the delay of a human reaction.
    """
    state = [Pose()]
    goals: deque[tuple[int, Pose]] = deque()

    def act(at_ms: int, check: LivenessCheck) -> FaceObservation:
        goals.append((at_ms, will(check.prompt)))
        while len(goals) > 1 and goals[1][0] <= at_ms - reaction_ms:
            goals.popleft()
        goal, now = goals[0][1], state[0]
        state[0] = Pose(
            yaw=now.yaw + max(-3.0, min(3.0, goal.yaw - now.yaw)),
            pitch=now.pitch + max(-3.0, min(3.0, goal.pitch - now.pitch)),
            mouth=now.mouth + max(-0.1, min(0.1, goal.mouth - now.mouth)),
        )
        pose = blinking(at_ms, state[0]) if blinks else state[0]
        template = person(who(check)) if check.wants_template else None
        return seen(at_ms, pose, flat=flat, template=template)

    return act


def perform(
    check: LivenessCheck, act: Act, *, most_ms: int = 120_000, step_ms: int = FRAME_MS
) -> None:
    """Run the check until it has finished or the time is over, 30 observations a second."""
    for at_ms in range(0, most_ms, step_ms):
        if check.finished:
            return
        observation = act(at_ms, check)
        check.observe(observation, frame_of(observation))
