"""Every step of the assistant is rendered for eyes, in three languages, and fits a small screen."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel

from tests.support.installation.administrator import open_window, rest
from tests.support.system.event_loop import settle
from ui.theme.theme import apply_theme, load_theme
from workstation.first_start.findings import FindingState, SetUpFinding
from workstation.first_start.progress import SetUpStep
from workstation.first_start.set_up import SetUp

OUTPUT = Path(__file__).parents[3] / "test-output" / "screens"
FOUND = [
    SetUpFinding.make(FindingState.GOOD, "reached", url="https://gateway.bank.kz"),
    SetUpFinding.make(FindingState.WARNING, "root", name="ROOT GOST", digits="5f0c " * 16),
    SetUpFinding.make(FindingState.BAD, "reach_certificate", url="https://gateway.bank.kz/persons"),
]


@pytest.fixture(autouse=True)
def light_again(qapp):
    apply_theme(qapp, load_theme("light"))
    yield
    apply_theme(qapp, load_theme("light"))


LONGEST = (SetUpStep.FOLDER, SetUpStep.REGISTRIES, SetUpStep.CHARTER)
SHOWN = [(step, "ru") for step in SetUpStep]
SHOWN += [(step, language) for step in LONGEST for language in ("kk", "en")]


@pytest.mark.parametrize(("step", "language"), SHOWN)
def test_every_step_is_worded_and_fits(qtbot, tmp_path, step, language):
    window = open_window(qtbot, SetUp(lambda: datetime.now(UTC), tmp_path), language)
    window.open_step(step)
    rest(qtbot, window)
    window.page.show_findings(FOUND)
    window.resize(1280, 680)
    settle(qtbot)
    for label in window.findChildren(QLabel):
        assert not label.text().startswith(("[", "set_up")), label.text()
    OUTPUT.mkdir(parents=True, exist_ok=True)
    assert window.grab().save(str(OUTPUT / f"first_start_{step.value}_{language}.png"))
    assert window.minimumSizeHint().width() <= 1280
    assert window.minimumSizeHint().height() <= 700
