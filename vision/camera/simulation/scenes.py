"""What stands in front of the lens, and the sensor behind it."""

from typing import Final, Protocol

import cv2
import numpy as np

from vision.camera.simulation.expression import Expression
from vision.camera.simulation.head import Head
from vision.camera.simulation.photographs import HEIGHT, WIDTH, Still
from vision.camera.simulation.pose import Pose
from vision.frame import Pixels

__all__ = ["LivePerson", "Room", "Scene", "ScreenReplay", "Sensor"]

NOISE: Final = 3.0
NOISE_MARGIN: Final = 64

SCREEN_SHARE: Final = 0.94
SCREEN_GAMMA: Final = 0.88
SCREEN_TINT: Final = (0.94, 1.0, 1.05)
BAND_LEVELS: Final = 5.0
MOIRE_LEVELS: Final = 3.0
BEZEL: Final = (22, 22, 24)


class Scene(Protocol):
    """Something to be seen."""

    def render(self, pose: Pose) -> Pixels:
        """Return 480x640x3 RGB."""
        ...


class LivePerson:
    """A living head."""

    def __init__(self, still: Still) -> None:
        self._expression = Expression(still)
        self._head = Head(still)

    def render(self, pose: Pose) -> Pixels:
        """Return the person in this pose."""
        portrait = self._expression.render(lids=pose.lids, mouth=pose.mouth)
        return self._head.render(portrait, pose)


class Room:
    """An office wall with a door and a shelf, nobody there."""

    def __init__(self) -> None:
        rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
        shade = 150 + 45 * columns / WIDTH - 30 * rows / HEIGHT
        wall = np.dstack([shade, shade * 0.98, shade * 0.93]).astype(np.uint8)
        cv2.rectangle(wall, (470, 90), (620, HEIGHT), (112, 84, 62), -1)
        cv2.rectangle(wall, (40, 150), (230, 168), (96, 98, 104), -1)
        cv2.rectangle(wall, (0, 430), (WIDTH, HEIGHT), (74, 66, 60), -1)
        self.pixels: Pixels = cv2.GaussianBlur(wall, (0, 0), 2).astype(np.uint8, copy=False)

    def render(self, pose: Pose) -> Pixels:
        """Return the room; nobody moves in it."""
        del pose
        return self.pixels


class ScreenReplay:
    """A recording of a person on a display: gamma, tint, rolling bands, moiré, bezel."""

    def __init__(self, person: LivePerson) -> None:
        self._person = person
        self._inner = (round(WIDTH * SCREEN_SHARE), round(HEIGHT * SCREEN_SHARE))
        levels = 255 * (np.arange(256) / 255) ** SCREEN_GAMMA
        tinted = np.clip(np.outer(levels, SCREEN_TINT), 0, 255)
        self._curve = tinted.astype(np.uint8).reshape(256, 1, 3)
        width, height = self._inner
        rows, columns = np.mgrid[0 : 2 * height, 0:width].astype(np.float32)
        pattern = BAND_LEVELS * (1 + np.sin(rows * (2 * np.pi / height)))
        pattern += MOIRE_LEVELS * (1 + np.sin(columns * 0.42 + rows * 0.05) * np.sin(rows * 0.39))
        self._pattern = np.repeat(pattern[..., None], 3, axis=2).astype(np.uint8)
        self._row = 0

    def render(self, pose: Pose) -> Pixels:
        """Return the display with the person on it; the bands roll on with every frame."""
        width, height = self._inner
        shown = cv2.resize(self._person.render(pose), self._inner, interpolation=cv2.INTER_LINEAR)
        shown = cv2.LUT(shown, self._curve)
        self._row = (self._row + 7) % height
        shown = cv2.subtract(shown, self._pattern[self._row : self._row + height])
        picture = np.full((HEIGHT, WIDTH, 3), BEZEL, dtype=np.uint8)
        left, top = (WIDTH - width) // 2, (HEIGHT - height) // 2
        picture[top : top + height, left : left + width] = shown
        return picture


class Sensor:
    """A lens and an image sensor.

    gain  of the sensor
    blur  standard deviation in pixels of the lens's unsharpness; the sensor's noise is sharp
    """

    def __init__(self, seed: int, *, gain: float = 1.0, blur: float = 0.0) -> None:
        self._rng = np.random.default_rng(seed)
        size = (HEIGHT + NOISE_MARGIN, WIDTH + NOISE_MARGIN, 3)
        noise = self._rng.normal(0, NOISE, size)
        self._above = np.maximum(noise, 0).round().astype(np.uint8)
        self._below = np.maximum(-noise, 0).round().astype(np.uint8)
        self._gain = gain
        self._blur = blur

    def expose(self, picture: Pixels) -> Pixels:
        """Return the picture as the sensor gives it."""
        top, left = self._rng.integers(0, NOISE_MARGIN, 2)
        part = (slice(top, top + HEIGHT), slice(left, left + WIDTH))
        lit = picture if self._gain == 1 else cv2.convertScaleAbs(picture, alpha=self._gain)
        if self._blur:
            lit = cv2.GaussianBlur(lit, (0, 0), self._blur)
        noisy = cv2.subtract(cv2.add(lit, self._above[part]), self._below[part])
        return np.asarray(noisy, dtype=np.uint8)
