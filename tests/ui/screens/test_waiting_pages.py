"""Waiting for a registry or the authority: since when, when again, and the question now."""

import pytest
from PySide6.QtWidgets import QLabel

from tests.support.desktop.qr_codes import text_of
from tests.support.desktop.snapshots import NOW_MS, session
from tests.support.desktop.window_pages import agree, give_reason, open_state
from ui.navigation import Page
from ui.shell.customer_window import CustomerWindow
from workstation.documents.texts import Texts
from workstation.session.confirmation import AbortReason
from workstation.session.states import State
from workstation.station.commands import Abort, AskAuthorityAgain, AskRegistriesAgain, ParkSession
from workstation.station.snapshot import Waiting, WaitingFor

SINCE = NOW_MS - 95_000


def waiting(source, again_ms=NOW_MS + 11_200):
    return {"waiting_for": Waiting(source, SINCE, again_ms), "busy": ""}


CASES = [
    (State.PRECHECKS, WaitingFor.REGISTRY, AskRegistriesAgain()),
    (State.AUTHORITY, WaitingFor.AUTHORITY, AskAuthorityAgain()),
]


def labels(window):
    return [each.text() for each in window.findChildren(QLabel) if each.isVisible()]


@pytest.mark.parametrize(("state", "source", "command"), CASES)
def test_it_says_since_when_and_when_again(window, state, source, command):
    open_state(window, state, **waiting(source))

    shown = labels(window)

    assert "Ждём с 13:18:25 · 01:35" in shown
    assert "Спросим снова через 12 с" in shown


@pytest.mark.parametrize(("state", "source", "command"), CASES)
def test_the_teller_may_ask_at_once(window, posted, state, source, command):
    open_state(window, state, **waiting(source))

    window.press("F6")

    assert posted == [command]


@pytest.mark.parametrize(("state", "source", "command"), CASES)
def test_a_question_on_its_way_is_not_asked_twice(window, posted, state, source, command):
    open_state(window, state, **waiting(source, 0))

    window.press("F6")

    assert posted == []
    assert "Спрашиваем сейчас…" in labels(window)


@pytest.mark.parametrize(("state", "source", "command"), CASES)
def test_the_waiting_can_be_given_up(window, posted, state, source, command):
    open_state(window, state, **waiting(source))

    window.press("Esc")
    give_reason(window, AbortReason.TECHNICAL)

    assert posted == [Abort("technical")]


@pytest.mark.parametrize(("state", "source", "command"), CASES)
def test_a_case_that_waits_for_an_answer_can_be_put_aside(window, posted, state, source, command):
    open_state(window, state, **waiting(source))

    window.press("Ctrl+H")
    agree(window)

    assert posted == [ParkSession()]


def test_the_seconds_run_without_a_new_snapshot(window, ctx, qtbot):
    moment = [NOW_MS]
    ctx.now_ms = lambda: moment[0]
    open_state(window, State.AUTHORITY, **waiting(WaitingFor.AUTHORITY))
    card = window.screen_of(Page.AUTHORITY).waiting
    moment[0] += 5_000

    qtbot.waitUntil(lambda: card.again.text() == "Спросим снова через 7 с")

    assert card.since.text() == "Ждём с 13:18:25 · 01:40"


def test_an_answer_ends_the_waiting(window):
    open_state(window, State.PRECHECKS, **waiting(WaitingFor.REGISTRY))
    screen = window.screen_of(Page.PRECHECKS)

    window.show_session(session(State.PRECHECKS, waiting_for=None))

    assert not screen.waiting.isVisible()
    assert [action.key for action in screen.footer_actions()] == ["Esc"]


def test_the_customer_is_told_where_the_authority_wants_to_see_the_face(window):
    invited = Waiting(
        WaitingFor.AUTHORITY, SINCE, 0, address="https://idec.example.kz/s/7", code="4711"
    )
    open_state(window, State.AUTHORITY, waiting_for=invited)

    shown = labels(window)

    assert "Клиент открывает на своём телефоне: https://idec.example.kz/s/7" in shown
    assert "Код подтверждения: 4711" in shown
    assert text_of(window.screen_of(Page.AUTHORITY).waiting.qr._modules) == invited.address


def test_without_an_invitation_none_is_spoken_of(window):
    open_state(window, State.AUTHORITY, **waiting(WaitingFor.AUTHORITY))

    assert not any("телефоне" in text or "Код" in text for text in labels(window))


def test_the_customers_window_shows_the_invitation_and_hides_it_behind_the_lock(qtbot, ctx):
    customer = CustomerWindow(ctx)
    qtbot.addWidget(customer)
    customer.show()
    invited = Waiting(WaitingFor.AUTHORITY, SINCE, 0, "https://idec.example.kz/s/7", "4711")

    customer.show_session(session(State.AUTHORITY, waiting_for=invited))
    assert text_of(customer.code._modules) == invited.address
    assert customer.code.isVisible()
    assert "4711" in customer.step.text()
    customer.hide_content(hidden=True)

    assert not customer.code.isVisible()
    assert not customer.step.isVisible()


@pytest.mark.parametrize("state", [State.COMPARISON, State.AUTHORITY])
def test_the_customer_is_asked_to_wait(qtbot, ctx, state):
    customer = CustomerWindow(ctx)
    qtbot.addWidget(customer)
    customer.show()

    customer.show_session(session(state))

    assert customer.prompt.text() == Texts("ru").tr("customer.wait")
