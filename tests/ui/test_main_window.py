"""The teller's window: pages follow states, keys post commands, nothing is lost or leaked."""

import sys

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QWidget

from tests.support.event_loop import settle
from tests.support.snapshots import LogLines, decision, session, station, verification
from ui.main_window import KEYS
from ui.navigation import Page, Wish
from ui.widgets.confirm import ConfirmDialog
from ui.widgets.help import HelpDialog
from vision.results import CommandOutcome, CommandResult, LivenessCommand, QualityFinding, Status
from workstation.checks import CheckId
from workstation.commands import (
    Abort,
    BeginOperation,
    CustomerReturned,
    GiveConsent,
    NewSession,
    Override,
    ParkSession,
    RefuseConsent,
    RefuseReview,
    SelectLanguage,
    SignIn,
    SignOut,
    SignWithFile,
    SignWithNcalayer,
    StartLiveness,
    StopSigning,
    UseReferenceCamera,
    UseReferenceFile,
    VerifyLog,
)
from workstation.operation import OperationKind
from workstation.states import State

PAGE_OF_STATE = {
    State.IDLE: Page.HOME,
    State.PRECHECKS: Page.PRECHECKS,
    State.CONSENT: Page.CONSENT,
    State.REFERENCE: Page.REFERENCE,
    State.LIVENESS: Page.LIVENESS,
    State.MATCHING: Page.MATCHING,
    State.SIGNATURE: Page.SIGNATURE,
    State.REVIEW: Page.REVIEW,
    State.PARKED: Page.PARKED,
    State.DECIDED: Page.DECISION,
    State.RECORDED: Page.DECISION,
}


def open_state(window, state, status=None, **changed):
    window.show_station(status or station())
    window.show_session(session(state, **changed))


def agree(window):
    (dialog,) = [child for child in window.findChildren(ConfirmDialog) if child.isVisible()]
    dialog.agree.click()


def visit_all(window, **changed):
    window.show_station(station(operator=False, **changed))
    yield Page.SIGN_IN
    for state in State:
        open_state(window, state, station(**changed))
        yield window.page
    open_state(window, State.RECORDED, station(**changed))
    window.open_wish(Wish.RECEIPT)
    yield window.page
    open_state(window, State.IDLE, station(**changed))
    for wish in (Wish.FORM, Wish.LOG, Wish.INTEGRITY):
        window.open_wish(wish)
        yield window.page


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


def test_signing_in_posts_the_secret_once_and_forgets_it(window, qtbot, posted):
    window.show_station(station(operator=False))
    screen = window.screen_of(Page.SIGN_IN)
    qtbot.keyClicks(screen.operator.edit, "T-1042")
    qtbot.keyClicks(screen.secret.edit, "correct horse")

    qtbot.keyClick(window, Qt.Key.Key_F9)

    assert posted == [SignIn("T-1042", "correct horse")]
    assert screen.secret.edit.text() == ""


def test_sign_in_waits_for_the_runtime(window, qtbot, posted):
    screen = window.screen_of(Page.SIGN_IN)
    qtbot.keyClicks(screen.operator.edit, "T-1042")
    qtbot.keyClicks(screen.secret.edit, "secret")

    qtbot.keyClick(window, Qt.Key.Key_F9)

    assert posted == []


def test_the_language_changes_while_running(window, posted):
    window.show_station(station(operator=False))
    screen = window.screen_of(Page.SIGN_IN)
    screen._group.button(0).click()

    assert posted == [SelectLanguage("kk")]
    assert window.footer.buttons[0].text().startswith("Кіру")
    window.show_station(station(operator=False, language="en"))
    assert window.footer.buttons[0].text().startswith("Sign in")


@pytest.mark.parametrize("kind", OperationKind)
def test_the_form_posts_what_was_typed_for_its_kind(window, qtbot, posted, kind):
    window.show_station(station())
    qtbot.keyClick(window, Qt.Key.Key_F2)
    screen = window.screen_of(Page.OPERATION)
    screen.kinds.button(tuple(OperationKind).index(kind)).click()
    for name, field in screen.fields.items():
        field.edit.setText(f"value {name}"[: field.edit.maxLength()])
    for attestation in screen.attestations.values():
        attestation.no.click()

    qtbot.keyClick(window, Qt.Key.Key_F9)

    (command,) = posted
    assert isinstance(command, BeginOperation)
    form = command.form
    assert form.kind is kind
    assert form.untrusted_name == "value name"
    assert (form.untrusted_old_phone != "") == (kind is OperationKind.CHANGE_TRUSTED_PHONE)
    assert (form.untrusted_device != "") == (kind is OperationKind.APP_REGISTRATION)
    assert (form.untrusted_amount_kzt != "") == (kind is OperationKind.LOAN_ISSUE)
    expected = {
        OperationKind.CHANGE_TRUSTED_PHONE: ((CheckId.OLD_NUMBER_CALLED, False),),
        OperationKind.APP_REGISTRATION: (),
        OperationKind.LOAN_ISSUE: ((CheckId.QUESTIONNAIRE, False),),
    }
    assert form.attestations == expected[kind]


