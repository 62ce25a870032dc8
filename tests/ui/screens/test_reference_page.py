"""The reference page: only what the policy takes, who vouches, and never the live face by a key."""

import pytest
from PySide6.QtWidgets import QLabel

from tests.support.desktop.snapshots import session, station
from tests.support.desktop.window_pages import open_settled, open_state
from ui.navigation import Page
from workstation.documents.texts import Texts
from workstation.rules.reference import WITHOUT_ISSUER, ReferenceSource
from workstation.session.states import State
from workstation.station.commands import UseDocumentPhoto

STRONG = tuple(each for each in ReferenceSource if each not in WITHOUT_ISSUER)


def labels(window):
    return [each.text() for each in window.findChildren(QLabel) if each.isVisible()]


@pytest.fixture
def page(window):
    open_state(window, State.REFERENCE)
    return window.screen_of(Page.REFERENCE)


def keys(page):
    return {action.key: action.enabled for action in page.footer_actions()}


def test_the_primary_key_takes_nothing_before_a_document_was_read(window, posted, page):
    window.press("F9")
    page.iin.edit.setText("990101400003")
    window.press("F9")

    assert posted == []


def test_a_document_is_photographed_with_what_was_read_off_it(window, posted, page):
    page.iin.edit.setText("990101400003")
    page.number.edit.setText("N12345678")

    window.press("F9")

    assert posted == [UseDocumentPhoto("990101400003", "N12345678")]


def test_what_the_policy_does_not_take_has_no_key(window, page):
    window.show_session(session(State.REFERENCE, sources=STRONG))

    assert not {"F5", "F9"} & set(keys(page))
    assert not page.document.isVisible()


@pytest.mark.parametrize("source", ReferenceSource)
@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_every_source_is_named_with_who_vouches(window, source, language):
    texts = Texts(language)

    open_settled(window, State.REFERENCE, station(language=language), sources=(source,))

    shown = labels(window)
    assert texts.tr(f"reference_source.{source.value}") in shown
    assert texts.has(f"reference_voucher.{source.value}")


@pytest.mark.parametrize(
    ("sources", "said"),
    [(STRONG, False), ((ReferenceSource.FILE,), True), ((ReferenceSource.DOCUMENT_CAMERA,), True)],
)
def test_a_second_person_is_announced_where_only_the_desk_vouches(window, page, sources, said):
    window.show_session(session(State.REFERENCE, sources=sources))

    assert page.sources.second.isVisible() is said


@pytest.mark.parametrize(
    ("message", "field"),
    [
        ("reference.other_iin", "iin"),
        ("reference.number_check_digit", "number"),
        ("reference.other_number", "number"),
    ],
)
def test_a_mistake_stands_beside_its_field_and_keeps_what_was_typed(window, page, message, field):
    page.iin.edit.setText("990101400003")
    page.number.edit.setText("N12345678")

    window.show_session(session(State.REFERENCE, message=message))

    assert getattr(page, field).message.text() == Texts("ru").tr(message)
    assert not page.banner.isVisible()
    assert (page.iin.text(), page.number.text()) == ("990101400003", "N12345678")


def test_the_live_person_is_refused_in_words(window, page):
    window.show_session(session(State.REFERENCE, message="reference.live_person"))

    assert page.banner.isVisible()
    assert page.banner.words.text() == Texts("ru").tr("reference.live_person")


def test_the_document_is_forgotten_when_the_page_is_left(window, page):
    page.iin.edit.setText("990101400003")
    page.number.edit.setText("N12345678")

    window.show_session(session(State.LIVENESS))

    assert page.iin.text() == page.number.text() == ""


@pytest.mark.parametrize(
    ("age_days", "words"),
    [
        (0, "снято 0 дн. назад"),
        (59, "снято 59 дн. назад"),
        (60, "снято 2 мес. назад"),
        (729, "снято 24 мес. назад"),
        (731, "снято 2 г. назад"),
        (3_650, "снято 9 г. назад"),
        (None, "когда снято, неизвестно"),
    ],
)
@pytest.mark.parametrize("state", [State.LIVENESS, State.MATCHING, State.COMPARISON])
def test_source_age_and_voucher_go_along_with_the_photo(window, state, age_days, words):
    open_state(window, state, reference_source=ReferenceSource.BANK, reference_age_days=age_days)

    assert f"Фото из банка · {words} · ручается: банк" in labels(window)
