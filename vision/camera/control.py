"""A challenge to the device: a requested change of the image must take effect.

A sensor that is told to expose shorter delivers a darker image a few frames later; a recording or
a program in its place has to know of the request and to imitate it. What is requested is random, so
that a lamp or a shadow does not look like an answer. A driver that takes no requests has not
passed; one that says it has done what the image does not show has lied.
"""

from dataclasses import dataclass
from enum import StrEnum
from random import Random
from statistics import median
from typing import Final, Protocol, runtime_checkable

from vision.camera.watchdog import CameraTrouble
from vision.frame import Camera, Frame
from vision.results import Status

__all__ = [
    "CameraControls",
    "Control",
    "ControlResponse",
    "Controllable",
    "challenge_device",
]

LEVELS: Final = 5
SETTLING: Final = 5
"""Images in a driver's queue and the sensor's own: 4 buffers of V4L2, 1 to 2 frames of UVC."""

MEASURED: Final = 2
RECOVERY: Final = 10
"""Images until the automatic exposure is as it was; nobody sees them."""

SAMPLE_STEP: Final = 16
MILLION: Final = 1_000_000
EFFECT_PPM: Final = 80_000
"""Least darkening that is an effect: a quarter of the exposure gives 400,000 and more."""

NO_EFFECT_PPM: Final = 20_000
"""Most change that is none: what noise and a customer who moves do to the mean of an image."""

DARKEST: Final = 30
BRIGHTEST: Final = 235
"""Mean levels outside of which an image shows no change."""

NOT_OFFERED: Final = "not_offered"
UNFIT_SCENE: Final = "unfit_scene"
UNCLEAR: Final = "unclear"


class Control(StrEnum):
    """What can be asked of a capture device, the surest first."""

    EXPOSURE = "exposure"
    BRIGHTNESS = "brightness"


class CameraControls(Protocol):
    """The driver's settings of one open camera."""

    def offer(self, control: Control) -> tuple[float, float] | None:
        """Return a darker and the usual value that may be requested; None when there are none."""
        ...

    def request(self, control: Control, value: float) -> bool:
        """Request a value; True only when the driver says, and reads back, that it is set."""
        ...

    def restore(self) -> None:
        """Set everything as it was."""
        ...


@runtime_checkable
class Controllable(Protocol):
    """A camera whose driver takes requests; a recording is none."""

    @property
    def controls(self) -> CameraControls | None:
        """Return the driver's settings; None when they are left alone."""
        ...


@dataclass(frozen=True, slots=True)
class ControlResponse:
    """How a device answered.

    status      PASSED: the image followed; FAILED: the driver said done, the image did not follow;
                INDETERMINATE: nothing could be requested, or the image cannot show it
    control     what was requested last, empty when nothing was
    change_ppm  how much darker the image became, of its usual level
    reason      empty when passed
    """

    status: Status
    control: str
    change_ppm: int
    reason: str


def challenge_device(camera: Camera, rng: Random) -> ControlResponse:
    """Request changes in random order and see whether the image follows; takes about 1.5 s.

    Reads the images itself, in the thread that owns the camera. Raises CameraLost.
    """
    nothing = ControlResponse(Status.INDETERMINATE, "", 0, NOT_OFFERED)
    controls = camera.controls if isinstance(camera, Controllable) else None
    if controls is None:
        return nothing
    answers: list[ControlResponse] = []
    for control in Control:
        answer = _respond(camera, controls, control, rng)
        if answer is None:
            continue
        if answer.status is Status.PASSED:
            return answer
        answers.append(answer)
    # One setting without effect may be a model's fault: it lies when none has any.
    unclear = [each for each in answers if each.status is Status.INDETERMINATE]
    return next(iter([*unclear, *answers]), nothing)


def _respond(
    camera: Camera, controls: CameraControls, control: Control, rng: Random
) -> ControlResponse | None:
    """Return what the image did; None when nothing can be requested."""
    offered = controls.offer(control)
    if offered is None:
        return None
    levels: dict[bool, list[float]] = {False: [], True: []}
    try:
        for usual in _order(rng):
            if not controls.request(control, offered[usual]):
                return None
            for _ in range(SETTLING):
                camera.read()
            levels[usual] += [_mean_level(camera.read()) for _ in range(MEASURED)]
    finally:
        controls.restore()
    for _ in range(RECOVERY):
        camera.read()
    return _judge(control, levels[False], levels[True])


def _judge(control: Control, dark: list[float], bright: list[float]) -> ControlResponse:
    """Compare the mean levels of the images at the darker and at the usual value."""
    usual = median(bright)
    change_ppm = round((usual - median(dark)) / max(usual, 1.0) * MILLION)
    status, reason = Status.INDETERMINATE, UNCLEAR
    if change_ppm >= EFFECT_PPM and max(dark) < min(bright):
        status, reason = Status.PASSED, ""
    elif not DARKEST <= usual <= BRIGHTEST:
        reason = UNFIT_SCENE
    elif abs(change_ppm) <= NO_EFFECT_PPM:
        status, reason = Status.FAILED, CameraTrouble.UNRESPONSIVE.value
    return ControlResponse(status, control.value, change_ppm, reason)


def _order(rng: Random) -> tuple[bool, ...]:
    """Return a random order of levels in which both occur; True is the usual one."""
    number = rng.randrange(1, 2**LEVELS - 1)
    return tuple(bool(number >> place & 1) for place in range(LEVELS))


def _mean_level(frame: Frame) -> float:
    return float(frame.pixels[::SAMPLE_STEP, ::SAMPLE_STEP].mean())
