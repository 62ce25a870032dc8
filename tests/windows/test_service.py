"""The lists' service under the service manager of Windows: installed, started, at work, stopped."""

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.desktop.windows import ROOT, said_by, wait_until
from tests.support.system.http_server import serving
from tests.unit.workstation.ctl.test_ctl_crl import Station
from workstation.ctl.windows_service import SERVICE_NAME

pytestmark = [
    pytest.mark.skipif(sys.platform != "win32", reason="the service manager of Windows"),
    pytest.mark.timeout(600),
]

# A service's folder is Windows' own, and its environment the machine's.
PROGRAM = (
    "import sys; sys.path.insert(0, sys.argv.pop(1)); from workstation.ctl import main; main()"
)


def manage(*arguments: str) -> tuple[int, str]:
    ended = subprocess.run(
        ["sc.exe", *arguments], capture_output=True, text=True, check=False, timeout=120
    )
    return ended.returncode, ended.stdout


@contextlib.contextmanager
def installed(data: Path) -> Iterator[None]:
    options = ["--data", str(data), "--json", "service", "run", "--windows-service"]
    line = subprocess.list2cmdline([sys.executable, "-c", PROGRAM, str(ROOT), *options])
    code, said = manage("create", SERVICE_NAME, "binPath=", line, "start=", "demand")
    assert code == 0, said
    try:
        yield
    finally:
        manage("stop", SERVICE_NAME)
        manage("delete", SERVICE_NAME)


def state() -> str:
    return manage("query", SERVICE_NAME)[1]


def test_the_manager_starts_it_and_stops_it_at_once(tmp_path: Path) -> None:
    asked: list[str] = []

    def reply(_method: str, path: str, _body: bytes, _headers: object) -> tuple[int, dict, bytes]:
        asked.append(path)
        return 404, {}, b""

    with serving(reply) as host:
        station = Station(tmp_path / "station", host)
        with installed(station.folder):
            code, said = manage("start", SERVICE_NAME)
            assert code == 0, said
            wait_until(lambda: {"/root.crl", "/ca.crl"} <= set(asked))
            assert "RUNNING" in state()
            manage("stop", SERVICE_NAME)
            wait_until(lambda: "STOPPED" in state(), seconds=60)


def test_by_hand_it_says_that_no_manager_has_started_it(tmp_path: Path) -> None:
    station = Station(tmp_path / "station")
    code, said = said_by(
        *("-m", "workstation.ctl", "--language", "en", "--data", str(station.folder)),
        *("service", "run", "--windows-service"),
    )

    assert code == 4
    assert said.startswith("service_unusable: dispatcher 1063")
