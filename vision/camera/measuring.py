"""An open camera measured as `camera test` does: does it obey, how fast and how bright is it."""

import time
from dataclasses import dataclass
from random import Random
from typing import Final

import numpy as np

from vision.camera.control import ControlResponse, challenge_device
from vision.camera.watchdog import WATCHDOG, CameraTrouble, CameraWatchdog
from vision.frame import Camera, CameraIdentity

__all__ = ["CameraMeasurement", "measure_camera"]

FRAMES: Final = 30
_STEP: Final = 8
_TENTHS: Final = 10
_LUMA: Final = np.array([0.299, 0.587, 0.114])
"""Weights of ITU-R BT.601."""


@dataclass(frozen=True, slots=True)
class CameraMeasurement:
    """What was seen of 30 images.

    rate_tenths  images a second, in tenths
    luma         mean brightness, 0 to 255
    troubles     what stands against its images
    """

    identity: CameraIdentity
    response: ControlResponse
    rate_tenths: int
    luma: int
    troubles: tuple[CameraTrouble, ...]


def measure_camera(camera: Camera, rng: Random) -> CameraMeasurement:
    """Challenge a camera and measure 30 images, in the thread that owns it; raises CameraLost."""
    response = challenge_device(camera, rng)
    watchdog, found = CameraWatchdog(WATCHDOG), set[CameraTrouble]()
    levels = []
    # The first one starts the clock: what was waiting in the driver's queue is not counted.
    camera.read()
    begun = time.perf_counter()
    for _ in range(FRAMES):
        frame = camera.read()
        found.update(watchdog.observe(frame))
        levels.append(float((frame.pixels[::_STEP, ::_STEP] @ _LUMA).mean()))
    elapsed = max(time.perf_counter() - begun, 1e-3)
    return CameraMeasurement(
        identity=camera.identity,
        response=response,
        rate_tenths=round(FRAMES * _TENTHS / elapsed),
        luma=round(sum(levels) / len(levels)),
        troubles=tuple(each for each in CameraTrouble if each in found),
    )
