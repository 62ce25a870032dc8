"""The reference page: what the policy takes, a document while it is read and after, who vouches."""

import pytest
from PySide6.QtWidgets import QLabel

from tests.support.desktop.snapshots import document, preview_image, session, station
from tests.support.desktop.window_pages import open_settled, open_state
from ui.navigation import Page
from ui.widgets.buttons import ButtonRole
from ui.widgets.chip_key_form import mrz_date
from vision.document.observation import DocumentAdvice
from workstation.documents.texts import Texts
from workstation.rules.checks import CheckId
from workstation.rules.reference import WITHOUT_ISSUER, ReferenceSource
from workstation.session.states import State
from workstation.station.commands import CancelDocument, ReadChip, ReadDocument
from workstation.station.snapshot import DocumentPhase

STRONG = tuple(each for each in ReferenceSource if each not in WITHOUT_ISSUER)


def labels(window):
    return [each.text() for each in window.findChildren(QLabel) if each.isVisible()]


@pytest.fixture
def page(window):
    open_state(window, State.REFERENCE)
    return window.screen_of(Page.REFERENCE)


READER = station(chip_reader="Contactless Reader 0")
CHIP, CAMERA = ReferenceSource.CHIP, ReferenceSource.DOCUMENT_CAMERA


def keys(page):
    return {action.key: action.code for action in page.footer_actions() if action.enabled}


def primary(page):
    return [each.code for each in page.footer_actions() if each.role is ButtonRole.PRIMARY]


# -- what is offered ------------------------------------------------------------------------


def test_a_document_is_read_where_its_portrait_or_its_chip_is_taken(window):
    offered = {}
    for status in (READER, station()):
        for sources in ((CHIP, CAMERA), (CHIP,), (CAMERA,), (ReferenceSource.FILE,)):
            open_state(window, State.REFERENCE, status, sources=sources)
            reader = status.chip_reader != ""
            offered[reader, sources] = primary(window.screen_of(Page.REFERENCE))

    # The chip is opened by what the camera reads.
    read = ["button.read_document"]
    assert offered == {
        (True, (CHIP, CAMERA)): read,
        (True, (CHIP,)): read,
        (True, (CAMERA,)): read,
        (True, (ReferenceSource.FILE,)): ["button.from_file"],
        (False, (CHIP, CAMERA)): read,
        (False, (CHIP,)): [],
        (False, (CAMERA,)): read,
        (False, (ReferenceSource.FILE,)): ["button.from_file"],
    }


def test_what_the_policy_does_not_take_has_no_key(window, page):
    window.show_session(session(State.REFERENCE, sources=(ReferenceSource.REGISTRY,)))

    assert keys(page) == {"Esc": "button.abort"}
    assert not page.key.isVisible()


def test_the_primary_key_takes_no_picture_of_whoever_stands_there(window, posted, page):
    window.press("F9")

    assert posted == [ReadDocument()]


def test_the_chip_comes_first_once_the_camera_has_read_what_opens_it(window, posted):
    read = document(DocumentPhase.REFUSED, source=CAMERA, fault="chip_card_removed")
    open_state(window, State.REFERENCE, READER, document=read)
    page = window.screen_of(Page.REFERENCE)

    assert primary(page) == ["button.read_chip"]
    assert keys(page)["F6"] == "button.read_document"
    window.press("F9")
    window.press("F6")
    assert posted == [ReadChip(), ReadDocument()]


def test_a_document_of_another_person_is_put_away_and_its_chip_not_read(window):
    other = document(DocumentPhase.REFUSED, source=CAMERA, fault="reference.other_iin")
    open_state(window, State.REFERENCE, READER, document=other)

    assert primary(window.screen_of(Page.REFERENCE)) == ["button.read_document"]


def test_what_opens_the_chip_is_typed_where_the_camera_does_not_read(window, posted):
    open_state(window, State.REFERENCE, READER)
    key = window.screen_of(Page.REFERENCE).key
    key.number.edit.setText("123456789")
    key.birth.edit.setText("01.02.1999")
    window.press("F9")
    key.expiry.edit.setText("30.12.2030")
    window.press("F9")

    assert posted == [ReadDocument(), ReadChip("123456789", "990201", "301230")]


@pytest.mark.parametrize(
    ("printed", "read"),
    [
        ("01.02.1999", "990201"),
        ("01/02/1999", "990201"),
        ("01021999", "990201"),
        ("990201", "990201"),
        ("9902018", "9902018"),
        ("1.2.99", "1.2.99"),
        ("٠١.٠٢.١٩٩٩", "٠١.٠٢.١٩٩٩"),
    ],
)
def test_a_date_is_typed_as_it_is_printed(printed, read):
    assert mrz_date(printed) == read


