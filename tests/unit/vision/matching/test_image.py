import struct

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vision.errors import ImageRefused
from vision.matching.image import LARGEST_FILE, decode_image


def picture(extension=".jpg", height=90, width=120):
    pixels = np.zeros((height, width, 3), dtype=np.uint8)
    pixels[:, : width // 2] = (0, 0, 255)  # BGR red on the left
    return cv2.imencode(extension, pixels)[1].tobytes()


@pytest.mark.parametrize("extension", [".jpg", ".png"])
def test_a_picture_becomes_read_only_rgb(extension):
    pixels = decode_image(picture(extension))
    assert pixels.shape == (90, 120, 3)
    assert pixels.dtype == np.uint8
    assert not pixels.flags.writeable
    assert pixels[45, 10, 0] > 240
    assert pixels[45, 10, 2] < 20


def test_a_header_that_promises_too_much_is_refused_before_decoding():
    bomb = bytearray(picture(".png"))
    struct.pack_into(">II", bomb, 16, 60_000, 60_000)
    with pytest.raises(ImageRefused, match="too large"):
        decode_image(bytes(bomb))


@pytest.mark.parametrize("extension", [".jpg", ".png"])
@pytest.mark.parametrize("kept", [0.01, 0.2, 0.5, 0.9, 0.98])
def test_a_truncated_picture_is_refused(extension, kept):
    whole = picture(extension)
    with pytest.raises(ImageRefused):
        decode_image(whole[: int(len(whole) * kept)])


def test_too_many_bytes_are_refused():
    with pytest.raises(ImageRefused, match="file too large"):
        decode_image(b"\xff\xd8\xff" + bytes(LARGEST_FILE))


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"BM", b"<svg/>", b"%PDF-1.7"])
def test_other_formats_are_refused(data):
    with pytest.raises(ImageRefused, match="neither JPEG nor PNG"):
        decode_image(data)


def test_a_stamp_is_refused():
    with pytest.raises(ImageRefused, match="too small"):
        decode_image(picture(height=40, width=40))


@given(st.binary(max_size=400))
def test_any_bytes_raise_only_our_error(data):
    for head in (b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"):
        with pytest.raises(ImageRefused):
            decode_image(head + data)
