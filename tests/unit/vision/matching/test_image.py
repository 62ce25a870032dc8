import struct

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vision.errors import ImageHeic, ImageRefused, ImageTooLarge, ImageTruncated
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


def portrait(parameters=(), *, grey=False):
    noise = np.random.default_rng(5).integers(0, 255, (180, 251, 3), dtype=np.uint8)
    pixels = cv2.GaussianBlur(noise, (0, 0), 2)
    pixels = pixels[..., 0] if grey else pixels
    return cv2.imencode(".jpg", pixels, list(parameters))[1].tobytes()


PROGRESSIVE = (cv2.IMWRITE_JPEG_PROGRESSIVE, 1)
RESTARTS = (cv2.IMWRITE_JPEG_RST_INTERVAL, 4)
EVERY_PIXEL_S_COLOUR = (
    cv2.IMWRITE_JPEG_SAMPLING_FACTOR,
    cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444,
)


@pytest.mark.parametrize("grey", [False, True], ids=["colour", "grey"])
@pytest.mark.parametrize(
    "parameters",
    [(), PROGRESSIVE, RESTARTS, EVERY_PIXEL_S_COLOUR, PROGRESSIVE + RESTARTS],
    ids=["baseline", "progressive", "restarts", "444", "progressive with restarts"],
)
def test_a_jpeg_cut_anywhere_is_refused_though_its_end_was_put_back(parameters, grey):
    whole = portrait(parameters, grey=grey)
    assert decode_image(whole).shape == (180, 251, 3)
    end = whole.rindex(b"\xff\xd9")
    start = whole.index(b"\xff\xda") + 20
    for cut in range(start, end - 250, (end - start) // 40):
        with pytest.raises(ImageTruncated):
            decode_image(whole[:cut].removesuffix(b"\xff") + b"\xff\xd9")


def test_what_a_telephone_writes_behind_the_picture_is_no_fault():
    whole = portrait()
    assert np.array_equal(decode_image(whole), decode_image(whole + whole[:500] + bytes(200)))


def test_a_whole_picture_that_ends_mid_grey_is_accepted():
    pixels = np.full((90, 120, 3), 128, np.uint8)
    pixels[:40, :60] = (10, 200, 30)
    assert decode_image(cv2.imencode(".jpg", pixels)[1].tobytes())[80, 100].tolist() == [128] * 3


def test_a_progressive_picture_without_its_last_scan_is_refused():
    whole = portrait(PROGRESSIVE)
    last = whole.rindex(b"\xff\xda")
    with pytest.raises(ImageTruncated):
        decode_image(whole[:last] + b"\xff\xd9")


def chunks(png):
    position, found = 8, []
    while position < len(png):
        (length,) = struct.unpack_from(">I", png, position)
        found.append(png[position : position + 12 + length])
        position += 12 + length
    return found


def test_a_png_without_a_part_of_its_data_is_refused_whatever_stands_at_its_end():
    noise = np.random.default_rng(5).integers(0, 255, (180, 251, 3), dtype=np.uint8)
    header, *data, end = chunks(cv2.imencode(".png", noise)[1].tobytes())
    start = b"\x89PNG\r\n\x1a\n" + header
    assert len(data) > 3
    decode_image(start + b"".join(data) + end)
    for part in (data[:-1], [*data[:-1], data[-1][:-40]], [data[0][:300]]):
        with pytest.raises(ImageTruncated):
            decode_image(start + b"".join(part) + end)


@pytest.mark.parametrize("brand", [b"heic", b"mif1", b"avif"])
def test_the_format_of_telephones_has_its_own_name(brand):
    with pytest.raises(ImageHeic):
        decode_image(b"\x00\x00\x00\x18ftyp" + brand + bytes(400))


def test_a_picture_beyond_the_bound_is_called_too_large():
    with pytest.raises(ImageTooLarge):
        decode_image(cv2.imencode(".png", np.zeros((61, 8001), np.uint8))[1].tobytes())
    with pytest.raises(ImageTooLarge):
        decode_image(b"\xff\xd8\xff" + bytes(LARGEST_FILE))
