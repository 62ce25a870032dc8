"""What `make package` and `make package-windows` built: it starts, and holds what it must.

WORKSTATION_PACKAGE is SYSTEM:FLAVOUR, as .ci/package/try sets it; a screen is in DISPLAY.
"""

import hashlib
import json
import os
import re
import runpy
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from types import CodeType
from typing import Any

import pytest

from tests.support.system.package import ROOT, Package
from vision.camera.simulation import photographs
from vision.models.manifest import load_manifest
from workstation import __version__
from workstation.sandbox.demo_folder import DEMO_SECRET
from workstation.sandbox.keystore.sample_key import _PUBLISHED_PASSWORDS

SYSTEM, _, FLAVOUR = os.environ.get("WORKSTATION_PACKAGE", "").partition(":")
FLAVOURS = runpy.run_path(str(ROOT / ".ci" / "package" / "flavours.py"))["FLAVOURS"]
PRIVATE_KEY = re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY-----\r?\n[A-Za-z0-9+/=]{20}")
OURS = ("workstation", "vision", "ui", "crypto", "resources")

pytestmark = [
    pytest.mark.skipif(not SYSTEM, reason="only what `make package` built is tried here"),
    pytest.mark.timeout(900),
]
production = pytest.mark.skipif(FLAVOUR != "production", reason="of the production flavour")
demo = pytest.mark.skipif(FLAVOUR != "demo", reason="of the demo flavour")


@pytest.fixture(scope="module")
def package() -> Package:
    return Package(SYSTEM, FLAVOUR)


@pytest.fixture(scope="module")
def modules(package: Package) -> dict[str, Any]:
    return dict(package.modules())


@pytest.fixture(scope="module")
def measured() -> Iterator[dict[str, float]]:
    found: dict[str, float] = {}
    yield found
    path = ROOT / "test-output" / f"package-{SYSTEM}-{FLAVOUR}.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(found, indent=2), encoding="utf-8")


def constants(code: Any) -> Iterator[Any]:
    """Yield what a code object and those inside it hold."""
    if isinstance(code, CodeType):
        for each in code.co_consts:
            yield from constants(each)
    elif isinstance(code, tuple | frozenset):
        for each in code:
            yield from constants(each)
    else:
        yield code


def test_the_program_says_its_version(package: Package, measured: dict[str, float]):
    began = time.monotonic()
    ended = package.run("workstation-ctl", "--version")
    measured["ctl_version_s"] = round(time.monotonic() - began, 2)
    octets = sum(path.stat().st_size for path in package.files() if not path.is_symlink())
    measured["folder_mb"] = round(octets / 1e6)

    assert (ended[0], ended[1].strip()) == (0, f"workstation-ctl, version {__version__}")


@production
def test_no_module_of_the_sandbox_is_frozen_in(modules: dict[str, Any]):
    excluded = FLAVOURS["production"].excluded
    bad = [
        name
        for name in modules
        if any(name == each or name.startswith(f"{each}.") for each in excluded)
    ]

    assert bad == []
    assert len([name for name in modules if name.startswith("workstation.")]) > 150


@production
def test_no_published_secret_stands_in_code_or_files(package: Package, modules: dict[str, Any]):
    secrets = {DEMO_SECRET, *_PUBLISHED_PASSWORDS}
    ours = {name: code for name, code in modules.items() if name.startswith(OURS)}
    found = [
        name
        for name, code in ours.items()
        if any(isinstance(each, str) and each in secrets for each in constants(code))
    ]
    assert found == []

    for path in package.files():
        if path.stat().st_size < 5_000_000:
            assert DEMO_SECRET.encode() not in path.read_bytes(), path


@production
def test_no_photograph_and_no_key_lies_in_the_folder(package: Package):
    pictures = {each.sha256 for each in photographs._PHOTOGRAPHS.values()}
    for path in package.files():
        assert path.suffix.lower() not in {".p12", ".pfx", ".key", ".jks", ".mp4", ".avi"}, path
        content = path.read_bytes()
        assert hashlib.sha256(content).hexdigest() not in pictures, path
        # GnuTLS, of the system, carries the keys of its self-tests.
        if not re.search(r"\.(so|dll|pyd)\b", path.name):
            assert PRIVATE_KEY.search(content) is None, path


