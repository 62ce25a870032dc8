"""What a station opens, piece by piece: `bootstrap` builds with it, `doctor` looks with it.

Whatever the desktop would refuse is refused here, so that a station cannot be called good that
does not start.
"""

import os
from datetime import datetime
from pathlib import Path
from typing import Final

from vision.camera.device_names import system_name
from vision.camera.watchdog import CameraTrouble, identity_trouble
from vision.errors import ManifestRefused
from vision.frame import CameraIdentity, CameraKind
from vision.models.manifest import MANIFEST_NAME, Manifest, load_manifest
from workstation.errors import SettingsRefused
from workstation.flavour import has_demo
from workstation.rules.calendar.calendar import PolicyCalendar
from workstation.rules.calendar.reader import station_calendar
from workstation.rules.local_time import local_day
from workstation.rules.policy import Policy
from workstation.rules.policy_file import require_in_force
from workstation.rules.policy_vision import require_vision_tables
from workstation.settings import settings as s
from workstation.settings.settings import LoadedSettings
from workstation.settings.trust import RevocationSettings

__all__ = [
    "COOL_DOWN_NAME",
    "FACES_NAME",
    "OUTBOX_NAME",
    "device_trouble",
    "load_station_models",
    "policy_calendar",
    "policy_in_force",
    "require_camera",
    "require_folders",
]

COOL_DOWN_NAME: Final = "cool-down.sqlite"
FACES_NAME: Final = "faces.sqlite"
OUTBOX_NAME: Final = "outbox"


def policy_calendar(loaded: RevocationSettings, moment: datetime) -> PolicyCalendar:
    """Return the station's policies, one of which binds at a moment; PolicyRefused.

    Of each that binds then or later everything is looked at that a session takes from it.
    """
    calendar, day = station_calendar(loaded, moment), local_day(moment)
    require_in_force(calendar.require(day).policy, day)
    match = load_station_models(loaded).match
    for each in calendar.versions:
        if each.policy.valid_to is None or each.policy.valid_to >= day:
            require_vision_tables(each.policy, match)
    # A year without its monthly index is refused where a loan begins: it is no reason to turn away
    # whoever changes a number (`workstation.station.readiness`).
    return calendar


def policy_in_force(loaded: RevocationSettings, moment: datetime) -> Policy:
    """Return the policy that binds at a moment; raises as `policy_calendar`."""
    return policy_calendar(loaded, moment).require(local_day(moment)).policy


def load_station_models(loaded: RevocationSettings) -> Manifest:
    """Return the manifest of the station's face models, its own or the shipped; SettingsRefused."""
    try:
        return load_manifest(loaded.folder)
    except ManifestRefused as refused:
        raise SettingsRefused(f"{MANIFEST_NAME}: {refused.detail}") from None


def require_folders(loaded: LoadedSettings) -> tuple[Path, ...]:
    """Return the folders that are written to; SettingsRefused names one that cannot be.

    Nothing is created: a folder that is not there yet has to have one above it that is writable.
    """
    values = loaded.values
    wanted = (
        ("$.log.path", loaded.path(values.log.path).parent, True),
        ("$.log.released", loaded.path(values.log.released).parent, True),
        ("$.vault.path", loaded.path(values.vault.path), False),
        ("$.permit.folder", loaded.path(values.permit.folder), False),
        (OUTBOX_NAME, loaded.folder / OUTBOX_NAME, False),
    )
    for place, folder, there in wanted:
        _require_writable(place, folder, there=there)
    released = loaded.path(values.log.released)
    if released.is_dir():
        raise SettingsRefused(f"$.log.released: {values.log.released} is a folder, not a file")
    return tuple(folder for _, folder, _ in wanted)


def _require_writable(place: str, folder: Path, *, there: bool) -> None:
    """Refuse a place that is no folder or may not be written to.

    there  whether it must exist already: a log's folder and a network share are never made
    """
    nearest = folder
    while not there and not nearest.exists() and nearest != nearest.parent:
        nearest = nearest.parent
    if not nearest.is_dir():
        gone = "is no folder" if nearest.exists() else "is not there or cannot be reached"
        raise SettingsRefused(f"{place}: {nearest} {gone}")
    if not os.access(nearest, os.W_OK | os.X_OK):
        raise SettingsRefused(f"{place}: {nearest} may not be written to")


def device_trouble(loaded: LoadedSettings, identity: CameraIdentity) -> CameraTrouble | None:
    """Return what keeps a camera from being used here, by what the system says it is.

    In production a device made by software, or one that nobody knows, is never used; elsewhere it
    is unless the settings say which cameras are allowed.
    """
    configured = loaded.values.camera
    allowed = configured.allowed if isinstance(configured, s.DeviceCameraTable) else ()
    trouble = identity_trouble(identity, frozenset(each.lower() for each in allowed))
    strict = bool(allowed) or loaded.values.profile is s.Profile.PRODUCTION
    return trouble if strict else None


def require_camera(loaded: LoadedSettings) -> str:
    """Describe the camera of the settings; SettingsRefused for a recording that is not there.

    A build without the demo refuses whatever is no device.
    A device is not opened: another program may hold it now. One that is there and may not be used
    (made by software, not allowed, of another name) is SettingsRefused.
    """
    camera = loaded.values.camera
    if not isinstance(camera, s.DeviceCameraTable) and not has_demo():
        raise SettingsRefused("$.camera.kind: this build knows devices only")
    match camera:
        case s.DeviceCameraTable(index=index, name=name):
            return _device(loaded, index, name)
        case s.RecordedCameraTable(path=path):
            if not loaded.path(path).is_file():
                raise SettingsRefused(f"$.camera.path: there is no file {path}")
            return f"recording {path}"
        case s.SimulatedCameraTable(scenario=scenario):
            return f"simulated, {scenario}"


def _device(loaded: LoadedSettings, index: int, name: str) -> str:
    """Describe a capture device by what the system calls it."""
    called = system_name(index)
    if not called.name and not called.hardware_id:
        return f"device {index}, {name or 'whatever its name'}; not there now"
    if name and name != called.name:
        raise SettingsRefused(f"$.camera.name: device {index} is called {called.name}")
    known = CameraIdentity(CameraKind.DEVICE, called.name, called.hardware_id, "", 0, 0, 0)
    trouble = device_trouble(loaded, known)
    if trouble is not None:
        raise SettingsRefused(f"$.camera.allowed: {trouble.value}: {called.hardware_id}")
    return f"device {index}, {called.name}, {called.hardware_id}; not opened here"
