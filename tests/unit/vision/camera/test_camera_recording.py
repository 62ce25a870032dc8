import pytest

from tests.support.vision.clips import write_clip
from vision.camera.recording import LONGEST_CLIP_S, RecordedCamera
from vision.errors import CameraUnavailable


@pytest.mark.parametrize(
    ("stated", "delivered"),
    [
        ((1920, 1080), (1920, 1080)),
        ((1080, 1920), (1080, 1920)),
        ((2560, 1440), (1280, 720)),
        ((1200, 2400), (640, 1280)),
        ((1440, 1440), (1280, 1280)),
    ],
)
def test_frames_above_full_hd_are_scaled_down_with_their_proportions(tmp_path, stated, delivered):
    camera = RecordedCamera(write_clip(tmp_path / "a.avi", frames=2, size=stated), paced=False)
    first, second = camera.read(), camera.read()
    camera.close()

    assert (camera.identity.width, camera.identity.height) == delivered
    assert first.pixels.shape == second.pixels.shape == (*delivered[::-1], 3)
    assert first.pixels.flags.c_contiguous
    assert not first.pixels.flags.writeable


def test_a_clip_of_more_than_two_minutes_is_refused(tmp_path):
    path = write_clip(tmp_path / "long.avi", frames=LONGEST_CLIP_S + 1, rate=1)
    with pytest.raises(CameraUnavailable, match="too long"):
        RecordedCamera(path, paced=False)


def test_a_clip_of_two_minutes_is_read(tmp_path):
    path = write_clip(tmp_path / "long.avi", frames=LONGEST_CLIP_S, rate=1)
    camera = RecordedCamera(path, paced=False)
    times = [camera.read().captured_ns for _ in range(LONGEST_CLIP_S)]
    camera.close()

    assert times == [n * 1_000_000_000 for n in range(LONGEST_CLIP_S)]


def test_a_clip_without_a_single_decodable_frame_is_unavailable(tmp_path):
    whole = write_clip(tmp_path / "whole.avi", frames=3).read_bytes()
    headers = tmp_path / "headers.avi"
    headers.write_bytes(whole[: whole.index(b"movi") + 4])
    with pytest.raises(CameraUnavailable):
        RecordedCamera(headers, paced=False)


def test_a_side_beyond_4096_pixels_is_refused_before_decoding(tmp_path):
    path = write_clip(tmp_path / "wide.avi", frames=1, size=(4112, 96))
    with pytest.raises(CameraUnavailable, match="unfit size"):
        RecordedCamera(path, paced=False)


def test_a_percent_sign_in_the_name_is_a_name_and_no_row_of_images(tmp_path):
    camera = RecordedCamera(write_clip(tmp_path / "clip%d.avi", frames=3), paced=False)
    sequences = [camera.read().sequence for _ in range(3)]
    camera.close()

    assert sequences == [0, 1, 2]
