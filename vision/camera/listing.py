"""The capture devices that the system lists, without opening one to take images."""

import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from vision.camera.access import delivers_images
from vision.camera.device_names import (
    SYSFS,
    linux_name,
    listed_devices,
    windows_name,
)
from vision.camera.windows_devices import media_foundation_devices

__all__ = ["LARGEST_INDEX", "ListedCamera", "list_cameras"]

LARGEST_INDEX: Final = 63
"""The settings name no device beyond it."""

_NODE: Final = re.compile(r"video([0-9]{1,3})")


@dataclass(frozen=True, slots=True)
class ListedCamera:
    """A device by the index that OpenCV and the settings count it as.

    name, hardware_id  what the system calls it: foreign text
    path     node or device path; empty where the system has none
    backend  through which OpenCV reaches it
    """

    index: int
    name: str
    hardware_id: str
    path: str
    backend: str


def list_cameras(
    sysfs: Path = SYSFS, devices: Path = Path("/dev")
) -> tuple[tuple[ListedCamera, ...], int]:
    """Return the devices up to index 63, and how many are beyond it.

    A node that only gives metadata, as the second one of most webcams does, is left out.
    """
    if sys.platform == "win32":
        return _list_windows()
    return _list_linux(sysfs, devices)


def _list_linux(sysfs: Path, devices: Path) -> tuple[tuple[ListedCamera, ...], int]:
    try:
        names = [each.name for each in sysfs.iterdir()]
    except OSError:
        return (), 0
    numbers = sorted(int(found[1]) for each in names if (found := _NODE.fullmatch(each)))
    listed = []
    for index in (each for each in numbers if each <= LARGEST_INDEX):
        node = devices / f"video{index}"
        if delivers_images(node):
            called = linux_name(index, sysfs)
            listed.append(ListedCamera(index, called.name, called.hardware_id, str(node), "V4L2"))
    return tuple(listed), sum(each > LARGEST_INDEX for each in numbers)


def _list_windows() -> tuple[tuple[ListedCamera, ...], int]:
    listed = listed_devices()
    backend = "MSMF" if media_foundation_devices() else "DSHOW"
    named = (
        (index, device, windows_name(index, listed))
        for index, device in enumerate(listed[: LARGEST_INDEX + 1])
    )
    cameras = tuple(
        ListedCamera(index, called.name, called.hardware_id, device.path, backend)
        for index, device, called in named
    )
    return cameras, max(0, len(listed) - len(cameras))
