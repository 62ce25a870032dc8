"""What `doctor` says of the camera, without opening it."""

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from tests.support.station import sessions
from tests.support.station.settings import changed, production_tables
from tests.support.vision.captures import WEBCAM
from vision.camera.device_names import SystemName
from workstation import preflight
from workstation.errors import SettingsRefused
from workstation.rules.calendar.calendar import PolicyCalendar, PolicyVersion
from workstation.settings.settings import LoadedSettings, Settings


def described(monkeypatch, called, tables):
    monkeypatch.setattr(preflight, "system_name", lambda _index: called)
    loaded = LoadedSettings(Path(), "ab" * 32, msgspec.convert(tables, Settings))
    return preflight.require_camera(loaded)


def test_a_device_is_named_with_the_hardware_id_that_a_list_takes(monkeypatch):
    told = described(monkeypatch, WEBCAM, production_tables())

    assert told == "device 0, HD Webcam, 046d:0825 1-2; not opened here"


def test_a_device_that_is_not_there_now_is_no_fault_of_the_settings(monkeypatch):
    assert "not there now" in described(monkeypatch, SystemName("", ""), production_tables())


@pytest.mark.parametrize(
    ("called", "place", "value", "said"),
    [
        (SystemName("OBS", "virtual"), "camera.name", "", "camera_virtual_device: virtual"),
        (WEBCAM, "camera.allowed", ["1d6b:0102"], "camera_unknown_device: 046d:0825 1-2"),
        (WEBCAM, "camera.name", "Bank Camera", "device 0 is called HD Webcam"),
    ],
)
def test_a_device_that_the_desktop_would_refuse_is_refused(monkeypatch, called, place, value, said):
    with pytest.raises(SettingsRefused, match=said):
        described(monkeypatch, called, changed(production_tables(), place, value))


def test_a_year_without_a_monthly_index_keeps_no_station_from_starting(monkeypatch, tmp_path):
    policy = sessions.policy()
    calendar = PolicyCalendar((PolicyVersion(policy),))
    monkeypatch.setattr(preflight, "station_calendar", lambda *_: calendar)
    settings = msgspec.convert(production_tables(), Settings)
    loaded = LoadedSettings(tmp_path, "ab" * 32, settings)

    assert preflight.policy_in_force(loaded, datetime(2031, 1, 1, tzinfo=UTC)) is policy
