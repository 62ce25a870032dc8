"""What every test may rely on: no thread left behind, and where the public samples lie."""

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

_ROOT = Path(__file__).resolve().parent.parent


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """Let the Qt settings of pyproject.toml stand when the unit tests run without pytest-qt."""
    if pluginmanager.is_blocked("pytest-qt"):
        for name in ("qt_api", "qt_default_raising", "qt_log_level_fail", "qt_log_ignore"):
            parser.addini(name, "read by pytest-qt only")


@pytest.fixture(autouse=True)
def no_thread_left_behind() -> Iterator[None]:
    """A test that leaves a thread running fails: it would die at a random moment later."""
    before = set(threading.enumerate())
    yield
    for thread in set(threading.enumerate()) - before:
        _join(thread)
    left = [
        thread.name
        for thread in set(threading.enumerate()) - before
        if thread.is_alive() and not thread.daemon
    ]

    assert left == []


def _join(thread: threading.Thread) -> None:
    """Wait for a thread; one that is only about to start is listed too and cannot be joined yet."""
    deadline = time.monotonic() + 5
    while True:
        try:
            thread.join(timeout=5)
        except RuntimeError:
            assert time.monotonic() < deadline, f"{thread.name} never starts"
        else:
            return


def samples_folder() -> Path:
    """Return where shared samples would be: WORKSTATION_SAMPLES, or beside the checkout."""
    given = os.environ.get("WORKSTATION_SAMPLES", "")
    return Path(given) if given else _ROOT.parent / "shared" / "samples"


@pytest.fixture(scope="session")
def samples() -> Path:
    """The public samples; skips where they are absent, since the project stands alone."""
    folder = samples_folder()
    if not folder.is_dir():
        pytest.skip("shared samples are not here (set WORKSTATION_SAMPLES to their folder)")
    return folder
