"""The customer's window: their language, no name, no score, no verdict."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QLabel

from tests.support.desktop.snapshots import decision, document, preview_image, session, station
from ui.shell.customer_window import CustomerWindow
from vision.results import Accommodation
from workstation.devices.signing_methods import PhoneView
from workstation.documents.texts import Texts
from workstation.session.states import State
from workstation.station.snapshot import DocumentPhase


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
    assert customer.step.text() == "3 тапсырманың 2-і   ·   6 с қалды"


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


@pytest.mark.parametrize(
    ("view", "code"),
    [
        (document(DocumentPhase.CAMERA, advice="turn_over"), "document_advice.turn_over"),
        (document(DocumentPhase.CHIP), "customer.chip"),
        (document(), "customer.wait"),
        (document(DocumentPhase.REFUSED, fault="reference.other_iin"), "customer.wait"),
    ],
    ids=["camera", "chip", "read", "refused"],
)
def test_it_says_what_to_do_with_a_document_and_nothing_that_stands_in_it(customer, view, code):
    customer.show_session(session(State.REFERENCE, language="kk", document=view))
    customer.show_preview(preview_image())

    assert customer.prompt.text() == Texts("kk").tr(code)
    assert not customer.camera.isVisible()
    assert not view.name or view.name not in words(customer)
    customer.hide_content(hidden=True)
    assert customer.prompt.text() == Texts("kk").tr("customer.pause")


SENTENCE = "Банк сменит ваш номер +77771112233 на +77011234567."


@pytest.mark.parametrize("state", [State.PRECHECKS, State.CONSENT, State.SIGNATURE])
def test_the_customer_reads_what_the_bank_is_about_to_do_until_the_lock(customer, state):
    customer.show_session(session(state, window=SENTENCE))
    assert customer.operation.isVisible()
    assert customer.operation.text() == SENTENCE

    customer.hide_content(hidden=True)
    assert SENTENCE not in words(customer)
    customer.hide_content(hidden=False)
    assert SENTENCE in words(customer)
    customer.show_session(session(State.LIVENESS))
    assert not customer.operation.isVisible()


def test_the_longest_sentence_and_a_code_to_scan_have_room(customer):
    customer.resize(1024, 768)
    phone = PhoneView(taken=False, modules=(b"\x01\x00" * 18,) * 36)
    customer.show_session(session(State.SIGNATURE, window=SENTENCE * 4, phone=phone))

    assert customer.code.isVisible()
    assert customer.size() == QSize(1024, 768)
    assert customer.minimumSizeHint().height() <= 768
    needed = customer.operation.heightForWidth(customer.operation.width())
    assert customer.operation.height() >= needed


def test_its_title_is_the_tellers_and_follows_their_language(customer, ctx):
    ctx.use_language("en")
    customer.show_session(session(State.CONSENT, language="kk"))

    assert customer.windowTitle() == Texts("en").tr("customer.title")


def test_a_locked_station_blanks_it(customer):
    customer.show_session(session(State.LIVENESS))
    customer.show_preview(preview_image())

    customer.hide_content(hidden=True)

    assert (customer.camera.isVisible(), customer.prompt.text()) == (False, "Пауза")


@pytest.mark.parametrize(
    "state", [State.LIVENESS, State.EXCEPTION, State.ALTERNATIVE, State.SIGNATURE]
)
def test_it_says_whose_turn_it_is_and_nothing_while_locked(customer, state):
    customer.show_session(session(state, turn="guardian", language="kk"))

    assert customer.prompt.text().startswith(f"{Texts('kk').tr('party.guardian')}: ")
    customer.hide_content(hidden=True)
    assert customer.prompt.text() == Texts("kk").tr("customer.pause")


def test_one_screen_opens_it_as_a_window_of_its_own(window):
    window.show_station(station())

    window.press("F11")

    assert window.customer.window.isVisible()
    window.press("F11")
    assert not window.customer.window.isVisible()


# -- light and accommodations ---------------------------------------------------------------------

YELLOW = (255, 255, 96)


def lit(snapshot, colour):
    return replace(snapshot, prompt=replace(snapshot.prompt, light=colour))


def corner(customer):
    return customer.grab().toImage().pixelColor(2, 2).getRgb()[:3]


def test_the_window_takes_the_colours_of_the_light_code_and_its_own_again(customer):
    usual = session(State.LIVENESS)
    customer.show_session(usual)
    before = corner(customer)
    customer.show_session(lit(usual, YELLOW))
    assert corner(customer) == YELLOW
    customer.show_session(usual)
    assert corner(customer) == before != YELLOW


def test_a_hidden_window_lights_nobody(customer):
    customer.show_session(lit(session(State.LIVENESS), YELLOW))
    customer.hide_content(hidden=True)
    assert corner(customer) != YELLOW


def test_large_prompts_are_larger(customer):
    usual = session(State.LIVENESS)
    customer.show_session(usual)
    small = customer.prompt.fontMetrics().height()
    customer.show_session(replace(usual, accommodations=(Accommodation.LARGE_PROMPTS,)))
    assert customer.prompt.fontMetrics().height() > 1.4 * small


def test_spoken_prompts_are_announced_once_each(customer, monkeypatch):
    said = []
    monkeypatch.setattr(
        QAccessible, "updateAccessibility", lambda event: said.append(event.message())
    )
    usual = session(State.LIVENESS, language="ru")
    customer.show_session(usual)
    assert said == []
    spoken = replace(usual, accommodations=(Accommodation.SPOKEN_PROMPTS,))
    customer.show_session(spoken)
    customer.show_session(replace(spoken, prompt=replace(spoken.prompt, remaining_ms=1)))
    assert said == ["Поверните голову влево"]


def test_whoever_turns_too_far_reads_it(customer):
    usual = session(State.LIVENESS, language="ru")
    customer.show_session(replace(usual, prompt=replace(usual.prompt, too_far=True)))
    assert customer.prompt.text() == "Чуть меньше"
