"""One customer throughout: in every pause, in every command and in every blink.

Descriptors of the pauses alone would let a picture of the customer look straight while somebody
else performs the commands. So every command is described too, in frames whose own posture obeys it:
a mixer that shows the customer in every second or third frame hides them from the smoothed posture,
never from the frame that is described.
"""

from collections.abc import Sequence
from statistics import median

from vision.liveness.plan import TURNS
from vision.liveness.posture import MILLION, Deviation, share
from vision.liveness.settings import LivenessSettings
from vision.results import (
    FaceObservation,
    FaceTemplate,
    LivenessCommand,
    SignalResult,
    Status,
)
from vision.templates import cosine_distance, mean_template

__all__ = [
    "IDENTITY_CHANGED",
    "IDENTITY_UNPROVEN",
    "IdentityWatch",
    "is_comparable",
]

IDENTITY_CHANGED = "liveness.identity_changed"
IDENTITY_UNPROVEN = "liveness.identity_unproven"


def is_comparable(
    seen: FaceObservation, now: Deviation, command: LivenessCommand, settings: LivenessSettings
) -> bool:
    """Say whether this very frame, not the smoothed posture, obeys `command` and can be described.

    now  the frame's own difference from neutral
    """
    if seen.score * MILLION < settings.identity_score_ppm:
        return False
    if abs(now.turn) * MILLION > settings.identity_turn_ppm:
        return False
    if command in TURNS and now.relief(command) * MILLION < settings.parallax_flat_ppm:
        return False
    return share(now, command, settings) >= 1


class IdentityWatch:
    """Compares the descriptors of pauses, commands and blinks with the customer's neutral mean.

    The neutral mean is that of all pause templates which agree with the first ones. One template
    can be blurred, so in a pause a change counts when two in a row say so; the first of them makes
    the watch doubtful, is left out of the mean and asks for another.
    """

    def __init__(self, settings: LivenessSettings) -> None:
        self._settings = settings
        self._frontal: list[FaceTemplate] = []
        self._anchor: FaceTemplate | None = None
        self._mean: FaceTemplate | None = None
        self._previous = 0.0
        self._confirmed = 0.0
        self._commands: dict[int, list[FaceTemplate]] = {}
        self._farthest: float | None = None
        self._running = -1
        self._last_ms: int | None = None
        self._now_ms = 0
        self._step_ms = 0
        self._ready = False

    def add_frontal(self, template: FaceTemplate) -> bool:
        """Take the next template of a pause; return whether it joins the neutral mean."""
        distance = 0.0
        if self._anchor is not None:
            distance = _distance(template, self._anchor)
        self._confirmed = max(self._confirmed, min(distance, self._previous))
        self._previous = distance
        if self.doubtful:
            return False
        self._frontal.append(template)
        self._mean = mean_template(self._frontal)
        self._farthest = None
        if len(self._frontal) <= self._settings.templates_first:
            self._anchor = self._mean
        return True

    def follow(
        self, at_ms: int, step: int, seen: FaceObservation, *, comparable: bool, held: bool
    ) -> None:
        """Take one observation of command number `step`.

        comparable  this frame's own posture obeys (`is_comparable`)
        held        the smoothed posture obeys too; when it does not the hold is broken and the
                    templates of it are forgotten
        """
        self._now_ms, self._step_ms = at_ms, at_ms - self._now_ms
        if step != self._running:
            self._running, self._last_ms = step, None
            self._commands[step] = []
            self._farthest = None
        kept = self._commands[step]
        self._ready = comparable and held
        if not held:
            kept.clear()
            self._last_ms = self._farthest = None
        elif comparable and seen.template is not None and self._is_due(at_ms):
            kept.append(seen.template)
            self._last_ms, self._farthest = at_ms, None

    def _is_due(self, at_ms: int) -> bool:
        if len(self._commands[self._running]) >= self._settings.identity_frames:
            return False
        spacing_ms = self._settings.identity_spacing_ms
        return self._last_ms is None or at_ms - self._last_ms >= spacing_ms

    @property
    def wanted(self) -> bool:
        """Say whether the next frame of the running command should be described.

        It is expected as long after the last one as that came after its predecessor.
        """
        return self._ready and self._is_due(self._now_ms + self._step_ms)

    def is_described(self, step: int) -> bool:
        """Say whether command number `step` has all its templates inside one unbroken hold."""
        return len(self._commands.get(step, ())) >= self._settings.identity_frames

    def is_customer(self, templates: Sequence[FaceTemplate]) -> bool:
        """Say whether all templates, at least one, are the customer's; without a mean they are not.

        For blinks: of several frames with closed lids every one has to be.
        """
        if self._mean is None or not templates:
            return False
        distances = [_distance(each, self._mean) for each in templates]
        return max(distances) * MILLION <= self._settings.identity_ppm

    @property
    def doubtful(self) -> bool:
        """Say whether the last template of a pause looked like another person."""
        return self._previous * MILLION > self._settings.identity_ppm

    @property
    def trouble(self) -> str:
        """Return why the attempt cannot go on: the reason, or an empty string."""
        if self._confirmed * MILLION > self._settings.identity_ppm:
            return IDENTITY_CHANGED
        return self._judge(self.farthest_command)

    def _judge(self, distance: float) -> str:
        if distance * MILLION > self._settings.identity_changed_ppm:
            return IDENTITY_CHANGED
        return IDENTITY_UNPROVEN if distance * MILLION > self._settings.identity_ppm else ""

    @property
    def farthest_command(self) -> float:
        """Return the greatest median distance of a described command to the neutral mean.

        Kept until a template comes or goes: it is asked for with every frame.
        """
        if self._mean is None:
            return 0.0
        if self._farthest is None:
            medians = [
                median(_distance(each, self._mean) for each in templates)
                for step, templates in self._commands.items()
                if self.is_described(step)
            ]
            self._farthest = max(medians, default=0.0)
        return self._farthest

    def result(self, *, complete: bool) -> SignalResult:
        """Judge the pauses: the greatest confirmed distance; one cut short proves no identity."""
        value = round(self._confirmed * MILLION)
        bound = self._settings.identity_ppm
        if value > bound:
            return SignalResult("identity", Status.FAILED, value, bound, IDENTITY_CHANGED)
        if self.doubtful or not complete:
            return SignalResult("identity", Status.INDETERMINATE, value, bound, IDENTITY_UNPROVEN)
        return SignalResult("identity", Status.PASSED, value, bound, "")

    def command_result(self, steps: int) -> SignalResult:
        """Judge the commands: the farthest of them; every one of `steps` has to be described."""
        distance = self.farthest_command
        value, bound = round(distance * MILLION), self._settings.identity_ppm
        name, reason = "command_identity", self._judge(distance)
        if reason == IDENTITY_CHANGED:
            return SignalResult(name, Status.FAILED, value, bound, reason)
        described = sum(self.is_described(step) for step in range(steps))
        if reason or not described or described < steps:
            return SignalResult(name, Status.INDETERMINATE, value, bound, IDENTITY_UNPROVEN)
        return SignalResult(name, Status.PASSED, value, bound, "")


def _distance(template: FaceTemplate, mean: FaceTemplate) -> float:
    return cosine_distance(mean_template([template]), mean)
