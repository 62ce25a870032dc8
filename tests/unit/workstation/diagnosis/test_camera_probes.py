"""Cameras listed from a tree like sysfs, and one tried through a stand-in for OpenCV's capture."""

import sys
import tomllib

import pytest

from tests.support.station.settings import demo_tables, toml_of
from tests.support.vision.captures import AdjustableCapture, Capture
from vision.camera.device import DeviceRequest, OpenCvCamera
from vision.camera.device_names import SystemName
from vision.camera.listing import list_cameras
from vision.camera.watchdog import CameraTrouble
from vision.errors import CameraUnavailable
from workstation.diagnosis.camera_edit import allow_camera, camera_lines, stage_camera
from workstation.diagnosis.cameras import propose_camera, station_cameras, try_camera
from workstation.diagnosis.probe import ProbeFact, ProbeState
from workstation.errors import SettingsRefused
from workstation.settings.settings import LoadedSettings, read_settings

WEBCAM = SystemName("C920", "046d:0825 1-2")
HOSTILE = "Cam\x1b[2J\u202e<img src=//evil/x>"


def plug_in(sysfs, index, name):
    """Lay a device out as Linux does."""
    device = sysfs.parent / "bus" / f"1-{index}"
    device.mkdir(parents=True)
    (device / "idVendor").write_text("046d\n")
    (device / "idProduct").write_text("0825\n")
    node = sysfs / f"video{index}"
    node.mkdir(parents=True)
    (node / "name").write_text(f"{name}\n")
    (node / "device").symlink_to(device)


@pytest.fixture
def sysfs(tmp_path):
    folder = tmp_path / "class" / "video4linux"
    folder.mkdir(parents=True)
    return folder


def loaded(folder, **camera):
    tables = demo_tables()
    tables["camera"] = {
        "kind": "device",
        "index": 0,
        "name": "",
        "width": 640,
        "height": 480,
        "frames_per_second": 30,
        **camera,
    }
    (folder / "workstation.toml").write_bytes(toml_of(tables))
    return LoadedSettings(folder, "ab" * 32, read_settings(toml_of(tables)))


@pytest.mark.skipif(sys.platform == "win32", reason="Linux lists cameras below /sys")
def test_a_camera_is_listed_with_what_the_system_calls_it(sysfs, tmp_path):
    plug_in(sysfs, 2, "C920")

    (found,), beyond = list_cameras(sysfs, tmp_path / "dev")

    assert (found.index, found.name, found.hardware_id) == (2, "C920", "046d:0825 1-2")
    assert (found.path, found.backend, beyond) == (str(tmp_path / "dev" / "video2"), "V4L2", 0)


@pytest.mark.skipif(sys.platform == "win32", reason="Linux lists cameras below /sys")
def test_of_two_hundred_cameras_those_are_listed_that_the_settings_can_name(sysfs, tmp_path):
    for index in range(200):
        plug_in(sysfs, index, "C920")

    found, beyond = list_cameras(sysfs, tmp_path / "dev")

    assert ([each.index for each in found], beyond) == (list(range(64)), 136)


@pytest.mark.skipif(sys.platform == "win32", reason="Linux lists cameras below /sys")
def test_a_name_with_control_signs_and_markup_is_shown_as_letters(sysfs, tmp_path):
    plug_in(sysfs, 0, HOSTILE)
    station = loaded(tmp_path, allowed=["1234:5678"])

    (found,), _ = station_cameras(station, lambda: list_cameras(sysfs, tmp_path / "dev"))

    assert found.trouble is CameraTrouble.UNKNOWN_DEVICE
    assert found.in_use


def open_stand_in(capture):
    def opened(index):
        request = DeviceRequest(index, "", 640, 480, 30)
        return OpenCvCamera(request, opened=lambda _request: capture, named=lambda _index: WEBCAM)

    return opened


def test_a_camera_that_obeys_is_measured_and_proposed(tmp_path):
    station = loaded(tmp_path)

    trial = try_camera(station, 2, open_stand_in(AdjustableCapture()))

    facts = dict(trial.result.facts)
    assert (trial.result.code, trial.result.state) == ("probe.delivers", ProbeState.OK)
    assert facts[ProbeFact.CHALLENGE] == "passed"
    assert float(facts[ProbeFact.RATE]) > 0
    table = tomllib.loads("\n".join(camera_lines(propose_camera(2, trial.measured))))["camera"]
    assert (table["index"], table["name"], table["allowed"]) == (2, "C920", ["046d:0825 1-2"])


def test_a_camera_that_lies_is_named_and_not_proposed(tmp_path):
    capture = AdjustableCapture(obeys=())

    trial = try_camera(loaded(tmp_path), 0, open_stand_in(capture))

    assert (trial.result.code, trial.result.state) == ("camera_unresponsive", ProbeState.BAD)


def test_one_that_may_not_be_used_here_is_closed_again(tmp_path):
    trial = try_camera(
        loaded(tmp_path, allowed=["1234:5678"]), 0, open_stand_in(AdjustableCapture())
    )

    assert (trial.result.code, trial.measured) == ("camera_unknown_device", None)


def test_one_that_does_not_open_says_why(tmp_path):
    def refuse(_index):
        raise CameraUnavailable(CameraTrouble.BUSY)

    assert try_camera(loaded(tmp_path), 0, refuse).result.code == "camera_busy"


def test_what_is_staged_changes_the_table_and_no_other_octet(tmp_path):
    loaded(tmp_path)
    path = tmp_path / "workstation.toml"
    text = path.read_text("utf-8").replace("[carrier]", "# ours: do not touch\n[carrier]")
    path.write_text(text, "utf-8")
    members = {"kind": "device", "index": 3, "name": 'C"920', "width": 800, "height": 600}

    stage_camera(tmp_path, {**members, "frames_per_second": 25, "allowed": ["046d:0825"]})

    after = path.read_text("utf-8")
    start, end = text.index("[camera]"), text.index("# ours")
    assert after.startswith(text[:start])
    assert after.endswith(text[end:])
    assert tomllib.loads(after)["camera"]["name"] == 'C"920'
    assert read_settings(after.encode()).camera.index == 3


def test_a_camera_is_allowed_and_the_last_one_is_not_forbidden(tmp_path):
    loaded(tmp_path)
    text = (tmp_path / "workstation.toml").read_bytes()

    for hardware_id, allowed in (
        ("046d:0825 1-2", True),
        ("1111:2222", True),
        ("046d:0825 1-2", False),
    ):
        text = allow_camera(text, hardware_id, allowed=allowed)

    assert tomllib.loads(text.decode())["camera"]["allowed"] == ["1111:2222"]
    with pytest.raises(SettingsRefused, match="empty list"):
        allow_camera(text, "1111:2222", allowed=False)


def test_settings_in_another_form_are_left_alone():
    text = b'camera = { kind = "device", index = 0 }\n'

    with pytest.raises(SettingsRefused, match=r"\$\.camera"):
        allow_camera(text, "1111:2222", allowed=True)


def test_an_image_without_light_is_measured_as_dark(tmp_path):
    capture = Capture(level=0)

    trial = try_camera(loaded(tmp_path), 0, open_stand_in(capture))

    assert trial.result.code == "camera_black"
