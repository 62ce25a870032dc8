"""`service run`: lists kept fresh without a desktop, a key or a pass phrase; stopped at once."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

import resources
from crypto.log.file.lock import FileLock
from tests.support.pki.certificates import NOW, make_crl
from tests.support.system.http_server import serving
from tests.unit.workstation.ctl.test_ctl_crl import ROOT_LIST, Station, W
from workstation.ctl import program
from workstation.ctl.console import Console
from workstation.ctl.crl import open_revocation_station
from workstation.ctl.service import ListService, pause_s

PROGRAM = (sys.executable, "-m", "workstation.ctl")
ROOT = Path(resources.path("i18n")).parents[1]


@contextmanager
def running(folder):
    child = subprocess.Popen(
        [*PROGRAM, "--data", str(folder), "--json", "service", "run"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    try:
        yield child
    finally:
        child.kill()
        child.communicate()


@pytest.mark.parametrize(
    ("failures", "low", "high"), [(0, 240, 360), (1, 480, 720), (3, 1920, 2880), (40, 2880, 4320)]
)
def test_a_pause_doubles_with_every_failure_up_to_an_hour_and_is_spread(failures, low, high):
    assert pause_s(300, failures, lambda least, _: least) == pytest.approx(low)
    assert pause_s(300, failures, lambda _, most: most) == pytest.approx(high)


def test_a_pause_longer_than_an_hour_is_not_made_shorter():
    assert pause_s(7200, 0, lambda *_: 1.0) == pause_s(7200, 5, lambda *_: 1.0) == 7200


def test_the_service_runs_without_keys_and_ends_at_once_when_told_to(tmp_path):
    with serving(lambda *_: (404, {}, b"")) as host:
        station = Station(tmp_path / "station", host)
        # Neither keys nor sealed evidence are there: an account that may not read them will do.
        assert not (station.folder / "keys").exists()
        with running(station.folder) as child:
            told = json.loads(child.stdout.readline())
            second = CliRunner().invoke(
                program, ["--data", str(station.folder), "--language", "en", "service", "run"]
            )
            child.send_signal(signal.SIGTERM)
            ended = child.wait(timeout=20)

    # On Windows a signal is TerminateProcess; there the service manager stops it.
    assert ended == 0 or sys.platform == "win32"
    assert (told["type"], told["code"], told["fetched"], told["failed"]) == ("pass", "", 0, 2)
    assert second.exit_code == 1
    assert second.stderr.startswith("service_running")
    FileLock(station.folder / ".lists-service").release()


def test_a_pass_fetches_what_is_due_and_nothing_twice(tmp_path, capsys):
    asked = []

    def reply(_method, path, _body, _headers):
        asked.append(path)
        return (200, {}, ROOT_LIST) if path == "/root.crl" else (200, {}, make_crl(W.authority))

    with serving(reply) as host:
        station = Station(tmp_path / "station", host)
        work = ListService(Console(station.folder, as_json=True, language="en"), 300, lambda: NOW)
        assert work.make_pass()
        assert work.make_pass()

    passes = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(each["fetched"], each["failed"]) for each in passes] == [(2, 0), (0, 0)]
    assert sorted(asked) == ["/ca.crl", "/root.crl"]
    rows, code = station.rows("crl", "status")
    assert code == 0
    assert {row["state"] for row in rows if row["type"] == "list"} == {"in_force"}


def test_what_is_wrong_is_said_and_tried_again(tmp_path, capsys):
    folder = tmp_path / "station"
    station = Station(folder)
    settings = (folder / "workstation.toml").read_bytes()
    (folder / "workstation.toml").write_bytes(b"profile = 1\n")
    work = ListService(Console(folder, as_json=True, language="en"), 300)

    assert not work.make_pass()
    assert json.loads(capsys.readouterr().out)["code"] == "settings_refused"
    (folder / "workstation.toml").write_bytes(settings)
    with serving(lambda *_: (404, {}, b"")) as host:
        station.listen(host)
        assert not work.make_pass()
    told = json.loads(capsys.readouterr().out)
    assert (told["code"], told["failed"]) == ("", 2)


def test_a_stop_ends_the_pause_and_the_passes(tmp_path, capsys):
    Station(tmp_path / "station")
    work = ListService(Console(tmp_path / "station", as_json=True, language="en"), 86_400)
    thread = threading.Thread(target=work.run)
    thread.start()
    work.stop()
    thread.join(timeout=60)

    assert not thread.is_alive()
    assert capsys.readouterr().err == ""


def test_a_stop_before_the_download_cancels_it(tmp_path):
    Station(tmp_path / "station")
    work = ListService(Console(tmp_path / "station", as_json=True, language="en"), 300)
    work.stop()

    with (
        open_revocation_station(work._console, datetime.now(UTC)) as opened,
        work._cancellable(opened.revocation.stop),
    ):
        assert work._stopped.is_set()


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_a_folder_that_is_no_station_and_another_system_are_refused(tmp_path, language):
    base = ["--language", language, "--data"]
    ended = CliRunner().invoke(program, [*base, str(tmp_path / "nowhere"), "service", "run"])
    assert (ended.exit_code, ended.stderr.split(":")[0]) == (3, "not_initialised")

    if sys.platform != "win32":
        options = ["service", "run", "--windows-service"]
        ended = CliRunner().invoke(program, [*base, str(tmp_path), *options])
        assert ended.exit_code == 3


def test_the_unit_of_systemd_starts_this_command_and_closes_the_keys():
    unit = (ROOT / ".ci" / "package" / "workstation-lists.service").read_text(encoding="utf-8")

    (line,) = (each for each in unit.splitlines() if each.startswith("ExecStart="))
    arguments = line.partition("=")[2].split()[1:]
    assert arguments[:1] == ["--data"]
    assert program.commands["service"].commands["run"] is not None
    assert arguments[2:] == ["service", "run"]
    for needed in ("InaccessiblePaths=-", "/keys", "NoNewPrivileges=yes", "ProtectSystem=strict"):
        assert needed in unit
    assert shutil.which("systemd-analyze") is None or "Restart=on-failure" in unit
