"""Which camera the settings mean: a device, a recorded clip, or the sandbox's customer."""

from collections.abc import Callable

from vision.errors import CameraUnavailable
from vision.frame import Camera
from workstation.preflight import device_trouble
from workstation.settings import settings as s

__all__ = ["camera_opener", "is_simulated"]


def is_simulated(camera: s.CameraTable) -> bool:
    """Whether anything but a capture device would deliver the pixels."""
    return not isinstance(camera, s.DeviceCameraTable)


def camera_opener(
    loaded: s.LoadedSettings, open_camera: Callable[[], Camera] | None = None
) -> Callable[[], Camera]:
    """Return what opens the configured camera, or another in its place.

    It raises CameraUnavailable when called, with the trouble's code for a device that may not be
    used here; that one is closed again.
    """
    opening = open_camera or _configured(loaded)

    def open_checked() -> Camera:
        camera = opening()
        trouble = device_trouble(loaded, camera.identity)
        if trouble is not None:
            camera.close()
            raise CameraUnavailable(trouble)
        return camera

    return open_checked


def _configured(loaded: s.LoadedSettings) -> Callable[[], Camera]:
    configured = loaded.values.camera

    def open_camera() -> Camera:
        match configured:
            case s.DeviceCameraTable():
                from vision.camera.device import DeviceRequest, OpenCvCamera

                return OpenCvCamera(
                    DeviceRequest(
                        index=configured.index,
                        name=configured.name,
                        width=configured.width,
                        height=configured.height,
                        frames_per_second=configured.frames_per_second,
                        challenged=configured.challenge,
                    )
                )
            case s.RecordedCameraTable(path=path):
                from vision.camera.recording import RecordedCamera

                return RecordedCamera(loaded.path(path), paced=True)
            case s.SimulatedCameraTable(scenario=scenario):
                import secrets

                from vision.camera.simulated import SimulatedCamera, SimulatedVariant

                try:
                    variant = SimulatedVariant(scenario)
                except ValueError:
                    raise CameraUnavailable("scenario") from None
                return SimulatedCamera(variant=variant, seed=secrets.randbits(32), paced=True)

    return open_camera
