"""Before the record: the teller sees what was found, and nothing happens before F9."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QRadioButton, QWidget

from resources import LANGUAGES
from tests.support.desktop.snapshots import checks, session, station
from tests.support.desktop.window_pages import open_settled
from tests.support.system.event_loop import settle
from tests.ui.test_screenshots import colours, grab, show
from tests.ui.test_signing_pictures import cut_texts
from ui.navigation import Page
from ui.theme.theme import apply_theme, load_theme
from ui.widgets.reason_dialog import ReasonDialog
from ui.widgets.signature_card import SignatureDialog
from workstation.documents.texts import Texts
from workstation.rules.catalogue.words import Words
from workstation.rules.checks import CheckStatus
from workstation.session.confirmation import HandOverReason, SuspicionReason
from workstation.session.states import State
from workstation.station.commands import Confirm, HandOver, Lock, RefuseOnSuspicion

WORDS = "Клиенту кто-то диктует, что отвечать"


@pytest.fixture(autouse=True)
def light_again(qapp):
    yield
    apply_theme(qapp, load_theme("light"))


def opened(window, **changed):
    open_settled(window, State.CONFIRMATION, **changed)
    assert window.page is Page.CONFIRMATION
    return window.screen_of(Page.CONFIRMATION)


def shown(widget):
    return [each.text() for each in widget.findChildren(QLabel) if each.isVisible()]


def dialog_of(window, kind=ReasonDialog):
    (dialog,) = [each for each in window.findChildren(kind) if each.isVisible()]
    return dialog


def test_nothing_is_confirmed_by_opening_the_page(window, posted):
    opened(window)

    assert posted == []


def test_f9_confirms_once_with_the_comment(window, posted):
    screen = opened(window)
    screen.comment.setText("  Клиент спокоен ")

    window.press("F9")

    assert posted == [Confirm("Клиент спокоен")]


def test_what_is_typed_is_bounded(window, posted):
    screen = opened(window)
    screen.comment.insert("ы" * 10_000)

    window.press("F9")

    assert len(posted[0].comment) == 200


def test_while_something_is_waited_for_no_key_decides(window, posted):
    opened(window, busy="log")

    for key in ("F9", "F4", "F7"):
        window.press(key)

    assert posted == []
    assert not [each for each in window.findChildren(ReasonDialog) if each.isVisible()]


def test_a_refusal_needs_a_reason_that_was_chosen(window, posted):
    opened(window)
    window.press("F4")
    dialog = dialog_of(window)

    assert dialog.reason is None
    dialog.agree.click()
    dialog.accept()
    assert posted == []

    dialog.choose(SuspicionReason.GUIDED_BY_PHONE)
    dialog.agree.click()
    assert posted == [RefuseOnSuspicion(SuspicionReason.GUIDED_BY_PHONE, "")]


def test_another_reason_needs_words_that_say_something(window, posted):
    opened(window)
    window.press("F4")
    dialog = dialog_of(window)
    dialog.choose(SuspicionReason.OTHER)

    for words in ("", ".", "не понравился", "1234567890123456789"):
        dialog.words.edit.setText(words)
        dialog.accept()
        assert not dialog.agree.isEnabled()
    assert posted == []

    dialog.words.edit.setText(WORDS)
    dialog.agree.click()
    assert posted == [RefuseOnSuspicion(SuspicionReason.OTHER, WORDS)]


def test_f7_hands_over_with_a_reason(window, posted):
    opened(window)
    window.press("F7")
    dialog = dialog_of(window)
    dialog.choose(HandOverReason.DOUBT_ABOUT_PERSON)
    dialog.words.edit.setText(WORDS)

    dialog.agree.click()

    assert posted == [HandOver(HandOverReason.DOUBT_ABOUT_PERSON, WORDS)]


@pytest.mark.parametrize("key", ["F4", "F7"])
def test_who_stays_has_done_nothing(window, posted, key):
    opened(window)
    window.press(key)
    dialog = dialog_of(window)
    dialog.choose(next(iter(dialog.reasons)))

    dialog.stay.click()

    assert posted == []


@pytest.mark.parametrize("key", ["F3", "F4", "F5", "F7"])
def test_the_lock_closes_whatever_the_page_has_opened(window, posted, key):
    opened(window)
    window.press(key)
    open_before = [each for each in window.findChildren(QWidget) if each.isWindow()]
    assert any(each.isVisible() for each in open_before)
    reasons = [each for each in window.findChildren(ReasonDialog) if each.isVisible()]

    window.lock()
    for dialog in reasons:
        dialog.choose(next(iter(dialog.reasons)))
        dialog.accept()

    assert not any(each.isVisible() for each in open_before)
    assert posted == [Lock()]


@pytest.mark.parametrize("key", ["F4", "F7", "F9"])
def test_nothing_is_decided_behind_the_lock(window, posted, key):
    screen = opened(window)
    window.lock()

    window.press(key)
    for action in screen.footer_actions():
        if action.key == key:
            action.trigger()

    assert posted == [Lock()]


@pytest.mark.parametrize("language", LANGUAGES)
def test_customer_and_operation_stand_in_large_words(window, language):
    screen = opened(window, status=station(language=language))
    texts = Texts(language, station().words)

    assert "Нұрғалиева Әсел Серікқызы" in screen.client.text()
    assert screen.operation.property("role") == "banner"
    assert "+7701 ••• •• 67" in screen.parameters.text().replace("\u00a0", " ")
    assert texts.tr("field.new_phone") in screen.parameters.text()


def test_every_ground_names_its_rule_and_what_would_change_it(window):
    found = checks(name=(CheckStatus.INDETERMINATE, "name.alike"))
    screen = opened(window, checks=found)

    words = shown(screen.grid)

    assert words.count("B-01") == len(found)
    advice = Texts("ru").tr("change.call_customer")
    assert words.count(Texts("ru").tr("checks.change", advice=advice)) == 1


def test_f5_shows_the_whole_report_of_the_signature(window):
    screen = opened(window)
    assert screen.signature.owner.text() == "НҰРҒАЛИЕВА ӘСЕЛ"

    window.press("F5")
    QApplication.processEvents()

    words = shown(dialog_of(window, SignatureDialog))
    assert Texts("ru").tr("signature.chain_root") in words
    assert words.count(Texts("ru").tr("status.passed")) == 5


def test_a_message_moves_nothing(window):
    screen = opened(window)
    before = screen.grid.mapTo(window, screen.grid.rect().topLeft())

    opened(window, message="words_short")

    assert Texts("ru").tr("words_short") in shown(screen)
    assert screen.grid.mapTo(window, screen.grid.rect().topLeft()) == before


def test_the_page_that_is_left_keeps_nothing_of_the_customer(window):
    screen = opened(window)
    screen.comment.setText("Клиент спокоен")

    window.show_session(session(State.IDLE))

    assert screen.comment.text() == ""
    assert screen.client.text() == screen.operation.text() == screen.parameters.text() == ""
    assert not screen.match.larger.action().enabled


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_fits_a_small_screen(window, qapp, qtbot, language, theme):
    window.resize(1280, 720)
    show(window, qapp, qtbot, "confirmation", language=language, theme=theme)

    picture = grab(window, f"confirmation_{language}_{theme}_720")

    screen = window.screen_of(Page.CONFIRMATION)
    assert len(colours(picture)) > 5
    assert (window.width(), window.height()) == (1280, 720)
    assert cut_texts(screen) == []
    assert screen.minimumSizeHint().height() <= 680 - 64 - 72 - 26


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", ["F4", "F5", "F7"])
def test_the_dialogs_are_whole_in_every_language(window, qapp, qtbot, language, key):
    window.resize(1280, 720)
    show(window, qapp, qtbot, "confirmation", language=language)
    window.press(key)
    QApplication.processEvents()
    dialog = dialog_of(window, SignatureDialog if key == "F5" else ReasonDialog)

    grab(dialog, f"confirmation_{key.lower()}_{language}")

    assert cut_texts(dialog) == []
    assert dialog.height() <= window.height()


def test_no_line_ends_within_a_number(window):
    masked = Words("+7700 ••• •• 01", "+7700 ••• •• 01", "+7700 ••• •• 01")
    screen = opened(window, operation_lines=(("field.old_phone", masked),))

    assert screen.parameters.text().endswith("+7700\u00a0•••\u00a0••\u00a001")


def test_a_dialog_of_reasons_shows_where_the_next_key_goes(window, qtbot):
    opened(window)
    window.press("F4")

    first, second = dialog_of(window).findChildren(QRadioButton)[:2]
    settle(qtbot)
    assert first.hasFocus()
    looked = first.grab().toImage()
    second.setFocus(Qt.FocusReason.OtherFocusReason)

    assert first.grab().toImage() != looked
