"""End-to-end runs keep their pictures where a person can look at them."""

import os
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


@pytest.fixture(scope="session")
def pictures() -> Path:
    folder = Path(__file__).resolve().parents[2] / "test-output" / "session"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
