"""docs/architecture.md draws the rooms of the import contracts and names what is in the code."""

import ast
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
ROOMS, WAY = re.findall(r"```mermaid\n(.*?)```", PAGE, re.DOTALL)
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"][
    "importlinter"
]["contracts"]
PACKAGES = ("ui", "workstation", "vision", "crypto")


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


@pytest.mark.parametrize("package", PACKAGES)
def test_the_floors_that_are_drawn_are_those_of_the_contract(package):
    (contract,) = [each for each in CONTRACTS if each.get("containers") == [package]]
    drawn = re.search(rf"subgraph {package}\[.*?\n(.*?)\n    end", ROOMS, re.DOTALL)
    nodes = dict(re.findall(r'(\w+)\["([^"]+)"\]', drawn[1]))

    assert list(nodes.values()) == contract["layers"]


def test_every_file_of_the_page_exists():
    paths = {each for each in re.findall(r"`([\w./-]+)`", PAGE) if "/" in each}

    assert [each for each in sorted(paths) if not (ROOT / each).exists()] == []


def test_every_symbol_of_the_page_is_in_the_file_beside_it():
    pairs = re.findall(r"`([\w.]+)`\s+\(`([\w./]+\.py)`\)", PAGE)
    known = classes()

    assert len(pairs) > 10
    for symbol, file in pairs:
        name, _, method = symbol.partition(".")
        code = (ROOT / file).read_text(encoding="utf-8")
        assert re.search(rf"^(?:class |def )?{name}\b\s*[:=(]", code, re.MULTILINE), symbol
        assert not method or method in known[name], symbol


def test_every_step_of_the_way_is_a_method_of_the_product():
    known = classes()
    steps = re.findall(r"\b([A-Z]\w+)\.(\w+)", WAY)

    assert len(steps) > 10
    assert [(name, step) for name, step in steps if step not in known.get(name, ())] == []
