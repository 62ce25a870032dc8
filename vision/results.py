"""What the vision room says about a face: values only, no numpy, no I/O.

Ratios and distances are integers in parts per million so that a record never holds a float
(docs/formats/log.md); each travels with the threshold that judged it.
"""

from dataclasses import dataclass
from enum import StrEnum

__all__ = [
    "Accommodation",
    "AccommodationReason",
    "Colour",
    "CommandOutcome",
    "CommandResult",
    "EvidenceFrame",
    "FaceObservation",
    "FaceTemplate",
    "LivenessChallenge",
    "LivenessCommand",
    "MatchResult",
    "MatchVerdict",
    "ModelReference",
    "PadResult",
    "PadVerdict",
    "PairOfEyes",
    "Prompt",
    "PromptPhase",
    "QualityFinding",
    "QualityReport",
    "SignalResult",
    "Status",
]

FaceTemplate = tuple[float, ...]
"""A face descriptor: 128 floats of length one. Personal data; never logged."""


Colour = tuple[int, int, int]
"""Red, green and blue, 0..255."""


class Status(StrEnum):
    """Three values: what is missing has not passed."""

    PASSED = "passed"
    FAILED = "failed"
    INDETERMINATE = "indeterminate"


class LivenessCommand(StrEnum):
    """What the customer may be asked to do; left and right are the customer's own."""

    TURN_LEFT = "turn_left"
    TURN_RIGHT = "turn_right"
    LOOK_UP = "look_up"
    LOOK_DOWN = "look_down"
    OPEN_MOUTH = "open_mouth"
    COME_CLOSER = "come_closer"
    LEAN_BACK = "lean_back"


class Accommodation(StrEnum):
    """What an attempt may be eased by for a customer who needs it; chosen with a reason."""

    WITHOUT_TURNING = "without_turning"
    WITHOUT_BLINKING = "without_blinking"
    MORE_TIME = "more_time"
    LARGE_PROMPTS = "large_prompts"
    SPOKEN_PROMPTS = "spoken_prompts"


class AccommodationReason(StrEnum):
    """Why an attempt was eased: who saw the need. Never a diagnosis: the log must not hold one."""

    CUSTOMER_WISH = "customer_wish"
    TELLER_SAW = "teller_saw"
    ATTEMPT_FAILED = "attempt_failed"


class PadVerdict(StrEnum):
    """Presentation attack detection outcome in the words of ISO/IEC 30107-3."""

    BONA_FIDE = "bona_fide"
    ATTACK = "attack"
    UNDECIDED = "undecided"


class MatchVerdict(StrEnum):
    """Comparison outcome in the words of ISO/IEC 19795-1."""

    MATCH = "match"
    NON_MATCH = "non_match"
    UNDECIDED = "undecided"


class CommandOutcome(StrEnum):
    """How one command of a challenge ended."""

    MET = "met"
    WRONG_ACTION = "wrong_action"
    TIMED_OUT = "timed_out"
    NOT_REACHED = "not_reached"


class PromptPhase(StrEnum):
    """What the customer's screen asks for right now."""

    POSITION = "position"  # find the face, look straight, be still
    COMMAND = "command"  # perform prompt.command
    NEUTRAL = "neutral"  # back to looking straight
    FINISHED = "finished"


@dataclass(frozen=True, slots=True)
class ModelReference:
    """A model that took part in a result: its role, file name and SHA-256 in hex."""

    role: str
    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class QualityFinding:
    """One capture condition: a stable code such as `too_dark` with its measure and bound."""

    code: str
    status: Status
    value_ppm: int
    threshold_ppm: int


@dataclass(frozen=True, slots=True)
class QualityReport:
    """All capture conditions of one image; PASSED only when every finding passed."""

    status: Status
    findings: tuple[QualityFinding, ...]


PairOfEyes = tuple[tuple[float, float], tuple[float, float]]
"""(x, y) of the eyes' middles in shares of the picture's width and height, the left one first."""


