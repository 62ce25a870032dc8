"""The administrator opens the station's keys in a window of its own, or the program ends."""

import threading
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit

from crypto.errors import KeyLocked
from tests.support.system.event_loop import settle
from ui.app import Desktop, Options
from ui.shell.key_unlock import KeyPrompt, KeyUnlockDialog

OUTPUT = Path(__file__).parents[3] / "test-output" / "screens"
RIGHT = "дом у реки 48 Тобол"


@pytest.fixture
def prompt(window, ctx):
    made = KeyPrompt(ctx, window)
    yield made
    made.cancel()


class Opening(threading.Thread):
    """A key store that is opened in a thread: asks until the pass phrase is right."""

    def __init__(self, prompt):
        super().__init__()
        self.prompt = prompt
        self.opened = ""
        self.error = None
        self.start()

    def run(self):
        try:
            failures = 0
            while (typed := self.prompt.ask(failures)) != RIGHT:
                failures += 1
            self.opened = typed
        except KeyLocked as error:
            self.error = error


def shown(prompt, qtbot):
    qtbot.waitUntil(lambda: prompt.dialog is not None and prompt.dialog.isVisible())
    return prompt.dialog


def enter(dialog, qtbot, text):
    dialog.passphrase.edit.setText(text)
    qtbot.keyClick(dialog.passphrase.edit, Qt.Key.Key_Return)


def test_the_pass_phrase_reaches_the_thread_that_opens_the_keys(prompt, qtbot):
    opening = Opening(prompt)
    dialog = shown(prompt, qtbot)
    assert dialog.passphrase.edit.echoMode() is QLineEdit.EchoMode.Password
    assert not dialog.open_button.isEnabled()
    enter(dialog, qtbot, RIGHT)
    qtbot.waitUntil(lambda: not opening.is_alive())
    assert (opening.opened, opening.error, prompt.dialog) == (RIGHT, None, None)


def test_what_was_typed_does_not_stay_in_the_field(prompt, qtbot):
    opening = Opening(prompt)
    dialog = shown(prompt, qtbot)
    field = dialog.passphrase.edit
    seen = []
    dialog.destroyed.connect(lambda: seen.append("gone"))
    dialog.finished.connect(lambda _result: seen.append(field.text()))
    enter(dialog, qtbot, RIGHT)
    qtbot.waitUntil(lambda: not opening.is_alive() and "gone" in seen)
    assert seen[0] == ""


def test_a_wrong_one_is_said_and_the_next_has_to_wait_longer_each_time(window, ctx, qtbot):
    waits = []
    for failures in range(8):
        dialog = KeyUnlockDialog(ctx, window, failures)
        dialog.passphrase.edit.setText("x")
        waits.append(dialog._left)
        assert dialog.open_button.isEnabled() is (failures == 0)
        assert dialog.message.isVisibleTo(dialog) is (failures > 0)
        for _ in range(dialog._left):
            dialog._count_down()
        assert dialog.open_button.isEnabled()
        dialog.reject()
    assert waits == [0, 1, 2, 4, 8, 16, 30, 30]


def test_return_during_the_wait_tries_nothing(window, ctx, qtbot):
    dialog = KeyUnlockDialog(ctx, window, 3)
    dialog.open()
    enter(dialog, qtbot, RIGHT)
    qtbot.keyClick(dialog, Qt.Key.Key_F9)
    assert dialog.isVisible()
    assert "4" in dialog.message.text()
    dialog.reject()


def test_escape_gives_the_opening_up(prompt, qtbot):
    opening = Opening(prompt)
    dialog = shown(prompt, qtbot)
    with qtbot.waitSignal(prompt.given_up):
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not opening.is_alive())
    assert (opening.opened, opening.error.detail) == ("", "passphrase_missing")


@pytest.fixture
def desk(qtbot, tmp_path):
    def starter(_options, _listener, unlock):
        unlock(0)
        raise AssertionError("nothing was typed")

    made = Desktop(Options(tmp_path, "production", "ru"), starter, "light")
    qtbot.addWidget(made.window)
    yield made
    made.close()


def test_a_desktop_that_is_closed_while_it_asks_ends(desk, qtbot):
    desk.open()
    shown(desk.keys, qtbot)
    desk.close()
    assert not desk._starting.is_alive()


def test_a_desktop_whose_keys_are_given_up_ends_with_success(desk, qtbot, monkeypatch):
    ended = []
    monkeypatch.setattr(QApplication, "exit", lambda *arguments: ended.append(arguments[-1]))
    desk.open()
    qtbot.keyClick(shown(desk.keys, qtbot), Qt.Key.Key_Escape)
    settle(qtbot)
    assert ended == [0]


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
@pytest.mark.parametrize("failures", [0, 4])
def test_every_word_fits_the_window(window, ctx, qtbot, language, failures):
    ctx.use_language(language)
    dialog = KeyUnlockDialog(ctx, window, failures)
    dialog.open()
    settle(qtbot)
    OUTPUT.mkdir(parents=True, exist_ok=True)
    picture = dialog.grab().toImage()
    assert picture.save(str(OUTPUT / f"key_unlock_{failures}_{language}.png"), "PNG", 80)
    assert dialog.width() == 460
    assert dialog.sizeHint().height() <= dialog.height()
    dialog.reject()
