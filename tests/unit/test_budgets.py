"""House budgets: a file of 300 lines, a function of 50, a class of 150; docstrings count."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("workstation", "ui", "crypto", "vision", "resources")
FILE, FUNCTION, CLASS = 300, 50, 150

ALLOWED = {
    ("ui/main_window.py", "MainWindow"): "one window holds every page, shortcut and banner",
    ("ui/widgets/camera_view.py", "CameraView"): "painting code whose steps share the geometry",
    ("crypto/log/auditwalk.py", "AuditWalk"): "one pass whose checks share the state of the walk",
    ("crypto/log/store.py", "LogStore"): "half of it is the contract of its public methods",
    (
        "vision/liveness/check.py",
        "LivenessCheck",
    ): "one attempt; its signals are files of their own",
    ("vision/liveness/course.py", "Course"): "one state machine, told in one place",
}
"""What is over budget, and why it stays one piece."""


def _over_budget() -> Iterator[tuple[str, str]]:
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            name, text = path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")
            if len(text.splitlines()) > FILE:
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


def test_what_is_over_budget_is_known_and_has_a_reason():
    assert set(_over_budget()) - set(ALLOWED) == set()


def test_an_exception_that_is_no_longer_needed_is_taken_out():
    assert set(ALLOWED) - set(_over_budget()) == set()


def test_exceptions_stay_a_handful():
    assert len(ALLOWED) <= 6
