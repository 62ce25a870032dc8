"""Another room behind a person, and the light that comes from there."""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.camera.simulation.photographs import HEIGHT, WIDTH, Still
from vision.camera.simulation.pose import Pose
from vision.camera.simulation.scenes import Scene
from vision.frame import Pixels

__all__ = ["AgainstTheLight", "Elsewhere", "outline_person"]

WINDOW: Final = (252, 252, 248)
SHADE: Final = 0.08
VEIL: Final = 55.0
"""Share of its light that a back-lit person keeps, and the levels that stray light adds."""

JAW_ENDS: Final = (0, 16)
CHIN: Final = 8
NOSE_ROOT: Final = 27
FEATHER: Final = 10.0


class Elsewhere:
    """A person cut out and set before another picture."""

    def __init__(self, scene: Scene, still: Still, behind: Pixels) -> None:
        self._scene = scene
        self._person = outline_person(still)
        self._rest = (behind * (1 - self._person)).astype(np.float32)

    def render(self, pose: Pose) -> Pixels:
        """Return the person in this pose before the other picture."""
        seen = self._scene.render(pose)
        return np.asarray(seen * self._person + self._rest, dtype=np.uint8)


class AgainstTheLight:
    """A person before a window so bright that the camera leaves the person in the dark."""

    def __init__(self, scene: Scene, still: Still) -> None:
        person = outline_person(still)
        self._scene = scene
        self._kept = SHADE * person
        self._added = (np.array(WINDOW) * (1 - person) + VEIL * person).astype(np.float32)

    def render(self, pose: Pose) -> Pixels:
        """Return the person in this pose before the window."""
        seen = self._scene.render(pose)
        return np.clip(seen * self._kept + self._added, 0, 255).astype(np.uint8)


def outline_person(still: Still) -> NDArray[np.float32]:
    """Return 1 where head, hair and shoulders are, 0 behind, height x width x 1."""
    points = still.landmarks
    half = float(points[JAW_ENDS[1], 0] - points[JAW_ENDS[0], 0]) / 2
    x, root = (round(float(value)) for value in points[NOSE_ROOT])
    chin = round(float(points[CHIN, 1]))
    mask = np.zeros((HEIGHT, WIDTH), np.float32)
    cv2.ellipse(mask, (x, root), (round(1.35 * half), round(1.75 * half)), 0, 0, 360, 1.0, -1)
    shoulders = (round(2.4 * half), round(1.4 * half))
    cv2.ellipse(mask, (x, chin + shoulders[1]), shoulders, 0, 0, 360, 1.0, -1)
    neck = round(0.9 * half)
    cv2.rectangle(mask, (x - neck, root), (x + neck, HEIGHT), 1.0, -1)
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), FEATHER)[..., None], dtype=np.float32)
