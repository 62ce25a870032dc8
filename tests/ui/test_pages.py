"""Pages: a function of the state, small enough, reachable, named, plain."""

import sys

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QWidget

from tests.support.desktop.snapshots import LogLines, decision, station, verification
from tests.support.desktop.window_pages import open_state, visit_all
from tests.support.system.event_loop import settle
from ui.navigation import Page, Route
from ui.shell.main_window import KEYS
from ui.widgets.help import HelpDialog
from vision.results import CommandOutcome, CommandResult, LivenessCommand, QualityFinding, Status
from workstation.session.states import State
from workstation.station.commands import SelectLanguage, StopVerifyingLog

PAGE_OF_STATE = {
    State.IDLE: Page.HOME,
    State.PRECHECKS: Page.PRECHECKS,
    State.CONSENT: Page.CONSENT,
    State.REFERENCE: Page.REFERENCE,
    State.LIVENESS: Page.LIVENESS,
    State.EXCEPTION: Page.EXCEPTION,
    State.ALTERNATIVE: Page.ALTERNATIVE,
    State.MATCHING: Page.MATCHING,
    State.COMPARISON: Page.COMPARISON,
    State.AUTHORITY: Page.AUTHORITY,
    State.SIGNATURE: Page.SIGNATURE,
    State.REVIEW: Page.REVIEW,
    State.PARKED: Page.HOME,
    State.CONFIRMATION: Page.CONFIRMATION,
    State.DECIDED: Page.DECISION,
    State.RECORDED: Page.DECISION,
}


@pytest.mark.parametrize("state", State)
def test_the_page_is_a_function_of_the_state(window, state):
    open_state(window, state)

    assert window.page is PAGE_OF_STATE[state]


def test_nobody_signed_in_sees_only_the_sign_in_page(window):
    open_state(window, State.LIVENESS)

    window.show_station(station(operator=False))

    assert window.page is Page.SIGN_IN


def test_the_log_is_not_reachable_in_the_middle_of_a_session(window):
    open_state(window, State.LIVENESS)

    window.press("Ctrl+J")

    assert window.page is Page.LIVENESS


def test_only_one_window_is_ever_shown(window, qtbot):
    for _ in visit_all(window):
        settle(qtbot)
        shown = [top for top in QApplication.topLevelWidgets() if top.isVisible()]

        assert shown == [window]


def test_every_page_fits_a_small_screen_in_every_language(window, qtbot):
    demo = {"profile": "demo", "simulated": True}
    for language in ("ru", "kk", "en"):
        for page in visit_all(window, **demo, language=language):
            settle(qtbot)
            hint = window.minimumSizeHint()

            assert (hint.width() <= 1280, hint.height() <= 680) == (True, True), (
                language,
                page,
                hint,
            )


def test_the_worst_liveness_attempt_fits_too(window, qtbot):
    codes = ("several_faces", "face_too_small", "not_frontal", "too_dark", "blurred", "moving")
    defects = tuple(QualityFinding(code, Status.FAILED, 0, 1) for code in codes)
    done = tuple(
        CommandResult(command, CommandOutcome.WRONG_ACTION, 0, 1000, 0, 1, "")
        for command in LivenessCommand
    )
    for language in ("ru", "kk", "en"):
        status = station(profile="demo", language=language)
        open_state(window, State.LIVENESS, status, conditions=defects, commands=done)
        settle(qtbot)

        assert window.minimumSizeHint().height() <= 680, (language, window.minimumSizeHint())


def test_every_control_has_an_accessible_name(window, qtbot):
    window.ctx.log_pages = LogLines(50)
    roles = {
        QAccessible.Role.Button,
        QAccessible.Role.EditableText,
        QAccessible.Role.CheckBox,
        QAccessible.Role.ComboBox,
        QAccessible.Role.Table,
        QAccessible.Role.PushButton,
    }
    seen = 0
    for page in visit_all(window):
        settle(qtbot)
        for widget in window.findChildren(QWidget):
            if not widget.isVisible():
                continue
            interface = QAccessible.queryAccessibleInterface(widget)
            if interface is None or interface.role() not in roles:
                continue
            seen += 1

            assert interface.text(QAccessible.Text.Name) != "", (page, widget.objectName(), widget)

    assert seen > 50


def test_tab_reaches_every_enabled_control(window, qtbot):
    for page in visit_all(window):
        settle(qtbot)
        wanted = {
            widget
            for widget in window.findChildren(QWidget)
            if widget.isVisible()
            and widget.isEnabled()
            and isinstance(widget, QAbstractButton | QLineEdit)
            # An exclusive group is one stop: arrows move inside it.
            and not (isinstance(widget, QAbstractButton) and widget.isCheckable())
        }
        reached = set()
        for _ in range(60):
            qtbot.keyClick(window.focusWidget() or window, Qt.Key.Key_Tab)
            reached.add(window.focusWidget())

        assert wanted <= reached, (page, wanted - reached)


def test_the_lock_button_never_takes_the_first_focus(window, qtbot):
    for page in visit_all(window):
        settle(qtbot)

        assert window.focusWidget() is not window.header.lock_button, page


