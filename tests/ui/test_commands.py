"""Keys and buttons post commands, once, in their time, and after a question where it matters."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from tests.support.desktop.snapshots import VOUCHED, session, station
from tests.support.desktop.window_pages import (
    agree,
    choose_operation,
    fill_review,
    give_reason,
    open_state,
)
from tests.support.station.operations import KINDS, definition, good_answers, sample_values
from ui.navigation import Page, Route
from ui.shell.main_window import KEYS
from ui.widgets.reason_dialog import ReasonDialog
from workstation.devices.signing_methods import SigningMethod
from workstation.rules.checks import CheckId
from workstation.session.confirmation import AbortReason
from workstation.session.overrides.reasons import OverrideReason
from workstation.session.states import State
from workstation.station.commands import (
    Abort,
    ApproveException,
    BeginOperation,
    GiveConsent,
    Lock,
    NewSession,
    Override,
    ParkSession,
    RefuseConsent,
    RefuseReview,
    Sign,
    SignIn,
    SignOut,
    StartLiveness,
    StopSigning,
    TakeExceptionPhoto,
    UseReferenceFile,
    VerifyLog,
)
from workstation.station.snapshot import ExceptionView, PersonNote, PersonView

_IIN = "920314400005"


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


def fill_form(screen):
    """Fill the form in about a customer whom no register knows."""
    screen.client.iin.edit.setText(_IIN)
    screen.client.show_person(PersonView(_IIN, (PersonNote.NOT_FOUND,)))
    screen.client.name.edit.setText("Ivanov Ivan")
    for name, value in sample_values(screen.offer.definition).items():
        screen.fields[name].edit.setText(value)


@pytest.mark.parametrize("kind", KINDS)
def test_the_form_posts_what_was_typed_for_its_kind(window, qtbot, posted, kind):
    window.show_station(station())
    qtbot.keyClick(window, Qt.Key.Key_F2)
    screen = window.screen_of(Page.OPERATION)
    choose_operation(screen, kind)
    fill_form(screen)
    for attestation in screen.attestations.values():
        attestation.no.click()

    qtbot.keyClick(window, Qt.Key.Key_F9)

    command = posted[-1]
    assert isinstance(command, BeginOperation)
    form = command.form
    assert form.kind == kind
    assert form.untrusted_name == "Ivanov Ivan"
    assert form.untrusted_values == tuple(sample_values(definition(kind)).items())
    expected = {
        "change_trusted_phone": ((CheckId.OLD_NUMBER_CALLED, False),),
        "app_registration": (),
        "loan_issue": tuple((name, False) for name, _ in good_answers("questionnaire")),
    }
    assert form.attestations == expected[kind]


def test_a_question_that_the_case_does_not_need_is_not_answered_for_the_teller(window, posted):
    window.show_station(station())
    window.navigate(Route.FORM)
    screen = window.screen_of(Page.OPERATION)
    fill_form(screen)
    screen.fields["old_phone"].edit.clear()

    window.press("F9")

    assert posted[-1].form.attestations == ()


def test_the_cores_message_stands_under_its_field(window):
    window.show_station(station())
    window.navigate(Route.FORM)

    window.show_station(station(message="operation_refused", message_field="iin"))

    field = window.screen_of(Page.OPERATION).fields["iin"]
    assert field.message.isVisible()
    assert field.edit.accessibleDescription() == field.message.text() == "Проверьте поле"


def test_a_mistake_is_said_beside_its_field_when_it_has_been_typed(window):
    window.show_station(station())
    window.navigate(Route.FORM)
    field = window.screen_of(Page.OPERATION).fields["iin"]
    field.edit.setText("920314400006")
    field.edit.editingFinished.emit()
    shown = field.message.text()
    window.show_station(station(log_size=9))

    assert (shown, field.message.text()) == ("Контрольная цифра ИИН не сходится",) * 2
    field.edit.setText("920314400005")
    field.edit.textEdited.emit("920314400005")
    assert field.message.text() == "Ищем клиента в реестре…"


def test_an_empty_field_is_no_mistake_yet(window):
    window.show_station(station())
    window.navigate(Route.FORM)
    field = window.screen_of(Page.OPERATION).fields["new_phone"]
    field.edit.editingFinished.emit()

    assert not field.message.isVisible()


def test_the_form_forgets_the_customer_when_nothing_can_be_corrected_any_more(window):
    window.show_station(station())
    window.navigate(Route.FORM)
    screen = window.screen_of(Page.OPERATION)
    screen.fields["iin"].edit.setText("990101300123")

    window.show_session(session(State.CONSENT))

    assert screen.fields["iin"].edit.text() == ""


KEY_COMMANDS = [
    (State.CONSENT, {}, "F9", GiveConsent("ru")),
    (State.LIVENESS, {"attempt_running": False, "prompt": None}, "F9", StartLiveness()),
    (
        State.LIVENESS,
        {"attempt_running": False, "prompt": None, "attempt_reason": "liveness.no_blink"},
        "F6",
        StartLiveness(),
    ),
    (State.EXCEPTION, {"exception": ExceptionView()}, "F9", TakeExceptionPhoto()),
    (State.EXCEPTION, {}, "F6", TakeExceptionPhoto()),
    (State.SIGNATURE, {}, "F5", Sign(SigningMethod.NCALAYER)),
    (State.SIGNATURE, {"busy": "ncalayer"}, "F6", StopSigning()),
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
    (State.EXCEPTION, {}, "F9"),
    (State.EXCEPTION, {"exception": replace(VOUCHED, awaited=True)}, "F6"),
    (State.EXCEPTION, {"exception": replace(VOUCHED, awaited=True)}, "F9"),
    (State.LIVENESS, {"attempt_running": False, "prompt": None}, "F7"),
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
        (state, "Esc", Abort("customer_left"))
        for state in (
            State.PRECHECKS,
            State.CONSENT,
            State.REFERENCE,
            State.LIVENESS,
            State.EXCEPTION,
            State.MATCHING,
            State.SIGNATURE,
            State.REVIEW,
        )
    ],
]


ABORTED_FROM = (
    State.PRECHECKS,
    State.CONSENT,
    State.REFERENCE,
    State.LIVENESS,
    State.EXCEPTION,
    State.MATCHING,
    State.SIGNATURE,
    State.CONFIRMATION,
    State.REVIEW,
)


@pytest.mark.parametrize("state", ABORTED_FROM)
def test_a_session_is_aborted_with_a_reason_and_not_without(window, posted, state):
    open_state(window, state)
    window.press("Esc")
    (dialog,) = [each for each in window.findChildren(ReasonDialog) if each.isVisible()]
    dialog.agree.click()
    dialog.accept()
    assert (posted, dialog.isVisible()) == ([], True)

    give_reason(window, AbortReason.CUSTOMER_LEFT)

    assert posted == [Abort("customer_left")]


def test_another_reason_to_abort_needs_words(window, posted):
    open_state(window, State.CONSENT)
    window.press("Esc")
    give_reason(window, AbortReason.OTHER, "мало")
    assert posted == []

    give_reason(window, AbortReason.OTHER, "У клиента сломался телефон")

    assert posted == [Abort("abort_other", "У клиента сломался телефон")]


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

    assert posted == [
        UseReferenceFile(tmp_path / "a.jpg"),
        Sign(SigningMethod.FILE, tmp_path / "a.cms"),
    ]


def test_a_supervisor_overrides_with_a_reason(window, posted):
    open_state(window, State.REVIEW)
    screen = fill_review(window)

    window.press("F9")

    reason = "Клиент показал договор"
    assert posted == [
        Override(
            "S-7", CheckId.OLD_NUMBER_CALLED, OverrideReason.CALLED_OLD_NUMBER, reason, "secret"
        )
    ]
    assert screen.form.secret.edit.text() == ""


def test_an_officer_vouches_with_a_reason_and_the_secret_is_forgotten(window, posted):
    open_state(window, State.EXCEPTION)
    screen = fill_review(window, Page.EXCEPTION)

    window.press("F9")

    assert posted == [ApproveException("S-7", "Клиент показал договор", "secret")]
    assert screen.form.secret.edit.text() == ""


def test_an_officer_refuses_after_a_question(window, posted):
    open_state(window, State.EXCEPTION)
    fill_review(window, Page.EXCEPTION)
    window.press("F4")
    agree(window)

    assert posted == [RefuseReview("S-7", "Клиент показал договор", "secret")]


def test_a_supervisor_refuses_after_a_question(window, posted):
    open_state(window, State.REVIEW)
    fill_review(window)
    window.press("F4")
    agree(window)

    assert posted == [RefuseReview("S-7", "Клиент показал договор", "secret")]


def test_the_lock_opens_only_for_a_counted_sign_in(window, posted):
    window.show_station(station(sign_ins=1))
    window.press("Ctrl+L")
    window.lock_page.secret.edit.setText("secret")
    window.press("F9")
    window.show_station(station(camera="another", sign_ins=1))
    still_shut = window.lock_page.isVisible()

    window.show_station(station(sign_ins=2))

    assert posted == [Lock(), SignIn("T-1042", "secret")]
    assert still_shut
    assert not window.lock_page.isVisible()


def test_a_locked_window_answers_no_other_key(window, posted):
    open_state(window, State.CONSENT)
    window.lock()

    for key in KEYS:
        window.press(key)

    assert posted == [Lock()]


def test_the_window_locks_when_nobody_touches_it(window):
    window.show_station(station())

    window.idle.timer.timeout.emit()

    assert window.lock_page.isVisible()


def test_signing_out_of_a_locked_window_uncovers_only_the_sign_in_page(window, posted):
    window.show_station(station())
    window.lock()
    window.lock_page.leave_button.click()

    window.show_station(station(operator=False))

    assert posted == [Lock(), SignOut()]
    assert (window.page, window.lock_page.isVisible()) == (Page.SIGN_IN, False)


def test_closing_in_a_session_asks_why_and_waits_for_the_record(window, posted, qtbot):
    open_state(window, State.LIVENESS)
    first = window.close()
    assert (first, posted) == (False, [])
    give_reason(window, AbortReason.CUSTOMER_LEFT)
    assert (window.isVisible(), posted) == (True, [Abort("customer_left")])
    with qtbot.waitSignal(window.closed):
        window.show_session(session(State.RECORDED))

    assert not window.isVisible()
