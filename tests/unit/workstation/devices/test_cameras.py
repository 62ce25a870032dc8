"""Which camera the settings open."""

from pathlib import Path

import msgspec
import pytest

from tests.support.station.settings import changed, demo_tables, production_tables
from vision.errors import CameraUnavailable
from vision.frame import CameraKind
from workstation.devices.cameras import camera_opener, is_simulated
from workstation.settings.settings import LoadedSettings, Settings


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


def test_the_simulated_customer_says_that_it_is_one():
    try:
        camera = camera_opener(loaded(demo_tables()))()
    except CameraUnavailable as missing:
        pytest.skip(f"dependency group demo: {missing.detail}")
    kind = camera.identity.kind
    camera.close()

    assert kind is CameraKind.SIMULATED
