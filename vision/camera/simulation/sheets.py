"""A printed portrait held into the camera, flat or bent."""

from math import cos, exp, radians, sin
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.camera.simulation.photographs import HEIGHT, WIDTH, Still
from vision.camera.simulation.pose import Pose
from vision.camera.simulation.scenes import Room
from vision.frame import Pixels

__all__ = ["BentSheet", "Sheet"]

FOCAL: Final = 900.0
SHEET_SHARE: Final = 0.88
SHEET_BORDER: Final = 26

BEND: Final = 0.9
"""Radians from the middle of a bent sheet to its edge, seen from the axis of the cylinder."""


class Sheet:
    """A printed portrait with a white border, held into the camera; the pose is the sheet's."""

    def __init__(self, still: Still) -> None:
        self._room = Room().pixels
        self._sheet = _print(still)

    def render(self, pose: Pose) -> Pixels:
        """Return the room with the sheet in front of it."""
        picture = self._room.copy()
        cv2.warpPerspective(
            self._sheet,
            _plane(pose),
            (WIDTH, HEIGHT),
            picture,
            flags=cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_TRANSPARENT,
        )
        return picture


class BentSheet:
    """The same print bent round an upright cylinder: its middle is nearer than its edges."""

    def __init__(self, still: Still) -> None:
        self._room = Room().pixels
        self._sheet = _print(still)
        self._rays = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)[::-1] - np.array(
            [[[WIDTH / 2]], [[HEIGHT / 2]]], np.float32
        )

    def render(self, pose: Pose) -> Pixels:
        """Return the room with the sheet in front of it.

        Every ray is cut with the cylinder, whose axis stands upright through the sheet's middle
        and turns with it; a tilt moves the print along the axis.
        """
        across, down = self._rays
        radius = WIDTH / 2 / BEND
        front = _distance(pose)
        # In the plane across the axis: |t * (across, FOCAL) - (x, front + radius)| = radius.
        square = across**2 + FOCAL**2
        half = across * pose.x + FOCAL * (front + radius)
        rest = half**2 - square * (pose.x**2 + (front + radius) ** 2 - radius**2)
        part = (half - np.sqrt(np.maximum(rest, 0))) / square
        angle = np.arctan2(part * across - pose.x, front + radius - part * FOCAL)
        x = radius * (angle - radians(pose.yaw)) + WIDTH / 2
        y = (part * down - pose.y) / cos(radians(pose.pitch)) + HEIGHT / 2
        x = np.where(rest > 0, x, -1).astype(np.float32)
        found = cv2.remap(
            self._sheet,
            x,
            y.astype(np.float32),
            cv2.INTER_LINEAR,
            dst=self._room.copy(),
            borderMode=cv2.BORDER_TRANSPARENT,
        )
        return np.asarray(found, dtype=np.uint8)


def _print(still: Still) -> Pixels:
    """Return the portrait with a white border."""
    sheet = still.pixels.copy()
    cv2.rectangle(sheet, (0, 0), (WIDTH - 1, HEIGHT - 1), (246, 246, 242), SHEET_BORDER)
    return sheet


def _plane(pose: Pose) -> NDArray[np.float64]:
    """Return the homography of the sheet turned about its middle, seen through the lens."""
    yaw, pitch = radians(pose.yaw), radians(pose.pitch)
    turned = np.array(
        [
            [cos(yaw), sin(yaw) * sin(pitch), pose.x],
            [0.0, cos(pitch), pose.y],
            [-sin(yaw), cos(yaw) * sin(pitch), _distance(pose)],
        ]
    )
    lens = np.array([[FOCAL, 0, WIDTH / 2], [0, FOCAL, HEIGHT / 2], [0, 0, 1.0]])
    middle = np.array([[1.0, 0, -WIDTH / 2], [0, 1.0, -HEIGHT / 2], [0, 0, 1.0]])
    return np.asarray(lens @ turned @ middle)


def _distance(pose: Pose) -> float:
    """Return the distance of the sheet's middle from the lens in pixels of the sheet."""
    return FOCAL / SHEET_SHARE / exp(pose.near)