def test_an_unanswered_question_is_not_an_answer(window, posted):
    window.show_station(station())
    window.open_wish(Wish.FORM)
    screen = window.screen_of(Page.OPERATION)
    for field in screen.fields.values():
        field.edit.setText("1")

    window.press("F9")

    assert posted[0].form.attestations == ()


def test_the_cores_notice_stands_under_its_field(window):
    window.show_station(station())
    window.open_wish(Wish.FORM)

    window.show_station(station(notice="operation_refused", notice_field="iin"))

    field = window.screen_of(Page.OPERATION).fields["iin"]
    assert field.notice.isVisible()
    assert field.edit.accessibleDescription() == field.notice.text() == "Проверьте поле"


def test_the_form_forgets_the_customer_when_the_session_begins(window):
    window.show_station(station())
    window.open_wish(Wish.FORM)
    screen = window.screen_of(Page.OPERATION)
    screen.fields["iin"].edit.setText("990101300123")

    window.show_session(session(State.PRECHECKS))

    assert screen.fields["iin"].edit.text() == ""


KEY_COMMANDS = [
    (State.CONSENT, {}, "F9", GiveConsent("ru")),
    (State.REFERENCE, {}, "F9", UseReferenceCamera()),
    (State.LIVENESS, {"attempt_running": False, "prompt": None}, "F9", StartLiveness()),
    (
        State.LIVENESS,
        {"attempt_running": False, "prompt": None, "attempt_reason": "liveness.no_blink"},
        "F6",
        StartLiveness(),
    ),
    (State.SIGNATURE, {}, "F5", SignWithNcalayer()),
    (State.SIGNATURE, {"busy": "ncalayer"}, "F6", StopSigning()),
    (State.PARKED, {}, "F9", CustomerReturned()),
    (State.RECORDED, {}, "F2", NewSession()),
    (State.RECORDED, {"decision": None, "fault": "log_unwritable"}, "F9", NewSession()),
    (State.IDLE, {}, "F8", VerifyLog()),
]


@pytest.mark.parametrize(("state", "changed", "key", "command"), KEY_COMMANDS)
def test_a_key_posts_its_command(window, posted, state, changed, key, command):
    open_state(window, state, **changed)

    window.press(key)

    assert posted == [command]


BUSY = [
    (State.CONSENT, {"busy": "log"}, "F9"),
    (State.CONSENT, {"consent": ""}, "F9"),
    (State.LIVENESS, {}, "F9"),
    (State.LIVENESS, {}, "F6"),
    (State.SIGNATURE, {"statement": ""}, "F5"),
    (State.SIGNATURE, {"busy": "ncalayer"}, "F5"),
    (State.REVIEW, {}, "F9"),
    (State.DECIDED, {}, "F9"),
    (State.DECIDED, {}, "F2"),
    (State.MATCHING, {}, "F9"),
]


@pytest.mark.parametrize(("state", "changed", "key"), BUSY)
def test_a_key_whose_time_has_not_come_posts_nothing(window, posted, state, changed, key):
    open_state(window, state, **changed)

    window.press(key)

    assert posted == []


QUESTIONS = [
    (State.CONSENT, "F4", RefuseConsent()),
    (State.SIGNATURE, "Ctrl+H", ParkSession()),
    *[
        (state, "Esc", Abort("teller_aborted"))
        for state in (
            State.PRECHECKS,
            State.CONSENT,
            State.REFERENCE,
            State.LIVENESS,
            State.MATCHING,
            State.SIGNATURE,
            State.REVIEW,
            State.PARKED,
        )
    ],
]


@pytest.mark.parametrize(("state", "key", "command"), QUESTIONS)
def test_what_cannot_be_taken_back_is_asked_first(window, posted, state, key, command):
    open_state(window, state)
    window.press(key)
    before = list(posted)

    agree(window)

    assert (before, posted) == ([], [command])


