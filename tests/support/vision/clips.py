"""Small video files of moving coloured noise, written at test time."""

from pathlib import Path

import cv2
import numpy as np


def write_clip(
    path: Path, *, frames: int, size: tuple[int, int] = (160, 120), rate: int = 30
) -> Path:
    """Write an MJPG AVI whose frame number n is red 40 + 5n at the left, blue at the right."""
    writer = cv2.VideoWriter(
        str(path), cv2.CAP_FFMPEG, cv2.VideoWriter.fourcc(*"MJPG"), float(rate), size
    )
    assert writer.isOpened()
    width, height = size
    for number in range(frames):
        picture = np.zeros((height, width, 3), np.uint8)
        picture[:, : width // 2, 2] = min(255, 40 + 5 * number)
        picture[:, width // 2 :, 0] = 200
        writer.write(picture)
    writer.release()
    return path
