"""Foreign image bytes into pixels: size and dimensions are checked before anything is decoded."""

import struct

import cv2
import numpy as np

from vision.errors import ImageRefused
from vision.frame import Pixels

__all__ = ["LARGEST_FILE", "LARGEST_SIDE", "decode_image", "picture_for_screen"]

LARGEST_FILE = 12_000_000
LARGEST_SIDE = 8_000
LARGEST_AREA = 30_000_000
SMALLEST_SIDE = 60
SCREEN_SIDE = 480

PNG_MAGIC = b"\x89PNG\r\n\x1a\n"
JPEG_MAGIC = b"\xff\xd8\xff"
PNG_END = b"IEND"
JPEG_END = b"\xff\xd9"
TAIL = 4096
START_OF_FRAME = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
STANDALONE = frozenset({0x01, *range(0xD0, 0xD8)})
MOST_SEGMENTS = 500


def picture_for_screen(untrusted: bytes) -> bytes:
    """Return a small JPEG of our own making, empty for no image: Qt never decodes foreign bytes."""
    try:
        pixels = decode_image(untrusted)
    except ImageRefused:
        return b""
    scale = SCREEN_SIDE / max(pixels.shape[:2])
    if scale < 1:
        pixels = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA).astype(
            np.uint8
        )
    done, jpeg = cv2.imencode(".jpg", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR))
    return jpeg.tobytes() if done else b""


def decode_image(untrusted: bytes) -> Pixels:
    """Return a JPEG or PNG as a read-only RGB array, upright by its EXIF orientation.

    Raises ImageRefused for other formats, more than 12 MB, a side above 8000 or below 60 pixels,
    more than 30 megapixels (read from the header, before decoding) and for broken or
    truncated data: half a face decodes, and must not be compared.
    """
    if len(untrusted) > LARGEST_FILE:
        raise ImageRefused("file too large")
    width, height = _dimensions(untrusted)
    if min(width, height) < SMALLEST_SIDE:
        raise ImageRefused("image too small")
    if max(width, height) > LARGEST_SIDE or width * height > LARGEST_AREA:
        raise ImageRefused("image too large")
    try:
        decoded = cv2.imdecode(np.frombuffer(untrusted, dtype=np.uint8), cv2.IMREAD_COLOR)
    except cv2.error as error:
        raise ImageRefused("broken image") from error
    if decoded is None or sorted(decoded.shape[:2]) != sorted((width, height)):
        raise ImageRefused("broken image")
    pixels = np.ascontiguousarray(cv2.cvtColor(decoded, cv2.COLOR_BGR2RGB), dtype=np.uint8)
    pixels.flags.writeable = False
    return pixels


def _dimensions(untrusted: bytes) -> tuple[int, int]:
    """Return width and height from the header."""
    try:
        if untrusted.startswith(PNG_MAGIC):
            if untrusted[12:16] != b"IHDR":
                raise ImageRefused("broken image")
            if PNG_END not in untrusted[-TAIL:]:
                raise ImageRefused("truncated image")
            width, height = struct.unpack_from(">II", untrusted, 16)
            return int(width), int(height)
        if untrusted.startswith(JPEG_MAGIC):
            return _jpeg_dimensions(untrusted)
    except struct.error as error:
        raise ImageRefused("broken image") from error
    raise ImageRefused("neither JPEG nor PNG")


def _jpeg_dimensions(untrusted: bytes) -> tuple[int, int]:
    """Walk the marker segments to the frame header (ITU-T T.81, B.2.2)."""
    position = 2
    for _ in range(MOST_SEGMENTS):
        prefix, marker = struct.unpack_from(">BB", untrusted, position)
        if prefix != 0xFF:  # noqa: PLR2004 (every marker starts with it)
            break
        if marker == 0xFF:  # noqa: PLR2004 (fill byte)
            position += 1
            continue
        position += 2
        if marker in STANDALONE:
            continue
        if marker in START_OF_FRAME:
            height, width = struct.unpack_from(">HH", untrusted, position + 3)
            if untrusted.rfind(JPEG_END) < position:
                raise ImageRefused("truncated image")
            return int(width), int(height)
        (length,) = struct.unpack_from(">H", untrusted, position)
        position += int(length)
    raise ImageRefused("broken image")