@production
def test_production_says_that_it_plays_no_demo(package: Package):
    code, printed, said = package.run("workstation-ctl", "demo")
    assert (code, printed) == (3, "")
    assert said.startswith("demo_not_built")
    assert "sandbox" in said

    if SYSTEM == "linux":
        code, printed, said = package.run("workstation", "--demo", "--language", "en")
        assert code == 3
        assert "holds no demo" in said


@production
def test_production_examines_an_empty_folder(package: Package, tmp_path: Path):
    code, printed, _ = package.run("workstation-ctl", "--json", "doctor")
    rows = [json.loads(line) for line in printed.splitlines()]
    bad = [row for row in rows if row.get("state") == "bad"]
    assert (code, bad) == (0, [])

    code, printed, said = package.run("workstation-ctl", "--data", package.path(tmp_path), "doctor")
    assert code != 0
    assert "Traceback" not in printed + said


def test_every_model_of_the_manifest_is_there_and_no_other_file(package: Package):
    digests = {row.sha256 for row in load_manifest().rows}
    named = {".onnx", ".tflite", ".dat"}
    found = [path for path in package.files() if path.suffix in named]
    models = [path for path in found if "resources" not in path.parts]

    assert {hashlib.sha256(path.read_bytes()).hexdigest() for path in models} == digests


def test_licences_and_the_bill_of_materials_lie_beside_the_programs(package: Package):
    texts = {path.stem for path in (package.folder / "licences").iterdir()}

    assert {"numpy", "pyside6-essentials", "cryptography", "python", "pyinstaller"} <= {
        each.lower() for each in texts
    }
    assert "Apache License" in (package.folder / "LICENSE.txt").read_text(encoding="utf-8")
    bill = json.loads((package.folder / "sbom.cdx.json").read_text(encoding="utf-8"))
    assert bill["metadata"]["component"]["version"] == __version__
    code, printed, _ = package.run(
        "workstation-ctl", "licences", "--text", "verification-workstation"
    )
    assert code == 0
    assert "Apache License" in printed


@pytest.mark.parametrize("name", ["workstation-ctl", "workstation"])
def test_a_large_list_is_verified_by_a_child_of_the_program_itself(package: Package, name: str):
    if SYSTEM == "windows" and name == "workstation":
        pytest.skip("without a console it has no standard streams: the other program is the child")
    code, printed, _ = package.run(name, "--import-list", given=b'{"address_space": 1073741824}\n')
    answered = [json.loads(line) for line in printed.splitlines() if line.startswith("{")]

    # The job names no list: the child was there, read it and had to refuse.
    assert code != 0 or "error" in answered[-1]
    assert "usage" not in printed


@demo
def test_a_whole_verification_and_its_log(package: Package, tmp_path: Path):
    code, printed, _ = package.run(
        "workstation-ctl", "--data", package.path(tmp_path), "demo", seconds=900
    )
    assert code == 0, printed[-2000:]
    assert "APPROVED" in printed
    station = package.path(tmp_path / "approve" / "station")
    code, printed, _ = package.run("workstation-ctl", "--data", station, "log", "verify")
    assert code == 0, printed
    assert "passed" in printed


@demo
def test_the_desktop_plays_the_demo_to_a_receipt(
    package: Package, tmp_path: Path, measured: dict[str, float]
):
    began = time.monotonic()
    child = package.start("workstation", "--demo", "--play", "--data", package.path(tmp_path))
    try:
        outbox = tmp_path / "station" / "outbox"
        while not list(outbox.glob("receipt-*.pdf")):
            assert child.poll() is None, f"ended with {child.returncode}"
            assert time.monotonic() - began < 600, "no receipt"
            time.sleep(0.5)
        measured["desktop_demo_to_receipt_s"] = round(time.monotonic() - began, 1)
    finally:
        os.killpg(child.pid, signal.SIGTERM)
        child.wait(timeout=60)
    station = package.path(tmp_path / "station")
    code, printed, _ = package.run("workstation-ctl", "--data", station, "log", "verify")
    assert code == 0, printed
