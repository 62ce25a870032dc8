"""Whether a recording ends where its container says."""

import struct

import cv2
import numpy as np
import pytest

from tests.support.vision.clips import write_clip
from vision.camera.container import is_recording, is_whole
from vision.camera.recording import RecordedCamera


def box(kind, content):
    return struct.pack(">I4s", 8 + len(content), kind) + content


def mp4():
    return box(b"ftyp", b"isom" + bytes(12)) + box(b"moov", bytes(300)) + box(b"mdat", bytes(5000))


def large_box_mp4():
    return box(b"ftyp", b"isom" + bytes(12)) + struct.pack(">I4sQ", 1, b"mdat", 5016) + bytes(5000)


def matroska(size):
    return b"\x1a\x45\xdf\xa3\x84abcd\x18\x53\x80\x67" + size + bytes(5000)


@pytest.mark.parametrize(
    "content",
    [mp4(), large_box_mp4(), matroska(b"\x01" + (5000).to_bytes(7, "big"))],
    ids=["mp4", "mp4 with a large box", "matroska"],
)
def test_a_file_shorter_than_its_container_says_is_not_whole(tmp_path, content):
    path = tmp_path / "clip"
    path.write_bytes(content)
    assert is_recording(content[:16])
    assert is_whole(path)
    for cut in (len(content) - 1, len(content) // 2, 30):
        path.write_bytes(content[:cut])
        assert not is_whole(path)


@pytest.mark.parametrize(
    "content",
    [
        matroska(b"\x01" + b"\xff" * 7),
        box(b"ftyp", b"isom" + bytes(12)) + struct.pack(">I4s", 0, b"mdat") + bytes(900),
    ],
    ids=["live matroska", "mp4 whose last box has no size"],
)
def test_a_container_that_states_no_length_counts_as_whole(tmp_path, content):
    path = tmp_path / "clip"
    path.write_bytes(content)
    assert is_whole(path)


@pytest.mark.parametrize(
    ("suffix", "codec"), [(".avi", "MJPG"), (".mp4", "mp4v"), (".mkv", "MJPG")]
)
def test_what_opencv_writes_is_whole_until_it_is_cut(tmp_path, suffix, codec):
    path = tmp_path / f"clip{suffix}"
    writer = cv2.VideoWriter(
        str(path), cv2.CAP_FFMPEG, cv2.VideoWriter.fourcc(*codec), 30.0, (160, 120)
    )
    assert writer.isOpened()
    random = np.random.default_rng(1)
    for _ in range(20):
        writer.write(random.integers(0, 255, (120, 160, 3), dtype=np.uint8))
    writer.release()
    assert is_whole(path)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) * 2 // 3])
    assert not is_whole(path)


def test_a_recorded_camera_says_that_its_clip_was_cut(tmp_path):
    path = write_clip(tmp_path / "clip.avi", frames=60)
    whole = RecordedCamera(path, paced=False)
    content = path.read_bytes()
    whole.close()
    path.write_bytes(content[: len(content) // 2])
    cut = RecordedCamera(path, paced=False)
    cut.close()

    assert whole.whole
    assert not cut.whole


@pytest.mark.parametrize(
    "content", [b"", b"\x1a\x45\xdf", b"RIFF\0\0\0\0AVI ", b"\0\0\0\0ftyp" * 2]
)
def test_any_octets_get_an_answer(tmp_path, content):
    path = tmp_path / "clip"
    path.write_bytes(content)
    assert is_whole(path) in {True, False}