def test_the_language_changes_while_running(window, posted):
    window.show_station(station(operator=False))
    screen = window.screen_of(Page.SIGN_IN)
    screen._group.button(0).click()

    assert posted == [SelectLanguage("kk")]
    assert window.footer.buttons[0].text().startswith("Кіру")
    window.show_station(station(operator=False, language="en"))
    assert window.footer.buttons[0].text().startswith("Sign in")


def test_no_verdict_without_a_recorded_decision(window):
    open_state(window, State.DECIDED)
    banner = window.screen_of(Page.DECISION).banner

    assert banner.verdict.text() == "Решение записывается…"
    assert not window.screen_of(Page.DECISION).grounds.isVisible()


def test_a_fault_hides_even_a_decision(window):
    open_state(window, State.RECORDED, decision=decision(), fault="log_unwritable")

    assert window.screen_of(Page.DECISION).banner.verdict.text() == "РЕШЕНИЕ НЕ ЗАПИСАНО"


@pytest.mark.parametrize(
    ("outcome", "reason", "tone"),
    [
        ("approved", "decision.approved", "ok"),
        ("rejected", "match.non_match", "bad"),
        ("indeterminate", "signature.no_revocation_answer", "warn"),
    ],
)
def test_the_verdicts_tone_follows_the_outcome(window, outcome, reason, tone):
    open_state(window, State.RECORDED, decision=decision(outcome, reason))

    assert window.screen_of(Page.DECISION).banner.property("tone") == tone


def test_the_receipt_follows_the_decision(window):
    open_state(window, State.RECORDED)

    window.press("F9")

    assert window.page is Page.RECEIPT
    assert window.screen_of(Page.RECEIPT).lines["number"].text() == "000 418"


def test_hostile_text_is_shown_as_it_is(window):
    hostile = "<b>Жүсіп</b><img src=x>\u202egnp\u0007"
    open_state(window, State.LIVENESS, client_name=hostile)

    label = window.header.client
    assert label.textFormat() == Qt.TextFormat.PlainText
    assert label.text().startswith("<b>Жүсіп</b><img src=x>\ufffdgnp\ufffd")


def test_no_label_in_the_program_interprets_markup(window, qtbot):
    for page in visit_all(window):
        for label in window.findChildren(QLabel):
            shown = label.text()

            assert shown == "" or label.textFormat() == Qt.TextFormat.PlainText, (page, shown)


def test_a_simulated_camera_is_announced_on_every_page(window, qtbot):
    for _ in visit_all(window):
        window.show_station(station(profile="demo", simulated=True))
        settle(qtbot)

        assert window.strip.isVisible()
        assert window.strip.text() == "Демонстрационный режим · симулированная камера"


def test_help_lists_every_key_of_the_window(window):
    window.press("F1")
    (dialog,) = window.findChildren(HelpDialog)
    shown = {label.text() for label in dialog.findChildren(QLabel)}

    assert {key for key in KEYS if key not in {"F3", "F10", "Ctrl+O", "Ctrl+P", "Ctrl+H"}} <= shown


def test_the_log_is_read_by_pages(window, qtbot):
    lines = LogLines(1_000_000)
    window.ctx.log_pages = lines
    window.show_station(station(log_size=1_000_000, verification=verification()))
    window.navigate(Route.LOG)
    screen = window.screen_of(Page.LOG)
    qtbot.waitUntil(lambda: screen.model.rowCount() == 1_000_000)
    screen.table.scrollToBottom()
    qtbot.waitUntil(lambda: screen.model.index(999_999, 0).data() == "0")

    model = screen.model
    assert (lines.read <= 4, len(model._pages) <= 64) == (True, True)


def test_the_verification_shows_how_far_it_is_and_can_be_ended(window, posted):
    window.show_station(station(verification=verification(running=True, size=256, total=1024)))
    window.navigate(Route.INTEGRITY)
    screen = window.screen_of(Page.INTEGRITY)

    assert (screen.progress.value(), screen.progress.maximum()) == (256, 1024)
    assert [each.code for each in screen.footer_actions() if each.key == "F8"] == [
        "button.stop_verifying"
    ]
    window.press("F8")
    assert posted[-1] == StopVerifyingLog()


def test_a_broken_log_is_named_by_its_first_bad_entry(window):
    broken = verification(ok=False, first_bad=77, reason="leaf")
    window.show_station(station(verification=broken))
    window.navigate(Route.INTEGRITY)
    screen = window.screen_of(Page.INTEGRITY)

    assert screen.lines["first_bad"].text() == "77"
    assert screen.lines["cause"].text() == "Хеш записи не сходится"
    assert screen.banner.property("tone") == "bad"


@pytest.mark.skipif(
    sys.version_info >= (3, 12), reason="None is immortal (PEP 683): its count means nothing"
)
def test_qt_returns_none_without_stealing_a_reference(window):
    label = window.header.operator
    before = sys.getrefcount(None)
    for number in range(200):
        label.setText(str(number))
        label.update()
        label.setEnabled(True)

    assert sys.getrefcount(None) - before > -50
