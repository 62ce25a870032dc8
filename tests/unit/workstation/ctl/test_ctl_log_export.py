"""A station's log is exported as it is and verified by whoever has its first key."""

import shutil

import pytest

from tests.support.station.command_line import CommandLine


@pytest.fixture
def station(tmp_path, monkeypatch):
    made = CommandLine(tmp_path, monkeypatch)
    assert made.init().exit_code == 0
    return made


@pytest.mark.parametrize("options", [[], ["--zip"]])
def test_an_export_verifies_elsewhere_by_the_enrolled_keys(station, tmp_path, options):
    written = station.json("log", "export", str(tmp_path / "out"), *options)
    keys = ["--key", str(shutil.copy(station.data / "enrolment" / "log.vkey", tmp_path))]
    keys += ["--trusted", str(shutil.copy(station.data / "enrolment" / "trusted.vkeys", tmp_path))]

    verdict = station.json("log", "verify-export", str(tmp_path / "out"), *keys, data=False)

    assert (verdict["verdict"], verdict["entries"]) == ("passed", written["entries"])
    assert verdict["root"] == written["root"]


def test_the_charters_go_along(station, tmp_path):
    assert station.run("log", "export", str(tmp_path / "out")).exit_code == 0

    (charter,) = (tmp_path / "out" / "charter").iterdir()
    assert charter.read_bytes() == (station.data / "charter" / charter.name).read_bytes()
    assert station.run("log", "verify-export", str(tmp_path / "out")).exit_code == 0


def test_a_changed_export_is_named_and_the_exit_code_is_2(station, tmp_path):
    assert station.run("log", "export", str(tmp_path / "out")).exit_code == 0
    bundle = next((tmp_path / "out" / "tile" / "entries").rglob("[0-9]*"))
    bundle = next(path for path in (bundle, *bundle.rglob("*")) if path.is_file())
    bundle.write_bytes(bundle.read_bytes().replace(b'"seq":0', b'"seq":1', 1))

    result = station.run("log", "verify-export", str(tmp_path / "out"))

    assert result.exit_code == 2
    assert "first_bad: 0" in result.stdout


def test_what_is_there_is_not_overwritten(station, tmp_path):
    (tmp_path / "out").mkdir()

    assert station.run("log", "export", str(tmp_path / "out")).exit_code == 3


def test_an_export_that_is_not_there_is_said(station, tmp_path):
    assert "missing" in station.run("log", "verify-export", str(tmp_path / "none")).stdout
