"""The policy cookbook, typed as it stands: what it says works, and is refused where it says so."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import resources
from tests.support.policy.cookbook import appended, blocks
from tests.support.station.recorded import write_sessions
from workstation.rules.policy_file import read_policy

DRAFT = "bank/bank-2027-03-01.toml"


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """A PC of the bank: its folder, the shipped policies, and the program by its name."""
    if sys.platform == "win32":
        pytest.skip("the page is typed into a POSIX shell")
    folder = tmp_path_factory.mktemp("cookbook")
    (folder / "bank").mkdir()
    shutil.copytree(resources.path("policies"), folder / "shipped")
    (folder / "bin").mkdir()
    program = folder / "bin" / "workstation-ctl"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m workstation.ctl "$@"\n')
    program.chmod(0o755)
    return folder


def typed(desk: Path, line: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PATH": f"{desk / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    env["PYTHONPATH"] = str(Path(__file__).resolve().parents[2])
    return subprocess.run(
        ["/bin/sh", "-c", line],
        cwd=desk,
        env=env,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture(scope="module")
def station(desk):
    """The log of a station that has served sixty customers, with its public key."""
    folder = desk / "station"
    folder.mkdir()
    written = write_sessions(folder, 60)
    written.path.rename(folder / "log.sqlite")
    (folder / "log.vkey").write_text(f"{written.vkey}\n", encoding="utf-8")


@pytest.mark.usefixtures("station")
def test_every_recipe_of_the_page_works_as_it_is_typed(desk):
    said: dict[str, str] = {}
    for block in blocks():
        if block.kind == "toml":
            with (desk / block.file).open("a", encoding="utf-8") as file:
                file.write("\n" + block.text)
            continue
        for line in block.text.splitlines():
            command = line.removeprefix("$ ")
            done = typed(desk, command)
            assert done.returncode == 0, (command, done.stdout, done.stderr)
            said[command] = done.stdout
            if "policy key" in command:
                _name_signer(desk, done.stdout)
    policy = read_policy((desk / DRAFT).read_bytes())
    assert {"card_limit_increase", "loan_issue"} <= {each.kind for each in policy.operations}
    assert [each.check for each in policy.operation("card_limit_increase").required][5:7] == [
        "remote_access",
        "four_eyes",
    ]
    assert (dict(policy.match)["match_ppm"], policy.key_age_hours) == (520_000, 72)
    (verified,) = (words for command, words in said.items() if "policy verify" in command)
    assert "risk" in verified
    assert "compliance" in verified
    (difference,) = (words for command, words in said.items() if "policy diff" in command)
    assert "Increase of a card's limit: is offered" in difference


def _name_signer(desk: Path, printed: str) -> None:
    stated = dict(
        line.split(":", 1) for line in printed.splitlines() if line.startswith(("name", "vkey"))
    )
    with (desk / "signers.toml").open("a", encoding="utf-8") as file:
        name, vkey = (json.dumps(stated[each].strip()) for each in ("name", "vkey"))
        file.write(f"[[signers]]\nname = {name}\nvkey = {vkey}\n\n")


def test_the_operation_of_the_page_names_no_python_file():
    text = appended("card_limit_increase")
    shipped = resources.path("policies", "kz-2026-07-12.toml").read_text(encoding="utf-8")
    assert "card_limit_increase" not in shipped
    policy = read_policy((shipped + "\n" + text).encode())
    assert policy.operation("card_limit_increase").definition.icon == "arrow-up"
