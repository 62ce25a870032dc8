"""The customer answers with their own hand: at the consent, having seen it, and nowhere else."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QEventPoint, QPointingDevice, QTouchEvent
from PySide6.QtWidgets import QApplication

from tests.support.desktop.snapshots import session, station
from tests.support.station.operations import shipped_policy
from ui.customer.answer_pad import SETTLING_MS
from ui.navigation import Page
from ui.shell.customer_window import CustomerWindow
from workstation.documents.texts import Texts
from workstation.session.evidence import ConsentBy
from workstation.session.states import State
from workstation.station.commands import (
    AnswerQuestion,
    GiveConsent,
    RefuseConsent,
    ReportCustomerWindow,
)

CONSENT = "Я согласен(на), чтобы банк снял моё лицо."
TOUCH = replace(station(), customer_touch=True)
KEYS = replace(station(), customer_keys=True)
ASKED = {"question": "safe_account", "questions": (3, 3)}
WORDS = shipped_policy().words()


@pytest.fixture
def customer(qtbot, ctx):
    shown = CustomerWindow(ctx)
    qtbot.addWidget(shown)
    shown.show_station(TOUCH)
    shown.show()
    return shown


def ask(customer, state=State.CONSENT, **changes):
    customer.show_session(session(state, **{"consent": CONSENT, **changes}))


def seen_long_enough(qtbot, customer):
    qtbot.waitUntil(customer.pad.yes.isEnabled)


def touch(button, *, lifted_inside=True):
    """Put a finger on a button and lift it."""
    device = QPointingDevice.primaryPointingDevice()
    outside = QPointF(button.width() + 50, 0)
    for kind, state, at in (
        (QEvent.Type.TouchBegin, QEventPoint.State.Pressed, QPointF(5, 5)),
        (
            QEvent.Type.TouchEnd,
            QEventPoint.State.Released,
            QPointF(5, 5) if lifted_inside else outside,
        ),
    ):
        point = QEventPoint(0, state, at, QPointF(button.mapToGlobal(at.toPoint())))
        event = QTouchEvent(kind, device, Qt.KeyboardModifier.NoModifier, [point])
        QApplication.sendEvent(button, event)


def test_a_finger_on_agree_gives_the_consent_as_the_customers_own_act(qtbot, customer, posted):
    ask(customer, language="kk")
    seen_long_enough(qtbot, customer)
    touch(customer.pad.yes)

    assert posted == [GiveConsent("kk", ConsentBy.TOUCH)]
    touch(customer.pad.yes)
    assert len(posted) == 1


def test_the_tellers_mouse_on_the_customers_button_is_the_tellers_act(qtbot, customer, posted):
    ask(customer)
    seen_long_enough(qtbot, customer)
    qtbot.mouseClick(customer.pad.yes, Qt.MouseButton.LeftButton)

    assert posted == [GiveConsent("ru", ConsentBy.TELLER)]


def test_a_tap_meant_for_what_was_there_before_answers_nothing(qtbot, customer, posted):
    ask(customer)
    touch(customer.pad.yes)
    qtbot.mouseClick(customer.pad.yes, Qt.MouseButton.LeftButton)

    assert customer.pad.yes.isVisible()
    assert not customer.pad.yes.isEnabled()
    assert posted == []
    assert SETTLING_MS == 800


def test_a_refusal_is_asked_about_once_more_and_can_be_taken_back(qtbot, customer, posted):
    ask(customer)
    seen_long_enough(qtbot, customer)
    touch(customer.pad.no)
    assert customer.prompt.text() == Texts("ru").tr("customer.refuse_sure")
    assert not customer.pad.no.isEnabled()

    seen_long_enough(qtbot, customer)
    touch(customer.pad.yes)
    assert customer.prompt.text() == Texts("ru").tr("customer.consent")
    assert posted == []

    seen_long_enough(qtbot, customer)
    touch(customer.pad.no)
    seen_long_enough(qtbot, customer)
    touch(customer.pad.no)
    assert posted == [RefuseConsent(ConsentBy.TOUCH)]


@pytest.mark.parametrize("state", [state for state in State if state is not State.CONSENT])
def test_there_is_nothing_to_answer_but_the_consent(qtbot, customer, posted, state):
    ask(customer)
    seen_long_enough(qtbot, customer)
    ask(customer, state)
    customer.pad.answer(yes=True, by=ConsentBy.KEY)
    touch(customer.pad.yes)

    assert not customer.pad.isVisible()
    assert posted == []


@pytest.mark.parametrize("how", ["hidden", "closed", "busy", "no text", "no hand"])
def test_nobody_answers_what_is_not_to_be_read(qtbot, customer, posted, how):
    ask(customer)
    seen_long_enough(qtbot, customer)
    match how:
        case "hidden":
            customer.hide_content(hidden=True)
        case "closed":
            customer.hide()
        case "busy":
            ask(customer, busy="log")
        case "no text":
            ask(customer, consent="")
        case _:
            customer.show_station(station())
    touch(customer.pad.yes)
    customer.pad.answer(yes=True, by=ConsentBy.KEY)

    assert posted == []
    assert not customer.pad.isVisible()


def test_after_the_lock_the_customer_reads_anew_before_answering(qtbot, customer, posted):
    ask(customer)
    seen_long_enough(qtbot, customer)
    customer.hide_content(hidden=True)
    customer.hide_content(hidden=False)

    assert customer.pad.isVisible()
    assert not customer.pad.yes.isEnabled()


@pytest.mark.parametrize(
    "changes",
    [{"language": "kk"}, {"consent": f"{CONSENT} И мой голос."}],
    ids=["language", "text"],
)
def test_another_text_is_seen_for_its_own_while_before_it_is_agreed_to(
    qtbot, customer, posted, changes
):
    ask(customer)
    seen_long_enough(qtbot, customer)
    ask(customer, **changes)
    touch(customer.pad.yes)

    assert customer.pad.isVisible()
    assert posted == []


def test_what_a_policy_words_is_shown_letter_by_letter_on_the_buttons(qtbot, ctx, customer):
    yes = "Да & нет\u202e"
    worded = WORDS["attest.safe_account.yes"]
    ctx.use_words({**WORDS, "attest.safe_account.yes": replace(worded, kk=yes, ru=yes)})
    ask(customer, **ASKED)

    assert customer.pad.yes.text() == "Да && нет\ufffd"
    assert customer.pad.yes.accessibleName() == "Да & нет\ufffd"


def test_a_finger_that_slides_off_the_button_answers_nothing(qtbot, customer, posted):
    ask(customer)
    seen_long_enough(qtbot, customer)
    touch(customer.pad.yes, lifted_inside=False)

    assert posted == []


def test_the_customers_own_keys_answer_where_there_are_some(qtbot, window, posted):
    window.show_station(KEYS)
    window.press("F11")
    customer = window.customer.window
    window.show_session(session(State.CONSENT, consent=CONSENT))
    posted.clear()
    seen_long_enough(qtbot, customer)
    qtbot.keyClick(customer, Qt.Key.Key_F13)

    assert posted == [GiveConsent("ru", ConsentBy.KEY)]


def test_keys_of_a_keyboard_that_is_nobodys_own_do_nothing(qtbot, window, posted):
    window.show_station(TOUCH)
    window.press("F11")
    window.show_session(session(State.CONSENT, consent=CONSENT))
    posted.clear()
    seen_long_enough(qtbot, window.customer.window)
    qtbot.keyClick(window.customer.window, Qt.Key.Key_F13)

    assert posted == []


def test_a_locked_station_takes_no_answer_of_the_customers(qtbot, window, posted):
    window.show_station(replace(TOUCH, customer_keys=True))
    window.press("F11")
    customer = window.customer.window
    window.show_session(session(State.CONSENT, consent=CONSENT))
    seen_long_enough(qtbot, customer)
    window.lock()
    posted.clear()
    touch(customer.pad.yes)
    customer.press_key(yes=True)
    customer.answer._answer(True, ConsentBy.TOUCH)

    assert posted == []


def test_without_a_hand_of_their_own_customers_are_told_whom_to_tell(customer):
    customer.show_station(station())
    ask(customer)

    assert customer.step.text() == Texts("ru").tr("customer.say_it")
    assert not customer.pad.isVisible()


# -- questions of the policy ----------------------------------------------------------------------


def test_a_question_stands_alone_and_is_answered_by_finger(qtbot, ctx, customer, posted):
    ctx.use_words(WORDS)
    ask(customer, language="kk", **ASKED)

    assert customer.prompt.text() == WORDS["attest.safe_account"].kk
    assert customer.second.text() == WORDS["attest.safe_account"].ru
    assert customer.pad.no.text().startswith(WORDS["attest.safe_account.no"].kk)
    assert not customer.reading.isVisible()
    assert Texts("kk").tr("customer.question", number=3, count=3) in customer.step.text()
    seen_long_enough(qtbot, customer)
    touch(customer.pad.yes)
    assert posted == [AnswerQuestion("safe_account", yes=True, by=ConsentBy.TOUCH)]


def test_after_the_last_answer_the_consent_is_offered_anew(qtbot, ctx, customer, posted):
    ctx.use_words(WORDS)
    ask(customer, **ASKED)
    seen_long_enough(qtbot, customer)
    touch(customer.pad.no)
    ask(customer)

    assert customer.prompt.text() == Texts("ru").tr("customer.consent")
    assert not customer.pad.yes.isEnabled()
    assert posted == [AnswerQuestion("safe_account", yes=False, by=ConsentBy.TOUCH)]


def test_the_teller_enters_an_answer_and_gives_no_consent_before(window, ctx, posted):
    window.show_station(replace(station(), words=WORDS))
    window.press("F11")
    window.show_session(session(State.CONSENT, consent=CONSENT, window_needed=True, **ASKED))
    posted.clear()
    card = window.screen_of(Page.CONSENT).customer
    window.press("F9")
    assert posted == []
    assert card.question.text() == WORDS["attest.safe_account"].ru
    card.no.click()
    assert posted == [AnswerQuestion("safe_account", yes=False)]

    window.show_session(session(State.CONSENT, consent=CONSENT, window_needed=True))
    window.press("F9")
    assert posted[1:] == [GiveConsent("ru")]


def test_the_teller_consents_for_nobody_who_cannot_read(window, posted):
    window.show_station(station())
    window.show_session(session(State.CONSENT, consent=CONSENT, window_needed=True))
    screen = window.screen_of(Page.CONSENT)
    window.press("F9")
    assert posted == []
    assert screen.customer.state.text() == Texts("ru").tr("customer_window.needed")

    window.press("F11")
    assert screen.customer.state.text() == Texts("ru").tr("customer_window.one_screen")
    window.press("F9")
    assert posted[-1] == GiveConsent("ru")
    window.press("F11")
    assert posted[-1] == ReportCustomerWindow(shown=False)
    window.press("F9")
    assert posted[-1] == ReportCustomerWindow(shown=False)


def test_what_the_teller_makes_easier_is_easier_in_the_customers_window_and_back(window):
    window.show_station(TOUCH)
    window.show_session(session(State.CONSENT, consent=CONSENT))
    window.press("F11")
    card, theirs = window.screen_of(Page.CONSENT).customer, window.customer.window
    usual = theirs.prompt.fontInfo().pixelSize()

    card.large.click()
    assert theirs.ease.large.isChecked()
    assert theirs.prompt.fontInfo().pixelSize() > usual
    theirs.ease.large.click()
    assert not card.large.isChecked()
    assert theirs.prompt.fontInfo().pixelSize() == usual


def test_a_text_that_the_teller_scrolls_moves_before_the_customer(window):
    window.show_station(station())
    window.show_session(session(State.CONSENT, consent="Строка согласия\n" * 400))
    window.press("F11")
    own = window.screen_of(Page.CONSENT).text.verticalScrollBar()
    theirs = window.customer.window.reading.verticalScrollBar()
    assert (theirs.value(), theirs.maximum() > 0) == (0, True)

    own.setValue(own.maximum())
    assert theirs.value() == theirs.maximum()
