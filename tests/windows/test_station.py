"""A production station's keys under DPAPI, the log's lock of msvcrt, and who is let in when."""

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crypto.errors import LogLocked
from crypto.vault.keys import SealedKeyStore
from crypto.vault.protectors import DpapiProtector
from tests.support.desktop.windows import ROOT, said_by, wait_until
from workstation.bootstrap import build, close
from workstation.ctl.failures import failure_of
from workstation.sandbox.demo_folder import prepare_demo_folder
from workstation.sandbox.world import Sandbox

pytestmark = [
    pytest.mark.skipif(sys.platform != "win32", reason="DPAPI and locks of Windows"),
    pytest.mark.timeout(600),
]

SECRET = "дом у реки 48 Тобол"
KEYS = 50
OWNER = """
import sys, time
from pathlib import Path
from workstation.bootstrap import build
services = build(Path(sys.argv[1]))
Path(sys.argv[2]).touch()
time.sleep(600)
"""


def initialise(data: Path) -> tuple[int, str]:
    """Run `workstation-ctl init` as an administrator would, the secret through a pipe."""
    named = {
        "--profile": "production",
        "--station": "ws-07",
        "--bank": "АО «Банк»",
        "--branch": "Алматы-1",
        "--origin": "bank.kz/log/a-07/g1",
        "--admin": "root",
        "--admin-name": "Әкімші",
        "--enrolment-keys": str(data.parent / "usb"),
    }
    flat = [each for pair in named.items() for each in pair]
    run = subprocess.run(
        [
            *(sys.executable, "-m", "workstation.ctl", "--data", str(data), "init", *flat),
            *("--keys", "dpapi", "--secret-stdin"),
        ],
        input=(SECRET + "\n").encode(),
        capture_output=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        check=False,
    )
    return run.returncode, run.stdout.decode() + run.stderr.decode()


def ctl(data: Path, *arguments: str) -> tuple[int, str]:
    return said_by(
        *("-m", "workstation.ctl", "--data", str(data), *arguments),
        env={"PYTHONIOENCODING": "utf-8"},
    )


def test_a_station_keeps_its_keys_under_dpapi_and_other_processes_open_them(
    tmp_path: Path,
) -> None:
    data = tmp_path / "station"
    code, printed = initialise(data)
    assert code == 0, printed
    assert 'kind = "dpapi"' in (data / "workstation.toml").read_text(encoding="utf-8")
    names = sorted(path.name for path in (data / "keys").iterdir())
    assert names == ["cool-down.sealed", "log.sealed", "master.dpapi", "permit.sealed"]

    assert ctl(data, "log", "verify")[0] == 0
    # What the template leaves open stays open; the keys themselves are found whole.
    _, printed = ctl(data, "doctor")
    assert "key_unreadable" not in printed
    assert "KeyUnreadable" not in printed


def test_fifty_keys_under_dpapi_come_back_as_they_were(tmp_path: Path) -> None:
    store = SealedKeyStore(tmp_path, DpapiProtector())
    store.begin()
    made = [store.create(f"key-{n}").private_bytes_raw() for n in range(KEYS)]
    again = SealedKeyStore(tmp_path, DpapiProtector())

    assert [again.load(f"key-{n}").private_bytes_raw() for n in range(KEYS)] == made
    assert len(set(made)) == KEYS


def test_one_owner_of_a_log_and_none_after_its_end(tmp_path: Path) -> None:
    data, opened = tmp_path / "station", tmp_path / "opened"
    with Sandbox(tmp_path / "sandbox", profile="demo", clock=lambda: datetime.now(UTC)) as sandbox:
        prepare_demo_folder(data, sandbox.endpoints())
        owner = subprocess.Popen([sys.executable, "-c", OWNER, str(data), str(opened)], cwd=ROOT)
        try:
            wait_until(opened.exists)
            with pytest.raises(LogLocked) as refused:
                build(data)
            assert "close the workstation that uses this log" in failure_of(refused.value).advice
        finally:
            owner.kill()
            owner.wait()
        close(build(data))
