"""DirectShow's and Media Foundation's lists of cameras, through COM; no camera is here."""

import sys

import pytest

from vision.camera.access import opening_trouble
from vision.camera.device_names import SystemName, directshow_index, windows_name
from vision.camera.watchdog import CameraTrouble
from vision.camera.windows_devices import (
    ListedDevice,
    directshow_devices,
    media_foundation_devices,
)

pytestmark = pytest.mark.skipif(sys.platform != "win32", reason="COM of Windows")

CATEGORY = r"CLSID\{860BB310-5D01-11D0-BD3B-00A0C911CE86}\Instance"
OBS = "{A3FCE0F5-3493-419F-958A-ABA1250EC20B}"
WEBCAM = "{A3FCE0F5-3493-419F-958A-ABA1250EC20C}"
WEBCAM_PATH = (
    r"\\?\usb#vid_046d&pid_0825&mi_00#7&1a2b&0&0000#{65e8773d-8f56-11d0-a3b9-00a0c9223196}\global"
)


def created(root, clsid):
    import winreg

    try:
        return winreg.CreateKey(root, rf"{CATEGORY}\{clsid}")
    except PermissionError:
        pytest.skip("this account may not register filters")


@pytest.fixture
def filters():
    """Two capture filters as programs register them; the second claims to be a device."""
    import winreg

    root = winreg.HKEY_CLASSES_ROOT
    entries = {OBS: ("OBS Virtual Camera", ""), WEBCAM: ("Камера үстел", WEBCAM_PATH)}
    for clsid, (name, path) in entries.items():
        with created(root, clsid) as key:
            winreg.SetValueEx(key, "FriendlyName", 0, winreg.REG_SZ, name)
            winreg.SetValueEx(key, "CLSID", 0, winreg.REG_SZ, clsid)
            if path:
                winreg.SetValueEx(key, "DevicePath", 0, winreg.REG_SZ, path)
    yield
    for clsid in entries:
        winreg.DeleteKey(root, rf"{CATEGORY}\{clsid}")


@pytest.mark.usefixtures("filters")
def test_filters_are_listed_with_their_names_and_what_they_are():
    listed = directshow_devices()
    called = {windows_name(index, listed) for index in range(len(listed))}

    assert SystemName("OBS Virtual Camera", "virtual") in called
    assert SystemName("Камера үстел", "046d:0825 7&1a2b&0&0000") in called


@pytest.mark.usefixtures("filters")
def test_a_device_of_media_foundation_is_found_in_directshow_s_list():
    listed = directshow_devices()
    path = WEBCAM_PATH.replace("65e8773d", "e5323777").upper()
    found = directshow_index(ListedDevice("", path), listed)

    assert found is not None
    assert listed[found].name == "Камера үстел"


def test_the_lists_can_be_asked_for_again_and_again():
    assert media_foundation_devices() == media_foundation_devices()
    assert directshow_devices() == directshow_devices()


def test_an_index_behind_the_list_is_an_absent_camera():
    assert opening_trouble(63) is CameraTrouble.ABSENT
