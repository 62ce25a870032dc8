"""A face in pixels, without a model: grain on a print that is held, or on a head that nears."""

from dataclasses import replace
from functools import cache

import cv2
import numpy as np

from tests.support.vision.observations import Pose, landmarks_of, seen
from vision.frame import Frame
from vision.results import FaceObservation

__all__ = ["HEIGHT", "LANDMARKS", "SKIN", "WIDTH", "Shot", "flat", "head", "shown"]

Shot = tuple[FaceObservation, Frame]

WIDTH, HEIGHT = 640, 480
MIDDLE = np.array([320.0, 240.0])
AWAY = 600.0  # pixels from the lens to the outline, at the scale of the picture
LANDMARKS = np.array(landmarks_of(Pose()))


def texture() -> np.ndarray:
    """Return grain that can be followed, RGB 0..255."""
    grains = np.random.default_rng(3).normal(128, 60, (HEIGHT, WIDTH, 3)).astype(np.float32)
    return np.clip(cv2.GaussianBlur(grains, (0, 0), 2.0) * 4 - 384, 0, 255)


SKIN = texture()


def shown(picture: np.ndarray, landmarks: np.ndarray, *, light: float = 1.0, seed: int = 0) -> Shot:
    """Return what a camera sees of a picture with these landmarks."""
    noisy = picture * light + np.random.default_rng(seed).normal(0, 3, picture.shape)
    frame = Frame(0, 0, np.clip(noisy, 0, 255).astype(np.uint8))
    return replace(seen(0), landmarks=tuple(map(tuple, landmarks))), frame


@cache
def flat(yaw: float, pitch: float, scale: float, *, light: float = 1.0, seed: int = 0) -> Shot:
    """Return a print held at these angles in radians, this many times as large."""
    turn = np.array(
        [
            [np.cos(yaw), np.sin(yaw) * np.sin(pitch), 0],
            [0, np.cos(pitch), 0],
            [-np.sin(yaw), np.cos(yaw) * np.sin(pitch), 900 / scale],
        ]
    )
    lens = np.array([[900, 0, MIDDLE[0]], [0, 900, MIDDLE[1]], [0, 0, 1.0]])
    plane = lens @ turn @ np.array([[1, 0, -MIDDLE[0]], [0, 1, -MIDDLE[1]], [0, 0, 1.0]])
    picture = cv2.warpPerspective(SKIN, plane, (WIDTH, HEIGHT), borderMode=cv2.BORDER_REFLECT)
    landmarks = cv2.perspectiveTransform(LANDMARKS.reshape(-1, 1, 2), plane).reshape(-1, 2)
    return shown(picture, landmarks, light=light, seed=seed)


def depth(places: np.ndarray) -> np.ndarray:
    """Return how far a dome of a head reaches towards the lens, pixels."""
    away = np.linalg.norm(places - MIDDLE, axis=-1)
    return 110 * np.cos(np.minimum(away / 140, 1) * np.pi / 2)


@cache
def head(scale: float, *, seed: int = 0) -> Shot:
    """Return a head that came closer until its outline is this many times as large."""
    rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    there = np.dstack([columns, rows])
    source = there
    for _ in range(8):
        source = MIDDLE + (there - MIDDLE) / growth(source, scale)[..., None]
    picture = cv2.remap(SKIN, source.astype(np.float32), None, cv2.INTER_LINEAR)
    landmarks = MIDDLE + (LANDMARKS - MIDDLE) * growth(LANDMARKS, scale)[..., None]
    return shown(picture, landmarks, seed=seed)


def growth(places: np.ndarray, scale: float) -> np.ndarray:
    """Return by how much every place grows when the outline does by `scale`."""
    near = depth(places)
    return (AWAY - near) / (AWAY / scale - near)
