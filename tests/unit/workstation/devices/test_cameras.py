"""Which camera the settings open."""

from pathlib import Path

import msgspec
import pytest

from tests.support.station.settings import changed, demo_tables, production_tables
from tests.support.vision.captures import WEBCAM, Capture, device_camera
from vision.camera.device_names import SystemName
from vision.camera.watchdog import CameraTrouble
from vision.errors import CameraUnavailable
from vision.frame import CameraKind
from workstation.devices.cameras import camera_opener, is_simulated
from workstation.settings.settings import LoadedSettings, Settings


def demo_device_tables():
    """Return the tables of a demonstration before a capture device."""
    return changed(demo_tables(), "camera", production_tables()["camera"])


def loaded(tables, folder=Path()):
    return LoadedSettings(folder, "ab" * 32, msgspec.convert(tables, Settings))


def test_only_a_capture_device_is_no_simulation():
    recording = {"kind": "recording", "path": "clip.avi"}

    assert not is_simulated(loaded(production_tables()).values.camera)
    assert is_simulated(loaded(demo_tables()).values.camera)
    assert is_simulated(loaded(changed(demo_tables(), "camera", recording)).values.camera)


def test_an_unknown_scenario_is_a_missing_camera():
    opener = camera_opener(loaded(changed(demo_tables(), "camera.scenario", "nobody")))

    with pytest.raises(CameraUnavailable, match="scenario"):
        opener()


def test_a_recording_that_is_not_there_is_a_missing_camera(tmp_path):
    recording = {"kind": "recording", "path": "clip.avi"}
    opener = camera_opener(loaded(changed(demo_tables(), "camera", recording), tmp_path))

    with pytest.raises(CameraUnavailable):
        opener()


def test_a_device_that_is_not_there_is_a_missing_camera():
    opener = camera_opener(loaded(changed(production_tables(), "camera.index", 63)))

    with pytest.raises(CameraUnavailable):
        opener()


OBS = SystemName("OBS Virtual Camera", "virtual")
NAMELESS = SystemName("", "")


@pytest.mark.parametrize(
    ("called", "trouble"),
    [
        (OBS, CameraTrouble.VIRTUAL_DEVICE),
        (SystemName("OBS Virtual Camera", "046d:0825 1-2"), CameraTrouble.VIRTUAL_DEVICE),
        (NAMELESS, CameraTrouble.UNKNOWN_DEVICE),
    ],
)
def test_production_refuses_and_closes_a_device_of_software_or_of_nobody(called, trouble):
    capture = Capture()
    opener = camera_opener(loaded(production_tables()), device_camera(capture, called))

    with pytest.raises(CameraUnavailable) as refused:
        opener()
    assert refused.value.detail == trouble
    assert capture.released


def test_production_takes_a_physical_device_while_no_list_is_stated():
    camera = camera_opener(loaded(production_tables()), device_camera())()

    assert camera.identity.hardware_id == "046d:0825 1-2"


@pytest.mark.parametrize("tables", [production_tables, demo_device_tables])
def test_a_list_of_allowed_cameras_is_kept_in_every_profile(tables):
    def opener(*allowed, called=WEBCAM):
        listed = changed(tables(), "camera.allowed", list(allowed))
        return camera_opener(loaded(listed), device_camera(called=called))

    assert opener("046D:0825")().identity.name == "HD Webcam"
    assert opener("046d:0825 1-2")().identity.name == "HD Webcam"
    for refused in (opener("046d:0826"), opener("046d:0825 1-3"), opener("virtual", called=OBS)):
        with pytest.raises(CameraUnavailable):
            refused()


def test_a_demonstration_may_use_a_virtual_device():
    assert camera_opener(loaded(demo_device_tables()), device_camera(called=OBS))()


def test_the_simulated_customer_says_that_it_is_one():
    try:
        camera = camera_opener(loaded(demo_tables()))()
    except CameraUnavailable as missing:
        pytest.skip(f"dependency group demo: {missing.detail}")
    kind = camera.identity.kind
    camera.close()

    assert kind is CameraKind.SIMULATED
