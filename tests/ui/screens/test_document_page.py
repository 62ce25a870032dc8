"""The document page: what is waited for, how a document can be read, files that are dropped."""

from datetime import date

import pytest
from PySide6.QtCore import QPoint, QStandardPaths
from PySide6.QtWidgets import QFileDialog

from tests.support.desktop.intruder import drop_file
from tests.support.desktop.snapshots import document, session, station
from tests.support.desktop.window_pages import open_state
from tests.support.system.event_loop import settle
from ui.navigation import Page
from ui.theme.tone import Tone
from ui.widgets.scrolling import Viewport
from workstation.documents.texts import Texts
from workstation.rules.reference import ReferenceSource
from workstation.session.states import State
from workstation.station.commands import UseReferenceFile
from workstation.station.snapshot import DocumentPhase

FILE, CAMERA, CHIP = ReferenceSource.FILE, ReferenceSource.DOCUMENT_CAMERA, ReferenceSource.CHIP
RU = Texts("ru")
CONDITIONS = (("in_sight", True), ("large_enough", False), ("sharp", True), ("portrait", False))
ALL = ("in_sight", "large_enough", "upright", "sharp", "without_glare", "portrait", "lines")


@pytest.fixture
def page(window):
    open_state(window, State.REFERENCE)
    return window.screen_of(Page.REFERENCE)


@pytest.mark.parametrize(
    ("sources", "reader", "code"),
    [
        ((CHIP, CAMERA), "reader", "reference.wait_camera"),
        ((CAMERA, FILE), "", "reference.wait_camera"),
        ((FILE,), "", "reference.wait_file"),
        ((ReferenceSource.AUTHORITY,), "", "reference.wait_nothing"),
    ],
)
def test_while_nothing_is_read_it_is_said_what_to_do(window, sources, reader, code):
    open_state(window, State.REFERENCE, station(chip_reader=reader), sources=sources)

    assert window.screen_of(Page.REFERENCE).banner.words.text() == RU.tr(code)


def test_the_chip_is_waited_for_once_what_opens_it_is_typed(window):
    open_state(window, State.REFERENCE, station(chip_reader="reader"), sources=(CHIP,))
    page = window.screen_of(Page.REFERENCE)
    for field, text in zip(page.key.fields.values(), ("1", "2", "3"), strict=True):
        field.edit.setText(text)

    assert page.banner.words.text() == RU.tr("reference.wait_chip")


@pytest.mark.parametrize("language", ["ru", "kk", "en"])
def test_how_the_document_can_be_read_is_told_while_it_is_held(window, language):
    texts = Texts(language)
    open_state(
        window,
        State.REFERENCE,
        station(language=language),
        document=document(DocumentPhase.CAMERA, conditions=CONDITIONS),
    )
    lines = window.screen_of(Page.REFERENCE).document.conditions.lines

    assert [words.text() for icon, words in lines if icon.isVisible()] == [
        texts.tr("document_condition.in_sight"),
        texts.tr("document_condition.large_enough.not"),
        texts.tr("document_condition.sharp"),
        texts.tr("document_condition.portrait.not"),
    ]
    assert all(texts.has(f"document_condition.{each}") for each in ALL)
    assert all(texts.has(f"document_condition.{each}.not") for each in ALL)


def test_the_conditions_go_when_the_document_has_been_read(window):
    open_state(window, State.REFERENCE, document=document(conditions=CONDITIONS))

    assert not window.screen_of(Page.REFERENCE).document.conditions.isVisible()


@pytest.mark.parametrize(
    ("expiry", "words", "tone"),
    [
        (date(2025, 11, 21), "21.11.2025 · срок истёк", Tone.BAD),
        (date(2025, 11, 22), "22.11.2025 · осталось дней: 0", Tone.WARN),
        (date(2025, 12, 10), "10.12.2025 · осталось дней: 18", Tone.WARN),
        (date(2030, 12, 30), "30.12.2030", Tone.NONE),
        (None, "—", Tone.NONE),
    ],
)
def test_a_document_that_ends_soon_or_has_ended_is_said_to(window, expiry, words, tone):
    open_state(window, State.REFERENCE, document=document(expiry=expiry))
    shown = window.screen_of(Page.REFERENCE).document.facts["expiry"]

    assert (shown.text(), shown.property("tone")) == (words, tone.value)


def centre(page, window):
    return page.mapTo(window, QPoint(page.width() // 2, page.height() // 2))


def test_a_picture_that_is_dropped_is_posted(window, qtbot, posted, page, tmp_path):
    settle(qtbot)
    path = tmp_path / "Фото клиента.jpg"

    assert drop_file(window, path, centre(page, window))

    assert posted == [UseReferenceFile(path)]
    assert page.sources.drop.property("over") is False


@pytest.mark.parametrize(
    "changed",
    [
        {"sources": (CAMERA, CHIP)},
        {"busy": "reference"},
        {"document": document(DocumentPhase.CAMERA)},
    ],
)
def test_no_picture_is_taken_where_none_may_be_brought(
    window, qtbot, posted, page, tmp_path, changed
):
    window.show_session(session(State.REFERENCE, **changed))
    settle(qtbot)

    assert not drop_file(window, tmp_path / "photo.jpg", centre(page, window))
    assert posted == []


def test_no_picture_is_taken_behind_the_lock(window, qtbot, posted, page, tmp_path):
    place = centre(page, window)
    window.lock()
    settle(qtbot)
    posted.clear()

    assert not drop_file(window, tmp_path / "photo.jpg", place)
    assert posted == []


def test_a_picture_is_looked_for_among_the_pictures(window, page, tmp_path, monkeypatch):
    pictures = tmp_path / "Pictures"
    pictures.mkdir()

    def locate(place):
        known = QStandardPaths.StandardLocation.PicturesLocation
        return str(pictures if place == known else tmp_path)

    monkeypatch.setattr(QStandardPaths, "writableLocation", locate)
    window.press("F5")

    (dialog,) = window.findChildren(QFileDialog)
    assert dialog.directory().absolutePath() == str(pictures)


@pytest.mark.parametrize("language", ["ru", "kk", "en"])
def test_a_document_that_is_held_fits_a_small_screen(window, qtbot, page, language):
    window.resize(1280, 720)
    window.show_station(station(language=language, simulated=True))
    held = document(
        DocumentPhase.CAMERA, conditions=tuple((each, False) for each in ALL[:6]), front=False
    )
    window.show_session(session(State.REFERENCE, document=held))
    settle(qtbot)

    lines = [words for icon, words in page.document.conditions.lines if icon.isVisible()]
    assert len(lines) == 6
    assert all(words.sizeHint().width() <= words.width() for words in lines)
    assert window.findChild(Viewport).verticalScrollBar().maximum() == 0
