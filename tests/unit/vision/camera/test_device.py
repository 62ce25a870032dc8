import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import cv2
import pytest

from tests.support.vision.clips import write_clip
from vision import CAMERA_OPTIONS, set_camera_options
from vision.camera.device import DeviceRequest, OpenCvCamera
from vision.camera.device_names import SystemName
from vision.errors import CameraLost, CameraUnavailable
from vision.frame import Camera, CameraKind

WEBCAM = SystemName("HD Webcam", "046d:0825 1-2")
UNUSED_INDEX = 63
ROOT = Path(__file__).resolve().parents[4]
LOADED = f"""
import os, sys

class Watch:
    def find_spec(self, name, path=None, target=None):
        if name == "cv2":
            print(os.environ.keys() >= {set(CAMERA_OPTIONS)})
            sys.meta_path.remove(self)

sys.meta_path.insert(0, Watch())
import workstation.station.runtime
"""


def request(name: str = "") -> DeviceRequest:
    return DeviceRequest(index=0, name=name, width=640, height=480, frames_per_second=30)


def from_clip(tmp_path, *, frames):
    """A capture OpenCV really reads from; a machine that tests has no camera."""
    path = write_clip(tmp_path / "device.avi", frames=frames)
    return lambda _request: cv2.VideoCapture(str(path), cv2.CAP_FFMPEG)


def named(_index: int) -> SystemName:
    return WEBCAM


def test_the_identity_is_what_was_delivered_not_what_was_asked_for(tmp_path):
    camera: Camera = OpenCvCamera(request(), opened=from_clip(tmp_path, frames=40), named=named)
    identity = camera.identity
    camera.close()

    assert identity.kind is CameraKind.DEVICE
    assert (identity.width, identity.height) == (160, 120)
    assert (identity.name, identity.hardware_id) == ("HD Webcam", "046d:0825 1-2")
    assert identity.frames_per_second > 30  # a file is read faster than a sensor
    assert identity.backend.startswith("FFMPEG")


def test_frames_are_rgb_read_only_counted_and_timed_until_the_device_is_lost(tmp_path):
    camera = OpenCvCamera(request(), opened=from_clip(tmp_path, frames=34), named=named)
    frames = [camera.read() for _ in range(4)]
    with pytest.raises(CameraLost):
        camera.read()
    camera.close()

    assert [frame.sequence for frame in frames] == [0, 1, 2, 3]
    assert all(a.captured_ns < b.captured_ns for a, b in pairwise(frames))
    assert frames[0].pixels[60, 140, 2] > 180
    assert not frames[0].pixels.flags.writeable


def test_a_device_that_delivers_nothing_is_unavailable(tmp_path):
    with pytest.raises(CameraUnavailable):
        OpenCvCamera(request(), opened=from_clip(tmp_path, frames=3), named=named)


def test_another_device_at_the_index_is_refused_before_it_is_opened(tmp_path):
    def must_not_open(_request):
        raise AssertionError

    with pytest.raises(CameraUnavailable):
        OpenCvCamera(request("Bank Camera"), opened=must_not_open, named=named)


def test_a_configured_name_is_not_met_by_a_device_without_one():
    with pytest.raises(CameraUnavailable):
        OpenCvCamera(request("Bank Camera"), named=lambda _index: SystemName("", ""))


def test_a_closed_device_is_lost_and_closing_twice_is_harmless(tmp_path):
    camera = OpenCvCamera(request(), opened=from_clip(tmp_path, frames=34), named=named)
    camera.close()
    camera.close()
    with pytest.raises(CameraLost):
        camera.read()


def test_an_index_without_a_device_is_unavailable():
    absent = DeviceRequest(UNUSED_INDEX, "", 640, 480, 30)
    with pytest.raises(CameraUnavailable):
        OpenCvCamera(absent)


def test_opencv_s_options_are_set_but_never_overruled(monkeypatch):
    chosen, other = CAMERA_OPTIONS
    monkeypatch.setenv(chosen, "7")
    monkeypatch.delenv(other, raising=False)
    set_camera_options()

    assert os.environ[chosen] == "7"
    assert os.environ[other] == CAMERA_OPTIONS[other]


def test_the_options_are_there_before_opencv_is_loaded_by_the_station():
    told = subprocess.run(
        [sys.executable, "-c", LOADED],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        env={k: v for k, v in os.environ.items() if k not in CAMERA_OPTIONS},
        cwd=ROOT,
    )

    assert told.stdout.split() == ["True"]
