"""Observations without an image: a 3-D face of 468 points, projected, and who performs with it."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from math import cos, exp, radians, sin
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
DISTANCE = 600.0  # millimetres from the lens to the head

RECOMMENDED = LivenessSettings(
    commands=3,
    pause_least_ms=500,
    pause_most_ms=2_000,
    reaction_ms=250,
    baseline_ms=1_000,
    smoothing_ms=300,
    turn_ppm=300_000,
    nod_ppm=80_000,
    mouth_ppm=300_000,
    closer_ppm=250_000,
    back_ppm=150_000,
    hold_ms=200,
    wrong_ppm=1_500_000,
    neutral_ppm=700_000,
    neutral_hold_ms=300,
    position_deadline_ms=20_000,
    command_deadline_ms=5_000,
    neutral_deadline_ms=6_000,
    session_deadline_ms=90_000,
    more_time_ppm=2_000_000,
    stall_ms=2_000,
    track_gap_ms=500,
    turn_gap_ms=1_500,
    second_face_ms=300,
    blinks=1,
    blink_window_ms=3_000,
    blink_baseline_ppm=800_000,
    blink_start_ppm=750_000,
    blink_confirm_ppm=550_000,
    blink_end_ppm=830_000,
    blink_least_ms=50,
    blink_most_ms=700,
    blink_turn_ppm=250_000,
    blink_extra_ms=5_000,
    parallax_ppm=120_000,
    parallax_flat_ppm=80_000,
    perspective_ppm=4_000,
    planar_turn_ppm=120_000,
    planar_spacing_ms=100,
    planar_comparisons=5,
    planar_distance_ppm=4_500,
    loop_ratio_ppm=300_000,
    loop_lag_ms=1_200,
    near_identical_ppm=500_000,
    freeze_window_ms=2_000,
    identical_level_ppm=50_000,
    identity_ppm=520_000,
    identity_changed_ppm=600_000,
    identity_frames=3,
    identity_spacing_ms=80,
    identity_turn_ppm=750_000,
    identity_score_ppm=600_000,
    cut_background_ppm=12_000_000,
    cut_light_ppm=10_000_000,
    cut_correlation_ppm=500_000,
    cut_hold_ms=200,
    cut_pixels=250,
    cut_still_level_ppm=8_000_000,
    cut_still_correlation_ppm=960_000,
    light_symbols=10,
    light_symbol_ms=500,
    light_correlation_ppm=500_000,
    light_gain_ppm=4_000,
    template_spacing_ms=150,
    templates_first=2,
    templates_between=1,
    templates_last=2,
)

QUALITY = QualitySettings(
    jaw_width_px=90,
    turn_ppm=400_000,
    roll_degrees=30,
    margin_ppm=10_000,
    brightness_min=35,
    brightness_max=220,
    contrast_ppm=200_000,
    glare_ppm=200_000,
    back_light_ppm=1_400_000,
    relief_ppm=40_000,
    eye_opening_ppm=0,
    sharpness_ppm=13_000,
    score_ppm=700_000,
)


@dataclass(frozen=True, slots=True)
class Pose:
    """Head angles in degrees (positive: own left, down), mouth 0..1, eyes 0 (closed) .. 1.

    near  how much closer than usual, as the natural logarithm of the distance
    """

    yaw: float = 0.0
    pitch: float = 0.0
    mouth: float = 0.0
    eyes: float = 1.0
    near: float = 0.0


# Millimetres: x to the image's right, y down, z towards the camera; the left half of the image.
HALF = {
    33: (-46, -30, 16),
    133: (-20, -30, 16),
    55: (-12, -48, 22),
    127: (-70, -34, -42),
    234: (-72, -20, -45),
    93: (-71, 2, -40),
    132: (-67, 22, -30),
    58: (-60, 42, -18),
    98: (-14, 18, 24),
    97: (-7, 18, 31),
    61: (-25, 40, 25),
    78: (-21, 40, 25),
}
OPPOSITE = {
    33: 263,
    133: 362,
    55: 285,
    127: 356,
    234: 454,
    93: 323,
    132: 361,
    58: 288,
    98: 327,
    97: 326,
    61: 291,
    78: 308,
}
MIDDLE = {
    10: (0, -90, 10),
    168: (0, -30, 30),
    6: (0, -20, 36),
    197: (0, -10, 42),
    195: (0, -2, 48),
    5: (0, 3, 51),
    4: (0, 6, 54),
    1: (0, 8, 54),
    2: (0, 18, 38),
    13: (0, 39, 25),
}
OPEN_EYE = 0.3


def head(pose: Pose) -> np.ndarray:
    """Return 468 points in millimetres: those that are measured, the others spread over a face."""
    spread = np.arange(468)
    angle, radius = spread * 2.399963, np.sqrt((spread + 0.5) / 468)
    across, down = radius * np.cos(angle), radius * np.sin(angle)
    points = np.stack([70 * across, -8 + 82 * down, 25 - 70 * radius**2], axis=1)
    for index, (x, y, z) in HALF.items():
        points[index], points[OPPOSITE[index]] = (x, y, z), (-x, y, z)
    for index, place in MIDDLE.items():
        points[index] = place
    drop = 26.0 * pose.mouth
    points[14] = (0, 41 + drop, 25)
    points[152] = (0, 75 + drop / 2, 5)
    return points


def landmarks_of(pose: Pose, *, flat: bool = False) -> tuple[tuple[float, float], ...]:
    """Return the projected landmarks in pixels; `flat` is the same face printed on paper."""
    points = head(replace(pose, yaw=0, pitch=0))
    if flat:
        points[:, 2] = 0
    yaw, pitch = radians(pose.yaw), radians(pose.pitch)
    x = points[:, 0] * cos(yaw) + points[:, 2] * sin(yaw)
    z = -points[:, 0] * sin(yaw) + points[:, 2] * cos(yaw)
    y = points[:, 1] * cos(pitch) + z * sin(pitch)
    # Straight ahead the head is far away, as by a long lens; coming closer brings its perspective.
    depth = z * cos(pitch) - points[:, 1] * sin(pitch)
    near = exp(pose.near)
    grown = near * (1 + (near - 1) * depth / DISTANCE)
    return tuple(
        (CENTRE[0] + SCALE * float(a), CENTRE[1] + SCALE * float(b))
        for a, b in zip(x * grown, y * grown, strict=True)
    )


def person(number: int, *, years: float = 0.0) -> FaceTemplate:
    """Return the template of a person, of length one; two persons are about 1.0 apart.

    years  cosine distance to the same person's template without
    """
    direction = np.random.default_rng(number).normal(size=128)
    if years:
        direction /= np.linalg.norm(direction)
        aside = np.random.default_rng(10_000 + number).normal(size=128)
        aside -= aside @ direction * direction
        kept = 1 - years
        direction = kept * direction + np.sqrt(1 - kept**2) * aside / np.linalg.norm(aside)
    return tuple(float(v) for v in direction / np.linalg.norm(direction))


def noise(seed: int, darker: int = 1) -> bytes:
    """Return a thumbnail that is like no other, of a mean of 127 / `darker`."""
    octets = Random(seed).randbytes(4800)
    return octets if darker == 1 else bytes(each // darker for each in octets)


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
        score=0.9 if faces else 0.0,
        turn=geometry.turn_ratio(landmarks) if faces else 0.0,
        nod=geometry.nod_ratio(landmarks) if faces else 0.0,
        mouth=geometry.mouth_ratio(landmarks) if faces else 0.0,
        eye_opening=(OPEN_EYE * pose.eyes,) * 2 if faces else (0.0, 0.0),
        jaw_width=geometry.jaw_width(landmarks) if faces else 0.0,
        brightness=brightness,
        contrast=0.6 if faces else 0.0,
        glare=0.0,
        relief=0.2 if faces else 0.0,
        sharpness=0.025 if faces else 0.0,
        frame_size=(640, 480),
        thumbnail=noise(at_ms, max(1, round(120 / brightness))) if thumbnail is None else thumbnail,
        live=None,
        template=template,
        elapsed_ms=8.0,
    )


def frame_of(observation: FaceObservation) -> Frame:
    """Return a plain frame that belongs to the observation; its pixels cost nothing."""
    pixels = np.broadcast_to(np.uint8(observation.sequence % 251), (480, 640, 3))
    return Frame(observation.sequence, observation.captured_ns, pixels)


def obedient(prompt: Prompt) -> Pose:
    """Return the pose of a customer who does what is asked."""
    if prompt.phase is not PromptPhase.COMMAND or prompt.command is None:
        return Pose()
    return performing(prompt.command)


def performing(command: LivenessCommand) -> Pose:
    """Return the pose that fulfils a command."""
    return {
        LivenessCommand.TURN_LEFT: Pose(yaw=22),
        LivenessCommand.TURN_RIGHT: Pose(yaw=-22),
        LivenessCommand.LOOK_UP: Pose(pitch=-18),
        LivenessCommand.LOOK_DOWN: Pose(pitch=18),
        LivenessCommand.OPEN_MOUTH: Pose(mouth=0.9),
        LivenessCommand.COME_CLOSER: Pose(near=0.30),
        LivenessCommand.LEAN_BACK: Pose(near=-0.20),
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
            near=now.near + max(-0.02, min(0.02, goal.near - now.near)),
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
