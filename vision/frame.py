"""One camera image and the device it came from."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from vision.errors import ImageRefused
from vision.results import Colour, LivenessCommand

__all__ = [
    "Camera",
    "CameraIdentity",
    "CameraKind",
    "Frame",
    "HoldsDocument",
    "ObeysCommands",
    "Pixels",
    "require_rgb",
]

Pixels = NDArray[np.uint8]

_RGB: Final = 3


def require_rgb(pixels: Pixels) -> Pixels:
    """Return pixels in one piece. Raises ImageRefused when not height x width x 3 uint8."""
    right = pixels.dtype == np.uint8 and pixels.ndim == _RGB and pixels.shape[2] == _RGB
    if not right or not pixels.size:
        raise ImageRefused("not height x width x 3 uint8")
    return np.ascontiguousarray(pixels)


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One captured image.

    sequence     counts from 0 without reuse per camera; gaps are dropped frames
    captured_ns  the camera's monotonic clock in nanoseconds (virtual for recordings and simulators)
    pixels       read-only uint8 array, height x width x 3, RGB, not mirrored
    """

    sequence: int
    captured_ns: int
    pixels: Pixels


class CameraKind(StrEnum):
    """Where the pixels come from; only DEVICE may approve in the production profile."""

    DEVICE = "device"
    RECORDING = "recording"
    SIMULATED = "simulated"


@dataclass(frozen=True, slots=True)
class CameraIdentity:
    """What is written into every record about the capture device.

    hardware_id  VID:PID and path of a device, SHA-256 of a recording, variant of a simulator
    width, height in pixels and frames_per_second as negotiated, not as requested
    """

    kind: CameraKind
    name: str
    hardware_id: str
    backend: str
    width: int
    height: int
    frames_per_second: int


class Camera(Protocol):
    """A capture device: opened by its constructor, read by one thread, closed once."""

    @property
    def identity(self) -> CameraIdentity:
        """Return what the device is; constant while it is open."""
        ...

    def read(self) -> Frame:
        """Return the next image; blocks at most about two seconds. Raises CameraLost."""
        ...

    def close(self) -> None:
        """Release the device; calling it twice is harmless."""
        ...


@runtime_checkable
class ObeysCommands(Protocol):
    """A simulated customer in front of the camera, who sees what the customer's screen shows."""

    def show(self, command: LivenessCommand | None, light: Colour | None = None) -> None:
        """Show a command; None asks to look straight into the camera.

        light  the colour of the screen, None for its usual white
        """
        ...


@runtime_checkable
class HoldsDocument(Protocol):
    """A simulated customer in front of the camera, who holds up a document when asked for one."""

    def hold_document(self, advice: str | None) -> None:
        """Ask for the document and show what to do with it; None: put it away.

        advice  a code of vision.document's advice, empty for none
        """
        ...
