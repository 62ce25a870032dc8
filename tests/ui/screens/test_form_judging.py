"""The form is judged while it is typed, takes a paste whole, and says why it does not begin."""

import time

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from tests.support.desktop.snapshots import session, station
from tests.support.desktop.window_pages import choose_operation
from tests.support.station.operations import KINDS, definition
from tests.support.system.event_loop import settle
from ui.navigation import Page, Route
from workstation.documents.texts import Texts
from workstation.rules.checks import CheckId, Hardness
from workstation.session.states import State
from workstation.station.commands import BeginOperation
from workstation.station.snapshot import PersonNote, PersonView

IIN = "920314400005"
ANSWERED = CheckId.OLD_NUMBER_CALLED


@pytest.fixture
def page(window):
    window.show_station(station())
    window.show_session(session(State.IDLE))
    window.navigate(Route.FORM)
    return window.screen_of(Page.OPERATION)


def paste(qtbot, field, text):
    QGuiApplication.clipboard().setText(text)
    qtbot.keyClick(field.edit, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)


def nobody_found(window):
    window.show_session(session(State.IDLE, person=PersonView(IIN, (PersonNote.NOT_FOUND,))))


def fill(window, qtbot, page):
    qtbot.keyClicks(page.client.iin.edit, IIN)
    nobody_found(window)
    qtbot.keyClicks(page.client.name.edit, "Ivanov Ivan")
    qtbot.keyClicks(page.fields["new_phone"].edit, "7012223344")


def begun(posted):
    return [each for each in posted if isinstance(each, BeginOperation)]


def test_an_iin_is_judged_at_its_last_digit(qtbot, page):
    qtbot.keyClicks(page.client.iin.edit, "92031440000")
    assert not page.client.iin.message.isVisible()

    qtbot.keyClicks(page.client.iin.edit, "6")
    assert page.client.iin.message.text() == Texts("ru").tr("iin.checksum")

    qtbot.keyClick(page.client.iin.edit, Qt.Key.Key_Backspace)
    qtbot.keyClicks(page.client.iin.edit, "5")
    assert page.client.iin.message.text() != Texts("ru").tr("iin.checksum")


def test_what_is_only_too_short_is_told_when_its_field_is_left_and_until_it_is_right(qtbot, page):
    phone = page.fields["new_phone"]
    phone.edit.setFocus()
    qtbot.keyClicks(phone.edit, "70122233")
    assert not phone.message.isVisible()

    qtbot.keyClick(phone.edit, Qt.Key.Key_Tab)
    assert phone.message.text() == Texts("ru").tr("phone.malformed")

    qtbot.keyClicks(phone.edit, "4")
    assert phone.message.isVisible()
    qtbot.keyClicks(phone.edit, "4")
    assert not phone.message.isVisible()


@pytest.mark.parametrize(
    ("kind", "name", "pasted", "kept"),
    [
        ("change_trusted_phone", "iin", "920314 400005", IIN),
        ("change_trusted_phone", "iin", "\u202a920314400005\u202c\n", IIN),
        ("change_trusted_phone", "new_phone", "+7 (701) 222-33-44", "+7 701 222 33 44"),
        ("loan_issue", "term_months", "24 мес", "24"),
        ("loan_issue", "amount", "1 500 000 ₸", "1 500 000 KZT"),
        ("change_trusted_phone", "name", "Сери\u200fков\tАсан", "Сериков Асан"),
    ],
)
def test_a_paste_is_taken_whole(qtbot, page, kind, name, pasted, kept):
    choose_operation(page, kind)

    paste(qtbot, page.fields[name], pasted)

    assert page.fields[name].edit.text() == kept
    assert not page.judge.mistake(name)


def test_a_digit_too_many_is_refused_and_never_cut(qtbot, page):
    paste(qtbot, page.client.iin, "9203144000051")

    assert page.client.iin.text() == "9203144000051"
    assert page.client.iin.message.text() == Texts("ru").tr("iin.malformed")


@pytest.mark.parametrize("name", ["iin", "name", "new_phone", "old_phone"])
def test_a_hundred_megabytes_are_pasted_in_a_blink_and_refused(qtbot, page, name):
    started = time.perf_counter()
    paste(qtbot, page.fields[name], "1" * 100_000_000)
    took = time.perf_counter() - started
    page.judge.judge(name)

    assert len(page.fields[name].edit.text()) < 300
    assert page.judge.mistake(name)
    assert took < 2, took


def test_the_primary_key_goes_to_the_first_wrong_field_and_names_it(window, qtbot, posted, page):
    qtbot.keyClicks(page.client.iin.edit, IIN)
    nobody_found(window)
    qtbot.keyClicks(page.client.name.edit, "Ivanov Ivan")
    qtbot.keyClicks(page.fields["new_phone"].edit, "701")

    window.press("F9")

    assert begun(posted) == []
    assert QApplication.focusWidget() is page.fields["new_phone"].edit
    shown = page.side.banner.words.text()
    assert shown.startswith("Новый номер телефона: ")
    assert Texts("ru").tr("phone.malformed") in shown

    qtbot.keyClicks(page.fields["new_phone"].edit, "2223344")
    assert not page.side.banner.isVisible()


