"""What the customer reads is there whole, large enough, in two languages, and nobody's secret."""

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QLabel, QPushButton

from tests.support.desktop.snapshots import (
    decision,
    preview_image,
    session,
    signature_view,
    station,
)
from tests.support.station.operations import KINDS, definition, sample, shipped_policy
from ui.customer.reading_panel import LEAST_PX
from ui.shell.customer_window import CustomerWindow
from workstation.documents.texts import Texts
from workstation.session.states import State

CONSENTS = shipped_policy().documents.consent.words
SECRETS = ("Нұрғалиева", "Әсел", "0421", "000 418", "0,41", "distance")
VERDICTS = ("азреш", "тказан", "Не установлено", "одтвержд", "ұқсат", "Refused", "pproved")


@pytest.fixture
def customer(qtbot, ctx):
    shown = CustomerWindow(ctx)
    qtbot.addWidget(shown)
    shown.resize(1280, 800)
    shown.show_station(replace(station(), bank="АО «Банк»", customer_touch=True))
    shown.show()
    return shown


def words(customer):
    """Return all that is to be read or heard, but the text that the customer signs."""
    shown = [each for each in customer.findChildren(QLabel) if each.isVisible()]
    pressed = [each for each in customer.findChildren(QPushButton) if each.isVisible()]
    spoken = [each.accessibleName() for each in (*shown, *pressed, customer.camera, customer.code)]
    return " ".join([*(each.text() for each in (*shown, *pressed)), *spoken])


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
@pytest.mark.parametrize("outcome", ["approved", "rejected", "indeterminate"])
@pytest.mark.parametrize("state", State)
def test_no_state_shows_name_number_score_or_verdict(customer, state, outcome, language):
    found = signature_view() if state is State.SIGNATURE else None
    customer.show_session(
        session(state, language=language, decision=decision(outcome), signature=found)
    )
    customer.show_preview(preview_image())

    shown = words(customer)
    assert [each for each in (*SECRETS, *VERDICTS) if each in shown] == []


@pytest.mark.parametrize("state", [State.DECIDED, State.RECORDED])
def test_the_end_looks_the_same_whatever_was_decided(customer, state):
    pictures = []
    for outcome in ("approved", "rejected", "indeterminate"):
        customer.show_session(session(state, decision=decision(outcome)))
        pictures.append(customer.grab().toImage())

    assert pictures[0] == pictures[1] == pictures[2]


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
@pytest.mark.parametrize("kind", KINDS)
def test_numbers_amounts_and_the_consent_are_readable_from_two_steps_away(customer, kind, language):
    window = definition(kind).say_window(sample(kind), language)
    consent = CONSENTS.text(language)
    customer.show_session(session(State.CONSENT, language=language, window=window, consent=consent))

    assert customer.operation.text() == window
    assert customer.operation.fontInfo().pixelSize() >= 32
    assert customer.operation.height() >= customer.operation.heightForWidth(
        customer.operation.width()
    )
    assert customer.reading.toPlainText() == consent.rstrip("\n")
    assert customer.reading.fontInfo().pixelSize() >= LEAST_PX == 20
    assert customer.reading.verticalScrollBar().maximum() == 0
    for label in (customer.prompt, customer.second):
        assert label.height() >= label.heightForWidth(label.width())
    assert (customer.width(), customer.height()) == (1280, 800)


def test_the_statement_is_there_to_be_read_while_it_is_signed(customer):
    snapshot = session(State.SIGNATURE)
    customer.show_session(snapshot)
    assert customer.reading.isVisible()
    assert customer.reading.toPlainText() == snapshot.statement.rstrip("\n")

    customer.show_session(session(State.REVIEW))
    assert not customer.reading.isVisible()


def test_a_text_that_does_not_fit_is_scrolled_by_the_customer_or_by_the_teller(customer, ctx):
    customer.show_session(session(State.CONSENT, consent="Строка согласия\n" * 200))
    bar = customer.reading.verticalScrollBar()
    assert bar.maximum() > 0
    ctx.reading_moved.emit(1.0)
    assert bar.value() == bar.maximum()
    ctx.reading_moved.emit(0.0)
    assert bar.value() == 0


def test_what_is_read_stays_where_it_was_when_nothing_new_is_told(customer):
    told = session(State.CONSENT, consent="Строка согласия\n" * 200)
    customer.show_session(told)
    customer.reading.move_to(0.5)
    before = customer.reading.verticalScrollBar().value()
    customer.show_session(replace(told, message="liveness.no_camera"))

    assert customer.reading.verticalScrollBar().value() == before > 0


def test_large_print_is_in_the_customers_own_reach_and_for_one_customer(qtbot, window, ctx):
    window.show_station(replace(station(), customer_touch=True))
    window.press("F11")
    customer = window.customer.window
    consent = CONSENTS.text("ru")
    window.show_session(session(State.CONSENT, consent=consent))
    small = customer.reading.fontInfo().pixelSize()
    customer.ease.large.click()
    assert customer.reading.fontInfo().pixelSize() >= 28 > small
    assert ctx.customer_ease.large

    window.show_session(session(State.IDLE, session=""))
    assert not ctx.customer_ease.large
    assert not customer.ease.large.isChecked()


def test_progress_is_told_by_steps_and_ends_with_the_signature(customer):
    shown = {}
    for state in State:
        customer.show_session(session(state))
        shown[state] = customer.progress.text()

    assert shown[State.CONSENT] == "Шаг 2 из 5"
    assert shown[State.SIGNATURE] == "Шаг 5 из 5"
    assert {shown[each] for each in (State.IDLE, State.REVIEW, State.RECORDED)} == {""}


def test_nobody_is_served_the_bank_greets_in_two_languages(customer):
    customer.show_session(session(State.IDLE, session="", language="kk"))

    assert customer.prompt.text() == "АО «Банк»"
    for language in ("kk", "ru"):
        assert Texts(language).tr("customer.welcome") in customer.second.text()
