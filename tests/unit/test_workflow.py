"""The workflows of .github: they parse, ask for little, and name only what exists.

It cannot be run from here; what it calls is what `make` and .ci call.
"""

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / ".github" / "workflows"
TEXT = (FOLDER / "ci.yml").read_text(encoding="utf-8")
# YAML 1.1 reads the key `on` as true.
FLOW = yaml.safe_load(TEXT)
JOBS = FLOW["jobs"]
STEPS = [(name, step) for name, job in JOBS.items() for step in job["steps"]]
RUNS = [(name, line) for name, step in STEPS for line in step.get("run", "").splitlines()]


def test_there_is_one_workflow_with_a_job_for_each_system():
    assert sorted(path.name for path in FOLDER.iterdir()) == ["ci.yml", "package.yml"]
    assert set(JOBS) == {"linux", "windows"}
    assert [JOBS[name]["runs-on"].split("-")[0] for name in JOBS] == ["ubuntu", "windows"]


def test_it_says_that_it_was_never_run():
    assert "NEVER RUN YET" in TEXT


def test_it_may_read_and_nothing_else():
    assert FLOW["permissions"] == {"contents": "read"}
    assert all("permissions" not in job for job in JOBS.values())
    assert "pull_request_target" not in TEXT
    assert "secrets" not in TEXT
    assert {
        step["with"]["persist-credentials"] for _, step in STEPS if "checkout" in str(step)
    } == {False}


@pytest.mark.parametrize("name", JOBS)
def test_a_job_ends(name):
    assert 0 < JOBS[name]["timeout-minutes"] <= 90


def test_an_action_is_pinned_to_a_commit_with_its_version_beside_it():
    used = re.findall(r"uses: (.+)", TEXT)

    assert len(used) == 4
    for each in used:
        assert re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", each), each


def test_nothing_of_a_pull_request_reaches_a_shell():
    assert all("${{" not in line for _, line in RUNS)


def test_every_supported_python_is_tried():
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    supported = set(re.findall(r"Python :: (3\.\d+)", project))

    assert set(JOBS["linux"]["strategy"]["matrix"]["python"]) == supported
    assert set(JOBS["windows"]["strategy"]["matrix"]["python"]) <= supported


def test_every_make_target_and_every_file_it_names_is_there():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    made = {match for _, line in RUNS for match in re.findall(r"^make ([a-z-]+)", line)}
    named = {
        word
        for _, line in RUNS
        for word in line.split()
        if "/" in word or word.endswith((".lock", ".txt", ".py"))
    }

    assert {"lint", "test"} <= made <= targets
    assert named >= {"requirements-dev.lock", "tests/unit", "tests/ui"}
    assert [each for each in named if not (ROOT / each).exists()] == []


def test_windows_installs_only_what_the_locks_hash():
    installs = [line for name, line in RUNS if name == "windows" and "pip install" in line]

    assert installs
    for line in installs:
        assert {"--require-hashes", "--no-deps"} <= set(line.split())


@pytest.mark.parametrize("line", [line for name, line in RUNS if name == "windows"])
def test_what_windows_calls_is_what_make_calls_on_linux(line):
    called = line.removeprefix("python -m ").split()[0]
    own = (ROOT / "Makefile").read_text(encoding="utf-8") + "".join(
        path.read_text(encoding="utf-8") for path in (ROOT / ".ci").iterdir() if path.is_file()
    )
    # `lint-imports` is called by its function: the script's first line breaks on a blank.
    assert re.search(rf"[/ \"]{called.replace('-', '[-_]')}(?:\b|_)", own), called


PACKAGES = (FOLDER / "package.yml").read_text(encoding="utf-8")


def test_the_packages_are_built_and_tried_on_both_systems_in_both_flavours():
    jobs = yaml.safe_load(PACKAGES)["jobs"]

    assert [jobs[name]["runs-on"].split("-")[0] for name in jobs] == ["ubuntu", "windows"]
    for job in jobs.values():
        assert job["strategy"]["matrix"]["flavour"] == ["production", "demo"]
        assert 0 < job["timeout-minutes"] <= 90
    lines = [step.get("run", "") for job in jobs.values() for step in job["steps"]]
    assert any("make package" in line for line in lines)
    assert any(".ci/package/build here" in line for line in lines)
    assert any("tests/package" in line for line in lines)
    assert all("${{" not in line for line in lines)


def test_the_packages_workflow_asks_for_as_little():
    assert "NEVER RUN YET" in PACKAGES
    assert yaml.safe_load(PACKAGES)["permissions"] == {"contents": "read"}
    assert "secrets" not in PACKAGES
    assert "pull_request" not in PACKAGES
    for each in re.findall(r"uses: (.+)", PACKAGES):
        assert re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", each), each
    for line in re.findall(r"pip install (.+)", PACKAGES):
        assert {"--require-hashes", "--no-deps"} <= set(line.split())
