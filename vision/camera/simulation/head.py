"""A head from a portrait: every pixel gets a depth, turning moves it by that depth.

The movement is a displacement field on the portrait; a frame looks up, for each of its pixels, the
portrait pixel that moves there. The field is smooth, so it is inverted at a quarter of the
resolution by a few steps of p = q - D(p).
"""

from math import cos, exp, pi, radians, sin
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.camera.simulation.photographs import HEIGHT, WIDTH, Still
from vision.camera.simulation.pose import Pose
from vision.frame import Pixels

__all__ = ["Head"]

Field = NDArray[np.float32]

QUARTER: Final = 4
STEPS: Final = 5
JAW_ENDS: Final = (0, 16)
CHIN: Final = 8
BROWS: Final = slice(17, 27)
NOSE_TIP: Final = 30
NOSE_ROOT: Final = 27
EYES: Final = (slice(36, 42), slice(42, 48))

# Shares of half the jaw width; chosen so that the analysis sees the angles a real head shows.
DOME: Final = 0.85
SOCKET: Final = 0.10
AWAY: Final = 5.0
"""Half jaw widths from the camera to the middle of the head: 0.4 m for a jaw of 0.15 m."""


class Head:
    """Turns the head of one portrait."""

    def __init__(self, still: Still) -> None:
        landmarks = still.landmarks
        rows, columns = np.mgrid[0 : HEIGHT // QUARTER, 0 : WIDTH // QUARTER].astype(np.float32)
        middle = (QUARTER - 1) / 2
        self._x, self._y = columns * QUARTER + middle, rows * QUARTER + middle
        self._full_y, self._full_x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
        half = float(landmarks[JAW_ENDS[1], 0] - landmarks[JAW_ENDS[0], 0]) / 2
        brow, chin = float(landmarks[BROWS, 1].mean()), float(landmarks[CHIN, 1])
        centre = (float(landmarks[list(JAW_ENDS), 0].mean()), (brow + chin) / 2 - 0.1 * half)
        across, down = self._x - centre[0], self._y - centre[1]
        reach = np.hypot(across / (1.2 * half), down / (1.45 * half))
        self._hold = _fade(reach, 0.95, 1.65)
        self._person = np.maximum(_fade(reach, 1.3, 2.3), _fade(-down / half, -1.6, -1.0))
        self._person *= _fade(np.abs(across) / half, 1.6, 3.0)
        self._across, self._down = self._hold * across, self._hold * down
        self._depth = self._hold * self._relief(still, half, reach)
        self._centre, self._half = centre, half

    def _relief(self, still: Still, half: float, reach: Field) -> Field:
        """Return the depth towards the camera in pixels: a dome, a nose, two eye sockets."""
        depth = DOME * half * np.cos(np.minimum(reach, 1) * (pi / 2))
        tip, root = still.landmarks[NOSE_TIP], still.landmarks[NOSE_ROOT]
        along = np.clip((self._y - root[1]) / (tip[1] - root[1]), 0, 1)
        centre = root[0] + (tip[0] - root[0]) * along
        below = np.maximum(self._y - tip[1], 0) / (0.20 * half)
        above = np.maximum(root[1] - self._y, 0) / (0.25 * half)
        spread = (self._x - centre) / (0.22 * half)
        depth += (
            still.nose * half * (0.15 + 0.85 * along) * np.exp(-(spread**2 + below**2 + above**2))
        )
        for eye in EYES:
            x, y = still.landmarks[eye].mean(axis=0)
            distance = ((self._x - x) ** 2 + (self._y - y) ** 2) / (0.28 * half) ** 2
            depth -= SOCKET * half * np.exp(-distance)
        return np.asarray(depth, dtype=np.float32)

    def render(self, portrait: Pixels, pose: Pose) -> Pixels:
        """Return the portrait with its head in this pose; lids and mouth are not done here."""
        yaw, pitch = radians(pose.yaw), radians(pose.pitch)
        closer = self._perspective(pose.near)
        move = np.dstack(
            [
                self._across * (cos(yaw) - 1 + closer)
                + self._depth * sin(yaw)
                + self._person * pose.x,
                self._down * (cos(pitch) - 1 + closer)
                + self._depth * sin(pitch)
                + self._person * pose.y,
            ]
        ).astype(np.float32)
        found = cv2.resize(
            self._sources(self._seen(move), pose.near),
            (WIDTH, HEIGHT),
            interpolation=cv2.INTER_LINEAR,
        )
        picture = cv2.remap(
            portrait,
            self._full_x - found[..., 0],
            self._full_y - found[..., 1],
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        )
        return np.asarray(picture, dtype=np.uint8)

    def _perspective(self, near: float) -> Field:
        """Return by how much each point grows more than the head does that comes closer.

        A point `depth` before the middle is seen at 1 / (away - depth) of its size.
        """
        depth, away = self._depth / self._half, AWAY / exp(near)
        grown = (AWAY - depth) / (away - depth)
        return np.asarray(grown / exp(near) - 1, dtype=np.float32)

    def _sources(self, seen: Field, near: float) -> Field:
        """Return the movements of a person who is larger by `near`; what is behind stays."""
        if not near:
            return seen
        shrink = 1 / exp(near) - 1
        across, down = self._x - self._centre[0], self._y - self._centre[1]
        x = (self._x + shrink * self._person * across).astype(np.float32)
        y = (self._y + shrink * self._person * down).astype(np.float32)
        middle = (QUARTER - 1) / 2
        found = cv2.remap(
            seen,
            (x - middle) / QUARTER,
            (y - middle) / QUARTER,
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        )
        return np.asarray(found + np.dstack([self._x - x, self._y - y]), dtype=np.float32)

    def _seen(self, move: Field) -> Field:
        """Return for every quarter pixel the movement of the portrait pixel seen there."""
        middle = (QUARTER - 1) / 2
        seen = move
        for _ in range(STEPS):
            found = cv2.remap(
                move,
                (self._x - seen[..., 0] - middle) / QUARTER,
                (self._y - seen[..., 1] - middle) / QUARTER,
                cv2.INTER_LINEAR,
                borderMode=cv2.BORDER_REPLICATE,
            )
            seen = found.astype(np.float32, copy=False)
        return seen


def _fade(value: Field, inner: float, outer: float) -> Field:
    """Return 1 up to `inner`, 0 from `outer`, smooth between."""
    part = np.clip((outer - value) / (outer - inner), 0, 1)
    return np.asarray(part * part * (3 - 2 * part), dtype=np.float32)
