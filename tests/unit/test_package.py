"""What a production package leaves out is needed by nothing that stays in it."""

import runpy
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from crypto.crl_store.import_process import ImportProcess
from workstation.flavour import SANDBOX, has_demo, require_demo

ROOT = Path(__file__).resolve().parents[2]
PRODUCTION = runpy.run_path(str(ROOT / ".ci" / "package" / "flavours.py"))["FLAVOURS"]["production"]
OURS = tuple(
    each for each in PRODUCTION.excluded if each.startswith(("workstation", "vision", "ui"))
)

WITHOUT = """
import importlib, pkgutil, sys
excluded = tuple(sys.argv[2].split(","))
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name in excluded or name.startswith(tuple(f"{each}." for each in excluded)):
            raise ModuleNotFoundError(name, name=name)
sys.path.insert(0, sys.argv[1])
sys.meta_path.insert(0, Absent())
for room in ("resources", "crypto", "vision", "workstation", "ui"):
    package = importlib.import_module(room)
    for each in pkgutil.walk_packages(package.__path__, f"{room}.", onerror=lambda name: None):
        if each.name.endswith("__main__") or each.name.startswith(excluded):
            continue
        importlib.import_module(each.name)
"""


def test_every_module_of_production_loads_without_the_sandbox():
    ended = subprocess.run(
        [sys.executable, "-I", "-c", WITHOUT, str(ROOT), ",".join(OURS)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    assert (ended.returncode, ended.stderr[-2000:]) == (0, "")


def test_production_leaves_out_the_sandbox_and_every_camera_that_is_no_device():
    cameras = {path.stem for path in (ROOT / "vision" / "camera").iterdir()}

    assert SANDBOX in PRODUCTION.excluded
    for each in cameras & {"simulated", "simulation", "recording"}:
        assert f"vision.camera.{each}" in PRODUCTION.excluded


def test_every_room_is_held_by_the_contract_on_the_sandbox():
    stated = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = stated["tool"]["importlinter"]["contracts"]
    (contract,) = (each for each in contracts if SANDBOX in each.get("forbidden_modules", ()))
    held = set(contract["source_modules"])

    rooms = {f"workstation.{path.stem}" for path in (ROOT / "workstation").iterdir()}
    rooms = {each for each in rooms if "__" not in each}
    # What the sandbox stands on may name it in no import either: these two import next to nothing.
    assert rooms - held <= {SANDBOX, "workstation.flavour", "workstation.errors"}
    assert {"ui", "crypto", "resources"} <= held


def test_a_tree_has_the_demo():
    assert has_demo()
    require_demo()


def test_a_frozen_program_is_its_own_child(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    started: list[list[str]] = []

    class Refused(OSError):
        pass

    def popen(arguments: list[str], **_: object) -> None:
        started.append(arguments)
        raise Refused

    monkeypatch.setattr("subprocess.Popen", popen)
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    with pytest.raises(Exception, match="Refused"):
        ImportProcess()._start()

    (arguments,) = started
    child = runpy.run_path(str(ROOT / ".ci" / "package" / "control.py"), run_name="read")
    # On Windows the desktop has no console: its child is the program of the commands.
    own = Path(sys.executable)
    program = own.with_name("workstation-ctl.exe") if sys.platform == "win32" else own
    assert arguments == [str(program), "--import-list"]
    assert child  # it can be read here
    for name in ("control.py", "desktop.py"):
        text = (ROOT / ".ci" / "package" / name).read_text(encoding="utf-8")
        assert text.index("freeze_support()") < text.index("serve_frozen(sys.argv)")
