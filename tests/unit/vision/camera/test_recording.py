import hashlib
import time

import pytest

from tests.support.vision.clips import write_clip
from vision.camera.recording import LARGEST_CLIP, RecordedCamera
from vision.errors import CameraLost, CameraUnavailable
from vision.frame import Camera, CameraKind


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    return write_clip(tmp_path_factory.mktemp("clips") / "twelve.avi", frames=12)


def drained(camera):
    frames = []
    try:
        frames.extend(camera.read() for _ in range(1000))
    except CameraLost as lost:
        return frames, lost
    pytest.fail("the recording does not end")


def test_every_frame_is_delivered_once_in_order_with_the_container_s_time(clip):
    camera: Camera = RecordedCamera(clip, paced=False)
    frames, lost = drained(camera)
    camera.close()
    times = [round(frame.captured_ns / 1e6) for frame in frames]

    assert [frame.sequence for frame in frames] == list(range(12))
    assert times == [round(1000 * n / 30) for n in range(12)]
    assert lost.detail == "end of the recording"


def test_pixels_are_rgb_and_read_only(clip):
    camera = RecordedCamera(clip, paced=False)
    pixels = camera.read().pixels
    camera.close()
    left, right = pixels[60, 20], pixels[60, 140]

    assert pixels.shape == (120, 160, 3)
    assert left[0] > 30
    assert left[2] < 20
    assert right[2] > 180
    with pytest.raises(ValueError, match="read-only"):
        pixels[0, 0] = 0


def test_the_identity_is_the_content_of_the_file(clip):
    camera = RecordedCamera(clip, paced=False)
    identity = camera.identity
    camera.close()

    assert identity.kind is CameraKind.RECORDING
    assert identity.hardware_id == hashlib.sha256(clip.read_bytes()).hexdigest()
    assert (identity.width, identity.height, identity.frames_per_second) == (160, 120, 30)


def test_a_paced_clip_takes_its_own_time(clip):
    camera = RecordedCamera(clip, paced=True)
    started = time.monotonic()
    frames, _ = drained(camera)
    camera.close()

    assert time.monotonic() - started >= 11 / 30 - 0.05
    assert frames[-1].sequence == 11


def test_a_reader_that_comes_late_misses_frames_of_a_paced_clip(clip, monkeypatch):
    camera = RecordedCamera(clip, paced=True)
    camera.read()
    now = time.monotonic_ns
    monkeypatch.setattr("vision.camera.recording.time.monotonic_ns", lambda: now() + 200_000_000)
    late = camera.read()
    camera.close()

    assert late.sequence >= 5


def test_a_closed_clip_is_lost_and_closing_twice_is_harmless(clip):
    camera = RecordedCamera(clip, paced=False)
    camera.close()
    camera.close()
    with pytest.raises(CameraLost):
        camera.read()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not a video at all, whatever its name says",
        b"#EXTM3U\n#EXT-X-VERSION:3\nhttp://example.invalid/a.ts\n",
        b"ffconcat version 1.0\nfile /etc/hostname\n",
        b"\x00\x00\x00\x18ftypmp42" + b"\x00" * 64,
        b"RIFF\x40\x00\x00\x00AVI LIST" + b"\xff" * 64,
    ],
)
def test_what_is_no_video_file_is_refused(tmp_path, content):
    path = tmp_path / "clip.mp4"
    path.write_bytes(content)
    with pytest.raises(CameraUnavailable):
        RecordedCamera(path, paced=False)


def test_an_absent_file_a_folder_and_an_address_are_refused(tmp_path):
    from pathlib import Path

    for path in (tmp_path / "none.mp4", tmp_path, Path("http://example.invalid/clip.mp4")):
        with pytest.raises(CameraUnavailable):
            RecordedCamera(path, paced=False)


def test_a_file_beyond_the_limit_is_refused_unread(tmp_path):
    path = tmp_path / "large.avi"
    with path.open("wb") as stream:
        stream.truncate(LARGEST_CLIP + 1)
    with pytest.raises(CameraUnavailable) as refused:
        RecordedCamera(path, paced=False)

    assert refused.value.detail == "recording absent or too large"


def test_a_clip_cut_off_in_the_middle_ends_early(tmp_path):
    cut = write_clip(tmp_path / "cut.avi", frames=60)
    content = cut.read_bytes()
    cut.write_bytes(content[: len(content) * 2 // 3])
    camera = RecordedCamera(cut, paced=False)
    frames, _ = drained(camera)
    camera.close()

    assert 0 < len(frames) < 60
