"""JPEG 2000 is taken of a chip's portrait only, and sized before it is decoded."""

import struct

import cv2
import numpy as np
import pytest

from vision.errors import ImageRefused, ImageTruncated
from vision.matching.image import decode_image, picture_for_screen
from vision.matching.jp2 import CODESTREAM_MAGIC, read_jp2_size


def encoded(width=90, height=120):
    noise = np.random.default_rng(1).integers(0, 255, (height, width, 3), np.uint8)
    done, octets = cv2.imencode(".jp2", cv2.GaussianBlur(noise, (0, 0), 5))
    assert done
    return octets.tobytes()


def codestream(octets):
    return octets[octets.index(CODESTREAM_MAGIC) :]


def with_sizes(octets, *sizes):
    """Return the codestream with other words of SIZ, from Xsiz on."""
    stream = bytearray(codestream(octets))
    struct.pack_into(f">{len(sizes)}I", stream, 8, *sizes)
    return bytes(stream)


@pytest.mark.parametrize("octets", [encoded(), codestream(encoded())])
def test_a_file_and_a_bare_codestream_are_decoded(octets):
    assert read_jp2_size(octets) == (90, 120)
    assert decode_image(octets, jpeg_2000=True).shape == (120, 90, 3)
    assert picture_for_screen(octets, jpeg_2000=True).startswith(b"\xff\xd8")


def test_it_is_no_picture_where_nobody_signed_it():
    with pytest.raises(ImageRefused, match="neither JPEG nor PNG"):
        decode_image(encoded())


@pytest.mark.parametrize("kept", [20, 60, 200, -2, -40])
@pytest.mark.parametrize("cut", [lambda each: each, codestream])
def test_what_was_cut_short_is_refused(kept, cut):
    with pytest.raises(ImageTruncated):
        decode_image(cut(encoded())[:kept], jpeg_2000=True)


@pytest.mark.parametrize(
    "sizes",
    [
        (1 << 31, 1 << 31),
        (90, 120, 90),
        (90, 120, 0, 0, 0, 0),
        (7_000, 4_000, 0, 0, 1, 1),
    ],
)
def test_a_size_that_no_portrait_has_is_refused_before_decoding(sizes):
    with pytest.raises(ImageRefused):
        decode_image(with_sizes(encoded(), *sizes), jpeg_2000=True)


def test_a_box_that_ends_before_it_begins_ends_the_search():
    broken = bytearray(encoded())
    struct.pack_into(">I", broken, 12, 4)

    with pytest.raises(ImageTruncated):
        read_jp2_size(bytes(broken))


def test_endless_boxes_are_not_walked():
    boxes = struct.pack(">I4s", 8, b"free") * 100_000

    with pytest.raises(ImageRefused):
        read_jp2_size(encoded()[:12] + boxes)