@pytest.mark.parametrize("kind", KINDS)
def test_every_empty_field_that_is_needed_is_told_at_once(window, qtbot, posted, page, kind):
    choose_operation(page, kind)

    window.press("F9")

    assert begun(posted) == []
    assert QApplication.focusWidget() is page.client.iin.edit
    needed = [each.name for each in definition(kind).fields if not each.optional]
    assert all(page.fields[name].message.isVisible() for name in ("iin", "name", *needed))


def test_the_same_new_number_as_the_old_one_is_named(window, qtbot, posted, page):
    fill(window, qtbot, page)
    qtbot.keyClicks(page.fields["old_phone"].edit, "87012223344")

    window.press("F9")

    assert begun(posted) == []
    assert page.fields["new_phone"].message.text() == Texts("ru").tr("phone.unchanged")


def test_a_question_that_is_needed_holds_the_primary_key_and_says_so(window, qtbot, posted, page):
    fill(window, qtbot, page)
    qtbot.keyClicks(page.fields["old_phone"].edit, "87771112233")
    question = page.attestations[ANSWERED]

    window.press("F9")

    assert begun(posted) == []
    assert question.yes.hasFocus()
    assert question.message.isVisible()
    assert page.side.banner.words.text() == Texts("ru").tr("operation.unanswered")

    question.no.click()
    assert not question.message.isVisible()
    window.press("F9")
    assert begun(posted)[-1].form.attestations == ((ANSWERED, False),)


def test_nothing_begins_while_the_register_is_still_answering(window, qtbot, posted, page):
    qtbot.keyClicks(page.client.iin.edit, IIN)
    qtbot.keyClicks(page.fields["new_phone"].edit, "7012223344")

    window.press("F9")

    assert begun(posted) == []
    assert page.side.banner.words.text() == Texts("ru").tr("operation.still_asking")


@pytest.mark.parametrize("language", ["ru", "kk", "en"])
def test_no_field_moves_when_a_message_comes(window, qtbot, page, language):
    window.resize(1280, 720)
    window.show_station(station(language=language))
    settle(qtbot)

    def places():
        fields = [each for each in page.fields.values() if each.isVisible()]
        return [each.edit.mapTo(window, QPoint(0, 0)) for each in fields]

    before = places()
    window.press("F9")
    settle(qtbot)

    assert all(field.message.isVisible() for field in (page.client.iin, page.fields["new_phone"]))
    assert page.side.banner.isVisible()
    assert places() == before


MISTAKES = (
    "malformed",
    "missing",
    "limit",
    "length",
    "foreign",
    "checksum",
    "currency",
    "unchanged",
)


@pytest.mark.parametrize("language", ["ru", "kk", "en"])
def test_there_is_room_for_everything_that_is_said_of_a_field(window, qtbot, page, language):
    window.resize(1280, 720)
    window.show_station(station(language=language))
    texts, cut = Texts(language, page.ctx.texts.words), []
    for offer in page.offers:
        choose_operation(page, offer.definition.kind)
        settle(qtbot)
        for each in offer.definition.fields:
            label = page.fields[each.name].message
            codes = [f"{each.type.value}.{mistake}" for mistake in MISTAKES]
            said = {page.parameters.word(each.name, code) for code in codes if texts.has(code)}
            for code in said:
                page.fields[each.name].mark(bad=True, code=code)
                if label.heightForWidth(label.width()) > label.minimumHeight():
                    cut.append((each.id, label.text()))
            page.fields[each.name].mark(bad=False)

    assert cut == []


def test_what_will_be_checked_stands_beside_the_form_with_its_rules(window, qtbot, page):
    choose_operation(page, "loan_issue")
    required = page.offer.rules.required
    assert [each.check for each in page.side.foreseen.checks] == [each.check for each in required]
    assert all(each.hardness is not Hardness.SILENT for each in required)

    qtbot.keyClicks(page.fields["amount"].edit, "100000")

    seen = {each.check for each in page.side.foreseen.checks}
    assert CheckId.SPOUSE_CONSENT not in seen
    qtbot.keyClicks(page.fields["amount"].edit, "000")
    seen = {each.check: each.rule for each in page.side.foreseen.checks}
    assert seen[CheckId.SPOUSE_CONSENT] == "L-05"


@pytest.mark.parametrize("language", ["ru", "kk", "en"])
def test_no_name_of_a_check_is_cut(window, qtbot, page, language):
    window.resize(1280, 720)
    window.show_station(station(language=language))
    for offer in page.offers:
        choose_operation(page, offer.definition.kind)
        settle(qtbot)
        labels = page.side.foreseen.names

        assert len(labels) == len(page.side.foreseen.checks) > 8
        for label in labels:
            assert label.height() >= label.heightForWidth(label.width()), label.text()
            assert label.accessibleName().startswith(label.text())


def test_what_was_typed_is_what_may_be_lost(qtbot, page):
    assert not page.unsaved

    qtbot.keyClicks(page.fields["new_phone"].edit, "7")

    assert page.unsaved


def test_the_customers_language_is_the_screens_until_one_is_chosen_for_this_customer(
    window, qtbot, page
):
    chosen = page.client.language
    window.ctx.use_language("kk")
    assert chosen.currentText() == Texts("kk").tr("language.kk")

    chosen.setFocus()
    qtbot.keyClick(chosen, Qt.Key.Key_Down)
    window.ctx.use_language("en")
    assert chosen.currentText() == Texts("en").tr("language.ru")

    qtbot.keyClicks(page.client.iin.edit, IIN)
    page.forget()
    assert chosen.currentText() == Texts("en").tr("language.en")
