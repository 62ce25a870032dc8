"""Why a capture device does not open: OpenCV only says that it does not."""

import contextlib
import os
import struct
import sys
from pathlib import Path
from typing import Final

from vision.camera.device_names import listed_devices
from vision.camera.watchdog import CameraTrouble

__all__ = ["delivers_images", "opening_trouble"]

DEVICES: Final = Path("/dev")
VIDIOC_QUERYCAP: Final = 0x8068_5600
"""linux/videodev2.h: fills struct v4l2_capability, 104 octets."""

CAPABILITY_SIZE: Final = 104
DEVICE_CAPS_OFFSET: Final = 88
VIDEO_CAPTURE: Final = 0x1
CONSENT: Final = (
    r"SOFTWARE\Microsoft\Windows\CurrentVersion\CapabilityAccessManager\ConsentStore\webcam"
)
"""Windows 10 and 11: "Let apps access your camera" and "Let desktop apps access your camera"."""


def opening_trouble(index: int, devices: Path = DEVICES) -> CameraTrouble:
    """Return why the device at OpenCV's index could not be opened: absent, forbidden or busy."""
    if sys.platform == "win32":
        if index >= len(listed_devices()):
            return CameraTrouble.ABSENT
        return CameraTrouble.FORBIDDEN if _consent_denied() else CameraTrouble.BUSY
    return _node_trouble(devices / f"video{index}")


def delivers_images(node: Path) -> bool:
    """Say whether a V4L2 node is one for images; one that cannot be asked counts as one."""
    try:
        return _open_and_ask(node)
    except OSError:
        return True


def _node_trouble(node: Path) -> CameraTrouble:
    """Return why a V4L2 node does not serve."""
    try:
        # A camera has a second node for its metadata, which opens and delivers no images.
        return CameraTrouble.BUSY if _open_and_ask(node) else CameraTrouble.ABSENT
    except PermissionError:
        return CameraTrouble.FORBIDDEN
    except OSError as error:
        known = isinstance(error, FileNotFoundError) or not node.exists()
        return CameraTrouble.ABSENT if known else CameraTrouble.BUSY


def _open_and_ask(node: Path) -> bool:
    """Say whether a node is one for images; raises OSError where it does not open."""
    descriptor = os.open(node, os.O_RDWR | getattr(os, "O_NONBLOCK", 0))
    try:
        return _captures(descriptor)
    finally:
        os.close(descriptor)


def _captures(descriptor: int) -> bool:
    """Say whether the node captures video; True when the driver does not answer."""
    if sys.platform == "win32":
        return True
    import fcntl

    answer = bytearray(CAPABILITY_SIZE)
    try:
        fcntl.ioctl(descriptor, VIDIOC_QUERYCAP, answer)
    except OSError:
        return True
    (capabilities,) = struct.unpack_from("=I", answer, DEVICE_CAPS_OFFSET)
    return bool(capabilities & VIDEO_CAPTURE)


if sys.platform == "win32":  # pragma: no cover - runs on Windows only
    import winreg

    def _consent_denied() -> bool:
        """Say whether Windows' privacy settings keep the camera from desktop programs."""
        for root in (winreg.HKEY_LOCAL_MACHINE, winreg.HKEY_CURRENT_USER):
            for key in (CONSENT, rf"{CONSENT}\NonPackaged"):
                with contextlib.suppress(OSError), winreg.OpenKey(root, key) as opened:
                    if winreg.QueryValueEx(opened, "Value")[0] == "Deny":
                        return True
        return False
