"""Foreign image bytes into pixels: size and dimensions are checked before anything is decoded."""

import cv2
import numpy as np

from vision.errors import ImageHeic, ImageRefused, ImageTooLarge, ImageTruncated
from vision.frame import Pixels
from vision.matching.jp2 import CODESTREAM_MAGIC, JP2_MAGIC, read_jp2_size
from vision.matching.jpeg import JPEG_MAGIC, JpegFile, read_jpeg
from vision.matching.png import PNG_MAGIC, read_png_size, require_whole_png

__all__ = ["LARGEST_FILE", "LARGEST_SIDE", "decode_image", "picture_for_screen"]

LARGEST_FILE = 12_000_000
LARGEST_SIDE = 8_000
LARGEST_AREA = 30_000_000
SMALLEST_SIDE = 60
SCREEN_SIDE = 480

MID_GREY = 128
GREY_SPREAD = 12
HEIC_BRANDS = frozenset({b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif"})
"""ISO/IEC 23008-12, annex B, and AVIF: what telephones write where they do not write JPEG."""


def picture_for_screen(untrusted: bytes, *, jpeg_2000: bool = False) -> bytes:
    """Return a small JPEG of our own making, empty for no image: Qt never decodes foreign bytes."""
    try:
        pixels = decode_image(untrusted, jpeg_2000=jpeg_2000)
    except ImageRefused:
        return b""
    scale = SCREEN_SIDE / max(pixels.shape[:2])
    if scale < 1:
        pixels = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA).astype(
            np.uint8
        )
    done, jpeg = cv2.imencode(".jpg", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR))
    return jpeg.tobytes() if done else b""


def decode_image(untrusted: bytes, *, jpeg_2000: bool = False) -> Pixels:
    """Return a JPEG or PNG as a read-only RGB array, upright by its EXIF orientation.

    jpeg_2000  take JPEG 2000 as well: only of a chip's portrait, whose octets a state has signed

    Raises ImageRefused for broken data and formats of other kinds, ImageHeic for a telephone's
    HEIC or AVIF, ImageTooLarge for more than 12 MB, a side above 8000 pixels or more than 30
    megapixels (read from the header, before decoding), and ImageTruncated for a file that was cut
    short, whatever stands at its end: half a face decodes, and must not be compared.
    """
    if len(untrusted) > LARGEST_FILE:
        raise ImageTooLarge("file too large")
    if untrusted.startswith(JPEG_MAGIC):
        jpeg = read_jpeg(untrusted)
        pixels = _decode_sized(untrusted, jpeg.width, jpeg.height)
        _require_whole_jpeg(untrusted, jpeg, pixels)
    elif untrusted.startswith(PNG_MAGIC):
        width, height = read_png_size(untrusted)
        _require_fit_size(width, height)
        require_whole_png(untrusted)
        pixels = _decode_sized(untrusted, width, height)
    elif jpeg_2000 and untrusted.startswith((JP2_MAGIC, CODESTREAM_MAGIC)):
        pixels = _decode_sized(untrusted, *read_jp2_size(untrusted))
    elif untrusted[4:8] == b"ftyp" and untrusted[8:12] in HEIC_BRANDS:
        raise ImageHeic("HEIC or AVIF")
    else:
        raise ImageRefused("neither JPEG nor PNG")
    rgb = np.ascontiguousarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB), dtype=np.uint8)
    rgb.flags.writeable = False
    return rgb


def _require_fit_size(width: int, height: int) -> None:
    if min(width, height) < SMALLEST_SIDE:
        raise ImageRefused("image too small")
    if max(width, height) > LARGEST_SIDE or width * height > LARGEST_AREA:
        raise ImageTooLarge("image too large")


def _decode_sized(untrusted: bytes, width: int, height: int) -> Pixels:
    """Return BGR pixels of the size that the header states."""
    _require_fit_size(width, height)
    try:
        decoded = cv2.imdecode(np.frombuffer(untrusted, dtype=np.uint8), cv2.IMREAD_COLOR)
    except cv2.error as error:
        raise ImageRefused("broken image") from error
    if decoded is None or sorted(decoded.shape[:2]) != sorted((width, height)):
        raise ImageRefused("broken image")
    return np.asarray(decoded, dtype=np.uint8)


def _require_whole_jpeg(untrusted: bytes, jpeg: JpegFile, pixels: Pixels) -> None:
    """Raise ImageTruncated when the decoder had less data than the picture needs.

    Blocks without data are mid-grey; a progressive picture only lacks detail everywhere. Nothing
    else is decoded twice: about a whole picture libjpeg would complain on the error stream. A part
    of the last block of 16 pixels may so be missing unseen.
    """
    if not jpeg.progressive and not _has_grey_corner(pixels):
        return
    again = _decode_sized(jpeg.with_filler(untrusted), jpeg.width, jpeg.height)
    if not np.array_equal(pixels, again):
        raise ImageTruncated("truncated image")


def _has_grey_corner(pixels: Pixels) -> bool:
    """Say whether a corner, whichever the orientation made of the last one, is mid-grey."""
    corners = pixels[:: pixels.shape[0] - 1, :: pixels.shape[1] - 1].astype(np.int16)
    return bool((np.abs(corners - MID_GREY).max(axis=2) <= GREY_SPREAD).any())
