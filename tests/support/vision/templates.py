"""Invented face templates: unit vectors of a seed, and others close to one."""

import math
import random

from vision.results import FaceTemplate

__all__ = ["face", "near"]


def face(seed: str, length: int = 128) -> FaceTemplate:
    """Return the template of an invented person; those of two seeds are far apart."""
    draw = random.Random(seed)
    return _normalise([draw.gauss(0, 1) for _ in range(length)])


def near(template: FaceTemplate) -> FaceTemplate:
    """Return another template of the same invented person: nearer than 1000 ppm."""
    noise = face("noise", len(template))
    return _normalise([a + 0.02 * b for a, b in zip(template, noise, strict=True)])


def _normalise(values: list[float]) -> FaceTemplate:
    size = math.hypot(*values)
    return tuple(value / size for value in values)
