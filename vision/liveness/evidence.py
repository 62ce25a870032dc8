"""The images an attempt leaves behind: one per command and every frontal one that was compared."""

import hashlib

import cv2

from vision.errors import VisionError
from vision.frame import Frame
from vision.liveness.course import Course, Step
from vision.liveness.posture import MILLION, Deviation, threshold
from vision.liveness.settings import LivenessSettings
from vision.results import CommandResult, EvidenceFrame, LivenessChallenge, LivenessCommand

__all__ = ["FRONTAL", "NEUTRAL", "EvidenceBox", "encode"]

NEUTRAL = "neutral"
FRONTAL = "frontal"
JPEG_QUALITY = 92


def encode(frame: Frame, label: str) -> EvidenceFrame:
    """Return the frame as JPEG with its SHA-256. Raises VisionError when it cannot be encoded."""
    done, jpeg = cv2.imencode(
        ".jpg",
        cv2.cvtColor(frame.pixels, cv2.COLOR_RGB2BGR),
        [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY],
    )
    if not done:
        raise VisionError("evidence frame cannot be encoded")
    data = jpeg.tobytes()
    return EvidenceFrame(
        label=label,
        sequence=frame.sequence,
        captured_ns=frame.captured_ns,
        sha256=hashlib.sha256(data).hexdigest(),
        jpeg=data,
    )


class EvidenceBox:
    """Keeps the best frame of the running command and encodes it when the command ends."""

    def __init__(self) -> None:
        self._kept: list[EvidenceFrame] = []
        self._by_command: dict[LivenessCommand, str] = {}
        self._best: tuple[float, Frame] | None = None

    @property
    def frames(self) -> tuple[EvidenceFrame, ...]:
        """Return what was kept, in the order of capture of its steps."""
        return tuple(self._kept)

    def results(
        self, challenge: LivenessChallenge, settings: LivenessSettings, course: Course | None
    ) -> tuple[CommandResult, ...]:
        """Return how every command of the challenge went, with the digest of its image."""
        steps = (
            course.steps
            if course is not None
            else tuple(Step(each, threshold(each, settings)) for each in challenge.commands)
        )
        return tuple(
            CommandResult(
                command=step.command,
                outcome=step.outcome,
                shown_ms=step.shown_ms,
                ended_ms=step.ended_ms,
                peak_ppm=round(step.peak * MILLION),
                threshold_ppm=step.threshold_ppm,
                frame_sha256=self._by_command.get(step.command, ""),
            )
            for step in steps
        )

    def consider(self, frame: Frame, step: Step, deviation: Deviation | None) -> None:
        """Remember the frame when it shows the running command best so far."""
        movement = deviation.towards(step.command) if deviation is not None else float("-inf")
        if self._best is None or movement > self._best[0]:
            self._best = (movement, frame)

    def close(self, step: Step) -> None:
        """Keep the best frame of a command that has ended."""
        if self._best is None:
            return
        kept = encode(self._best[1], step.command.value)
        self._kept.append(kept)
        self._by_command[step.command] = kept.sha256
        self._best = None

    def keep_frontal(self, frame: Frame) -> None:
        """Keep a frame whose template is compared; the first of them is the neutral image."""
        label = FRONTAL if any(each.label == NEUTRAL for each in self._kept) else NEUTRAL
        self._kept.append(encode(frame, label))