@pytest.mark.parametrize(
    ("message", "field"),
    [
        ("reference.number_malformed", "number"),
        ("reference.number_check_digit", "number"),
        ("reference.birth_malformed", "birth"),
        ("reference.expiry_malformed", "expiry"),
    ],
)
def test_a_mistake_stands_beside_its_field_and_keeps_what_was_typed(window, message, field):
    open_state(window, State.REFERENCE, READER)
    key = window.screen_of(Page.REFERENCE).key
    key.fields[field].edit.setText("12345678")

    window.show_session(session(State.REFERENCE, message=message))

    assert key.fields[field].message.text() == Texts("ru").tr(message)
    assert not window.screen_of(Page.REFERENCE).banner.isVisible()
    assert key.fields[field].text() == "12345678"


def test_what_was_typed_is_forgotten_when_the_page_is_left(window):
    open_state(window, State.REFERENCE, READER)
    page = window.screen_of(Page.REFERENCE)
    for field in page.key.fields.values():
        field.edit.setText("1")

    window.show_session(session(State.LIVENESS))

    assert page.key.empty


# -- while it is read -----------------------------------------------------------------------


@pytest.mark.parametrize("phase", [DocumentPhase.CAMERA, DocumentPhase.CHIP])
def test_reading_offers_nothing_but_to_stop(window, posted, phase):
    open_state(window, State.REFERENCE, READER, document=document(phase))
    page = window.screen_of(Page.REFERENCE)

    assert keys(page) == {"Esc": "button.abort", "F6": "button.stop_reading"}
    window.press("F9")
    window.press("F6")
    assert posted == [CancelDocument()]


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_the_camera_says_one_thing_at_a_time_over_its_picture(window, language):
    texts = Texts(language)
    for advice in DocumentAdvice:
        view = document(DocumentPhase.CAMERA, advice=advice.value)
        open_state(window, State.REFERENCE, station(language=language), document=view)
        page = window.screen_of(Page.REFERENCE)

        assert page.camera.accessibleName() == texts.tr(f"document_advice.{advice.value}")
        assert page.banner.words.text() == texts.tr("document.by_camera")


def test_the_sides_that_were_seen_are_ticked_in_words(window):
    view = document(DocumentPhase.CAMERA, front=True, back=False)
    open_state(window, State.REFERENCE, document=view)
    names = window.screen_of(Page.REFERENCE).document.names

    assert (names["front"].text(), names["back"].text()) == (
        "Лицевая сторона снята",
        "Оборотная сторона",
    )


def test_the_chips_octets_are_counted_once_it_lies_on_the_reader(window):
    said = []
    for percent, advice in ((0, "place_on_reader"), (42, "hold_on_reader")):
        view = document(DocumentPhase.CHIP, percent=percent, advice=advice)
        open_state(window, State.REFERENCE, READER, document=view)
        page = window.screen_of(Page.REFERENCE)
        said.append((page.document.percent.text(), page.banner.words.text()))

    tr = Texts("ru").tr
    assert said == [
        ("0 %", tr("document_advice.place_on_reader")),
        ("42 %", tr("document_advice.hold_on_reader")),
    ]
    assert page.document.progress.value() == 42


def test_what_was_found_is_framed_until_the_page_is_left(window):
    view = document(DocumentPhase.CAMERA)
    open_state(window, State.REFERENCE, document=view)
    window.show_preview(preview_image())
    page = window.screen_of(Page.REFERENCE)
    framed = len(page.camera.outline_points())

    window.show_session(session(State.LIVENESS))

    assert (framed, page.camera.outline_points()) == (4, [])


# -- what was read --------------------------------------------------------------------------


def facts(page):
    return {name: label.text() for name, label in page.document.facts.items()}


STATED = {
    "number": "•••••6789",
    "name": "NURGALIYEVA ASSEL",
    "birth_date": "01.01.1999",
    "expiry": "30.12.2030",
}


@pytest.mark.parametrize(
    ("source", "grade", "tone"),
    [
        (CHIP, "document_grade.issuer_signed", "ok"),
        (CAMERA, "document_grade.unauthenticated", "warn"),
    ],
)
def test_what_was_read_is_shown_with_what_it_is_worth(window, source, grade, tone):
    open_state(window, State.REFERENCE, document=document(source=source))
    page = window.screen_of(Page.REFERENCE)

    assert facts(page) == STATED
    assert page.document.grade.label.text() == Texts("ru").tr(grade)
    assert page.document.grade.property("tone") == tone


def test_a_document_that_was_refused_says_why_and_stays_to_be_compared(window):
    refused = document(DocumentPhase.REFUSED, fault="reference.other_iin")
    open_state(window, State.REFERENCE, document=refused)
    page = window.screen_of(Page.REFERENCE)

    assert page.banner.words.text() == Texts("ru").tr("reference.other_iin")
    assert page.document.grade.property("tone") == "bad"
    assert facts(page) == STATED


