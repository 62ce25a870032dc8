"""Licences: nothing of the locks is forgotten, no licence is invented, every text can be read."""

import importlib.metadata
import json
import re
import runpy
import sys
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

import resources
from tests.support.system.platforms import WINE
from vision.models.manifest import load_manifest
from workstation.ctl import components as licences
from workstation.ctl import program
from workstation.ctl.components import PROGRAM, LicenceTableRefused, licence_table, licence_texts
from workstation.ctl.failures import ExitCode
from workstation.errors import WorkstationError

ROOT = Path(resources.path("licences")).parents[1]
DECLARED = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT, GROUPS = DECLARED["project"], DECLARED["dependency-groups"]
# What metadata of before SPDX call them.
OLD_NAMES = {
    "Apache-2.0": r"Apache.*2\.0",
    "BSD-3-Clause": r"BSD",
    "BSL-1.0": r"Boost",
    "CC0-1.0": r"CC0",
    "LGPL-2.1-or-later": r"LGPLv2\+",
    "MIT": r"MIT",
}


def run(*arguments):
    return CliRunner().invoke(program, list(arguments))


def listed():
    return [json.loads(line) for line in run("--json", "licences").stdout.splitlines()]


def locked(*names):
    text = "".join((ROOT / name).read_text(encoding="utf-8") for name in names)
    return set(re.findall(r"^([a-z0-9-]+)==", text, re.MULTILINE))


def not_for(platform):
    """Return the packages that the lock leaves out of this system."""
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    return set(
        re.findall(rf"^([a-z0-9-]+)==\S+ ; sys_platform != '{platform}'", text, re.MULTILINE)
    )


def requirement_names(requirements):
    return {re.match(r"[\w.-]+", each)[0].replace("_", "-").lower() for each in requirements}


def test_the_table_names_every_package_of_the_locks_and_no_other():
    named = [each.name for each in licence_table().package]

    assert set(named) == locked("requirements.lock", "requirements-demo.lock")
    assert named == sorted(set(named))


def test_the_use_of_a_package_is_what_the_project_says():
    use = {each.name: each.use for each in licence_table().package}
    extras = PROJECT["optional-dependencies"]
    stated = dict.fromkeys(requirement_names(PROJECT["dependencies"]), "runtime")
    for extra, requirements in extras.items():
        stated |= dict.fromkeys(requirement_names(requirements), extra)
    stated |= dict.fromkeys(locked("requirements-demo.lock"), "demo")
    stated |= dict.fromkeys(requirement_names(GROUPS["models"]), "models")

    assert {name: use[name] for name in stated} == stated
    assert set(use.values()) <= {"runtime", "models", "demo", *extras}


def test_a_licence_is_the_one_the_installed_package_states():
    contradicted = []
    for package in licence_table().package:
        if WINE and package.name == "numpy":
            continue  # an older one stands in for the locked one
        if package.name in not_for(sys.platform):
            continue  # not installed here, so it states nothing
        metadata = importlib.metadata.metadata(package.name).json
        expression = metadata.get("license_expression")
        words = f"{metadata.get('license', '')} {metadata.get('classifier', '')}"
        old = OLD_NAMES.get(package.licence)
        agrees = (
            expression == package.licence
            if expression
            else old is not None and re.search(old, words, re.IGNORECASE)
        )
        if bool(agrees) is bool(package.differs):
            contradicted.append(package.name)

    assert contradicted == []


def test_every_model_in_use_has_its_line():
    table = licence_table().model
    assert {each.name: each.package for each in table} == {
        row.file: row.package for row in load_manifest().rows
    }


def test_no_model_in_use_is_licensed_for_other_than_commercial_use_only():
    assert not [each.name for each in licence_table().model if "non-commercial" in each.licence]


def test_everything_bundled_is_there_and_every_foreign_asset_is_named():
    patterns = [each for bundled in licence_table().bundled for each in bundled.files]
    named = {path for pattern in patterns for path in ROOT.glob(pattern)}

    assert all(list(ROOT.glob(pattern)) for pattern in patterns)
    assets = {
        path
        for path in (ROOT / "resources").rglob("*")
        if path.suffix in {".ttf", ".svg", ".png", ".jpg", ".dat", ".onnx", ".txt"}
        and path.parent.name != "court"
        and path.name not in {"OFL.txt", "OCRB.txt"}
    }
    assert assets - named == set()


@pytest.mark.parametrize("name", [each.name for each in licence_table().package])
def test_the_text_of_every_package_can_be_printed(name):
    texts = licence_texts(name)

    assert texts
    assert sum(len(text) for _, text in texts) > 500


