"""End-to-end runs are patient, and keep their pictures where a person can look at them."""

import os
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


@pytest.fixture
def qtbot(qapp, request):
    from tests.support.desktop.patience import PatientBot

    return PatientBot(request)


@pytest.fixture(scope="session")
def pictures() -> Path:
    folder = Path(__file__).resolve().parents[2] / "test-output" / "session"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
