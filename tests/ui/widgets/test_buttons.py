"""Enter and Space press the button that has the focus; exclusive choices are radio buttons."""

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAccessible, QKeyEvent
from PySide6.QtWidgets import QApplication

from tests.support.desktop.intruder import press
from tests.support.desktop.snapshots import station
from tests.support.desktop.window_pages import open_page, open_settled
from ui.navigation import Page, Route
from ui.theme.theme import THEMES, apply_theme, load_theme
from ui.widgets.buttons import ActionButton, ButtonRole, ChoiceButton
from ui.widgets.confirm import ConfirmDialog
from workstation.session.states import State
from workstation.station.commands import GiveConsent


@pytest.mark.parametrize("key", ["Return", "Enter", "Space"])
def test_the_focused_button_of_a_page_is_pressed(window, posted, key):
    open_settled(window, State.CONSENT)
    window.footer.buttons[-1].setFocus()

    press(window, key)

    assert posted == [GiveConsent("ru")]


def test_a_key_that_is_held_down_does_not_press_the_next_pages_button(window, posted):
    open_settled(window, State.CONSENT)
    button = window.footer.buttons[-1]
    button.setFocus()
    none = Qt.KeyboardModifier.NoModifier
    held = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Return, none, "\r", True)

    QApplication.sendEvent(button, held)

    assert posted == []


@pytest.mark.parametrize("agreed", [True, False])
def test_enter_answers_a_question_with_the_button_that_has_the_focus(window, qtbot, posted, agreed):
    open_settled(window, State.CONSENT)
    press(window, "F4")
    (dialog,) = window.findChildren(ConfirmDialog)
    qtbot.waitUntil(dialog.stay.hasFocus)
    if agreed:
        dialog.agree.setFocus()
    answered = []
    dialog.accepted.connect(lambda: answered.append("yes"))

    press(dialog, "Return")

    assert answered == (["yes"] if agreed else [])
    assert not any(each.isVisible() for each in window.findChildren(ConfirmDialog))


def test_enter_in_a_field_presses_nothing(window, posted):
    window.show_station(station())
    window.navigate(Route.FORM)
    QApplication.processEvents()
    window.screen_of(Page.OPERATION).client.name.edit.setFocus()

    press(window, "Return")

    assert posted == []
    assert window.page is Page.OPERATION


@pytest.mark.parametrize(
    ("page", "least"), [(Page.SIGN_IN, 3), (Page.COMPARISON, 2), (Page.SIGNATURE, 2)]
)
def test_an_exclusive_choice_is_a_radio_button_that_says_whether_it_is_chosen(window, page, least):
    if page is Page.SIGN_IN:
        window.show_station(station(operator=False))
    else:
        open_page(window, page)
    buttons = window.screen_of(page).findChildren(ChoiceButton)
    spoken = [QAccessible.queryAccessibleInterface(each) for each in buttons]

    assert len(buttons) >= least
    assert {each.role() for each in spoken} == {QAccessible.Role.RadioButton}
    assert [bool(each.state().checked) for each in spoken] == [b.isChecked() for b in buttons]
    assert all(each.text(QAccessible.Text.Name) for each in spoken)


def test_the_arrows_go_from_one_choice_to_the_next(window, qtbot):
    window.show_station(station(operator=False))
    QApplication.processEvents()
    first, second, _ = window.screen_of(Page.SIGN_IN).findChildren(ChoiceButton)
    second.setChecked(True)
    second.setFocus()

    press(window, "Left")

    qtbot.waitUntil(first.isChecked)
    assert not second.isChecked()


def contrast(one, other):
    def luminance(colour):
        parts = (colour.redF(), colour.greenF(), colour.blueF())
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    brighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("role", [ButtonRole.PRIMARY, ButtonRole.DANGER])
def test_the_focus_is_seen_on_the_button_itself(qtbot, ctx, qapp, theme, role):
    ctx.use_theme(load_theme(theme))
    apply_theme(qapp, ctx.theme)
    button = ActionButton(ctx, "button.close", "F9", role)
    qtbot.addWidget(button)
    button.show()
    button.clearFocus()
    qtbot.waitExposed(button)
    before = button.grab().toImage()
    button.setFocus()
    qtbot.waitUntil(button.hasFocus)
    after = button.grab().toImage()
    place = (button.width() // 2, 4)

    assert contrast(after.pixelColor(*place), before.pixelColor(*place)) >= 3
    apply_theme(qapp, load_theme("light"))
