"""The sign-in says at once that it works, what is wrong under its field, what the keyboard is."""

from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QApplication

from tests.support.desktop.snapshots import station
from tests.support.system.event_loop import settle
from ui.navigation import Page
from ui.widgets.keyboard_sign import read_caps_lock
from ui.widgets.labels import CodeLabel
from workstation.station.commands import SignIn

OUTPUT = Path(__file__).parents[3] / "test-output" / "screens"


def ask(window, qtbot):
    window.show_station(station(operator=False))
    screen = window.screen_of(Page.SIGN_IN)
    qtbot.keyClicks(screen.operator.edit, "t-1042")
    qtbot.keyClicks(screen.secret.edit, "wrong horse")
    window.press("F9")
    return screen


def refuse(window, count=1, **changed):
    given = {"message": "operator_refused", "refused_sign_ins": count, "message_count": count}
    window.show_station(station(operator=False, **{**given, **changed}))


def test_a_sign_in_is_answered_at_once_and_asked_only_once(window, qtbot, posted):
    screen = ask(window, qtbot)
    assert screen.message.text() == "Проверяем…"
    assert not window.footer.buttons[0].isEnabled()
    qtbot.keyClicks(screen.secret.edit, "again")
    window.press("F9")
    assert posted == [SignIn("t-1042", "wrong horse")]

    window.show_station(station(operator=False, log_size=419))

    assert screen.message.text() == "Проверяем…"


def test_a_refusal_stands_under_the_field_and_nowhere_else(window, qtbot):
    screen = ask(window, qtbot)

    refuse(window)

    said = window.ctx.tr_code("operator_refused")
    shown = [each for each in screen.findChildren(CodeLabel) if each.isVisible()]
    assert [each for each in shown if each.text() == said] == [screen.secret.message]
    assert screen.secret.edit.property("tone") == "bad"
    assert screen.operator.edit.property("tone") != "bad"
    assert screen.operator.text() == "t-1042"
    assert window.focusWidget() is screen.secret.edit


def test_the_old_refusal_goes_with_the_next_letter_and_with_the_next_try(window, qtbot, posted):
    screen = ask(window, qtbot)
    refuse(window)
    qtbot.keyClicks(screen.secret.edit, "b")
    assert not screen.secret.message.isVisible()
    refuse(window, 2)
    screen.secret.edit.setText("better horse")

    window.press("F9")

    assert not screen.secret.message.isVisible()
    assert (screen.message.text(), posted[-1]) == (
        "Проверяем…",
        SignIn("t-1042", "better horse"),
    )


def test_a_locked_number_says_how_long(window, qtbot):
    screen = ask(window, qtbot)

    refuse(window, message="operator_locked", seconds=27)

    assert "27" in screen.secret.message.text()


def test_after_a_sign_out_nothing_of_the_sign_in_before_is_left(window, qtbot):
    screen = ask(window, qtbot)
    window.show_station(station(sign_ins=1))
    window.show_station(station(operator=False, sign_ins=1))

    assert (window.page, screen.operator.text(), screen.message.isVisible()) == (
        Page.SIGN_IN,
        "",
        False,
    )


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_everything_on_the_card_is_read_uncut_with_the_camera_gone(window, qtbot, language):
    window.ctx.use_language(language)
    window.resize(1280, 720)
    window.show_station(
        station(
            operator=False,
            language=language,
            camera="",
            camera_message="camera_unavailable",
            message="operator_locked",
            seconds=870,
        )
    )
    settle(qtbot)
    screen = window.screen_of(Page.SIGN_IN)
    shown = [each for each in screen.findChildren(CodeLabel) if each.isVisible()]

    assert window.ctx.tr_code("camera_unavailable") in {each.text() for each in shown}
    for each in shown:
        if each.wordWrap():
            assert each.height() >= each.heightForWidth(each.width()), each.text()
    OUTPUT.mkdir(parents=True, exist_ok=True)
    assert window.grab().save(str(OUTPUT / f"sign_in_camera_gone_{language}.png"))


def strike(edit, key, text, *, shift=False):
    modifiers = Qt.KeyboardModifier.ShiftModifier if shift else Qt.KeyboardModifier.NoModifier
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        QApplication.sendEvent(edit, QKeyEvent(kind, key, modifiers, text))


@pytest.mark.parametrize(
    ("text", "shift", "caps", "layout"),
    [
        ("a", False, False, "латиница"),
        ("A", True, False, "латиница"),
        ("A", False, True, "латиница"),
        ("a", True, True, "латиница"),
        ("ә", False, False, "кириллица"),
        ("Ы", False, True, "кириллица"),
    ],
)
def test_a_letter_in_the_password_tells_caps_lock_and_layout(
    window, qtbot, text, shift, caps, layout
):
    window.show_station(station(operator=False))
    secret = window.screen_of(Page.SIGN_IN).secret
    secret.edit.setFocus()
    assert secret.note.text() == ""

    strike(secret.edit, Qt.Key.Key_A, text, shift=shift)

    assert ("Caps Lock" in secret.note.text(), layout in secret.note.text()) == (caps, True)


def test_the_caps_key_itself_is_followed_once_it_is_known_how_it_stands(window, qtbot):
    window.show_station(station(operator=False))
    secret = window.screen_of(Page.SIGN_IN).secret
    secret.edit.setFocus()
    strike(secret.edit, Qt.Key.Key_CapsLock, "")
    assert "Caps" not in secret.note.text()
    strike(secret.edit, Qt.Key.Key_A, "a")
    strike(secret.edit, Qt.Key.Key_CapsLock, "")
    assert "Caps Lock" in secret.note.text()

    window.screen_of(Page.SIGN_IN).operator.edit.setFocus()

    assert secret.note.text() == ""


def test_where_the_system_does_not_tell_nothing_is_claimed():
    assert read_caps_lock("offscreen") is None
    assert QGuiApplication.platformName() == "offscreen"


@pytest.mark.parametrize(
    "left",
    [
        lambda window: window.idle.timer.timeout.emit(),
        lambda window: window.system_session.left.emit(),
        lambda window: window.lock(),
    ],
    ids=["idle", "system locked", "lock"],
)
def test_a_secret_that_was_typed_and_not_given_is_nobody_elses(window, posted, left):
    window.show_station(station(operator=False))
    page = window.screen_of(Page.SIGN_IN)
    page.operator.edit.setText("T-1042")
    page.secret.edit.setText("secret")
    left(window)
    window.press("F9")

    assert (page.secret.text(), posted) == ("", [])
