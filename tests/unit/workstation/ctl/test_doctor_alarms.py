"""`doctor` names the alarms that no supervisor has acknowledged."""

from types import SimpleNamespace

import pytest

from crypto.report.alarm import Alarm, AlarmCode
from tests.support.station.log import LogSite
from workstation.ctl.doctor_alarms import check_alarms
from workstation.records.alarms import ALARM_FOLDER, AlarmRegister
from workstation.records.keys import ENROLMENT_FOLDER, LOG_VKEY_NAME

NOW_MS = 1_790_000_000_000


@pytest.fixture
def site(tmp_path):
    return LogSite(tmp_path)


@pytest.fixture(name="loaded")
def station_settings(tmp_path, site):
    """The few settings that are read, of a folder with a log."""
    (tmp_path / ENROLMENT_FOLDER).mkdir()
    (tmp_path / ENROLMENT_FOLDER / LOG_VKEY_NAME).write_text(f"{site.log_key.vkey}\n")
    log = SimpleNamespace(path=site.path)
    return SimpleNamespace(folder=tmp_path, values=SimpleNamespace(log=log), path=lambda each: each)


def test_a_station_without_alarms_is_good_and_doctor_writes_nothing(loaded, site):
    with site.create():
        assert list(check_alarms(loaded)) == [("alarms", "good", "none open")]
    assert not (loaded.folder / ALARM_FOLDER).exists()


def test_every_open_alarm_is_a_warning_with_its_entry(loaded, site):
    register = AlarmRegister(loaded.folder)
    with site.create() as log:
        for source in ("http://a.example/", "http://b.example/"):
            register.report(Alarm(AlarmCode.LIST_FORGED, source, "signature_wrong"))
        register.write(log, NOW_MS)
        (loaded.folder / ALARM_FOLDER / "open.json").unlink()
        found = list(check_alarms(loaded))
    assert [state for _, state, _ in found] == ["warning", "warning"]
    assert all("tell security" in seen and "list_forged" in seen for _, _, seen in found)
