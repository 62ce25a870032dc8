"""What the system calls a capture device: its name, its maker's id, and whether software made it.

OpenCV counts devices and knows neither. On Linux sysfs does, on Windows the list that OpenCV's
backend counts in.
"""

import contextlib
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from vision.camera.windows_devices import (
    ListedDevice,
    directshow_devices,
    media_foundation_devices,
)

__all__ = [
    "VIRTUAL",
    "SystemName",
    "directshow_index",
    "linux_name",
    "listed_devices",
    "system_name",
    "windows_name",
]

VIRTUAL: Final = "virtual"
SYSFS: Final = Path("/sys/class/video4linux")
LONGEST_NAME: Final = 200
SOFTWARE_BUSES: Final = frozenset(
    {"virtual", "vivid", "vimc", "v4l2loopback", "vhci_hcd", "dummy_hcd", "dummy_udc"}
)
"""In a device's path under sysfs: no bus at all, test drivers, and USB that ends in software
(USB/IP's vhci_hcd shows the device of another machine, dummy_hcd that of a program on this one)."""

SOFTWARE_ENUMERATORS: Final = frozenset({"swd", "sw", "root"})
"""First part of a Windows device path: software devices and drivers without a device."""

USB_PATH: Final = re.compile(
    r"usb#vid_(?P<vendor>[0-9a-f]{4})&pid_(?P<product>[0-9a-f]{4})[^#]*#(?P<place>[^#]+)"
)


@dataclass(frozen=True, slots=True)
class SystemName:
    """What the system calls a device: name, and VID:PID with its USB path, `virtual` or empty."""

    name: str
    hardware_id: str


def system_name(index: int) -> SystemName:
    """Return name and hardware id of the device at OpenCV's index; empty where nobody tells."""
    if sys.platform == "win32":
        return windows_name(index, listed_devices())
    return linux_name(index)


def linux_name(index: int, sysfs: Path = SYSFS) -> SystemName:
    """Return name and hardware id of a V4L2 device; empty fields where sysfs does not tell."""
    entry = sysfs / f"video{index}"
    name = _line(entry / "name")
    device = (entry / "device").resolve() if (entry / "device").exists() else None
    if device is None:
        # Only loopback drivers register a video node without a device behind it.
        return SystemName(name, VIRTUAL if name else "")
    if not SOFTWARE_BUSES.isdisjoint(part.partition(".")[0] for part in device.parts):
        return SystemName(name, VIRTUAL)
    for folder in (device, *device.parents[:3]):
        vendor, product = _line(folder / "idVendor"), _line(folder / "idProduct")
        if vendor and product:
            return SystemName(name, f"{vendor}:{product} {folder.name}")
    return SystemName(name, device.name)


def listed_devices() -> tuple[ListedDevice, ...]:
    """Return Windows' capture devices as Media Foundation counts them, else as DirectShow does.

    Editions of Windows without media features have DirectShow only.
    """
    return media_foundation_devices() or directshow_devices()


def windows_name(index: int, listed: Sequence[ListedDevice]) -> SystemName:
    """Return name and hardware id by a device's path; empty fields for no such index."""
    if index >= len(listed):
        return SystemName("", "")
    device = listed[index]
    path = device.path.lower()
    if found := USB_PATH.search(path):
        hardware_id = f"{found['vendor']}:{found['product']} {found['place']}"
        return SystemName(device.name, hardware_id)
    enumerator, _, rest = path.removeprefix("\\\\?\\").partition("#")
    # A filter that a program registered has no path at all, or one of its own making.
    if not path.startswith("\\\\?\\") or enumerator in SOFTWARE_ENUMERATORS:
        return SystemName(device.name, VIRTUAL)
    return SystemName(device.name, f"{enumerator}#{rest.partition('#')[0]}")


def directshow_index(device: ListedDevice, directshow: Sequence[ListedDevice]) -> int | None:
    """Return what DirectShow counts a device of Media Foundation as; None when it has it not.

    The two lists differ in order and length, their paths in the class at the end only.
    """
    wanted = _instance(device.path)
    for index, each in enumerate(directshow):
        if wanted and _instance(each.path) == wanted:
            return index
    return None


def _instance(path: str) -> str:
    """Return the part of a device interface's path that names the device."""
    return path.lower().partition("#{")[0]


def _line(path: Path) -> str:
    """Return the first line of a sysfs attribute, empty when there is none."""
    with contextlib.suppress(OSError, UnicodeDecodeError), path.open(encoding="utf-8") as stream:
        return stream.readline(LONGEST_NAME).strip()
    return ""
