"""Cameras: those that the system lists, whether each may be used here, and one of them tried."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import msgspec

from vision.camera.listing import ListedCamera, list_cameras
from vision.camera.measuring import CameraMeasurement, measure_camera
from vision.camera.watchdog import CameraTrouble
from vision.errors import CameraError, CameraLost, CameraUnavailable
from vision.frame import Camera, CameraIdentity, CameraKind
from vision.results import Status
from workstation.devices.cameras import camera_opener
from workstation.diagnosis.camera_edit import CameraMembers
from workstation.diagnosis.probe import (
    Probe,
    ProbeFact,
    ProbeFinding,
    ProbeKind,
    ProbeResult,
    ProbeState,
    conclude,
)
from workstation.preflight import device_trouble
from workstation.settings.settings import DeviceCameraTable, LoadedSettings

__all__ = [
    "CameraTrial",
    "StationCamera",
    "camera_probes",
    "propose_camera",
    "station_cameras",
    "try_camera",
]

_DEADLINE_S: Final = 40.0
"""Opening takes up to ten seconds for each way that OpenCV tries; challenge and images six."""

_FINE_ANYWAY: Final = frozenset({CameraTrouble.IRREGULAR, CameraTrouble.REPEATING})
_LEAST_RATE: Final = 5
_MOST_RATE: Final = 120
_LARGEST_ID: Final = 60

OpenIndex = Callable[[int], Camera]


@dataclass(frozen=True, slots=True)
class StationCamera:
    """A listed camera as this station sees it.

    trouble   why it may not be used here; None when it may
    in_use    it is the one of the settings
    """

    listed: ListedCamera
    trouble: CameraTrouble | None
    in_use: bool


@dataclass(frozen=True, slots=True)
class CameraTrial:
    """What came of trying one camera; without a measurement it did not open."""

    result: ProbeResult
    measured: CameraMeasurement | None = None


def station_cameras(
    loaded: LoadedSettings,
    listed: Callable[[], tuple[tuple[ListedCamera, ...], int]] = list_cameras,
) -> tuple[tuple[StationCamera, ...], int]:
    """Return the system's cameras with what keeps each from being used here, and how many more."""
    configured = loaded.values.camera
    used = configured.index if isinstance(configured, DeviceCameraTable) else -1
    found, beyond = listed()
    cameras = tuple(StationCamera(each, _judge(loaded, each), each.index == used) for each in found)
    return cameras, beyond


def _judge(loaded: LoadedSettings, listed: ListedCamera) -> CameraTrouble | None:
    hardware_id = listed.hardware_id or f"index {listed.index}"
    identity = CameraIdentity(CameraKind.DEVICE, listed.name, hardware_id, listed.backend, 0, 0, 0)
    return device_trouble(loaded, identity)


def camera_probes(loaded: LoadedSettings, *, running: bool) -> tuple[Probe, ...]:
    """Return a probe of every camera; that of the station is not opened while the station runs.

    running  the station itself holds the camera of its settings
    """
    configured = loaded.values.camera
    if not isinstance(configured, DeviceCameraTable):
        subject = _subject(loaded, None)
        return (
            Probe(ProbeKind.CAMERA, subject, _configured(loaded, running=running), _DEADLINE_S),
        )
    found, _ = station_cameras(loaded)
    probes = [_listed_probe(loaded, each, running=running) for each in found]
    if not any(each.in_use for each in found):
        index = configured.index
        gone = conclude(ProbeKind.CAMERA, str(index), ProbeFinding.NOT_THERE)
        probes.append(Probe(ProbeKind.CAMERA, str(index), lambda _stopped: gone))
    return tuple(probes)


def _configured(
    loaded: LoadedSettings, *, running: bool
) -> Callable[[Callable[[], bool]], ProbeResult]:
    def run(_stopped: Callable[[], bool]) -> ProbeResult:
        if running:
            return conclude(ProbeKind.CAMERA, _subject(loaded, None), ProbeFinding.IN_USE)
        return try_camera(loaded, None).result

    return run


def _listed_probe(loaded: LoadedSettings, camera: StationCamera, *, running: bool) -> Probe:
    """Return what looks at a listed camera: a look at one opens none, the button does."""
    subject, facts = str(camera.listed.index), _describe(camera.listed)

    def run(_stopped: Callable[[], bool]) -> ProbeResult:
        if running and camera.in_use:
            return conclude(ProbeKind.CAMERA, subject, ProbeFinding.IN_USE, *facts)
        if camera.trouble is not None:
            # Its light is not switched on either: nothing of it is wanted here.
            code, step = camera.trouble.value, f"probe_next.{ProbeFinding.NOT_ALLOWED.value}"
            return ProbeResult(ProbeKind.CAMERA, subject, code, ProbeState.BAD, facts, step)
        return try_camera(loaded, camera.listed.index).result

    return Probe(ProbeKind.CAMERA, subject, run, _DEADLINE_S)


