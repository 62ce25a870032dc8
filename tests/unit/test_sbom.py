"""The bill of materials: valid by the official schema, complete, the same for the same tree."""

import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.spdx import is_supported_id
from cyclonedx.validation.json import JsonStrictValidator

from tests.support.system.platforms import not_under_wine
from vision.models.manifest import load_manifest
from workstation.ctl.components import licence_table

pytestmark = not_under_wine(
    "numpy is an older one there, and a bill is of the locked packages only"
)
ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("requirements.lock", "requirements-demo.lock")


def make(target, **environment):
    plain = {name: each for name, each in os.environ.items() if name != "SOURCE_DATE_EPOCH"}
    subprocess.run(
        [sys.executable, str(ROOT / ".ci" / "sbom"), str(target)],
        check=True,
        capture_output=True,
        cwd=target.parent,
        env=plain | environment,
    )
    return target.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def text(tmp_path_factory):
    return make(tmp_path_factory.mktemp("sbom") / "sbom.cdx.json")


@pytest.fixture
def bill(text):
    return json.loads(text)


@pytest.fixture
def releases(bill):
    return [each for each in bill["components"] if each["type"] == "library"]


def hashes(owner):
    return {each["content"] for each in owner["hashes"]}


def test_the_official_schema_accepts_it(text):
    validator = JsonStrictValidator(SchemaVersion.V1_6)

    assert validator.validate_str(text) is None
    assert validator.validate_str(text.replace('"library"', '"books"')) is not None


def test_every_release_of_the_locks_is_there_with_every_hash(releases):
    stated = {}
    for lock in LOCKS:
        for block in re.split(r"\n(?=\S)", (ROOT / lock).read_text(encoding="utf-8")):
            name, version = re.match(r"(\S+)==(\S+)", block).groups()
            stated[name, version] = set(re.findall(r"sha256:([0-9a-f]+)", block))
    found = {
        (each["name"], each["version"]): hashes(each["externalReferences"][0]) for each in releases
    }

    assert found == stated
    assert all(found.values())
    assert {each["purl"] for each in releases} == {f"pkg:pypi/{n}@{v}" for n, v in stated}


def test_models_and_bundled_files_have_their_sha256(bill):
    by_name = {each["name"]: each for each in bill["components"]}

    assert {each.name: {each.sha256} for each in load_manifest().references} == {
        name: hashes(each)
        for name, each in by_name.items()
        if each["type"] == "machine-learning-model"
    }
    files = [
        inner for each in licence_table().bundled for inner in by_name[each.name]["components"]
    ]
    assert len(files) > 60
    for each in files:
        digest = hashlib.sha256((ROOT / each["name"]).read_bytes()).hexdigest()
        assert hashes(each) == {digest}


def test_every_component_states_its_licence(bill):
    def inner(components):
        for each in components:
            yield each
            yield from inner(each.get("components", ()))

    bare = [
        each["name"]
        for each in inner(bill["components"])
        if each["type"] != "file" and not each.get("licenses")
    ]

    assert bare == []
    carried = next(each for each in bill["components"] if each["name"] == "opencv-python")
    assert {"FFmpeg", "Qt 5"} <= {each["name"] for each in carried["components"]}


def test_a_licence_is_made_of_names_that_spdx_knows():
    table = licence_table()
    stated = {each.licence for each in (*table.bundled, *table.model, *table.package)}
    stated |= {inner.licence for each in table.package for inner in each.carries}
    stated |= {each.licence for each in table.machine}
    names = {name for each in stated for name in re.split(r" (?:AND|OR|WITH) ", each)}

    unknown = {each for each in names if not each.startswith("LicenseRef-")}
    assert {each for each in unknown if not is_supported_id(each)} <= {"GCC-exception-3.1"}


def test_dependencies_lead_from_the_program_to_every_required_package(bill, releases):
    below = {each["ref"]: each.get("dependsOn", []) for each in bill["dependencies"]}
    reached, waiting = set(), [bill["metadata"]["component"]["bom-ref"]]
    while waiting:
        reference = waiting.pop()
        if reference not in reached:
            reached.add(reference)
            waiting += below.get(reference, [])

    used = {each["bom-ref"] for each in releases if each["scope"] != "excluded"}
    assert used - reached == set()
    assert any(each.startswith("model:") for each in reached)


def test_the_same_tree_gives_the_same_bytes(text, tmp_path):
    again = make(tmp_path / "again.json", PYTHONHASHSEED="7", TZ="Asia/Almaty")

    assert again == text
    assert "timestamp" not in json.loads(text)["metadata"]


def test_a_time_is_stated_only_when_the_build_gives_one(text, tmp_path):
    dated = json.loads(make(tmp_path / "dated.json", SOURCE_DATE_EPOCH="1795000000"))

    assert dated["metadata"]["timestamp"].startswith("2026-11-18T")
    assert dated["serialNumber"] != json.loads(text)["serialNumber"]


def test_a_package_that_is_not_the_locked_one_is_named(tmp_path):
    metadata = tmp_path / "segno-0.1.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.4\nName: segno\nVersion: 0.1\n")

    result = subprocess.run(
        [sys.executable, str(ROOT / ".ci" / "sbom"), str(tmp_path / "sbom.json")],
        check=False,
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
    )

    assert result.returncode == 1
    assert result.stderr == "sbom: segno 0.1 is not locked; run `make setup`\n"
    assert not (tmp_path / "sbom.json").exists()


def test_no_registry_and_no_path_of_this_machine_is_named(text):
    assert str(ROOT) not in text
    assert re.findall(r"https?://(?!cyclonedx\.org)\S+", text) == []