def test_files_are_posted_by_path(window, posted, tmp_path):
    open_state(window, State.REFERENCE)
    window.screen_of(Page.REFERENCE).chosen(str(tmp_path / "a.jpg"))
    open_state(window, State.SIGNATURE)
    window.screen_of(Page.SIGNATURE).chosen(str(tmp_path / "a.cms"))
    window.screen_of(Page.SIGNATURE).chosen("")

    assert posted == [UseReferenceFile(tmp_path / "a.jpg"), SignWithFile(tmp_path / "a.cms")]


def fill_review(window):
    screen = window.screen_of(Page.REVIEW)
    screen.reason.edit.setText("Клиент показал договор")
    screen.supervisor.edit.setText("S-7")
    screen.secret.edit.setText("secret")
    return screen


def test_a_supervisor_overrides_with_a_reason(window, posted):
    open_state(window, State.REVIEW)
    screen = fill_review(window)

    window.press("F9")

    reason = "Клиент показал договор"
    assert posted == [Override("S-7", CheckId.OLD_NUMBER_CALLED, reason, "secret")]
    assert screen.secret.edit.text() == ""


def test_a_supervisor_refuses_after_a_question(window, posted):
    open_state(window, State.REVIEW)
    fill_review(window)
    window.press("F4")
    agree(window)

    assert posted == [RefuseReview("S-7", "Клиент показал договор", "secret")]


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
    assert window.screen_of(Page.RECEIPT).lines["receipt"].text() == "/data/receipts/000418.pdf"


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

    assert {key for key in KEYS if key not in {"F3", "F10", "Ctrl+O", "Ctrl+H"}} <= shown


def test_the_lock_opens_only_for_a_counted_sign_in(window, posted):
    window.show_station(station(sign_ins=1))
    window.press("Ctrl+L")
    window.lock_overlay.secret.edit.setText("secret")
    window.press("F9")
    window.show_station(station(camera="another", sign_ins=1))
    still_shut = window.lock_overlay.isVisible()

    window.show_station(station(sign_ins=2))

    assert posted == [SignIn("T-1042", "secret")]
    assert still_shut
    assert not window.lock_overlay.isVisible()


def test_a_locked_window_answers_no_other_key(window, posted):
    open_state(window, State.CONSENT)
    window.lock()

    for key in KEYS:
        window.press(key)

    assert posted == []


def test_the_window_locks_when_nobody_touches_it(window):
    window.show_station(station())

    window.idle.timer.timeout.emit()

    assert window.lock_overlay.isVisible()


def test_signing_out_of_a_locked_window_uncovers_only_the_sign_in_page(window, posted):
    open_state(window, State.CONSENT)
    window.lock()
    window.lock_overlay.leave_button.click()

    window.show_station(station(operator=False))

    assert posted == [SignOut()]
    assert (window.page, window.lock_overlay.isVisible()) == (Page.SIGN_IN, False)


def test_closing_in_a_session_aborts_and_waits_for_the_record(window, posted, qtbot):
    open_state(window, State.LIVENESS)
    first = window.close()
    assert (first, posted) == (False, [Abort("window_closed")])

    with qtbot.waitSignal(window.closed):
        window.show_session(session(State.RECORDED))

    assert not window.isVisible()


def test_the_log_is_read_by_pages(window, qtbot):
    lines = LogLines(1_000_000)
    window.ctx.log_pages = lines
    window.show_station(station(log_size=1_000_000, verification=verification()))
    window.open_wish(Wish.LOG)
    settle(qtbot)
    screen = window.screen_of(Page.LOG)
    screen.table.scrollToBottom()
    settle(qtbot)

    model = screen.model
    assert model.rowCount() == 1_000_000
    assert model.index(999_999, 0).data() == "0"
    assert (lines.read <= 4, model.pages_kept() <= 64) == (True, True)


def test_a_broken_log_is_named_by_its_first_bad_entry(window):
    broken = verification(ok=False, first_bad=77, reason="leaf")
    window.show_station(station(verification=broken))
    window.open_wish(Wish.INTEGRITY)
    screen = window.screen_of(Page.INTEGRITY)

    assert screen.lines["first_bad"].text() == "77"
    assert screen.lines["cause"].text() == "Хеш записи не сходится"
    assert screen.banner.property("tone") == "bad"


def test_qt_returns_none_without_stealing_a_reference(window):
    label = window.header.operator
    before = sys.getrefcount(None)
    for number in range(200):
        label.setText(str(number))
        label.update()
        label.setEnabled(True)

    assert sys.getrefcount(None) - before > -50
