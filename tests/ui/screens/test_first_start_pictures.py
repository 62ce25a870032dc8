"""Every step of the assistant is rendered for eyes, in three languages, and fits a small screen."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QTimer
from PySide6.QtWidgets import QLabel

from tests.support.installation.administrator import open_window, rest
from tests.support.system.event_loop import settle
from ui.first_start.opening import open_first_start
from ui.first_start.window import FirstStartWindow
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
    before = qapp.font()
    yield
    apply_theme(qapp, load_theme("light"))
    qapp.setFont(before)
    qapp.setQuitOnLastWindowClosed(True)


LONGEST = (SetUpStep.FOLDER, SetUpStep.REGISTRIES, SetUpStep.CHARTER)
SHOWN = [(step, "ru", "light") for step in SetUpStep]
SHOWN += [(step, language, "light") for step in LONGEST for language in ("kk", "en")]
SHOWN += [(step, "ru", theme) for step in LONGEST for theme in ("dark", "contrast")]


@pytest.mark.parametrize(("step", "language", "theme"), SHOWN)
def test_every_step_is_worded_and_fits(qapp, qtbot, tmp_path, step, language, theme):
    apply_theme(qapp, load_theme(theme))
    window = open_window(qtbot, SetUp(lambda: datetime.now(UTC), tmp_path), language, theme=theme)
    window.open_step(step)
    rest(qtbot, window)
    window.page.show_findings(FOUND)
    window.resize(1280, 680)
    settle(qtbot)
    for label in window.findChildren(QLabel):
        assert not label.text().startswith(("[", "set_up")), label.text()
    OUTPUT.mkdir(parents=True, exist_ok=True)
    assert window.grab().save(str(OUTPUT / f"first_start_{step.value}_{language}_{theme}.png"))
    assert window.minimumSizeHint().width() <= 1280
    assert window.minimumSizeHint().height() <= 700


def test_it_opens_in_the_systems_colours_with_qts_own_words_and_writes_nothing(
    qapp, tmp_path, monkeypatch
):
    # The offscreen platform has no colours of its own to ask for.
    monkeypatch.setattr("ui.appearance.system_theme", lambda _hints: "dark")
    # Else the program's end waits in the queue, and every loop of the tests after ends at once.
    qapp.setQuitOnLastWindowClosed(False)
    seen = []

    def look():
        (window,) = [each for each in qapp.topLevelWidgets() if isinstance(each, FirstStartWindow)]
        background = window.grab().toImage().pixelColor(window.width() - 4, window.height() // 2)
        seen.extend([window.ctx.theme.name, background.lightness() < 80])
        seen.append(QCoreApplication.translate("QPlatformTheme", "Cancel"))
        window.close()

    QTimer.singleShot(300, look)
    folder = tmp_path / "data"

    assert open_first_start(qapp, folder, "ru", 1.0) is None
    assert seen == ["dark", True, "Отмена"]
    assert not folder.exists()
