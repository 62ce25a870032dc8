"""Pixels for a screen: the customer expects a mirror, Qt paints 32-bit pixels fastest."""

from vision.frame import Pixels

__all__ = ["mirrored_bgra"]


def mirrored_bgra(pixels: Pixels) -> bytes:
    """Return height x width x 4 bytes, BGRA, mirrored left to right; opaque."""
    import cv2

    return cv2.cvtColor(cv2.flip(pixels, 1), cv2.COLOR_RGB2BGRA).tobytes()
