"""The form with a document before the camera: the ИИН comes from it, as if it was typed."""

from datetime import date

import pytest

from tests.support.desktop.snapshots import session, station
from tests.support.desktop.window_pages import agree
from tests.support.system.event_loop import settle
from ui.navigation import Page, Route
from workstation.documents.texts import Texts
from workstation.rules.reference import ReferenceSource
from workstation.session.states import State
from workstation.station.commands import CancelDocument, LookUpPerson, ReadDocument
from workstation.station.snapshot import DocumentPhase, DocumentView, PersonView, PreviewImage

IIN = "990101400003"
OTHER = "920314400005"
CAMERA = DocumentView(DocumentPhase.CAMERA, "turn_over")
READ = DocumentView(
    DocumentPhase.READ,
    back=True,
    source=ReferenceSource.DOCUMENT_CAMERA,
    number_masked="••••••678",
    name="NURGALIYEVA ASEL",
    birth_date=date(1999, 1, 1),
    expiry=date(2034, 3, 14),
    iin=IIN,
)
EXPIRED = DocumentView(DocumentPhase.REFUSED, fault="reference.document_expired")


def idle(document=None, person=None):
    return session(State.IDLE, document=document, person=person)


@pytest.fixture
def page(window):
    window.show_station(station())
    window.show_session(idle())
    window.navigate(Route.FORM)
    return window.screen_of(Page.OPERATION)


def test_one_key_has_the_document_read_and_another_stops_it(window, posted, page):
    window.press("F3")
    window.show_session(idle(CAMERA))
    window.press("F3")
    window.press("F6")

    assert posted == [ReadDocument(), CancelDocument()]


def test_the_camera_is_shown_with_the_one_thing_to_do_and_gone_afterwards(window, qtbot, page):
    window.show_session(idle(CAMERA))
    settle(qtbot)
    picture = page.picture
    assert picture.isVisible()
    assert picture.camera.accessibleName() == Texts("ru").tr("document_advice.turn_over")
    window.show_preview(PreviewImage(1, 2, 2, bytes(16), 30.0))
    window.show_session(idle(READ))
    settle(qtbot)

    assert not picture.isVisible()
    assert page.fields["new_phone"].isVisible()


def test_the_iin_is_looked_up_as_if_it_was_typed(window, posted, page):
    window.show_session(idle(CAMERA))
    window.show_session(idle(READ))
    window.show_session(idle(READ))

    assert page.client.iin.text() == IIN
    assert posted == [LookUpPerson(IIN)]


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_what_was_read_stands_beside_it_with_the_number_hidden(window, page, language):
    window.show_station(station(language=language))
    window.show_session(idle(READ))
    shown = page.client.document

    assert shown.isVisible()
    assert shown.text() == Texts(language).tr(
        "operation.document",
        name="NURGALIYEVA ASEL",
        number="••••••678",
        birth="01.01.1999",
        expiry="14.03.2034",
    )


def test_an_expired_document_is_said_in_words_and_fills_nothing_in(window, posted, page):
    window.show_session(idle(EXPIRED))

    assert page.client.document.text() == Texts("ru").tr("reference.document_expired")
    assert page.client.iin.text() == ""
    assert posted == []


def test_it_takes_the_place_of_a_slip_of_the_keyboard(window, qtbot, page):
    qtbot.keyClicks(page.client.iin.edit, "990101400004")
    page.client.iin.edit.editingFinished.emit()
    assert page.client.iin.message.isVisible()
    window.show_session(idle(READ))
    window.show_session(idle(READ, PersonView(IIN, (), "Нұрғалиева Әсел", "female")))

    assert page.client.iin.text() == IIN
    assert page.client.iin.message.text().startswith("Найден в реестре")


def test_what_is_said_of_it_goes_when_another_iin_is_typed(window, qtbot, page):
    window.show_session(idle(READ))
    page.client.iin.edit.selectAll()
    qtbot.keyClicks(page.client.iin.edit, OTHER)
    window.show_session(idle(READ))

    assert page.client.iin.text() == OTHER
    assert not page.client.document.isVisible()


@pytest.mark.parametrize("view", [CAMERA, EXPIRED])
def test_leaving_the_form_ends_what_is_read_for_it(window, posted, page, view):
    window.show_session(idle(view))

    window.press("Esc")

    assert posted == [CancelDocument()]


def test_leaving_the_form_forgets_what_was_read(window, posted, page):
    window.show_session(idle(READ))

    window.press("Esc")
    agree(window)

    assert posted[-1] == LookUpPerson("")
    assert page.client.iin.text() == ""


def test_a_document_that_is_read_again_fills_the_form_in_again(window, qtbot, page):
    window.show_session(idle(READ))
    page.client.iin.edit.clear()
    window.show_session(idle(CAMERA))
    window.show_session(idle(READ))

    assert page.client.iin.text() == IIN
