"""What the front door promises exists: files, commands, targets, pass phrases, in every page."""

import ast
import re
import tomllib
from pathlib import Path

import click
import pytest

from workstation.ctl import program
from workstation.sandbox.demo_folder import AUDITOR, DEMO_SECRET, SUPERVISOR, TELLER

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
FRONT = ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")
PAGES = [ROOT / name for name in FRONT] + sorted(
    path for room in ("docs", "resources") for path in (ROOT / room).rglob("*.md")
)
GLOBAL_OPTIONS = r"(?: --(?:data|language) \S+| --json)*"
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
ROOMS, STEPS = re.findall(r"```mermaid\n(.*?)```", ARCHITECTURE, re.DOTALL)
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
PACKAGES = ("ui", "workstation", "vision", "crypto")


def ident(path):
    return path.relative_to(ROOT).as_posix()


def classes():
    """Return the methods of every class of the product by its name."""
    found = {}
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ClassDef):
                    methods = {e.name for e in node.body if isinstance(e, ast.FunctionDef)}
                    found.setdefault(node.name, set()).update(methods)
    return found


def headings(page):
    """Return the anchors that a page's headings get."""
    titles = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in titles}


@pytest.mark.parametrize("page", PAGES, ids=ident)
def test_every_relative_link_leads_somewhere(page):
    for link in re.findall(r"\]\((?!https?:)([^)\s]+)\)", page.read_text(encoding="utf-8")):
        file, _, anchor = link.partition("#")
        target = (page.parent / file).resolve() if file else page
        assert target.exists(), link
        assert target.is_relative_to(ROOT), link
        if anchor:
            assert anchor in headings(target), link


@pytest.mark.parametrize("page", PAGES, ids=ident)
def test_every_make_target_that_is_named_exists(page):
    text = page.read_text(encoding="utf-8")
    # In code only: "make sure" is no target.
    code = "\n".join(
        re.findall(r"```\w*\n(.*?)```", text, re.DOTALL) + re.findall(r"`[^`\n]+`", text)
    )
    named = set(re.findall(r"(?:^|`)make ([a-z-]+)", code, re.MULTILINE))
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))

    assert named - targets == set()


@pytest.mark.parametrize("page", PAGES, ids=ident)
def test_every_command_of_workstation_ctl_that_is_named_exists(page):
    text = page.read_text(encoding="utf-8")
    for first, second in re.findall(
        rf"(?:workstation-ctl|workstation\.ctl){GLOBAL_OPTIONS} ([a-z]+)(?: ([a-z]+(?:-[a-z]+)*))?",
        text,
    ):
        # In prose a word may follow that is no command: `workstation-ctl` alone is its help.
        command = program.commands.get(first)
        assert command is not None, f"workstation-ctl {first}"
        if isinstance(command, click.Group):
            assert second in command.commands, f"workstation-ctl {first} {second}"


def test_the_readme_leads_through_the_front_door():
    linked = set(re.findall(r"\]\(([A-Z]+(?:\.md)?)\)", README))

    assert {"LICENSE", "NOTICE", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"} <= linked


@pytest.mark.parametrize("page", [ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md"], ids=ident)
def test_every_file_that_is_named_exists(page):
    quoted = re.findall(r"`([\w./-]+)`", page.read_text(encoding="utf-8"))
    paths = {each for each in quoted if "/" in each}
    bare = {each for each in quoted if re.fullmatch(r"[\w-]+\.(?:py|po|md|toml)", each)}
    every = {
        path.name for room in ("resources", "tests", "docs") for path in (ROOT / room).rglob("*")
    }

    assert [each for each in sorted(paths) if not (ROOT / each).exists()] == []
    assert bare - every == set()


@pytest.mark.parametrize(
    ("file", "names"),
    [
        ("workstation/rules/checks.py", ["CheckId"]),
        (
            "workstation/verification/prechecks.py",
            ["_STATION_CHECKS", "_own", "_settled_here"],
        ),
        ("tests/unit/resources/test_catalogues.py", ["REASON_PREFIXES"]),
        ("tests/unit/resources/test_assets.py", ["NEEDED"]),
        ("resources/__init__.py", ["LANGUAGES"]),
        ("workstation/documents/texts.py", ["SECOND_LANGUAGE"]),
        ("workstation/settings/fields.py", ["Language"]),
        ("crypto/carrier/carrier.py", ["SignatureCarrier", "obtain"]),
        ("workstation/rules/policy_tables.py", ["RuleTable"]),
        ("crypto/carrier/egov_messages.py", ["DocumentTitles"]),
        ("workstation/devices/signing_methods.py", ["SigningMethod"]),
        (
            "workstation/devices/carriers.py",
            ["offered", "carrier", "carriers_of", "DocumentTitles"],
        ),
        ("workstation/station/commands.py", ["Sign"]),
        ("workstation/rules/catalogue/fields.py", ["FieldType"]),
        (
            "workstation/rules/catalogue/values.py",
            ["_PARSERS", "show_value", "mask_value"],
        ),
    ],
)
def test_the_recipes_name_what_is_in_the_code(file, names):
    contributing = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    code = (ROOT / file).read_text(encoding="utf-8")

    for name in names:
        assert re.search(rf"\b{name}\b", contributing), name
        assert re.search(rf"(?:^|[\s=])(?:def |class )?{name}\b\s*[:=(]", code), name


@pytest.mark.parametrize("package", PACKAGES)
def test_the_floors_that_are_drawn_are_those_of_the_contract(package):
    (contract,) = [
        each
        for each in SETTINGS["importlinter"]["contracts"]
        if each.get("containers") == [package]
    ]
    drawn = re.search(rf"subgraph {package}\[.*?\n(.*?)\n    end", ROOMS, re.DOTALL)
    nodes = dict(re.findall(r'(\w+)\["([^"]+)"\]', drawn[1]))

    assert list(nodes.values()) == contract["layers"]


def test_every_file_of_the_architecture_page_exists():
    paths = {each for each in re.findall(r"`([\w./-]+)`", ARCHITECTURE) if "/" in each}

    assert [each for each in sorted(paths) if not (ROOT / each).exists()] == []


def test_every_symbol_of_the_architecture_page_is_in_the_file_beside_it():
    pairs = re.findall(r"`([\w.]+)`\s+\(`([\w./]+\.py)`\)", ARCHITECTURE)
    known = classes()

    assert len(pairs) > 10
    for symbol, file in pairs:
        name, _, method = symbol.partition(".")
        code = (ROOT / file).read_text(encoding="utf-8")
        assert re.search(rf"^(?:class |def )?{name}\b\s*[:=(]", code, re.MULTILINE), symbol
        assert not method or method in known[name], symbol


def test_every_step_of_the_way_is_a_method_of_the_product():
    known = classes()
    steps = re.findall(r"\b([A-Z]\w+)\.(\w+)", STEPS)

    assert len(steps) > 10
    assert [(name, step) for name, step in steps if step not in known.get(name, ())] == []


def test_the_demo_accounts_are_the_published_ones():
    for word in (TELLER, SUPERVISOR, AUDITOR, DEMO_SECRET):
        assert word in README
