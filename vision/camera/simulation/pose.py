"""One moment of a performance."""

from dataclasses import dataclass

__all__ = ["STRAIGHT", "Pose"]


@dataclass(frozen=True, slots=True)
class Pose:
    """How a head or a sheet is held.

    yaw, pitch   degrees; positive: to the customer's own left, down
    mouth, lids  opening of the mouth, closure of the eyes, 0..1
    x, y         pixels the whole person is away from the middle
    near         natural logarithm of how much larger the person is for having come closer
    """

    yaw: float = 0.0
    pitch: float = 0.0
    mouth: float = 0.0
    lids: float = 0.0
    x: float = 0.0
    y: float = 0.0
    near: float = 0.0


STRAIGHT = Pose()
"""Looking straight into the camera."""
