"""House budgets: a file of 400 lines, a function of 50, a class of 250; docstrings count."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("workstation", "ui", "crypto", "vision", "resources")
FOLDER, LARGE = 16, {"ctl", "screens", "widgets", "cms", "station"}
"""Python files in one folder; the five named hold one kind of thing that there are many of."""
FILE, FUNCTION, CLASS = 400, 50, 250
STAND_ALONE = {"resources/court/verify_pack.py": 500}
"""What a court pack is verified with is one file, whose length is promised to whoever reads it."""


def _over_budget() -> Iterator[tuple[str, str]]:
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            name, text = path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")
            if len(text.splitlines()) > STAND_ALONE.get(name, FILE):
                yield name, "file"
            for node in ast.walk(ast.parse(text)):
                match node:
                    case ast.FunctionDef() | ast.AsyncFunctionDef():
                        budget = FUNCTION
                    case ast.ClassDef():
                        budget = CLASS
                    case _:
                        continue
                assert node.end_lineno is not None
                if node.end_lineno - node.lineno + 1 > budget:
                    yield name, node.name


def test_nothing_is_over_budget():
    assert list(_over_budget()) == []


def test_no_folder_is_a_hall():
    folders = {path.parent for room in (*ROOMS, "tests") for path in (ROOT / room).rglob("*.py")}

    assert [
        (folder.relative_to(ROOT).as_posix(), count)
        for folder in sorted(folders)
        if folder.name not in LARGE and (count := len(list(folder.glob("*.py")))) > FOLDER
    ] == []