def test_the_list_is_of_this_installation():
    rows = {row["name"]: row for row in listed()}

    assert rows["numpy"]["version"] == importlib.metadata.version("numpy")
    assert rows[PROGRAM]["licence"] == PROJECT["license"] == "Apache-2.0"
    assert rows["pyside6-essentials"]["licence"] == "LGPL-3.0-only"
    assert {"FFmpeg", "Qt 5"} <= {each["name"] for each in rows["opencv-python"]["carries"]}
    sface = rows["face_recognition_sface_2021dec_int8bq.onnx"]
    assert sface["licence"] == "Apache-2.0"
    assert "not documented" in sface["note"]


def test_a_person_reads_the_same_list_and_the_warnings():
    result = run("licences")

    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert all(any(line.startswith(row["name"]) for line in lines) for row in listed())
    assert "training data are not documented" in result.stdout
    assert "\N{REPLACEMENT CHARACTER}" not in result.stdout


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Inter", "SIL OPEN FONT LICENSE"),
        ("lucide", "ISC License"),
        ("PySide6_Essentials", "GNU LESSER GENERAL PUBLIC LICENSE"),
        ("opencv-python", "FFmpeg is redistributed"),
        ("shape_predictor_5_face_landmarks.dat", "CC0 1.0 Universal"),
        (PROGRAM, "Apache License"),
        ("policy", "Apache License"),
    ],
)
def test_a_text_is_printed_by_name(name, said):
    result = run("licences", "--text", name)

    assert result.exit_code == 0
    assert said in result.stdout
    assert "\N{REPLACEMENT CHARACTER}" not in result.stdout
    as_json = json.loads(run("--json", "licences", "--text", name).stdout)
    assert any(said in each["text"] for each in as_json["texts"])


@pytest.mark.parametrize("name", ["left-pad", "", "../LICENSE"])
def test_a_name_nobody_knows_is_refused_with_advice(name):
    result = run("licences", "--text", name)

    assert result.exit_code == ExitCode.INPUT
    assert "`workstation-ctl licences` lists the names" in result.stderr


def test_a_package_that_is_not_installed_has_no_version_and_no_text(monkeypatch):
    def absent(name):
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "distribution", absent)

    assert {row["version"] for row in listed() if row["kind"] == "package"} == {""}
    assert run("licences", "--text", "gmpy2").exit_code == ExitCode.INPUT
    assert licence_texts("pyside6-essentials")


def test_an_installed_wheel_reads_its_own_licence_from_its_metadata(monkeypatch, tmp_path):
    metadata = tmp_path / "verification_workstation-0.1.0.dist-info"
    (metadata / "licenses").mkdir(parents=True)
    (metadata / "METADATA").write_text("Metadata-Version: 2.4\nName: verification-workstation\n")
    recorded = []
    for name in ("LICENSE", "NOTICE"):
        (metadata / "licenses" / name).write_bytes((ROOT / name).read_bytes())
        recorded.append(f"{metadata.name}/licenses/{name},,\n")
    (metadata / "RECORD").write_text("".join(recorded))
    site = tmp_path / "resources" / "licences"
    site.mkdir(parents=True)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(licences.resources, "path", lambda *_parts: site)
    licence_table.cache_clear()
    monkeypatch.setattr(licences, "licence_table", lambda: None)

    texts = dict(licence_texts(PROGRAM))

    assert set(texts) == {"licenses/LICENSE", "licenses/NOTICE"}
    assert texts["licenses/NOTICE"] == (ROOT / "NOTICE").read_text(encoding="utf-8")


def test_a_damaged_table_ends_in_one_line(monkeypatch, tmp_path):
    (tmp_path / "components.toml").write_text("[[package]]\nname = 1\n")
    monkeypatch.setattr(licences.resources, "path", lambda *parts: tmp_path / parts[-1])
    licence_table.cache_clear()
    try:
        result = run("licences")
    finally:
        monkeypatch.undo()
        licence_table.cache_clear()

    assert result.exit_code == ExitCode.STATION
    assert result.stderr.startswith("licence_table_refused")
    assert issubclass(LicenceTableRefused, WorkstationError)


def test_the_wheel_carries_licence_and_notice():
    assert {"LICENSE", "NOTICE"} <= set(PROJECT["license-files"])
    assert all((ROOT / each).is_file() for each in PROJECT["license-files"])
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Apache License" in text
    assert "END OF TERMS AND CONDITIONS" in text


def test_notice_and_the_page_of_commands_are_fresh(monkeypatch):
    monkeypatch.setattr("sys.argv", ["docs", "--check"])

    generated = runpy.run_path(str(ROOT / ".ci" / "docs"))

    assert generated["main"]() == 0
