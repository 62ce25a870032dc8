"""Which camera the settings mean: a device, a recorded clip, or the sandbox's customer."""

from collections.abc import Callable

from vision.errors import CameraUnavailable
from vision.frame import Camera
from workstation.settings import settings as s

__all__ = ["camera_opener", "is_simulated"]


def is_simulated(camera: s.CameraTable) -> bool:
    """Whether anything but a capture device would deliver the pixels."""
    return not isinstance(camera, s.DeviceCameraTable)


def camera_opener(loaded: s.LoadedSettings) -> Callable[[], Camera]:
    """Return what opens the configured camera; it raises CameraUnavailable when called."""
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