def _describe(listed: ListedCamera) -> tuple[tuple[ProbeFact, str], ...]:
    return (
        (ProbeFact.NAME, listed.name),
        (ProbeFact.HARDWARE_ID, listed.hardware_id),
        (ProbeFact.PATH, listed.path),
        (ProbeFact.BACKEND, listed.backend),
    )


def try_camera(
    loaded: LoadedSettings, index: int | None, opened: OpenIndex | None = None
) -> CameraTrial:
    """Open a camera, challenge it and measure 30 images; never raises.

    index   None: the one of the settings, whatever its kind
    opened  how a device is opened, or a stand-in
    """
    subject = _subject(loaded, index)
    try:
        camera = _open(loaded, index, opened)
    except CameraUnavailable as unavailable:
        return CameraTrial(_refused(subject, _code_of(unavailable)))
    try:
        trouble = device_trouble(loaded, camera.identity)
        if trouble is not None:
            return CameraTrial(_refused(subject, trouble.value))
        measured = measure_camera(camera, secrets.SystemRandom())
    except CameraLost as lost:
        return CameraTrial(_refused(subject, _code_of(lost)))
    finally:
        camera.close()
    return CameraTrial(_conclude(subject, measured), measured)


def _subject(loaded: LoadedSettings, index: int | None) -> str:
    configured = loaded.values.camera
    if index is not None:
        return str(index)
    if isinstance(configured, DeviceCameraTable):
        return str(configured.index)
    return str(msgspec.to_builtins(configured)["kind"])


def _open(loaded: LoadedSettings, index: int | None, opened: OpenIndex | None) -> Camera:
    configured = loaded.values.camera
    if index is None:
        return camera_opener(loaded)()
    if opened is not None:
        return opened(index)
    from vision.camera.device import DeviceRequest, OpenCvCamera

    wanted = configured if isinstance(configured, DeviceCameraTable) else None
    return OpenCvCamera(
        DeviceRequest(
            index=index,
            name="",
            width=1280 if wanted is None else wanted.width,
            height=720 if wanted is None else wanted.height,
            frames_per_second=30 if wanted is None else wanted.frames_per_second,
        )
    )


def _code_of(error: CameraError) -> str:
    """Return the code of the trouble where it is known, else that of the error."""
    return error.detail if error.detail in set(CameraTrouble) else error.code


def _refused(subject: str, code: str) -> ProbeResult:
    step = f"probe_next.{ProbeFinding.NOT_THERE.value}"
    if code in {CameraTrouble.VIRTUAL_DEVICE, CameraTrouble.UNKNOWN_DEVICE}:
        step = f"probe_next.{ProbeFinding.NOT_ALLOWED.value}"
    return ProbeResult(ProbeKind.CAMERA, subject, code, ProbeState.BAD, (), step)


def _conclude(subject: str, measured: CameraMeasurement) -> ProbeResult:
    identity, response = measured.identity, measured.response
    facts = (
        (ProbeFact.NAME, identity.name),
        (ProbeFact.HARDWARE_ID, identity.hardware_id),
        (ProbeFact.BACKEND, identity.backend),
        (ProbeFact.SIZE, f"{identity.width}x{identity.height}"),
        (ProbeFact.RATE, f"{measured.rate_tenths / 10:.1f}"),
        (ProbeFact.LUMA, str(measured.luma)),
        (ProbeFact.CHALLENGE, f"{response.status.value} {response.reason}".strip()),
    )
    if response.status is Status.FAILED:
        return _troubled(subject, CameraTrouble.UNRESPONSIVE, ProbeState.BAD, facts)
    worst = next(iter(measured.troubles), None)
    if worst is not None:
        state = ProbeState.WARN if worst in _FINE_ANYWAY else ProbeState.BAD
        return _troubled(subject, worst, state, facts)
    return conclude(ProbeKind.CAMERA, subject, ProbeFinding.DELIVERS, *facts)


def _troubled(
    subject: str,
    trouble: CameraTrouble,
    state: ProbeState,
    facts: tuple[tuple[ProbeFact, str], ...],
) -> ProbeResult:
    step = f"probe_next.{ProbeFinding.NOT_THERE.value}"
    return ProbeResult(ProbeKind.CAMERA, subject, trouble.value, state, facts, step)


def propose_camera(index: int, measured: CameraMeasurement) -> CameraMembers:
    """Return the table `[camera]` that asks for what a camera has just delivered.

    Only for one that obeyed, or whose driver takes no requests: a liar is proposed to nobody.
    """
    identity = measured.identity
    rate = min(_MOST_RATE, max(_LEAST_RATE, round(measured.rate_tenths / 10)))
    members: dict[str, str | int | bool | list[str]] = {
        "kind": "device",
        "index": index,
        "name": identity.name,
        "width": identity.width,
        "height": identity.height,
        "frames_per_second": rate,
        "challenge": True,
    }
    vendor = identity.hardware_id.partition(" ")[0]
    if ":" in vendor and len(vendor) <= _LARGEST_ID:
        members["allowed"] = [identity.hardware_id]
    return members
