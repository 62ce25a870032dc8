"""The customer's window: their language, no name, no score, no verdict."""

import pytest
from PySide6.QtWidgets import QLabel

from tests.support.desktop.snapshots import decision, preview_image, session, station
from ui.shell.customer_window import CustomerWindow
from workstation.session.states import State


@pytest.fixture
def customer(qtbot, ctx):
    shown = CustomerWindow(ctx)
    qtbot.addWidget(shown)
    shown.show()
    return shown


def words(customer):
    return " ".join(label.text() for label in customer.findChildren(QLabel) if label.isVisible())


def test_the_prompt_is_in_the_customers_language_with_the_second_below(customer):
    customer.show_session(session(State.LIVENESS, language="kk"))

    assert customer.prompt.text() == "Басыңызды солға бұрыңыз"
    assert customer.second.text() == "Поверните голову влево"
    assert customer.step.text() == "3 қадамның 2-і   ·   6 с қалды"


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("outcome", ["approved", "rejected"])
def test_it_never_shows_name_number_score_or_verdict(customer, state, outcome):
    customer.show_session(session(state, decision=decision(outcome)))
    shown = words(customer)

    for secret in (
        "Нұрғалиева",
        "0421",
        "000 418",
        "0,41",
        "РАЗРЕШЕНО",
        "ОТКАЗАНО",
        "азреш",
        "тказ",
    ):
        assert secret not in shown


@pytest.mark.parametrize("state", [state for state in State if state is not State.LIVENESS])
def test_the_camera_is_shown_only_for_liveness(customer, state):
    customer.show_session(session(state))
    customer.show_preview(preview_image())

    assert not customer.camera.isVisible()


def test_a_locked_station_blanks_it(customer):
    customer.show_session(session(State.LIVENESS))
    customer.show_preview(preview_image())

    customer.hide_content(hidden=True)

    assert (customer.camera.isVisible(), customer.prompt.text()) == (False, "Пауза")


def test_one_screen_opens_it_as_a_window_of_its_own(window):
    window.show_station(station())

    window.press("F11")

    assert window.customer.window.isVisible()
    window.press("F11")
    assert not window.customer.window.isVisible()
