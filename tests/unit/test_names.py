"""Names: a class has one meaning in the product, a function is a verb."""

import ast
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("workstation", "ui", "crypto", "vision", "resources")
NO_VERBS = {"told", "asked", "brought", "held", "kept", "of", "along", "by"}


def trees():
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def test_no_name_of_a_public_class_stands_twice():
    places = defaultdict(list)
    for file, tree in trees():
        for node in tree.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].append(file)

    assert {name: files for name, files in places.items() if len(files) > 1} == {}


def test_no_function_is_named_by_a_participle_or_a_preposition_of_the_list():
    found = [
        (file, node.name)
        for file, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name.strip("_") in NO_VERBS
    ]

    assert found == []