@dataclass(frozen=True, slots=True)
class FaceObservation:
    """What the analysis saw in one frame.

    faces        faces at least 40 % as high as the largest; 0 when none was found
    box          left, top, right, bottom in pixels of the largest face, None without a face
    landmarks    468 (x, y) points in pixels, MediaPipe's order; empty without a face
    score        confidence of the detector that saw the face last, 0..1: the one that aligns when
                 a template was made, else the near one
    turn         nose offset from the middle of the cheeks along the eye axis / half their distance;
                 positive when the customer turns to the customer's own left
    nod          nose height between eye line and mouth line / that distance; grows looking down
    mouth        inner lip opening / inner mouth width
    eye_opening  lid distance / corner distance of the customer's right eye and left eye
    jaw_width    pixels
    brightness   mean luma of the face region, 0..255
    contrast     of the face's own light and shadow, 0..1
    glare        share of blown-out pixels of the face, 0..1
    relief       least deviation of eyes and mouth by the face's range of tones; a covered one has
                 almost none
    sharpness    strength of the edges of the smoothed 128x128 face by its range of tones
    frame_size   width and height of the whole frame in pixels
    thumbnail    80x60 luma of the whole frame, row by row: 4800 bytes, for loop and freeze tests
    live         probability of a living person, of the presentation-attack model; None without such
                 a model and in frames that it did not look at
    template     descriptor, only when it was asked for and a face was found
    elapsed_ms   time the analysis took
    nearby       other faces at least a quarter as high as the largest, `faces` - 1 of them included
    """

    sequence: int
    captured_ns: int
    faces: int
    box: tuple[int, int, int, int] | None
    landmarks: tuple[tuple[float, float], ...]
    score: float
    turn: float
    nod: float
    mouth: float
    eye_opening: tuple[float, float]
    jaw_width: float
    brightness: float
    contrast: float
    glare: float
    relief: float
    sharpness: float
    frame_size: tuple[int, int]
    thumbnail: bytes
    live: float | None
    template: FaceTemplate | None
    elapsed_ms: float
    nearby: int = 0


@dataclass(frozen=True, slots=True)
class LivenessChallenge:
    """An unpredictable order of commands: nonce of 32 hex digits, commands, pauses before each.

    light  the colours that the customer's screen shows at the end; empty without such a screen
    """

    nonce: str
    commands: tuple[LivenessCommand, ...]
    pauses_ms: tuple[int, ...]
    light: tuple[Colour, ...] = ()


@dataclass(frozen=True, slots=True)
class Prompt:
    """What to show the customer now; step counts from 1, progress runs 0..1.

    light    the colour the customer's screen lights the face with, None for its usual one
    too_far  the head is turned farther than can be compared: back a little
    """

    phase: PromptPhase
    command: LivenessCommand | None
    step: int
    steps: int
    progress: float
    remaining_ms: int
    light: Colour | None = None
    too_far: bool = False


@dataclass(frozen=True, slots=True)
class CommandResult:
    """One command of the challenge and the frame that proves it."""

    command: LivenessCommand
    outcome: CommandOutcome
    shown_ms: int
    ended_ms: int
    peak_ppm: int
    threshold_ppm: int
    frame_sha256: str


@dataclass(frozen=True, slots=True)
class SignalResult:
    """One presentation-attack signal; `reason` is empty when it passed."""

    name: str
    status: Status
    value_ppm: int
    threshold_ppm: int
    reason: str


@dataclass(frozen=True, slots=True)
class EvidenceFrame:
    """An image kept as evidence: what it shows and its JPEG bytes with their SHA-256 in hex."""

    label: str
    sequence: int
    captured_ns: int
    sha256: str
    jpeg: bytes


@dataclass(frozen=True, slots=True)
class PadResult:
    """One liveness attempt, judged.

    reason   stable code; `liveness.bona_fide` when all signals passed
    attempt  counts from 1
    accommodations  what it was eased by, which decides what signals were required
    """

    verdict: PadVerdict
    reason: str
    attempt: int
    challenge: LivenessChallenge
    commands: tuple[CommandResult, ...]
    signals: tuple[SignalResult, ...]
    frames: int
    duration_ms: int
    simulated: bool
    models: tuple[ModelReference, ...]
    accommodations: tuple[Accommodation, ...] = ()


@dataclass(frozen=True, slots=True)
class MatchResult:
    """Comparison of live templates with the reference; a distance is never a percentage.

    distance_ppm           cosine distance of the mean live template to the reference template
    match_threshold_ppm    at most this: MATCH
    review_threshold_ppm   above this: NON_MATCH; between: UNDECIDED
    second_distance_ppm    the same by the second, independent model, on one live frame
    second_threshold_ppm   above this a MATCH is UNDECIDED instead
    probe_sha256           digest over the JPEG evidence frames that were compared
    reference_sha256       SHA-256 of the reference image file bytes
    """

    verdict: MatchVerdict
    reason: str
    distance_ppm: int
    match_threshold_ppm: int
    review_threshold_ppm: int
    second_distance_ppm: int
    second_threshold_ppm: int
    frames: int
    probe_sha256: str
    reference_sha256: str
    authority: str
    models: tuple[ModelReference, ...]
