"""What `doctor` says of card readers."""

from types import SimpleNamespace

import msgspec
import pytest

from crypto.chip.errors import ReaderMissing
from workstation.ctl import doctor_chip
from workstation.settings.settings import ChipTable


@pytest.fixture
def connect(monkeypatch):
    def connect(*names, missing=""):
        def list_readers():
            if missing:
                raise ReaderMissing(missing)
            return names

        monkeypatch.setattr(doctor_chip, "list_readers", list_readers)

    return connect


def of_station(reader):
    table = msgspec.UNSET if reader is None else ChipTable(reader=reader)
    loaded = SimpleNamespace(values=SimpleNamespace(chip=table))
    return [each[1:] for each in doctor_chip.check_configured_reader(loaded)]


def test_the_readers_of_the_machine_are_named(connect):
    connect("ACS ACR1252 00", "Omnikey 01")
    assert list(doctor_chip.check_readers()) == [
        ("card readers", "good", "ACS ACR1252 00, Omnikey 01")
    ]
    connect()
    assert list(doctor_chip.check_readers()) == [("card readers", "good", "none is connected")]


def test_a_service_that_does_not_run_is_a_warning_and_an_absent_library_told_elsewhere(connect):
    connect(missing="no_service")
    [(_, state, seen)] = doctor_chip.check_readers()
    assert (state, "pcscd" in seen) == ("warning", True)
    connect(missing="not_installed")
    assert list(doctor_chip.check_readers()) == []


@pytest.mark.parametrize(
    ("configured", "names", "state", "seen"),
    [
        ("", ["A 00"], "good", "A 00"),
        ("A", ["A 00", "B 00"], "good", "A 00"),
        ("A 1", ["A 1", "A 12"], "good", "A 1"),
        ("", [], "warning", "no_reader"),
        ("C", ["A 00"], "warning", "chip_reader_missing reader"),
        ("", ["A 00", "B 00"], "warning", "several"),
        ("A", ["A 00", "A 01"], "warning", "several"),
    ],
)
def test_the_reader_of_the_settings_is_looked_for(connect, configured, names, state, seen):
    connect(*names)
    [(found, said)] = of_station(configured)
    assert found == state
    assert seen in said


def test_a_station_without_a_reader_in_its_settings_is_not_asked(connect):
    connect(missing="no_service")
    assert of_station(None) == []
