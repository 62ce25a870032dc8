"""`camera list` and `camera test --stage` on a production station with a webcam like Linux's."""

import json
import sys
import tomllib

import pytest

from tests.support.pki import certificates as pki
from tests.support.station.branch import Branch
from tests.support.vision.captures import AdjustableCapture
from vision.camera.device import OpenCvCamera
from vision.camera.device_names import SystemName
from vision.camera.listing import list_cameras
from workstation import bootstrap

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="laid out as sysfs of Linux is")

HOSTILE = "Cam\x1b[2J<b>" + "long" * 20
WEBCAM = SystemName(HOSTILE, "046d:0825 1-2")


@pytest.fixture
def branch(tmp_path, monkeypatch):
    made = Branch(tmp_path, monkeypatch).made()
    sysfs = tmp_path / "class" / "video4linux"
    device = tmp_path / "class" / "bus" / "1-2"
    device.mkdir(parents=True)
    (device / "idVendor").write_text("046d\n")
    (device / "idProduct").write_text("0825\n")
    (sysfs / "video3").mkdir(parents=True)
    (sysfs / "video3" / "name").write_text(f"{HOSTILE}\n")
    (sysfs / "video3" / "device").symlink_to(device)
    # Where the system lists its devices, and what OpenCV opens of them.
    monkeypatch.setattr(list_cameras, "__defaults__", (sysfs, tmp_path / "dev"))
    opened = {"opened": lambda _request: AdjustableCapture(), "named": lambda _index: WEBCAM}
    monkeypatch.setattr(OpenCvCamera.__init__, "__kwdefaults__", opened)
    return made


def rows(result):
    return [json.loads(line) for line in result.stdout.splitlines()]


def camera_table(branch):
    return tomllib.loads(branch.settings.read_text("utf-8"))["camera"]


def test_a_camera_is_listed_with_whether_it_may_be_used_and_why_not(branch):
    (row,) = rows(branch.line.run("--json", "camera", "list"))
    assert (row["index"], row["hardware_id"], row["backend"]) == (3, "046d:0825 1-2", "V4L2")
    assert (row["allowed"], row["trouble"], row["in_use"]) == (True, None, False)

    branch.set("allowed = []", 'allowed = ["1234:5678"]')
    (row,) = rows(branch.line.run("--json", "camera", "list"))
    assert (row["allowed"], row["trouble"]) == (False, "camera_unknown_device")
    shown = branch.line.run("--language", "ru", "camera", "list").stdout
    assert "046d:0825" in shown
    # However long a name or a path is: those of Windows take a line alone.
    assert "video3" in shown
    assert "\x1b" not in shown


def test_a_camera_that_was_tried_is_proposed_and_changes_nothing(branch):
    before = branch.settings.read_bytes()

    found, proposed = rows(branch.line.run("--json", "camera", "test", "3"))

    assert (found["code"], found["facts"]["challenge"]) == ("probe.delivers", "passed")
    assert proposed["camera"]["index"] == 3
    assert branch.settings.read_bytes() == before


def test_what_is_staged_stands_in_the_settings_and_counts_once_it_is_signed(branch):
    result = branch.line.run("camera", "test", "3", "--stage")
    assert result.exit_code == 0, result.output
    assert "charter" in result.stderr

    table = camera_table(branch)
    assert (table["index"], table["allowed"]) == (3, ["046d:0825 1-2"])
    assert b"\x1b" not in branch.settings.read_bytes()
    unsigned = branch.line.run("--json", "doctor", "--moment", pki.NOW.isoformat())
    assert "bad" in [each["state"] for each in rows(unsigned) if each["what"] == "charter"]
    branch.sign()
    bootstrap.close(branch.opened())
