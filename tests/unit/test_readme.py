"""What the README promises exists: files, commands, pass phrases."""

import re
from pathlib import Path

from workstation.ctl import program
from workstation.sandbox.demo_folder import AUDITOR, DEMO_SECRET, SUPERVISOR, TELLER

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_linked_file_is_there():
    linked = re.findall(r"\]\((?!https?:)([^)#]+)\)", README)

    assert linked
    assert [each for each in linked if not (ROOT / each).exists()] == []


def test_every_command_of_workstation_ctl_that_is_named_exists():
    named = set(re.findall(r"workstation-ctl(?: --data FOLDER)? ([a-z]+)", README))

    assert named
    assert named <= set(program.commands)


def test_every_make_target_that_is_named_exists():
    named = set(re.findall(r"`?make ([a-z]+)", README)) - {"demo"}
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))

    assert named <= targets


def test_the_demo_accounts_are_the_published_ones():
    for word in (TELLER, SUPERVISOR, AUDITOR, DEMO_SECRET):
        assert word in README


def test_links_between_the_documents_hold():
    for page in (ROOT / "docs").rglob("*.md"):
        for link in re.findall(r"\]\((?!https?:)([^)#]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / link).exists(), f"{page.name}: {link}"
