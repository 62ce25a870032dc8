import os
import sys

import pytest

from vision.camera.access import opening_trouble
from vision.camera.device import DeviceRequest, OpenCvCamera
from vision.camera.watchdog import CameraTrouble
from vision.errors import CameraUnavailable

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="nodes of V4L2")


def test_without_a_node_there_is_no_camera(tmp_path):
    assert opening_trouble(3, tmp_path) is CameraTrouble.ABSENT


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() == 0, reason="root may everything")
def test_a_node_without_rights_is_forbidden(tmp_path):
    (tmp_path / "video3").touch(mode=0)
    assert opening_trouble(3, tmp_path) is CameraTrouble.FORBIDDEN


def test_a_node_that_may_not_be_opened_is_forbidden(tmp_path, monkeypatch):
    def refuse(*_arguments):
        raise PermissionError

    monkeypatch.setattr("vision.camera.access.os.open", refuse)
    assert opening_trouble(3, tmp_path) is CameraTrouble.FORBIDDEN


def test_a_node_that_opens_and_serves_nobody_is_busy(tmp_path):
    (tmp_path / "video3").touch()
    assert opening_trouble(3, tmp_path) is CameraTrouble.BUSY


def test_a_node_that_captures_no_video_is_no_camera(tmp_path, monkeypatch):
    (tmp_path / "video3").touch()
    monkeypatch.setattr("fcntl.ioctl", lambda _descriptor, _request, _answer: 0)
    assert opening_trouble(3, tmp_path) is CameraTrouble.ABSENT


def test_a_device_that_is_not_there_is_named_when_it_is_opened():
    with pytest.raises(CameraUnavailable) as refused:
        OpenCvCamera(DeviceRequest(63, "", 640, 480, 30))
    assert refused.value.detail == CameraTrouble.ABSENT
