"""What Linux and Windows tell of a capture device, from recorded listings."""

import sys

import pytest

from vision.camera.device_names import SystemName, directshow_index, linux_name, windows_name
from vision.camera.windows_devices import (
    ListedDevice,
    directshow_devices,
    media_foundation_devices,
)

on_linux = pytest.mark.skipif(sys.platform == "win32", reason="sysfs, with its links, is Linux'")


@pytest.fixture
def sysfs(tmp_path):
    """Two video nodes as Linux shows them: a USB webcam and a loopback without a device."""
    usb = tmp_path / "devices" / "usb1" / "1-2"
    interface = usb / "1-2:1.0"
    interface.mkdir(parents=True)
    (usb / "idVendor").write_text("046d\n")
    (usb / "idProduct").write_text("0825\n")
    nodes = tmp_path / "video4linux"
    (nodes / "video0").mkdir(parents=True)
    (nodes / "video0" / "name").write_text("HD Webcam\n")
    (nodes / "video0" / "device").symlink_to(interface)
    (nodes / "video4").mkdir()
    (nodes / "video4" / "name").write_text("OBS Virtual Camera\n")
    return nodes


@on_linux
def test_a_usb_camera_has_a_name_and_its_vid_pid_with_the_port(sysfs):
    assert linux_name(0, sysfs) == SystemName("HD Webcam", "046d:0825 1-2")


@on_linux
def test_a_loopback_device_is_called_virtual(sysfs):
    assert linux_name(4, sysfs) == SystemName("OBS Virtual Camera", "virtual")


def test_nothing_is_claimed_about_an_absent_device(sysfs):
    assert linux_name(9, sysfs) == SystemName("", "")


@on_linux
@pytest.mark.parametrize(
    "place",
    [
        "platform/vivid.0",
        "platform/vhci_hcd.0/usb3/3-1/3-1:1.0",
        "platform/dummy_hcd.0/usb4/4-1/4-1:1.0",
        "virtual/video4linux/video2",
    ],
)
def test_a_device_whose_bus_is_software_is_called_virtual(tmp_path, place):
    interface = tmp_path / "devices" / place
    interface.mkdir(parents=True)
    (interface.parent / "idVendor").write_text("046d\n")
    (interface.parent / "idProduct").write_text("0825\n")
    entry = tmp_path / "video4linux" / "video2"
    entry.mkdir(parents=True)
    (entry / "name").write_text("HD Webcam\n")
    (entry / "device").symlink_to(interface)

    assert linux_name(2, tmp_path / "video4linux") == SystemName("HD Webcam", "virtual")


CAPTURE = "{e5323777-f976-4f5b-9b55-b94699c46e44}"
DIRECTSHOW = "{65e8773d-8f56-11d0-a3b9-00a0c9223196}"
MEDIA_FOUNDATION = (
    ListedDevice(
        "Logitech Webcam C270",
        rf"\\?\usb#vid_046d&pid_0825&mi_00#7&e89baf7&0&0000#{CAPTURE}\global",
    ),
    ListedDevice(
        "Surface Camera Front", rf"\\?\display#INT3480#4&1835d135&0&UID2#{CAPTURE}\{{0c3f}}"
    ),
    ListedDevice("Windows Virtual Camera", rf"\\?\swd#vcamdevapi#2a1b3c#{CAPTURE}\global"),
    ListedDevice("ManyCam Virtual Webcam", rf"\\?\root#image#0000#{CAPTURE}\global"),
)
DIRECTSHOW_LIST = (
    ListedDevice("OBS Virtual Camera", ""),
    ListedDevice("Surface Camera Front", rf"\\?\display#int3480#4&1835d135&0&uid2#{DIRECTSHOW}\x"),
    ListedDevice(
        "Logitech Webcam C270",
        rf"\\?\usb#vid_046d&pid_0825&mi_00#7&e89baf7&0&0000#{DIRECTSHOW}\global",
    ),
    ListedDevice("Screen Capture", "screen-capture-recorder"),
)


def test_windows_paths_become_vid_pid_a_place_or_virtual():
    names = [windows_name(index, MEDIA_FOUNDATION) for index in range(5)]

    assert names == [
        SystemName("Logitech Webcam C270", "046d:0825 7&e89baf7&0&0000"),
        SystemName("Surface Camera Front", "display#int3480"),
        SystemName("Windows Virtual Camera", "virtual"),
        SystemName("ManyCam Virtual Webcam", "virtual"),
        SystemName("", ""),
    ]
    filters = [windows_name(index, DIRECTSHOW_LIST).hardware_id for index in (0, 3)]
    assert filters == ["virtual", "virtual"]


def test_directshow_s_place_of_a_device_is_found_by_the_device_not_by_the_number():
    places = [directshow_index(each, DIRECTSHOW_LIST) for each in MEDIA_FOUNDATION]

    assert places == [2, 1, None, None]
    assert directshow_index(ListedDevice("", ""), DIRECTSHOW_LIST) is None


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has both lists")
def test_other_systems_have_neither_list():
    assert media_foundation_devices() == directshow_devices() == ()