@pytest.mark.parametrize("possible", [False, True])
def test_a_chip_that_may_be_a_copy_is_said_to_be_one(window, possible):
    open_state(window, State.REFERENCE, document=document(copy_possible=possible))

    assert (Texts("ru").tr("document.copy_possible") in labels(window)) is possible


def test_what_was_read_is_shown_until_the_first_attempt(window):
    shown = []
    for running, reason in ((False, ""), (True, ""), (False, "liveness.timed_out")):
        changed = {"attempt_running": running, "attempt_reason": reason, "document": document()}
        open_state(window, State.LIVENESS, **changed)
        shown.append(window.screen_of(Page.LIVENESS).document.isVisible())

    assert shown == [True, False, False]


def test_a_document_that_was_refused_is_not_shown_beside_a_photo_from_elsewhere(window):
    refused = document(DocumentPhase.REFUSED, fault="chip_timeout")
    photo = {"reference_source": ReferenceSource.FILE, "document": refused}
    open_state(window, State.LIVENESS, attempt_running=False, **photo)
    beside = window.screen_of(Page.LIVENESS).document.isVisible()
    open_state(window, State.REVIEW, review=(CheckId.REFERENCE_CONFIRMED,), **photo)

    assert not beside
    assert refused.name not in " ".join(labels(window))


@pytest.mark.parametrize("state", [State.REFERENCE, State.LIVENESS])
def test_the_next_customer_sees_nothing_of_the_document(window, state):
    open_state(window, state, document=document(), attempt_running=False)
    window.show_session(session(State.IDLE))
    page = window.screen_of(window.page)
    open_state(window, state, attempt_running=False)
    page = window.screen_of(window.page)

    assert not page.document.isVisible()


# -- who vouches ----------------------------------------------------------------------------


@pytest.mark.parametrize("source", ReferenceSource)
@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_every_source_is_named_with_who_vouches(window, source, language):
    texts = Texts(language)

    open_settled(window, State.REFERENCE, station(language=language), sources=(source,))

    shown = labels(window)
    assert texts.tr(f"reference_source.{source.value}") in shown
    assert texts.has(f"reference_voucher.{source.value}")


def test_the_chip_is_said_to_have_no_reader_where_there_is_none(window):
    said = []
    for status in (station(), READER):
        open_settled(window, State.REFERENCE, status, sources=(CHIP,))
        said.append(Texts("ru").tr("reference.no_reader") in labels(window))

    assert said == [True, False]


@pytest.mark.parametrize(
    ("sources", "said"),
    [(STRONG, False), ((ReferenceSource.FILE,), True), ((ReferenceSource.DOCUMENT_CAMERA,), True)],
)
def test_a_second_person_is_announced_where_only_the_desk_vouches(window, page, sources, said):
    window.show_session(session(State.REFERENCE, sources=sources))

    assert page.sources.second.isVisible() is said


def test_the_live_person_is_refused_in_words(window, page):
    window.show_session(session(State.REFERENCE, message="reference.live_person"))

    assert page.banner.isVisible()
    assert page.banner.words.text() == Texts("ru").tr("reference.live_person")


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


@pytest.mark.parametrize("state", [State.LIVENESS, State.COMPARISON, State.RECORDED])
def test_what_a_document_is_worth_goes_along_with_the_photo(window, state):
    for source, copy, words in (
        (CHIP, False, "Чип документа · подписано государством"),
        (CHIP, True, "Чип документа · подписано государством · чип может быть копией"),
        (CAMERA, False, "Документ в камеру · ручается: два сотрудника · не проверено подписью"),
        (
            ReferenceSource.FILE,
            False,
            "Файл · когда снято, неизвестно · ручается: два сотрудника · не проверено подписью",
        ),
    ):
        view = document(source=source, copy_possible=copy)
        photo = {"reference_source": source, "reference_age_days": None}
        open_state(window, state, document=view, **photo)

        assert words in labels(window)


def test_the_second_person_reads_what_the_document_states(window):
    view = document(source=CAMERA)
    changed = {"reference_source": CAMERA, "document": view}
    for check, shown in ((CheckId.REFERENCE_CONFIRMED, True), (CheckId.OLD_NUMBER_CALLED, False)):
        open_state(window, State.REVIEW, review=(check,), **changed)
        words = " ".join(labels(window))

        assert (view.name in words, view.number_masked in words) == (shown, shown)


def test_the_receipts_page_names_the_photo_and_what_has_signed_it(window):
    open_state(window, State.RECORDED, reference_source=CHIP, reference_age_days=None)
    window.press("F9")

    assert "Чип документа · подписано государством" in labels(window)
