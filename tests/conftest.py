"""What every test may rely on: no thread and no database left behind, where the samples lie."""

import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from tests.support.system.connections import OpenConnections

_ROOT = Path(__file__).resolve().parent.parent

# The same examples on every run and every PC, however busy it is: what a run says is about the
# code. New examples are looked for with `--hypothesis-profile=search`.
hypothesis.settings.register_profile(
    "same",
    derandomize=True,
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.register_profile("search", deadline=None, print_blob=True)
hypothesis.settings.load_profile("same")

# What the system's language decides is English in tests, on everybody's PC.
for _name in ("LC_ALL", "LC_MESSAGES", "LANG"):
    if os.environ.get(_name, "").startswith(("kk", "ru")):
        os.environ[_name] = "C.UTF-8"


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """Let the Qt settings of pyproject.toml stand when the unit tests run without pytest-qt."""
    if pluginmanager.is_blocked("pytest-qt"):
        for name in ("qt_api", "qt_default_raising", "qt_log_level_fail", "qt_log_ignore"):
            parser.addini(name, "read by pytest-qt only")


@pytest.fixture(scope="session", autouse=True)
def connections() -> Iterator[OpenConnections]:
    """Every SQLite connection of the run; what a wider fixture opened is closed by its end."""
    with pytest.MonkeyPatch.context() as patch:
        opened = OpenConnections(sqlite3.connect)
        patch.setattr(sqlite3, "connect", opened.connect)
        yield opened
    if left := opened.left():
        pytest.fail("\n".join(["left open:", *left]), pytrace=False)


@pytest.fixture(autouse=True)
def no_database_left_open(connections: OpenConnections) -> Iterator[None]:
    """A test that leaves a database open fails, under its own name and on every Python.

    Python 3.13 warns when the garbage collector finds one, in whatever test runs by then; Windows
    can neither replace nor delete the file until it does.
    """
    before = connections.mark()
    yield
    if left := connections.left(since=before):
        pytest.fail("\n".join(["left open:", *left]), pytrace=False)


@pytest.fixture(autouse=True)
def no_thread_left_behind(no_database_left_open: None) -> Iterator[None]:
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


@pytest.fixture(scope="session")
def document_samples(samples: Path) -> Path:
    """Reference data of ICAO documents; skips where the samples have none."""
    folder = samples / "icao"
    if not folder.is_dir():
        pytest.skip("the samples of ICAO documents are not here")
    return folder
